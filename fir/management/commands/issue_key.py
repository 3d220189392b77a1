"""Make a key for a Party's systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fir.parties.operations import KeyRefused, PermissionNotForCategory, issue_key, operator
from fir.parties.permissions import Permission
from fir.parties.queries import party_of_slug

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Make a key for a Party's systems and print it, once and alone, on standard output."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose key, its name, and what it may do."""
        parser.add_argument("--party", required=True, help="the Party's slug")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument(
            "--can",
            action="append",
            type=str.upper,
            choices=list(Permission.__members__),
            help="a permission; without any: all that the Party may read, bring or decide",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key, or say why there is none."""
        party = party_of_slug(options["party"])
        if party is None:
            raise CommandError(f"No Party has the slug {options['party']!r}.")
        permissions = [Permission[name] for name in options["can"]] if options["can"] else None
        try:
            key = issue_key(
                party=party,
                name=options["name"],
                permissions=permissions,
                by=operator(),
                at=timezone.now(),
            )
        except (KeyRefused, PermissionNotForCategory) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(key)
