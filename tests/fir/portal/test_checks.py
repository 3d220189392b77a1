"""Devices are checked on a page, pasted or from a file, and nothing of them stays."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fir.portal.forms.checks import AS_SHEET, ON_PAGE
from tests import make
from tests.fir.eligibility.test_checking import whole_database
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
CHECK, PASTED = "/check", "/check/pasted"
RESPONSE = Path(__file__).parents[2] / "data" / "read-inventory-response.xml"


@pytest.fixture
def supplier() -> Party:
    """A Supplier; CPL-000002 may be installed over CPL-000001."""
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    return make.party("big-light")


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def paste(browser: Client, pasted: str, answer: str = ON_PAGE) -> Any:
    return browser.post(PASTED, {"pasted": pasted, "answer": answer})


def bring(browser: Client, content: bytes, answer: str = ON_PAGE) -> Any:
    # The choice stands before the file in the form, as a browser sends it.
    upload = SimpleUploadedFile("devices.csv", content)
    return browser.post(CHECK, {"answer": answer, "devices": upload})


def rows(answer: Any) -> list[dict[str, str]]:
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_page_says_what_becomes_of_it(browser: Client) -> None:
    page = text(browser.get(CHECK))

    assert "Nothing of them is kept" in page
    assert "at most 50,000 Devices" in page


@pytest.mark.parametrize("between", [",", "\t"])
def test_what_is_pasted_is_answered(browser: Client, between: str) -> None:
    devices = [make.device(1), make.device(2, DeviceFirmwareVersion="00000002")]
    pasted = make.inventory(*devices).decode().replace(",", between)
    page = text(paste(browser, pasted.rstrip("\r\n")))  # as people copy it

    assert "What holds for 2 Devices" in page
    assert "1 eligible (50.0" in page
    assert make.device_id(1) in page
    assert "send 11.1 then 11.3" in page


def test_a_comma_in_a_pasted_cell_moves_no_other(browser: Client) -> None:
    device = {**make.device(1), "Address": "1, Church Lane"}
    lines = ["\t".join(["Address", *make.device(1)]), "\t".join(
        [device["Address"], *make.device(1).values()]
    )]  # fmt: skip

    (row,) = rows(paste(browser, "\n".join(lines), AS_SHEET))

    assert (row["DeviceID"], row["Outcome"], row["Notes"]) == (make.device_id(1), "ELIGIBLE", "")


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_answered(browser: Client, *, packed: bool) -> None:
    content = make.inventory(make.device(1), make.device(1))

    page = text(bring(browser, gzip.compress(content) if packed else content))

    assert "What holds for 1 Device" in page
    assert "Line 3, DeviceID: The Device stands in an earlier row already" in page


def test_an_inventory_response_is_answered_and_no_address_shown(browser: Client) -> None:
    answer = bring(browser, RESPONSE.read_bytes())

    assert "What holds for 6 Devices" in text(answer)
    assert b"ZZ1" not in answer.content


def test_the_sheet_has_every_device(browser: Client) -> None:
    content = make.inventory(*(make.device(n) for n in range(1, 151)))

    assert "The first 100 are below" in text(bring(browser, content))
    assert [row["DeviceID"] for row in rows(bring(browser, content, AS_SHEET))] == [
        make.device_id(n) for n in range(1, 151)
    ]


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "Paste the Devices"),
        ("   ", "Headings missing"),
        ("00-DB-12-34-56-78-90-A0", "Headings missing"),
        ("<sr:Response", "Line 1"),
    ],
)
def test_what_is_pasted_wrongly_is_told(browser: Client, pasted: str, words: str) -> None:
    answer = paste(browser, pasted)

    assert answer.status_code == 422
    assert words in errors(answer)


def test_one_device_too_many_is_told(browser: Client) -> None:
    content = make.inventory(*(make.device(number) for number in range(1, 50_002)))

    answer = bring(browser, content)

    assert answer.status_code == 422
    assert "At most 50,000 devices" in errors(answer)


def test_a_file_that_is_too_large_is_told(browser: Client, settings: Any) -> None:
    settings.LARGEST_CHECK = 100

    answer = bring(browser, make.inventory(*(make.device(n) for n in range(9))))

    assert answer.status_code == 413
    assert "taken here" in errors(answer)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 a letter", b"\x1f\x8b\x08 cut"])
def test_a_file_that_cannot_be_read_is_told(browser: Client, content: bytes) -> None:
    answer = bring(browser, content)

    assert answer.status_code == 422
    assert errors(answer)


def test_an_answer_that_was_not_chosen_is_asked_for(browser: Client) -> None:
    for answer in (
        paste(browser, make.inventory(make.device(1)).decode(), "poem"),
        bring(browser, make.inventory(make.device(1)), "poem"),
    ):
        assert answer.status_code == 422
        assert "Choose how you want the answers" in errors(answer)


def test_what_a_stranger_pastes_is_not_kept_until_the_sign_in(supplier: Party) -> None:
    stranger = Client()
    before = whole_database()

    answer = paste(stranger, make.inventory(make.device(1)).decode())

    assert (answer.status_code, answer.headers["Location"]) == (
        302, "/account/sign-in?next=%2Fcheck",
    )  # fmt: skip
    assert whole_database() == before


def test_nothing_of_a_check_is_kept(browser: Client) -> None:
    text_of = make.inventory(make.device(0x00DB1234567890A0))
    browser.get(CHECK)
    before = whole_database()

    bring(browser, text_of)
    paste(browser, text_of.decode())

    assert whole_database() == before


def test_more_than_a_form_takes_is_refused_in_words(browser: Client) -> None:
    answer = paste(browser, "x" * 2_600_000)

    assert answer.status_code == 413
    assert "file" in text(answer)
