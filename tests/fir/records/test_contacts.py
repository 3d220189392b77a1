"""A Manufacturer's card says whom to ask for its images, and when that was last confirmed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.contacts import (
    ContactRefused,
    NoContact,
    NotYourCard,
    UnknownManufacturer,
    change_contact,
    confirm_contact,
)
from fir.records.models import ManufacturerContact
from fir.records.queries import contacts_of
from tests import make

if TYPE_CHECKING:
    from datetime import datetime

    from fir.parties.models import Actor, Party

LATER = make.AT + timedelta(days=40)


def readable(event: LedgerEvent, party: Party) -> bool:
    return not set(party.tags).isdisjoint(event.audience)


def contact(by: Actor | None = None, at: datetime = make.AT, **changes: Any) -> bool:
    usual = {"manufacturer_identifier": make.MAKER, "role": "Firmware images"}
    said = {**usual, "email": "images@fine-meters.example", **changes}
    return change_contact(**said, by=by or operator(), at=at)


def confirm(by: Actor | None = None, at: datetime = LATER, identifier: str = make.MAKER) -> bool:
    return confirm_contact(manufacturer_identifier=identifier, by=by or operator(), at=at)


def confirmed_on() -> date | None:
    return contacts_of([make.MAKER])[make.MAKER].confirmed_on


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"role": ""}, [("role", "EMPTY")]),
        ({"role": "   "}, [("role", "EMPTY")]),
        ({"role": "r" * 201}, [("role", "TOO_LONG")]),
        ({"role": "Release\ndesk"}, [("role", "CONTROL_CHARACTER")]),
        ({"role": "Release \u202edesk"}, [("role", "CONTROL_CHARACTER")]),
        ({"role": "half of \ud800"}, [("role", "CONTROL_CHARACTER")]),
        ({"telephone": "1" * 41}, [("telephone", "TOO_LONG")]),
        ({"telephone": "0\x00"}, [("telephone", "CONTROL_CHARACTER")]),
        ({"email": f"images@{'long.' * 50}example"}, [("email", "TOO_LONG")]),
        ({"email": "images@fine-meters.example, other@fine-meters.example"},
         [("email", "NOT_AN_ADDRESS")]),
        ({"role": "", "email": "images", "telephone": "\t"},
         [("telephone", "CONTROL_CHARACTER"), ("role", "EMPTY"), ("email", "NOT_AN_ADDRESS")]),
    ],
    ids=repr,
)  # fmt: skip
def test_every_fault_of_a_card_is_named_at_once(
    changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    make.maker()

    with pytest.raises(ContactRefused) as refused:
        contact(**changes)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == faults
    assert all(fault.message in str(refused.value) for fault in refused.value.faults)


@pytest.mark.django_db
def test_what_just_fits_is_kept_and_composed() -> None:
    make.maker()
    longest = "i" * 64 + "@" + ".".join(["m" * 61] * 2 + ["m" * 57, "example"])

    contact(role="Caf" + "e\u0301" + "r" * 196, email=longest[:254], telephone=" " + "1" * 39)

    card = contacts_of([make.MAKER])[make.MAKER]
    assert card.role == "Caf\u00e9" + "r" * 196
    assert (card.email, card.telephone) == (longest[:254], "1" * 39)


@pytest.mark.django_db
@pytest.mark.parametrize("identifier", ["0000", "F1A2", "maker", "", "F1A1\x00"])
def test_a_manufacturer_that_is_not_known_has_no_card(identifier: str) -> None:
    make.maker()

    with pytest.raises(UnknownManufacturer):
        contact(manufacturer_identifier=identifier)
    with pytest.raises(UnknownManufacturer):
        confirm(identifier=identifier)


@pytest.mark.django_db
def test_a_card_that_says_the_same_is_no_event_and_no_confirmation() -> None:
    make.maker()
    assert contact(role="Caf\u00e9") is True
    before = last_seq()

    assert contact(role=" Cafe\u0301 ", at=LATER) is False

    assert last_seq() == before
    assert confirmed_on() == date(2026, 11, 20)


# Confirming


@pytest.mark.django_db
def test_giving_a_card_and_changing_it_confirms_it() -> None:
    make.maker()
    contact()
    assert confirmed_on() == date(2026, 11, 20)

    contact(role="Release desk", at=LATER)

    assert confirmed_on() == date(2026, 12, 30)


@pytest.mark.django_db
def test_a_confirmation_is_told_by_its_day_alone() -> None:
    holder, other = make.maker(), make.maker("other-meters", "F1A2")
    contact()
    by = make.actor(holder)

    assert confirm(by=by, identifier="0xf1a1") is True

    card = ManufacturerContact.objects.get()
    assert (card.confirmed_at, card.confirmed_by) == (LATER, by.actor_id)
    assert (card.changed_at, card.email) == (make.AT, "images@fine-meters.example")
    event = LedgerEvent.objects.get(kind="CONTACT_CONFIRMED")
    assert payload_of(event) == {
        "manufacturer_identifier": make.MAKER,
        "confirmed_on": "2026-12-30",
    }
    assert (event.subject_type, event.subject_id) == ("manufacturer", make.MAKER)
    assert "images" not in event.canonical.replace("firmware images", "")
    # Whoever is shown the card is told of its day, or would keep an old answer by its ETag.
    assert [readable(event, party) for party in (holder, make.party(), other)] == [
        True,
        True,
        False,
    ]


@pytest.mark.django_db
def test_the_day_of_a_confirmation_is_londons() -> None:
    make.maker()
    contact()

    confirm(at=make.AT.replace(month=7, year=2027, hour=23, minute=30))

    assert confirmed_on() == date(2027, 7, 21)


@pytest.mark.django_db
def test_a_second_confirmation_on_the_same_day_tells_nothing_new() -> None:
    make.maker()
    contact()
    assert confirm(at=make.AT) is False

    assert [confirm(at=LATER + timedelta(hours=hour)) for hour in (0, 1)] == [True, False]

    assert LedgerEvent.objects.filter(kind="CONTACT_CONFIRMED").count() == 1


@pytest.mark.django_db
def test_a_card_that_there_is_not_cannot_be_confirmed() -> None:
    holder = make.actor(make.maker())
    before = last_seq()

    with pytest.raises(NoContact):
        confirm(by=holder)

    assert last_seq() == before


# Whose it is


@pytest.mark.django_db
def test_whoever_holds_the_identifier_and_the_administrator_keep_its_card() -> None:
    first, second = make.maker(), make.maker("fine-gas", make.MAKER)
    keepers = [first, second, make.administrator()]

    for number, keeper in enumerate(keepers):
        at = make.AT + timedelta(days=10 * number)
        assert contact(by=make.actor(keeper), at=at, role=f"Desk {number}")
        assert confirm(by=make.actor(keeper), at=at + timedelta(days=1))


@pytest.mark.django_db
def test_nobody_else_does() -> None:
    make.maker()
    contact()
    others = [make.maker("other-meters", "F1A2"), make.party(), make.party("dcc", "DCC")]
    actors = [make.actor(other) for other in others]
    before = last_seq()

    for actor in actors:
        with pytest.raises(NotYourCard, match="does not hold the Manufacturer Identifier F1A1"):
            contact(by=actor, role="Somebody else")
        with pytest.raises(NotYourCard):
            confirm(by=actor)

    assert last_seq() == before
    assert ManufacturerContact.objects.get().role == "Firmware images"
