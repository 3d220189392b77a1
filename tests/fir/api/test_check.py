"""Checking Devices over the API: what is sent is answered, and never kept."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.fir.api.asking import Asker, codes

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
CHECK = "/eligibility/check"
RESPONSE = Path(__file__).parents[2] / "data" / "read-inventory-response.xml"


@pytest.fixture
def supplier() -> Party:
    """A Supplier without an estate; CPL-000002 may be installed over CPL-000001."""
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    return make.party("big-light")


@pytest.fixture
def asker(supplier: Party) -> Asker:
    return Asker(supplier)


def sent(asker: Asker, content: bytes, kind: str, **headers: str) -> Any:
    path = f"/api/v1{CHECK}"
    return asker.client.post(path, content, content_type=kind, headers={**asker.headers, **headers})


def test_devices_are_answered_one_by_one_and_counted(asker: Asker) -> None:
    devices = [make.device(1), make.device(2, DeviceFirmwareVersion="00000002")]

    answer = asker.post(CHECK, {"devices": devices})

    assert answer.status_code == 200, answer.content
    said = answer.json()
    first, second = said["results"]
    assert (first["line"], first["device_id"]) == (1, make.device_id(1))
    assert (first["outcome"], second["outcome"]) == ("ELIGIBLE", "UP_TO_DATE")
    assert first["target"] == {"cpl_entry_id": "CPL-000002", "firmware_version": "00000002"}
    assert (said["totals"]["ELIGIBLE"], said["totals"]["UP_TO_DATE"], said["devices"]) == (1, 1, 2)
    told = {code for one in said["results"] for code in (*one["reasons"], *one["warnings"])}
    assert {rule["code"] for rule in said["rules"]} == told


def test_every_party_with_records_may_ask(supplier: Party) -> None:
    for party in (
        make.party("wires", "NETWORK_PARTY"),
        make.party("agent", "REGISTERED_SUPPLIER_AGENT"),
        make.party("assets", "METER_ASSET_PROVIDER"),
    ):
        (one,) = Asker(party).post(CHECK, {"devices": [make.device(1)]}).json()["results"]
        assert one["outcome"] == "ELIGIBLE"


def test_a_manufacturer_is_told_nothing_of_anothers_devices(supplier: Party) -> None:
    other = Asker(make.maker("other-meters", "F1A2"))

    said = other.post(CHECK, {"devices": [make.device(1)]}).json()

    (one,) = said["results"]
    assert (one["outcome"], one["target"], one["reasons"]) == (None, None, [])
    assert [note["reason"] for note in said["notes"]] == ["RECORDS_NOT_YOURS"]


def test_the_same_device_twice_is_told(asker: Asker) -> None:
    said = asker.post(CHECK, {"devices": [make.device(1), make.device(1)]}).json()

    assert said["devices"] == 1
    (note,) = said["notes"]
    assert (note["line"], note["reason"], note["kept"]) == (2, "DEVICE_REPEATED", False)
    assert note["value"] == make.device_id(1)


@pytest.mark.parametrize("packed", [False, True])
def test_an_inventory_is_taken_as_it_is(asker: Asker, *, packed: bool) -> None:
    text = make.inventory(make.device(1))

    answer = sent(asker, gzip.compress(text) if packed else text, "text/csv")

    assert [one["outcome"] for one in answer.json()["results"]] == ["ELIGIBLE"]


def test_an_inventory_response_is_taken_and_its_address_told_to_nobody(asker: Asker) -> None:
    answer = sent(asker, RESPONSE.read_bytes(), "application/xml")

    assert answer.json()["devices"] == 6
    assert b"ZZ1" not in answer.content
    assert b"123456789012" not in answer.content


def test_whoever_accepts_a_sheet_gets_one(asker: Asker) -> None:
    answer = sent(asker, make.inventory(make.device(1)), "text/csv", accept="text/csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["DeviceID"], row["Outcome"], row["Target"]) == (
        make.device_id(1), "ELIGIBLE", "CPL-000002",
    )  # fmt: skip


def test_one_device_too_many_is_refused_in_words(asker: Asker) -> None:
    text = make.inventory(*(make.device(number) for number in range(1, 50_002)))

    answer = sent(asker, text, "text/csv")

    assert codes(answer) == {("devices", "TOO_MANY")}
    (error,) = answer.json()["errors"]
    assert "At most 50,000 devices are checked at one go" in error["message"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(asker: Asker, settings: Any) -> None:
    settings.LARGEST_CHECK = 100

    answer = sent(asker, make.inventory(*(make.device(n) for n in range(9))), "text/csv")

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "TOO_LARGE"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"devices": []}, 422),
        ({"devices": "all"}, 422),
        ({"devices": [1]}, 422),
        ({"devices": [{"DeviceID": 5}]}, 422),
        ({"device": []}, 422),
        ({"devices": [make.device(1)], "keep": True}, 422),
        ([make.device(1)], 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"", 422),
    ],
)
def test_what_is_no_list_of_devices_is_told(asker: Asker, body: Any, status: int) -> None:
    answer = asker.post(CHECK, body)

    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("text", [b"", b"DeviceID\n", b"<x", b"\x1f\x8b\x08", b"\x00" * 50])
def test_what_is_no_inventory_is_told(asker: Asker, text: bytes) -> None:
    assert {field for field, _ in codes(sent(asker, text, "text/csv"))} == {"devices"}


def test_it_is_asked_as_often_whatever_the_number_of_devices(asker: Asker) -> None:
    spent = []
    for number in (2, 300):
        versions = [f"{n % 5:08X}" for n in range(number)]
        devices = [make.device(n, DeviceFirmwareVersion=v) for n, v in enumerate(versions)]
        with CaptureQueriesContext(connection) as held:
            assert asker.post(CHECK, {"devices": devices}).status_code == 200
        spent.append(len(held))
    assert spent[0] == spent[1]
