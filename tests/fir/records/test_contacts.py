"""A Manufacturer's card says whom to ask for its images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.contacts import ContactRefused, change_contact
from fir.records.models import ManufacturerContact
from fir.records.queries import contacts_of
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party


def readable(event: LedgerEvent, party: Party) -> bool:
    return not set(party.tags).isdisjoint(event.audience)


def contact(**changes: Any) -> None:
    usual = {"manufacturer_identifier": make.MAKER, "role": "Firmware images"}
    said = {**usual, "email": "images@fine-meters.example", **changes}
    change_contact(**said, by=operator(), at=make.AT)


@pytest.mark.django_db
def test_a_contact_is_one_card_per_manufacturer_and_the_newest_stands() -> None:
    make.maker()
    contact(telephone="+44 20 7946 0000")
    contact(manufacturer_identifier="0xf1a1", email="firmware@fine-meters.example")

    card = contacts_of([make.MAKER])[make.MAKER]
    assert ManufacturerContact.objects.count() == 1
    assert (card.email, card.telephone) == ("firmware@fine-meters.example", "")


@pytest.mark.django_db
def test_a_change_of_contact_is_told_without_the_contact() -> None:
    make.maker()

    contact(role="Release desk", telephone="+44 20 7946 0000")

    event = LedgerEvent.objects.get(kind="CONTACT_CHANGED")
    assert payload_of(event) == {"manufacturer_identifier": make.MAKER}
    assert not any(word in event.canonical for word in ("Release", "images@", "7946"))


@pytest.mark.django_db
def test_a_change_of_contact_is_read_by_the_identifiers_holders_and_no_other_maker() -> None:
    first, second = make.maker(), make.maker("fine-gas", make.MAKER)
    other = make.maker("other-meters", "F1A2")

    contact()

    event = LedgerEvent.objects.get(kind="CONTACT_CHANGED")
    assert [readable(event, party) for party in (first, second, other)] == [True, True, False]
    assert readable(event, make.party())


@pytest.mark.django_db
def test_the_contact_of_a_maker_that_nobody_holds_is_told_to_those_who_read_records() -> None:
    make.listed(make.row(1))

    contact()

    event = LedgerEvent.objects.get(kind="CONTACT_CHANGED")
    assert not [tag for tag in event.audience if tag.startswith("party:")]
    assert readable(event, make.party())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"email": ""},
        {"email": "images"},
        {"email": "images@fine-meters.example\n"},
        {"manufacturer_identifier": "0000"},
        {"manufacturer_identifier": "maker"},
    ],
    ids=repr,
)
def test_a_contact_that_reaches_nobody_is_refused(changes: dict[str, Any]) -> None:
    make.maker()
    before = last_seq()

    with pytest.raises(ContactRefused):
        contact(**changes)

    assert not ManufacturerContact.objects.exists()
    assert last_seq() == before
