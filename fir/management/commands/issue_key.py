"""Make a key for a Party's systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fir.management.arguments import add_party, add_permissions, party_of, permissions_of
from fir.parties.operations import KeyRefused, PermissionNotForCategory, issue_key, operator

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Make a key for a Party's systems and print it, once and alone, on standard output."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose key, its name, and what it may do."""
        add_party(parser)
        parser.add_argument("--name", required=True, help="what the key is for")
        add_permissions(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key, or say why there is none."""
        party = party_of(options)
        try:
            key = issue_key(
                party=party,
                name=options["name"],
                permissions=permissions_of(options),
                by=operator(),
                at=timezone.now(),
            )
        except (KeyRefused, PermissionNotForCategory) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(key)
