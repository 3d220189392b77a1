"""Invite a person to act for a Party."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fir.management.arguments import add_party, add_permissions, party_of, permissions_of
from fir.notifications.wording import invitation_link
from fir.parties.operations import PermissionNotForCategory, operator
from fir.parties.people import InvitationRefused, invite_person

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Invite a person to act for a Party, and print the link alone on standard output."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom to invite, for which Party, and what the person may do."""
        add_party(parser)
        parser.add_argument("--email", required=True, help="the person's own address")
        add_permissions(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link, or say why there is none."""
        party = party_of(options)
        try:
            invitation = invite_person(
                party=party,
                email=options["email"],
                permissions=permissions_of(options),
                by=operator(),
                at=timezone.now(),
            )
        except (InvitationRefused, PermissionNotForCategory) as error:
            raise CommandError(str(error)) from error
        until = timezone.localtime(invitation.expires_at)
        self.stdout.write(invitation_link(invitation))
        self.stderr.write(
            f"An email with such a link is on its way to {invitation.email}; "
            f"it lasts until {until:%d %B %Y, %H:%M} (London time).",
            style_func=str,
        )
