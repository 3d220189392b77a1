"""What several commands ask for in the same words: a Party, and what somebody may do for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from fir.parties.permissions import Permission
from fir.parties.queries import party_of_slug

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.management.base import CommandParser

    from fir.parties.models import Party


def add_party(parser: CommandParser) -> None:
    """Ask for the Party."""
    parser.add_argument("--party", required=True, help="the Party's slug")


def party_of(options: Mapping[str, Any]) -> Party:
    """The Party that was named. Raises CommandError when there is none."""
    party = party_of_slug(options["party"])
    if party is None:
        raise CommandError(f"No Party has the slug {options['party']!r}.")
    return party


def add_permissions(parser: CommandParser) -> None:
    """Ask for permissions, any number of them."""
    parser.add_argument(
        "--can",
        action="append",
        type=str.upper,
        choices=list(Permission.__members__),
        help="a permission; without any: all that the Party may read, bring or decide",
    )


def permissions_of(options: Mapping[str, Any]) -> list[Permission] | None:
    """The permissions that were named; None for the usual ones."""
    return [Permission[name] for name in options["can"]] if options["can"] else None
