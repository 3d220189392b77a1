"""Revoke a key of a Party."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fir.management.arguments import add_party, party_of
from fir.parties.operations import operator, revoke_key
from fir.parties.queries import keys_in_use

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Revoke a key of a Party at once and for good; without --name, list its keys in use."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose key, and which."""
        add_party(parser)
        parser.add_argument("--name", help="the name the key was issued under")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke every key in use of that name, or say which there are."""
        party = party_of(options)
        keys = keys_in_use(party)
        named = [key for key in keys if key.name == options["name"]]
        if options["name"] and not named:
            known = ", ".join(repr(key.name) for key in keys) or "none"
            raise CommandError(f"No key in use has that name; in use are: {known}.")
        for key in named:
            revoke_key(key=key, by=operator(), at=timezone.now())
            self.stdout.write(f"Revoked: {key.name}.")
        if not options["name"]:
            for key in keys:
                may = ", ".join(permission.upper() for permission in sorted(key.offered))
                self.stdout.write(f"{key.name} (made {key.made_at:%Y-%m-%d}): {may}")
