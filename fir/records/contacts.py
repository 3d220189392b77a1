"""Whom to ask for a Manufacturer's images: changing its card, confirming it, and the reminder."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault, parse_manufacturer_identifier, shown
from cpl.models import Manufacturer
from cpl.sheet.cells import parse_text
from fir.ledger.models import MACHINE
from fir.ledger.operations import NewEvent, append_events
from fir.parties.permissions import Category
from fir.parties.queries import holders_of, holds_identifier
from fir.records.contact_queries import cards_to_remind, makers_to_remind
from fir.records.models import ManufacturerContact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from fir.parties.models import Actor

LONGEST_ROLE, LONGEST_EMAIL, LONGEST_TELEPHONE = 200, 254, 40
NAMED = "manufacturer_identifier"


@dataclass(frozen=True, slots=True)
class ContactFault:
    """One thing to mend in a card: the field, a code for machines, a sentence for people."""

    field: str
    code: str
    message: str


class ContactRefused(ValueError):
    """The card cannot be kept as given; `faults` says of each thing what is to be mended."""

    def __init__(self, faults: Sequence[ContactFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class UnknownManufacturer(ContactRefused):
    """There is no Manufacturer by that identifier."""


class NotYourCard(PermissionError):
    """A Party keeps the cards of the Manufacturer Identifiers that it holds, and no other's."""


class NoContact(LookupError):
    """The Manufacturer has no card that could be confirmed."""


@transaction.atomic
def change_contact(
    *,
    manufacturer_identifier: str,
    role: str,
    email: str,
    by: Actor,
    at: datetime,
    telephone: str = "",
) -> bool:
    """Say whom to ask for a Manufacturer's images; a role mailbox rather than a person. Whether
    that changed anything: what stands on the card already changes, and confirms, nothing.

    Raises UnknownManufacturer, NotYourCard, and ContactRefused with every fault at once.
    """
    manufacturer = _manufacturer(manufacturer_identifier)
    _check_holder(manufacturer.identifier, by)
    says = _read_card(role, email, telephone)
    standing = ManufacturerContact.objects.select_for_update().filter(manufacturer=manufacturer)
    if standing.filter(**says).exists():
        return False
    ManufacturerContact.objects.update_or_create(
        manufacturer=manufacturer,
        defaults={
            **says,
            "changed_at": at,
            "changed_by": by.actor_id,
            "confirmed_at": at,
            "confirmed_by": by.actor_id,
        },
    )
    identifier = manufacturer.identifier
    payload = {"manufacturer_identifier": identifier}
    makers = holders_of(identifier)
    event = NewEvent("CONTACT_CHANGED", "manufacturer", identifier, payload, makers)
    append_events([event], by=by.author, at=at)
    return True


@transaction.atomic
def confirm_contact(*, manufacturer_identifier: str, by: Actor, at: datetime) -> bool:
    """Say that a Manufacturer's card is still right. Whether that was news: of a card that was
    confirmed on the same day already, nothing is told again.

    Raises UnknownManufacturer, NotYourCard, and NoContact.
    """
    manufacturer = _manufacturer(manufacturer_identifier)
    identifier = manufacturer.identifier
    _check_holder(identifier, by)
    cards = ManufacturerContact.objects.select_for_update()
    card = cards.filter(manufacturer=manufacturer).first()
    if card is None:
        raise NoContact(f"{identifier} has given no contact yet, so there is none to confirm.")
    if card.confirmed_at and localdate(card.confirmed_at) == localdate(at):
        return False
    card.confirmed_at, card.confirmed_by = at, by.actor_id
    card.save(update_fields=["confirmed_at", "confirmed_by"])
    payload = {"manufacturer_identifier": identifier, "confirmed_on": localdate(at).isoformat()}
    makers = holders_of(identifier)
    event = NewEvent("CONTACT_CONFIRMED", "manufacturer", identifier, payload, makers)
    append_events([event], by=by.author, at=at)
    return True


def _manufacturer(said: str) -> Manufacturer:
    """The Manufacturer that is meant. Raises UnknownManufacturer."""
    try:
        identifier = parse_manufacturer_identifier(said)
    except IdentifierFault as fault:
        raise UnknownManufacturer([ContactFault(NAMED, fault.code, str(fault))]) from fault
    found = Manufacturer.objects.filter(identifier=identifier).first()
    if found is None:
        message = f"No Manufacturer {identifier} is known."
        raise UnknownManufacturer([ContactFault(NAMED, "MANUFACTURER_UNKNOWN", message)])
    return found


def _check_holder(identifier: str, by: Actor) -> None:
    """The Administrator, and so whoever runs the server, keeps every card."""
    if by.party.category == Category.ADMINISTRATOR or holds_identifier(by.party, identifier):
        return
    raise NotYourCard(
        f"{by.party.name} does not hold the Manufacturer Identifier {identifier}. Whoever holds "
        "it, or the Administrator, says whom to ask for its images."
    )


def _read_card(role: str, email: str, telephone: str) -> dict[str, str]:
    """What the card is to say, as it is kept. Raises ContactRefused."""
    says, faults = {}, []
    for field, text, longest in (
        ("role", role, LONGEST_ROLE),
        ("email", email, LONGEST_EMAIL),
        ("telephone", telephone, LONGEST_TELEPHONE),
    ):
        try:
            says[field] = parse_text(unicodedata.normalize("NFC", text), longest).strip()
        except IdentifierFault as fault:
            faults.append(ContactFault(field, fault.code, str(fault)))
    if says.get("role") == "":
        message = "Name a role that is asked, such as a release desk, rather than a person."
        faults.append(ContactFault("role", "EMPTY", message))
    if "email" in says and not _is_address(says["email"]):
        wrong = f"‘{shown(email)}’ is not an email address."
        message = wrong if email.strip() else "Give an email address."
        faults.append(ContactFault("email", "NOT_AN_ADDRESS", message))
    if faults:
        raise ContactRefused(faults)
    return says


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


@transaction.atomic
def remind_of_contacts(*, at: datetime) -> int:
    """Ask whoever holds a Manufacturer Identifier whether its card is still right, where nobody
    has confirmed it for so many months, or has given none; how many were asked about.

    Whoever runs this again, or at the same moment, asks nobody twice within those months.
    """
    today = localdate(at)
    due: dict[str, date | None] = {
        card.manufacturer.identifier: card.confirmed_at and localdate(card.confirmed_at)
        for card in cards_to_remind(today)
    }
    ManufacturerContact.objects.filter(manufacturer__identifier__in=due).update(reminded_at=at)
    due |= dict.fromkeys(makers_to_remind(today))
    if not due:
        return 0
    append_events([_reminder(*one) for one in sorted(due.items())], by=MACHINE, at=at)
    return len(due)


def _reminder(identifier: str, confirmed_on: date | None) -> NewEvent:
    payload = {
        "manufacturer_identifier": identifier,
        "confirmed_on": confirmed_on and confirmed_on.isoformat(),
    }
    makers = holders_of(identifier)
    return NewEvent("CONTACT_UNCONFIRMED", "manufacturer", identifier, payload, makers)
