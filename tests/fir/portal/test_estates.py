"""A Supplier looks at its estate and its loads, and accepts one that is held."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

import pytest

from fir.estates.models import EstateLoad
from fir.estates.operations import accept_load, finish_loads
from fir.estates.queries import standing_load_of
from fir.parties.permissions import Permission
from tests import make
from tests.fir.estates.loads import homes, loaded, received
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def supplier() -> Party:
    return make.party("big-light")


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# The estate


def test_a_supplier_without_an_estate_reads_what_to_do(browser: Client) -> None:
    page = text(browser.get("/estate"))

    assert "no inventory was ever sent in" in page
    assert 'href="/estate/send"' in page


def test_without_the_permission_it_reads_whom_to_ask(supplier: Party) -> None:
    page = text(signed_in(supplier, [Permission.VIEW_ESTATE]).get("/estate"))

    assert "Whoever manages the people of Big Light" in page
    assert 'href="/estate/send"' not in page


def test_an_inventory_that_is_being_read_is_pointed_to(supplier: Party, browser: Client) -> None:
    load = received(supplier, *homes(3))

    page = text(browser.get("/estate"))

    assert "No inventory has become your estate yet" in page
    assert f'href="/estate/loads/{load.pk}"' in page


def test_the_estate_is_shown_in_figures_and_by_device_model(
    supplier: Party, browser: Client
) -> None:
    make.listed(
        make.row(1),
        make.row(2),
        make.row(3),
        make.row(4, device_type="CHF", device_model="00090101", firmware_version="00000001"),
    )
    load = make.estate(
        supplier,
        make.device(1, DeviceFirmwareVersion="00000003"),
        make.device(2, DeviceFirmwareVersion="00000002"),
        make.device(3, DeviceFirmwareVersion="00000001"),
        make.device(4, DeviceFirmwareVersion="0000FFFF"),
        make.device(5, DeviceType="GPF", DeviceModel="00090101"),
    )

    page = text(browser.get("/estate"))

    assert f'5 Devices, from <a class="govuk-link" href="/estate/loads/{load.pk}">' in page
    assert "66.67 %" in page
    assert "The percentage is of 3 Devices." in page
    assert "<strong>1</strong> Gas Proxy Functions" in page
    assert "2 Device Models" in page
    row = page.partition('ESME <span class="fir-hex">00010101</span>')[2].partition("</tr>")[0]
    assert [cell.partition("<")[0] for cell in re.split('fir-number[a-z -]*">', row)[1:]] == [
        "4",
        "1",
        "1",
        "1",
        "1",
        "0",
        "66.67 %",
    ]
    assert "/eligibility?target=CPL-000003&amp;device_type=ESME" in row


def test_an_estate_without_a_place_in_any_order_has_no_percentage(
    supplier: Party, browser: Client
) -> None:
    make.estate(supplier, make.device(1))

    assert "There is no percentage" in text(browser.get("/estate"))


def test_models_are_narrowed_to_a_device_type(supplier: Party, browser: Client) -> None:
    make.estate(supplier, make.device(1), make.device(2, DeviceType="GSME", DeviceModel="00020101"))

    found = text(browser.get("/estate?device_type=GSME", headers=FRAGMENT))

    assert "00020101" in found
    assert "00010101" not in found
    assert "<html" not in found
    assert "Nothing fits" in text(browser.get("/estate?device_type=IHD"))


def test_models_stand_on_pages_of_fifty(supplier: Party, browser: Client) -> None:
    make.estate(supplier, *(make.device(n, DeviceModel=f"{n:08X}") for n in range(1, 53)))

    first, second = (text(browser.get(f"/estate?page={page}")) for page in (1, 2))

    assert "52 Device Models, page 1 of 2" in first
    assert "00000034</span><br>" in second
    assert "00000034</span><br>" not in first


@pytest.mark.parametrize("page", ["999", "abc", "-1", "%00", "9" * 5000])
@pytest.mark.parametrize("address", ["/estate", "/estate/loads", "/eligibility", "/notices"])
def test_a_page_that_there_is_not_is_answered_with_the_first(
    supplier: Party, browser: Client, address: str, page: str
) -> None:
    make.estate(supplier, make.device(1))

    assert browser.get(f"{address}?page={page}").status_code == 404


def test_a_device_type_that_there_is_not_is_said_in_page_and_fragment(
    supplier: Party, browser: Client
) -> None:
    make.estate(supplier, make.device(1))

    for headers in ({}, FRAGMENT):
        answer = browser.get("/estate?device_type=TOASTER", headers=headers)
        assert text(answer).count("There is something to mend") == 1


@pytest.mark.parametrize(
    "address", ["/estate?party=big-light", "/estate/loads", "/eligibility?party=nobody"]
)
@pytest.mark.parametrize("has_estate", [True, False])
def test_an_agent_reads_the_same_refusal_whatever_there_is(
    supplier: Party, address: str, has_estate: bool
) -> None:
    if has_estate:
        make.estate(supplier, make.device(1))
    agent = signed_in(make.party("agent", "REGISTERED_SUPPLIER_AGENT"))

    answer = agent.get(address)

    assert answer.status_code == 403
    assert "No Supplier has delegated this to Agent." in text(answer)


# Loads


def test_loads_are_listed_newest_first(supplier: Party, browser: Client) -> None:
    old, new = make.estate(supplier, *homes(3)), loaded(supplier, *homes(50, bad=2))
    make.estate(make.party("other"), make.device(7))

    page = text(browser.get("/estate/loads"))

    assert page.index(f'loads/{new.pk}">') < page.index(f'loads/{old.pk}">')
    assert "2 loads" in page
    assert page.count("Your estate") == 1


def test_somebody_elses_load_does_not_exist(browser: Client) -> None:
    load = loaded(make.party("other"), *homes(50, bad=2))

    for address in ("", "/notes.csv"):
        assert browser.get(f"/estate/loads/{load.pk}{address}").status_code == 404
    assert browser.post(f"/estate/loads/{load.pk}/accept").status_code == 404
    load.refresh_from_db()
    assert load.state == "HELD"


def test_a_load_at_work_asks_for_itself_until_it_has_ended(
    supplier: Party, browser: Client
) -> None:
    load = received(supplier, *homes(3))
    address = f"/estate/loads/{load.pk}"

    working = text(browser.get(address))
    same = browser.get(f"{address}?seen=QUEUED-{load.bytes_read}-40", headers=FRAGMENT)
    finish_loads(at=make.AT)
    ended = text(browser.get(f"{address}?seen=QUEUED-{load.bytes_read}-40", headers=FRAGMENT))

    assert f'hx-get="{address}?seen=QUEUED-{load.bytes_read}-40" hx-trigger="every 1s"' in working
    assert f'id="again" href="{address}">Look again' in working
    assert '<progress max="100" value="40"' in working
    assert (same.status_code, same.content) == (204, b"")
    assert "<html" not in ended
    assert "every 1s" not in ended
    assert 'id="phase" role="status" hx-swap-oob="innerHTML">It was taken in.' in ended
    assert 'href="/estate"' in ended


def test_a_later_load_is_said_to_have_taken_its_place(supplier: Party, browser: Client) -> None:
    old, new = make.estate(supplier, *homes(3)), make.estate(supplier, *homes(4))

    page = text(browser.get(f"/estate/loads/{old.pk}"))

    assert (
        f'A later one has taken its place: <a class="govuk-link" href="/estate/loads/{new.pk}"'
        in page
    )


def test_notes_are_shown_masked_by_reason_and_by_line(supplier: Party, browser: Client) -> None:
    load = loaded(
        supplier,
        *homes(300),
        make.device(0, DeviceID="12 Elm Street"),
        make.device(301, DeviceModel="0001"),
    )

    page = text(browser.get(f"/estate/loads/{load.pk}"))

    assert "Elm Street" not in page
    assert "(13 characters, not hexadecimal)" in page
    assert "<strong>1</strong>: This is no Device ID" in page
    assert page.count("Left out</td>") == page.count("Kept</td>") == 1


def test_a_hundred_notes_are_shown_and_all_are_in_the_report(
    supplier: Party, browser: Client
) -> None:
    load = loaded(supplier, *homes(103, bad=102))

    page = text(browser.get(f"/estate/loads/{load.pk}"))
    report: Any = browser.get(f"/estate/loads/{load.pk}/notes.csv")
    lines = b"".join(report.streaming_content).decode().splitlines()

    assert page.count("Left out</td>") == 100
    assert "The first 100 notes are below" in page
    assert report["Content-Disposition"] == f'attachment; filename="load-{load.pk}-notes.csv"'
    rows = list(csv.DictReader(lines))
    assert len(rows) == 102
    assert rows[-1]["line"] == "104"


# Accepting


def test_a_held_load_is_explained_and_accepted(supplier: Party, browser: Client) -> None:
    load = loaded(supplier, *homes(50, bad=2))

    held = text(browser.get(f"/estate/loads/{load.pk}"))
    sent = browser.post(f"/estate/loads/{load.pk}/accept", {"acting_for": supplier.slug})
    page = text(browser.get(sent["Location"]))

    assert "2 of its 50 rows are bad: 4.0 %. Over 1 % is taken only" in held
    assert f'action="/estate/loads/{load.pk}/accept"' in held
    assert f"Load {load.pk} is your estate now, without its bad rows." in page
    assert standing_load_of(supplier) == load


def test_a_load_that_is_accepted_twice_stands_and_says_so(supplier: Party, browser: Client) -> None:
    load = loaded(supplier, *homes(50, bad=2))
    browser.post(f"/estate/loads/{load.pk}/accept")

    answer = browser.post(f"/estate/loads/{load.pk}/accept")

    assert answer.status_code == 409
    assert "It no longer waits to be accepted" in text(answer)
    assert "This load is your estate." in text(answer)


def test_a_held_load_behind_a_newer_one_cannot_be_accepted(
    supplier: Party, browser: Client
) -> None:
    load = loaded(supplier, *homes(50, bad=2))
    make.estate(supplier, *homes(3))

    page = text(browser.get(f"/estate/loads/{load.pk}"))
    answer = browser.post(f"/estate/loads/{load.pk}/accept")

    assert "It cannot be accepted any more" in page
    assert "/accept" not in page
    assert answer.status_code == 409
    assert "A load that was sent after this one is your estate already" in text(answer)


def test_looking_at_the_estate_is_not_enough_to_accept(supplier: Party) -> None:
    load = loaded(supplier, *homes(50, bad=2))
    reader = signed_in(supplier, [Permission.VIEW_ESTATE])

    page = text(reader.get(f"/estate/loads/{load.pk}"))

    assert "Accepting needs the permission" in page
    assert reader.post(f"/estate/loads/{load.pk}/accept").status_code == 403
    assert EstateLoad.objects.get().state == "HELD"


def test_accepting_for_another_party_changes_nothing(supplier: Party, browser: Client) -> None:
    load = loaded(supplier, *homes(50, bad=2))

    answer = browser.post(f"/estate/loads/{load.pk}/accept", {"acting_for": "other"})

    assert answer.status_code == 409
    assert "You act for another Party now" in text(answer)
    accept_load(load=load, by=make.actor(supplier), at=make.AT)  # it was still held


def test_whose_session_ended_comes_back_to_the_load(
    supplier: Party, browser: Client, client: Client
) -> None:
    load = loaded(supplier, *homes(50, bad=2))
    make.person(supplier, "bob@big-light.invalid")

    asked = client.post(f"/estate/loads/{load.pk}/accept", {"acting_for": supplier.slug})
    there = client.post(
        asked["Location"], {"login": "bob@big-light.invalid", "password": make.PASSWORD}
    )
    page = text(client.get(there["Location"]))

    assert there["Location"] == f"/estate/loads/{load.pk}"
    assert "You were signed out, and nothing was accepted." in page
