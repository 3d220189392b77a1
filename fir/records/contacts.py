"""Whom to ask for a Manufacturer's images: the card that it keeps right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cpl.identifiers import IdentifierFault, parse_manufacturer_identifier
from cpl.models import Manufacturer
from fir.ledger.operations import NewEvent, append_events
from fir.parties.queries import holders_of
from fir.records.models import ManufacturerContact

if TYPE_CHECKING:
    from datetime import datetime

    from fir.parties.models import Actor

LONGEST_ROLE, LONGEST_TELEPHONE = 200, 40


class ContactRefused(ValueError):
    """The contact cannot be kept as given."""


@transaction.atomic
def change_contact(
    *,
    manufacturer_identifier: str,
    role: str,
    email: str,
    by: Actor,
    at: datetime,
    telephone: str = "",
) -> None:
    """Say whom to ask for a Manufacturer's images; a role mailbox rather than a person.

    Raises ContactRefused.
    """
    try:
        validate_email(email)
    except ValidationError as fault:
        raise ContactRefused(f"{email!r} is not an email address.") from fault
    if not role.strip() or len(role) > LONGEST_ROLE or len(telephone) > LONGEST_TELEPHONE:
        raise ContactRefused(
            f"A contact has a role of at most {LONGEST_ROLE} characters, and a telephone number "
            f"of at most {LONGEST_TELEPHONE}."
        )
    try:
        identifier = parse_manufacturer_identifier(manufacturer_identifier)
    except IdentifierFault as fault:
        raise ContactRefused(str(fault)) from fault
    manufacturer = Manufacturer.objects.filter(identifier=identifier).first()
    if manufacturer is None:
        raise ContactRefused(f"No Manufacturer {identifier} is known.")
    ManufacturerContact.objects.update_or_create(
        manufacturer=manufacturer,
        defaults={
            "role": role,
            "email": email,
            "telephone": telephone,
            "changed_at": at,
            "changed_by": by.actor_id,
            "confirmed_at": at,
            "confirmed_by": by.actor_id,
        },
    )
    payload = {"manufacturer_identifier": identifier}
    makers = holders_of(identifier)
    event = NewEvent("CONTACT_CHANGED", "manufacturer", identifier, payload, makers)
    append_events([event], by=by.author, at=at)
