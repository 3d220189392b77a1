"""A sheet of releases is sent in by a browser; its page says of every row what is wrong with it."""

from __future__ import annotations

import csv
import io
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fir.parties.permissions import Permission
from fir.portal.forms.release_sheets import FAULTS_SHOWN
from fir.portal.views import release_sheets
from fir.submissions.models import Draft, ReleaseSheet, Submission
from fir.submissions.sheets import COLUMNS, read_releases, reading, write_releases
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.submissions.releases_sheet import good

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
SHEET = "/submissions/sheet"


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def ada(maker: Party) -> Client:
    """The browser of somebody who brings releases."""
    return signed_in(maker)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def send(browser: Client, data: bytes, name: str = "releases.csv", **more: str) -> Any:
    return browser.post(SHEET, {**more, "sheet": SimpleUploadedFile(name, data)})


def sent(browser: Client, *said: Mapping[str, Any]) -> str:
    """The address of a sheet that was sent in."""
    answer = send(browser, write_releases(said).encode())
    assert answer.status_code == 302
    return str(answer["Location"])


def count(page: str, what: str) -> str:
    """The figure beside a word in the summary of a sheet."""
    value = page.partition(f"{what}</dt>")[2].partition("</dd>")[0]
    return value.rpartition(">")[2].strip()


BAD = {**good(3), "manufacturer_image_hash": "12", "gbcs_version": ""}


# Sending it in


def test_the_page_says_what_a_sheet_holds(ada: Client) -> None:
    page = text(ada.get(SHEET))

    for column in COLUMNS:
        assert f">{column}</span>" in page
    assert "at most 1,000 releases and 10 MB" in page
    assert 'href="/submissions/template.csv"' in page
    assert 'href="/submissions/template.xlsx"' in page
    assert page.index('name="acting_for"') < page.index('type="file"')
    assert "Sheets with rows that are left" not in page


def test_a_sheet_is_sent_in_and_nothing_is_brought(ada: Client) -> None:
    address = sent(ada, good(1), good(2), BAD)

    page = text(ada.get(address))

    assert "None of its releases is brought yet" in page
    named = ("Rows of the sheet", "Left of it", "Without a fault", "To be mended")
    assert [count(page, name) for name in named] == ["3", "3", "2", "1"]
    assert "Bring the 2 releases without a fault" in page
    assert not Submission.objects.exists()
    assert f'href="{address}"' in text(ada.get(SHEET))


def test_every_fault_of_a_row_stands_beside_its_field_with_a_link_to_mend_it(ada: Client) -> None:
    page = text(ada.get(sent(ada, BAD)))

    draft = Draft.objects.get()
    assert f'href="/submissions/drafts/{draft.pk}">Mend line 2</a>' in page
    assert ">manufacturer_image_hash</span>: ‘12’ is not a Manufacturer Image Hash" in page
    assert ">gbcs_version</span>: This must be said." in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Choose the one that holds the releases."),
        (b"colour\r\nred\r\n", "‘colour’ is no column of a sheet of releases."),
        (write_releases([good(1)]).encode("utf-16"), "Save it as “CSV UTF-8”"),
        (write_releases([good(1)]).encode()[:-40], "seems cut off at line 2"),
        (b"PK\x03\x04", "cut off"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(ada: Client, data: bytes, said: str) -> None:
    answer = send(ada, data)

    assert answer.status_code == 422
    assert said in text(answer)
    assert not ReleaseSheet.objects.exists()


def test_of_very_many_faults_of_a_file_the_first_are_said(ada: Client) -> None:
    headings = ",".join(f"heading {n}" for n in range(30))

    page = text(send(ada, f"{headings}\r\n{'x,' * 29}x\r\n".encode()))

    more = 30 + 8 - FAULTS_SHOWN  # the eight that a new release must say are missing, too
    assert f"And {more} more of this kind." in page


def test_a_file_that_is_too_large_is_read_no_further(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (release_sheets, reading):
        monkeypatch.setattr(module, "LARGEST_SHEET", 100_000)

    answer = send(ada, b"x" * 3_000_000)

    assert answer.status_code == 422
    assert "The sheet is larger than" in text(answer)
    assert not ReleaseSheet.objects.exists()


def test_a_form_of_another_party_or_without_a_file_is_refused(ada: Client) -> None:
    none = ada.post(SHEET, {"acting_for": "fine-meters"}, content_type="multipart/form-data")
    other = send(ada, write_releases([good(1)]).encode(), acting_for="other")

    assert (none.status_code, other.status_code) == (422, 409)
    assert not ReleaseSheet.objects.exists()


# Looking at it


def test_ten_good_rows_of_a_thousand_are_brought_and_the_others_stay_readable(ada: Client) -> None:
    bad = [{**good(n), "firmware_version": "x", "gbcs_version": ""} for n in range(11, 1001)]
    address = sent(ada, *(good(n) for n in range(1, 11)), *bad)
    few = sent(ada, {**good(1001), "firmware_version": "x", "gbcs_version": ""}, good(1002))

    with CaptureQueriesContext(connection) as of_few:
        ada.get(few)
    with CaptureQueriesContext(connection) as of_many:
        page = text(ada.get(address))

    assert len(of_many) <= len(of_few)
    assert (count(page, "Without a fault"), count(page, "To be mended")) == ("10", "990")
    assert "1,000 rows, page 1 of 20" in page
    assert page.count("Mend line ") == 40
    narrowed = text(ada.get(f"{address}?show=mend&page=20"))
    assert "990 rows, page 20 of 20" in narrowed
    assert "Mend line 1,001" in narrowed
    assert 'href="?show=mend&amp;page=19"' in narrowed

    ada.post(f"{address}/bring")

    page = text(ada.get(address))
    assert "10 releases were brought. 990 stay to be mended." in page
    assert Submission.objects.count() == 10
    assert "Bring the" not in page
    assert ada.get(f"{address}?page=21").status_code == 404


def test_a_warning_is_told_and_keeps_nothing_from_being_brought(ada: Client) -> None:
    make.listed(make.row(1))
    address = sent(ada, make.release(2))  # over none: what is installed now is stranded

    page = text(ada.get(address))

    assert count(page, "Of these with a warning") == "1"
    assert "Good, with a warning" in page
    assert "Warning.</strong> Every listed version" in page
    ada.post(f"{address}/bring")
    assert "One release was brought. Nothing of the sheet is left." in text(ada.get(address))


def test_what_people_wrote_is_shown_as_text(ada: Client) -> None:
    address = sent(ada, {**BAD, "manufacturer_image_hash": "<script>"})

    page = text(ada.get(address))

    assert "<script>" not in page.partition("<main")[2].partition("</main>")[0]
    assert "‘&lt;script&gt;’" in page


# Bringing, and what is left


def test_bringing_twice_says_that_nothing_is_left(ada: Client) -> None:
    address = sent(ada, good(1))
    ada.post(f"{address}/bring")

    ada.post(f"{address}/bring")

    page = text(ada.get(address))
    assert "Nothing was brought" in page
    assert "each of its 1 row was brought or dropped" in page
    assert Submission.objects.count() == 1
    assert "Sheets with rows that are left" not in text(ada.get(SHEET))


def test_what_is_left_is_the_same_sheet_with_what_is_wrong(ada: Client) -> None:
    address = sent(ada, good(1), {**BAD, "release_notes": "=1+1"})
    ada.post(f"{address}/bring")

    answer = ada.get(f"{address}/faults.csv")

    (row,) = csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"].startswith("attachment")
    assert row["release_notes"] == "'=1+1"
    told = row["what_is_wrong"].split(" | ")
    assert [one.partition(":")[0] for one in told] == ["manufacturer_image_hash", "gbcs_version"]
    (read,) = read_releases(answer.content).rows
    assert read.said == {**Draft.objects.get().said, "kind": "NEW"}


def test_what_is_left_is_dropped_after_a_question(ada: Client) -> None:
    address = sent(ada, good(1), BAD)

    asked = text(ada.get(f"{address}/drop"))
    assert "2 rows are not brought" in asked
    assert Draft.objects.count() == 2
    page = text(ada.post(f"{address}/drop", follow=True))

    assert "What was left of the sheet was dropped: 2 rows." in page
    assert not Draft.objects.exists()
    assert ada.get(address).status_code == 404


def test_another_party_and_who_may_not_bring_find_nothing(ada: Client, maker: Party) -> None:
    address = sent(ada, good(1))
    eve = signed_in(make.maker("other-meters", "F1A2"))
    reader = browser_of(make.person(maker, "rex@fine-meters.invalid", [Permission.VIEW_RECORDS]))

    for browser, status in ((eve, 404), (reader, 403)):
        for path in ("", "/faults.csv", "/drop"):
            assert browser.get(f"{address}{path}").status_code == status
        for path in ("/bring", "/drop"):
            assert browser.post(f"{address}{path}").status_code == status
    assert ada.get(f"/submissions/sheets/{uuid.uuid4()}").status_code == 404
    assert address not in text(eve.get(SHEET))
    assert Draft.objects.count() == 1


# The template


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_template_reads_as_a_sheet(ada: Client, ending: str) -> None:
    make.listed(make.row(1, zigbee_certificate_id="=1+1"), make.row(2, device_model="00020101"))

    answer = ada.get(f"/submissions/template.{ending}")

    first, second = read_releases(answer.content).rows
    assert f'filename="releases.{ending}"' in answer["Content-Disposition"]
    assert first.said["zigbee_certificate_id"] == "=1+1"
    assert first.said["predecessors"] == ["CPL-000001"]
    assert "firmware_version" not in first.said
    assert second.said["device_model"] == "00020101"
    assert ending == "xlsx" or b"'=1+1" in answer.content
