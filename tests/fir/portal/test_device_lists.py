"""Lists of Devices in the portal: what is in each file stands there before it is fetched."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import connection
from lxml import html

from fir.eligibility.queries import findings_of
from fir.parties.scopes import Scope
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import text

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
LISTS = "/eligibility/lists"


@pytest.fixture
def supplier(settings: Any) -> Party:
    """A Supplier with five meters that may take CPL-000002 and two that run it; batches of two."""
    settings.DEVICES_IN_A_REQUEST = 2
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.estate(
        supplier,
        *(make.device(n) for n in range(1, 6)),
        *(make.device(n, DeviceFirmwareVersion="00000002") for n in (8, 9)),
    )
    return supplier


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def links(answer: Any) -> dict[str, str]:
    """Where the page's links lead, by what they say."""
    found = html.fromstring(answer.content).xpath("//main//a[@href]")
    return {" ".join(link.text_content().split()): link.get("href") for link in found}


def fetched(browser: Client, url: str) -> bytes:
    answer: Any = browser.get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    return b"".join(answer.streaming_content)


def archive(browser: Client, url: str) -> dict[str, int]:
    """The files of an archive, and how large each is."""
    with ZipFile(io.BytesIO(fetched(browser, url))) as held:
        return {one.filename: one.file_size for one in held.infolist()}


def test_the_findings_lead_to_their_lists(browser: Client) -> None:
    page = links(browser.get("/eligibility?outcome=ELIGIBLE"))

    whole = text(browser.get(page["Lists of the eligible Devices"]))
    one = text(browser.get(page["Lists of these Devices"]))

    assert "Lists of 5 Devices" in whole
    assert "Lists of 5 Devices" in one
    assert "Lists of 7 Devices" in text(browser.get(f"{LISTS}?"))


def test_the_page_says_what_is_in_each_file(browser: Client) -> None:
    answer = browser.get(f"{LISTS}?outcome=ELIGIBLE")
    page = text(answer)

    assert "5 Device IDs, a line each" in page
    assert "A ZIP of 3 CSV files of at most 2 Device IDs each (an assumption" in page
    assert "ELIGIBLE/ESME-CPL-000002-00001.csv and 2 more" in page
    assert "A ZIP of 4 DUIS requests" in page
    assert "11.1-ESME-CPL-000002-00001.xml and 2 more" in page
    assert "11.3-ESME-CPL-000002.xml" in page
    assert "FIR sends nothing and signs nothing" in page


def test_the_files_hold_what_the_page_said(browser: Client) -> None:
    page = links(browser.get(f"{LISTS}?outcome=ELIGIBLE"))

    ids = [make.device_id(number) for number in range(1, 6)]
    assert fetched(browser, page["Device IDs as CSV"]).decode().split() == ["DeviceID", *ids]
    objects = fetched(browser, page["Device IDs as NDJSON"]).decode().splitlines()
    assert objects == [f'{{"device_id":"{one}"}}' for one in ids]
    batches = archive(browser, page["Batches as ZIP"])
    assert len([name for name in batches if name.endswith(".csv")]) == 3
    requests = archive(browser, page["Request bodies as ZIP"])
    assert sorted(requests) == [
        "11.1-ESME-CPL-000002-00001.xml",
        "11.1-ESME-CPL-000002-00002.xml",
        "11.1-ESME-CPL-000002-00003.xml",
        "11.3-ESME-CPL-000002.xml",
        "manifest.json",
    ]


def test_where_nothing_may_be_sent_no_request_is_offered(browser: Client) -> None:
    answer = browser.get(f"{LISTS}?outcome=UP_TO_DATE")

    assert "there are no requests to write" in text(answer)
    assert "Request bodies as ZIP" not in links(answer)
    assert "Lists of 2 Devices" in text(answer)


def test_where_there_is_nobody_nothing_is_offered(browser: Client) -> None:
    answer = browser.get(f"{LISTS}?outcome=BLOCKED")

    assert "There is no such Device" in text(answer)
    assert not [url for url in links(answer).values() if re.search(r"\.(csv|zip|ndjson)", url)]


@pytest.mark.parametrize("path", [LISTS, f"{LISTS}/devices.csv", f"{LISTS}/requests.zip"])
def test_a_finding_of_somebody_else_does_not_exist(supplier: Party, path: str) -> None:
    other = signed_in(make.party("small-gas", "SMALL_SUPPLIER"))
    finding = findings_of(Scope(supplier)).first()
    assert finding

    answers = [other.get(f"{path}?finding={one}") for one in (finding.pk, uuid4(), "none")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert text(answers[0]) == text(answers[1])


@pytest.mark.parametrize("query", ["outcome=MAYBE", "target=CPL-777777", "target=CPL_1"])
def test_what_cannot_be_asked_is_told_beside_the_filters(browser: Client, query: str) -> None:
    for path in (LISTS, f"{LISTS}/batches.zip"):
        answer: Any = browser.get(f"{path}?{query}", follow=True)
        assert answer.redirect_chain == [(f"/eligibility?{query}", 302)]
        assert "Nothing is shown until the filters are mended" in text(answer)


def test_there_are_no_other_files(browser: Client) -> None:
    assert browser.get(f"{LISTS}/everything.zip").status_code == 404


def test_a_load_that_went_is_told(browser: Client, supplier: Party) -> None:
    finding = findings_of(Scope(supplier)).first()
    assert finding
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE loads.device_{finding.cohort.load_id}")

    for name in ("devices.csv", "devices.ndjson", "batches.zip", "requests.zip"):
        answer = browser.get(f"{LISTS}/{name}?")
        assert (name, answer.status_code) == (name, 409)
        assert "replaced by a newer one" in text(answer)
