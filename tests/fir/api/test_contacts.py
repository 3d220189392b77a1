"""Systems read a Manufacturer's card, change it and confirm it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq
from fir.parties.operations import operator
from fir.parties.permissions import Permission
from fir.records.contacts import change_contact
from fir.records.models import ManufacturerContact
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
CARD = "/api/v1/contacts/F1A1"
CONFIRMATION = f"{CARD}/confirmation"
SAID = {"role": "Release desk", "email": "release@fine-meters.example", "telephone": "0123 456"}


def given() -> str:
    """A card, given two months ago; the day on which it was."""
    at = timezone.now() - timedelta(days=60)
    change_contact(manufacturer_identifier=make.MAKER, **SAID, by=operator(), at=at)
    return timezone.localdate(at).isoformat()


def put(client: Client, body: Any, headers: dict[str, str], path: str = CARD) -> Any:
    return client.put(path, body, content_type="application/json", headers=headers)


def codes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_card_is_read_with_the_day_of_its_confirmation(client: Client) -> None:
    make.maker()
    make.listed(make.row(1))
    day = given()

    answer = client.get(CARD, headers=make.bearer(make.party()))

    assert answer.json() == {
        "manufacturer_identifier": "F1A1",
        "manufacturer_name": "Fine Meters",
        "contact": {**SAID, "confirmed_on": day},
    }


@pytest.mark.parametrize("written", ["f1a1", "0xF1A1"])
def test_an_identifier_is_read_in_any_way_of_writing_it(client: Client, written: str) -> None:
    headers = make.bearer(make.maker())

    answer = client.get(f"/api/v1/contacts/{written}", headers=headers)

    assert (answer.status_code, answer.json()["contact"]) == (200, None)


@pytest.mark.parametrize("named", ["0000", "F1A2", "maker", "F1A1%00", "%F0%9F%98%80"])
def test_what_is_no_manufacturer_is_not_there(client: Client, named: str) -> None:
    make.maker()
    headers = make.bearer(make.administrator())

    assert client.get(f"/api/v1/contacts/{named}", headers=headers).status_code == 404


def test_the_record_and_the_card_say_the_same_and_follow_a_confirmation(client: Client) -> None:
    maker = make.maker()
    make.listed(make.row(1))
    day = given()
    headers, reader = make.bearer(maker), make.bearer(make.party())
    before = client.get("/api/v1/firmware/CPL-000001", headers=reader)

    client.post(CONFIRMATION, headers=headers)

    known = {**reader, "if-none-match": before.headers["ETag"]}
    after = client.get("/api/v1/firmware/CPL-000001", headers=known)
    today = timezone.localdate().isoformat()
    assert before.json()["contact"] == {**SAID, "confirmed_on": day}
    assert after.json()["contact"] == {**SAID, "confirmed_on": today}


def test_a_holder_gives_its_card_and_changes_it(client: Client) -> None:
    headers = make.bearer(make.maker())

    first = put(client, SAID, headers)
    second = put(client, {"role": "Image desk", "email": SAID["email"]}, headers)

    today = timezone.localdate().isoformat()
    assert first.json()["contact"] == {**SAID, "confirmed_on": today}
    assert second.json()["contact"]["telephone"] == ""
    assert second.json()["contact"]["role"] == "Image desk"
    assert LedgerEvent.objects.filter(kind="CONTACT_CHANGED").count() == 2


def test_a_card_that_is_sent_again_changes_and_confirms_nothing(client: Client) -> None:
    headers = make.bearer(make.maker())
    day = given()
    before = last_seq()

    answer = put(client, SAID, headers)

    assert answer.json()["contact"]["confirmed_on"] == day
    assert last_seq() == before


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ([], [("", "NOT_AN_OBJECT")]),
        ("null", [("", "NOT_AN_OBJECT")]),
        ({}, [("role", "EMPTY"), ("email", "NOT_AN_ADDRESS")]),
        ({**SAID, "fax": "1"}, [("fax", "FIELD_UNKNOWN")]),
        ({**SAID, "role": 7, "telephone": None}, [("role", "NOT_TEXT"), ("telephone", "NOT_TEXT")]),
        ({**SAID, "email": "nowhere"}, [("email", "NOT_AN_ADDRESS")]),
        ({**SAID, "email": "a@b.example\r\nBcc: x@y.example"}, [("email", "CONTROL_CHARACTER")]),
        ({**SAID, "role": "half of \ud800"}, [("role", "CONTROL_CHARACTER")]),
    ],
    ids=repr,
)
def test_every_fault_of_a_card_is_named(
    client: Client, body: Any, faults: list[tuple[str, str]]
) -> None:
    headers = make.bearer(make.maker())

    answer = put(client, body, headers)

    assert codes(answer) == faults
    assert not ManufacturerContact.objects.exists()


def test_a_confirmation_tells_of_today(client: Client) -> None:
    headers = make.bearer(make.maker())
    given()

    answers = [client.post(CONFIRMATION, headers=headers) for _ in range(2)]

    today = timezone.localdate().isoformat()
    assert [one.json()["contact"]["confirmed_on"] for one in answers] == [today, today]
    assert LedgerEvent.objects.filter(kind="CONTACT_CONFIRMED").count() == 1


def test_a_card_that_there_is_not_cannot_be_confirmed(client: Client) -> None:
    answer = client.post(CONFIRMATION, headers=make.bearer(make.maker()))

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:fir:problem:NoContact"


def test_a_reader_of_records_cannot_keep_the_card_of_another(client: Client) -> None:
    make.maker()
    given()
    assets = make.party("assets", "METER_ASSET_PROVIDER", manufacturer_identifiers=["F1A2"])
    headers, before = make.bearer(assets), last_seq()

    answers = [
        put(client, {**SAID, "role": "Us"}, headers),
        client.post(CONFIRMATION, headers=headers),
    ]

    assert [(one.status_code, one.json()["type"]) for one in answers] == [
        (403, "urn:fir:problem:NotYourCard")
    ] * 2
    assert client.get(CARD, headers=headers).status_code == 200
    assert last_seq() == before


def test_who_may_bring_firmware_alone_sees_its_own_cards_alone(client: Client) -> None:
    make.maker()
    assets = make.party("assets", "METER_ASSET_PROVIDER", manufacturer_identifiers=["F1A2"])
    headers = {"authorization": f"Bearer {make.key(assets, [Permission.SUBMIT_FIRMWARE])}"}

    assert client.get("/api/v1/contacts/F1A2", headers=headers).status_code == 200
    assert client.get(CARD, headers=headers).status_code == 404
