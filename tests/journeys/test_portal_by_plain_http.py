"""People's journeys through the portal over plain HTTP, without JavaScript or a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fir.eligibility.operations import read_news as assess_news
from fir.estates.operations import finish_loads
from fir.notifications.operations import read_news as raise_notices
from fir.notifications.operations import subscribe, sweep_deliveries
from fir.parties.permissions import Permission
from tests import make
from tests.release_form import MAIN, SAVE, begin, bring
from tests.visitor import Visitor

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(hours=1)
MAILBOX = "firmware@big-light.invalid"
RELEASE = make.release(9, predecessors=["CPL-000001"])


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()  # nobody has tried to sign in before


@pytest.fixture
def supplier() -> Party:
    """A Supplier with an estate, and with a mailbox for its notices."""
    make.listed(make.row(1), make.row(2))
    supplier = make.party("big-light")
    odd = make.device(4, DeviceManufacturer="GFI", DeviceModel="9001")
    on_second = make.device(3, DeviceFirmwareVersion="00000002")
    make.estate(supplier, make.device(1), make.device(2), on_second, odd)
    subscribe(party=supplier, email=MAILBOX, by=make.actor(supplier), at=make.AT)
    return supplier


def of(party: Party) -> Visitor:
    """Somebody of a Party, who has signed in."""
    visitor = Visitor()
    visitor.sign_in(make.person(party))
    return visitor


def read_everything() -> None:
    """What the workers do after a commit."""
    assess_news(at=NOW)
    raise_notices(at=NOW)
    sweep_deliveries(at=NOW)


def test_a_release_reaches_the_supplier(supplier: Party) -> None:
    ada, basil, greta = of(make.maker()), of(make.administrator()), of(supplier)

    ada.follow("Submissions")
    begin(ada)
    ada.follow("Firmware", within=MAIN)
    ada.send(SAVE, {"Firmware version": "123"})
    assert ada.status == 422
    error = ada.errors[0]
    assert error.startswith("Firmware version: ")
    assert error.removeprefix("Firmware version: ") in ada.errors_beside["firmware_version"]
    assert ada.typed("Firmware version") == "123"
    ada.follow("The tasks")
    bring(ada, RELEASE)
    assert "it waits for a decision" in ada.text
    hers = ada.url

    basil.open("/")
    basil.follow("submission waits for a decision")
    basil.follow("00000009")
    facts = basil.rows("The facts")
    assert "Firmware version 00000009 00000002 Changed" in facts
    assert "GBCS version 4.2 4.2 Same" in facts
    basil.send("Decide", {"Approve and publish now: the list's entry and the locked record": True})
    assert "Published as CPL-000003" in basil.text
    ada.open(hers)
    assert "Published as CPL-000003" in ada.text

    read_everything()
    title = "Firmware 00000009 published for ESME 00010101"
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([MAILBOX], title)
    greta.open("/")
    greta.follow(title)
    assert greta.heading == title
    greta.follow("The record, CPL-000003")
    assert "The latest release of this Device Model." in greta.text
    assert "Of your 3 Devices of this Device Model: 2 eligible" in greta.text
    assert "Why the others are not eligible" in greta.text


def test_another_one_is_returned_and_read(supplier: Party) -> None:
    ada, basil = of(make.maker()), of(make.administrator())
    begin(ada)
    bring(ada, RELEASE)
    basil.open("/")
    basil.follow("submission waits for a decision")
    basil.follow("00000009")
    basil.send("Decide", {"Return it to be mended and brought again": True})
    assert basil.status == 422
    assert basil.errors[0].startswith("Reason: ")

    basil.send("Decide", {"Reason": "The notes name a customer."})

    assert "Returned. The Manufacturer reads your reason." in basil.text
    ada.open("/submissions")
    ada.send("Search", {"State": "Returned"})
    ada.follow("00000009")
    assert "The notes name a customer." in ada.text
    ada.follow("Mend and bring again")
    assert ada.heading == "Bring a release again"


@pytest.mark.parametrize(
    "words", ["00000002", make.image_hash(2), f"0x{make.image_hash(2)[:9].lower()}", "cpl-000002"]
)
def test_a_record_is_found_by_what_is_at_hand(supplier: Party, words: str) -> None:
    greta = of(supplier)
    greta.follow("Firmware")

    greta.send("Search", {"Search": words})

    (row,) = greta.rows("Records")
    assert row.startswith("CPL-000002")


def test_all_records_of_a_model_are_found(supplier: Party) -> None:
    greta = of(supplier)
    greta.follow("Firmware")

    greta.send("Search", {"Search": "00010101", "Status": "Current"})

    assert [row.split()[0] for row in greta.rows("Records")] == ["CPL-000002", "CPL-000001"]


def test_an_inventory_becomes_the_estate(supplier: Party) -> None:
    greta = of(supplier)
    greta.follow("Estate")
    assert len(greta.rows("Device Models")) == 2
    greta.follow("Send in an inventory")
    file = make.inventory(*(make.device(n) for n in range(1, 8)))

    greta.send("Send it in", {"Inventory": SimpleUploadedFile("inventory.csv", file)})
    assert "The inventory is in" in greta.text
    greta.follow("Look again")
    assert "This load is your estate." not in greta.text
    finish_loads(at=NOW)
    read_everything()
    greta.follow("Look again")
    assert "This load is your estate." in greta.text

    greta.follow("Look at the estate")
    assert "7 Devices, from load" in greta.text
    assert [row.split()[0] for row in greta.rows("Device Models")] == ["ESME"]


def test_an_invited_person_joins_and_makes_a_key(supplier: Party, client: Client) -> None:
    greta, newcomer = of(supplier), Visitor()
    email, password = "gawain@big-light.invalid", "a-lantern-for-the-marsh"
    greta.open("/people/invite")
    greta.send("Send the invitation", {"Email": email, Permission.MANAGE_PEOPLE.sentence: True})
    read_everything()
    (letter,) = mail.outbox
    link = re.search(r"https?://[^/\s]+(/invitations/\S+)", str(letter.body))
    assert link

    newcomer.open(link[1])
    newcomer.send("Join", {"Password": password})
    newcomer.follow("People and keys")
    newcomer.open("/keys/new")
    newcomer.send("Make the key", {"Name": "billing"})
    key = re.search(r"\bfir_[\w-]+", newcomer.text)
    assert key
    bearer = {"authorization": f"Bearer {key[0]}"}
    assert client.get("/api/v1/feed", headers=bearer).status_code == 200

    newcomer.follow("back to people and keys")
    assert key[0] not in newcomer.text
    newcomer.follow("Revoke the key billing")
    newcomer.send("Revoke it")
    assert client.get("/api/v1/feed", headers=bearer).status_code == 401
    newcomer.open(link[1])
    assert newcomer.heading == "This invitation is no longer open"
