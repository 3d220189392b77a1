"""Whom to ask for a Manufacturer's images: reading its card, changing and confirming it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from fir.api.answers import card_answer
from fir.api.door import Door
from fir.api.problems import InputRefused
from fir.api.shapes import contacts as shapes
from fir.ledger.audiences import RECORD_READERS
from fir.parties.permissions import Permission
from fir.records.contact_queries import find_maker
from fir.records.contacts import change_contact, confirm_contact
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from rest_framework.request import Request

FIELDS = ("role", "email", "telephone")


class _OfAManufacturer(Door):
    def maker(self, manufacturer_identifier: str) -> str:
        """The Manufacturer Identifier whose card is meant. Raises Http404 when this Party neither
        holds it nor reads records."""
        party = self.actor.party
        reads = self.actor.may(Permission.VIEW_RECORDS) and party.category in RECORD_READERS
        found = find_maker(manufacturer_identifier, held_by=None if reads else party)
        if found is None:
            raise Http404
        return found.identifier


class ContactDoor(_OfAManufacturer):
    """`GET /contacts/{manufacturer_identifier}`: whom to ask; `PUT` says it anew."""

    answers = {"GET": (200, shapes.Card), "PUT": (200, shapes.Card)}
    takes = {"PUT": shapes.GivenContact}
    requires = {
        "GET": (Permission.VIEW_RECORDS, Permission.SUBMIT_FIRMWARE),
        "PUT": (Permission.SUBMIT_FIRMWARE,),
    }

    def get(self, request: Request, manufacturer_identifier: str) -> Response:
        """The card, and when it was last confirmed."""
        return Response(card_answer(self.maker(manufacturer_identifier)))

    def put(self, request: Request, manufacturer_identifier: str) -> Response:
        """Change the card, which confirms it; one that says the same already stays as it is."""
        maker = self.maker(manufacturer_identifier)
        said = _card(request.data)
        change_contact(manufacturer_identifier=maker, **said, by=self.actor, at=timezone.now())
        return Response(card_answer(maker))


class ConfirmationDoor(_OfAManufacturer):
    """`POST /contacts/{manufacturer_identifier}/confirmation`: the card is still right."""

    answers = {"POST": (200, shapes.Card)}
    requires = {"POST": (Permission.SUBMIT_FIRMWARE,)}

    def post(self, request: Request, manufacturer_identifier: str) -> Response:
        """The card, confirmed; 404 where there is none."""
        maker = self.maker(manufacturer_identifier)
        confirm_contact(manufacturer_identifier=maker, by=self.actor, at=timezone.now())
        return Response(card_answer(maker))


def _card(data: Any) -> dict[str, str]:
    """The fields of a card as text. Raises InputRefused with every fault of form."""
    if not isinstance(data, dict):
        raise InputRefused([Fault("", "NOT_AN_OBJECT", "A JSON object is wanted here.")])
    faults = [
        Fault(str(name)[:80], "FIELD_UNKNOWN", f"The fields are {', '.join(FIELDS)}.")
        for name in data
        if name not in FIELDS
    ]
    said = {name: data.get(name, "") for name in FIELDS}
    faults += [
        Fault(name, "NOT_TEXT", "Text is wanted here.")
        for name, value in said.items()
        if not isinstance(value, str)
    ]
    if faults:
        raise InputRefused(faults)
    return said
