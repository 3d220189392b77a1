"""Admit a Party."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from fir.notifications.operations import MailboxRefused, subscribe
from fir.parties.operations import PartyRefused, admit_party, operator
from fir.parties.permissions import Category
from fir.records.contacts import ContactRefused, change_contact

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Admit a Party, with its User Roles, the Manufacturer Identifiers it brings for, and where
    its notices go."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """What describes the Party."""
        parser.add_argument("--slug", required=True, help="lower case, hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--category", required=True, help=", ".join(Category))
        parser.add_argument("--role", action="append", default=[], help="a User Role: IS, GS, …")
        parser.add_argument(
            "--manufacturer", action="append", default=[], help="a Manufacturer Identifier: 10E0"
        )
        parser.add_argument("--contact", help="whom to ask for its images: a mailbox")
        parser.add_argument("--mailbox", action="append", default=[], help="where notices go")

    def handle(self, *args: Any, **options: Any) -> None:
        """Admit it, or say why not; all or nothing."""
        by, at = operator(), timezone.now()
        try:
            with transaction.atomic():
                party = admit_party(
                    slug=options["slug"],
                    name=options["name"],
                    category=options["category"],
                    user_roles=options["role"],
                    manufacturer_identifiers=options["manufacturer"],
                    by=by,
                    at=at,
                )
                for email in options["mailbox"]:
                    subscribe(party=party, email=email, by=by, at=at)
                for manufacturer in options["manufacturer"] if options["contact"] else ():
                    change_contact(
                        manufacturer_identifier=manufacturer,
                        role="Firmware images",
                        email=options["contact"],
                        by=by,
                        at=at,
                    )
        except (PartyRefused, MailboxRefused, ContactRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{party.name} is admitted as {party.slug}.")
