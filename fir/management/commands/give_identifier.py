"""Give a Party a further Manufacturer Identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fir.management.arguments import add_party, party_of
from fir.parties.operations import PartyRefused, give_identifier, operator

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Let a Party bring firmware under a further Manufacturer Identifier. Its people and keys may
    bring for it as far as they may bring firmware at all."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which Party, and which identifier."""
        add_party(parser)
        parser.add_argument("--manufacturer", required=True, help="a Manufacturer Identifier: 10E0")

    def handle(self, *args: Any, **options: Any) -> None:
        """Give it, or say why not."""
        party = party_of(options)
        try:
            identifier = give_identifier(
                party=party,
                manufacturer_identifier=options["manufacturer"],
                by=operator(),
                at=timezone.now(),
            )
        except PartyRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{party.name} holds the Manufacturer Identifier {identifier} now.")
