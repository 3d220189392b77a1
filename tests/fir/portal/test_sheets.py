"""A sheet of the list is brought in a browser, looked at, corrected, applied by whoever may."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cpl.models import ListedEntry
from cpl.sheet import write_sheet
from cpl.sheet.limits import MOST_ROWS
from cpl.sheet.row import COLUMNS
from fir.ledger.queries import last_seq
from fir.parties.models import Actor
from fir.parties.permissions import Permission
from fir.portal.uploads import as_far_as
from fir.portal.views import sheet_acts, sheets
from fir.records import importing, sheet_queries
from fir.records.importing import bring_sheet
from fir.records.models import SheetImport
from tests import make
from tests.fir.portal.people import browser_of, signed_in

if TYPE_CHECKING:
    from django.test import Client

    from cpl.sheet.row import SheetRow
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
IMPORT = "/list/import"
REMOVED: dict[str, Any] = {
    "status": "REMOVED",
    "date_removed": date(2026, 11, 1),
    "removal_reason": "Withdrawn.",
}


@pytest.fixture
def administrator() -> Party:
    return make.administrator()


@pytest.fixture
def ann(administrator: Party) -> Client:
    """The browser of somebody who keeps the list."""
    return signed_in(administrator)


@pytest.fixture
def ben(administrator: Party) -> Client:
    """The browser of somebody else who does."""
    return browser_of(make.person(administrator, "ben@administrator.invalid"))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def content(*rows: SheetRow) -> bytes:
    return write_sheet(rows).encode()


def bring(browser: Client, data: bytes, name: str = "cpl.csv", **more: str) -> Any:
    return browser.post(IMPORT, {**more, "sheet": SimpleUploadedFile(name, data)})


def brought(browser: Client, *rows: SheetRow) -> str:
    """The address of a sheet that was brought."""
    answer = bring(browser, content(*rows))
    assert answer.status_code == 302
    return str(answer["Location"])


def seen(browser: Client, address: str) -> dict[str, str]:
    """What the form to apply a sheet sends, as its page shows it now."""
    page = text(browser.get(address))
    assert f'action="{address}/apply"' in page
    return {"seen": page.partition('name="seen" value="')[2].partition('"')[0]}


def confirm(browser: Client, address: str, number: int = 1, reason: str = "Mistyped.") -> Any:
    entry = f"CPL-{number:06d}"
    said = {f"correct-{entry}": "on", f"reason-{entry}": reason}
    return browser.post(f"{address}/corrections", said)


def count(page: str, what: str) -> str:
    """The figure beside a word in the summary of a sheet."""
    value = page.partition(f"{what}</dt>")[2].partition("</dd>")[0]
    return value.rpartition(">")[2].strip()


# Bringing


def test_the_page_says_what_a_sheet_holds(ann: Client) -> None:
    page = text(ann.get(IMPORT))

    for column in COLUMNS:
        assert column in page
    assert "at most 50 MB" in page
    assert f"at most {MOST_ROWS:,} rows" in page
    assert 'href="/list"' in page
    assert page.index('name="acting_for"') < page.index('type="file"')


def test_a_sheet_is_brought_and_changes_nothing(ann: Client) -> None:
    before = last_seq()

    page = text(ann.get(brought(ann, make.row(1), make.row(2))))

    assert "Nothing has changed yet" in page
    assert (count(page, "Entries to add"), count(page, "Unchanged")) == ("2", "0")
    assert "The sheet as CSV</a>" in page
    assert last_seq() == before
    assert not ListedEntry.objects.exists()


def test_a_form_that_is_sent_twice_brings_one_sheet(ann: Client, ben: Client) -> None:
    first, second = (brought(ann, make.row(1)) for _ in range(2))

    assert first == second
    assert brought(ben, make.row(1)) != first
    assert SheetImport.objects.count() == 2


def test_a_sheet_without_a_file_or_of_another_party_is_refused(ann: Client) -> None:
    none = ann.post(IMPORT, {"acting_for": "administrator"}, content_type="multipart/form-data")
    empty = bring(ann, b"")
    other = bring(ann, content(make.row(1)), acting_for="other")

    assert (none.status_code, empty.status_code, other.status_code) == (422, 422, 409)
    assert "Choose the one that holds the sheet." in text(empty)
    assert not SheetImport.objects.exists()


def test_a_sheet_that_is_too_large_is_read_no_further_and_refused(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sheets, importing):
        monkeypatch.setattr(module, "LARGEST_SHEET", 1_000_000)
    read = []

    def watched(most: int, pieces: Any) -> bytes:
        read.append(as_far_as(most, pieces))
        return read[0]

    monkeypatch.setattr(sheets, "as_far_as", watched)

    answer = bring(ann, b"x" * 3_000_000)

    assert answer.status_code == 422
    assert "A sheet has at most 50 MB" not in text(answer)
    assert "A sheet has at most 1 MB" in text(answer)
    assert 1_000_000 < len(read[0]) < 1_100_000
    assert not SheetImport.objects.exists()


def test_without_the_permission_nothing_of_it_is_open(administrator: Party, ann: Client) -> None:
    address = brought(ann, make.row(1))
    reviewer = make.person(
        administrator, "rex@administrator.invalid", [Permission.REVIEW_SUBMISSIONS]
    )
    browser = browser_of(reviewer)

    files = (f"{address}/faults.csv", f"{address}/changes.csv")
    for path in (IMPORT, "/list/sheets", address, *files):
        assert browser.get(path).status_code == 403
    for path in ("corrections", "apply", "drop"):
        assert browser.post(f"{address}/{path}").status_code == 403
    assert SheetImport.objects.get().state == "WAITING"


# Looking


def test_sheets_are_listed_newest_first_with_their_state(ann: Client) -> None:
    old = brought(ann, make.row(1))
    ann.post(f"{old}/drop")
    new = brought(ann, make.row(2))

    page = text(ann.get("/list/sheets"))

    assert page.index(f'href="{new}"') < page.index(f'href="{old}"')
    assert "2 sheets" in page
    assert page.index("Waiting</strong>") < page.index("Dropped</strong>")


def test_a_sheet_that_there_is_not_is_not_found(ann: Client) -> None:
    address = f"/list/sheets/{uuid.uuid4()}"

    assert ann.get(address).status_code == 404
    for path in ("corrections", "apply", "drop"):
        assert ann.post(f"{address}/{path}").status_code == 404


def test_every_kind_of_change_is_counted_and_shown(ann: Client) -> None:
    make.listed(*(make.row(n) for n in (1, 2, 4, 5)), make.row(3, **REMOVED))
    address = brought(
        ann,
        make.row(1, cpa_certificate_id="CPA-NEW"),
        make.row(2, **REMOVED),
        make.row(3),
        make.row(4),
        make.row(6),
    )

    page = text(ann.get(address))

    words = ("Entries to add", "To remove", "To relist", "To revise", "To correct", "Unchanged")
    assert [count(page, word) for word in words] == ["1", "1", "1", "1", "0", "1"]
    assert count(page, "On the list and not in the sheet") == "1"
    assert "cpa_certificate_id: <strong>CPA-NEW</strong> instead of CPA-1" in page
    assert "status: <strong>REMOVED</strong> instead of CURRENT" in page
    assert "date_removed: <strong>nothing</strong> instead of 2026-11-01" in page
    assert 'href="/cpl/CPL-000005">CPL-000005</a>' in page


def test_of_many_changes_the_first_fifty_are_shown(ann: Client) -> None:
    page = text(ann.get(brought(ann, *(make.row(n) for n in range(1, 121)))))

    assert "Show the first 50 of 120" in page
    assert "CPL-000050" in page
    assert "CPL-000051" not in page


def test_faults_are_told_in_full_words_and_nothing_can_be_applied(ann: Client) -> None:
    bad = [make.row(n, device_type="TOASTER") for n in range(2, 104)]
    address = brought(ann, make.row(1), *bad)

    page = text(ann.get(address))

    assert count(page, "Faults") == "102"
    assert page.count("‘TOASTER’ is not a Device Type") == 100
    assert "These are the first 100 of 102 faults" in page
    assert "On the list and not in the sheet" not in page
    assert "Apply this sheet" not in page
    answer = ann.post(f"{address}/apply", {"seen": "x"})
    assert answer.status_code == 409
    assert "Values of this sheet cannot be read" in text(answer)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a,b\r\n1,2\r\n", "There is no column cpl_entry_id."),
        ("cpl_entry_id,é\r\n".encode("utf-16"), "The file is in UTF-16 or UTF-32."),
        (b"PK\x03\x04not a workbook", "workbook"),
    ],
    ids=["headings", "UTF-16", "workbook"],
)
def test_a_file_that_is_no_sheet_is_explained_and_can_be_dropped(
    ann: Client, data: bytes, sentence: str
) -> None:
    address = bring(ann, data)["Location"]

    page = text(ann.get(address))

    assert "Not one row of it can be read." in page
    assert "The sheet as CSV, saying beside each row what is wrong</a>" in page
    assert sentence in page
    assert ann.post(f"{address}/drop").status_code == 302


def test_a_sheet_that_says_what_the_list_says_needs_no_applying(ann: Client) -> None:
    make.listed(make.row(1))

    page = text(ann.get(brought(ann, make.row(1))))

    assert "there is nothing to apply" in page
    assert "/apply" not in page


def test_the_sheet_comes_back_with_what_is_wrong_beside_each_row(ann: Client) -> None:
    make.listed(make.row(1))
    rows = (make.row(1, gbcs_version="3.2"), make.row(2, device_type="TOASTER"), make.row(3))
    address = brought(ann, *rows)

    answer = ann.get(f"{address}/faults.csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))

    assert "attachment" in answer["Content-Disposition"]
    wrong = [line["what_is_wrong"] for line in lines]
    assert wrong[0].startswith("gbcs_version: CPL-000001 is published with 4.2")
    assert wrong[1].startswith("device_type: ‘TOASTER’")
    assert wrong[2] == ""
    ann.post(f"{address}/drop")
    assert ann.get(f"{address}/faults.csv").status_code == 404


def changes(browser: Client, address: str) -> list[tuple[str, ...]]:
    """The lines of the file of a sheet's changes, without its heading."""
    answer = browser.get(f"{address}/changes.csv")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    heading, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert heading == ["cpl_entry_id", "change", "column", "listed", "said", "reason"]
    return [tuple(line) for line in lines]


def test_every_change_is_in_a_file_however_many_there_are(ann: Client) -> None:
    make.listed(*(make.row(n) for n in range(1, 61)))
    rows = [make.row(n, cpa_certificate_id=f"CPA-NEW-{n}") for n in range(1, 61)]
    address = brought(ann, *rows)

    page = text(ann.get(address))

    assert page.count(f'href="{address}/changes.csv"') == 2
    assert "at most the first 50 changes of each kind" in page
    assert changes(ann, address) == [
        (f"CPL-{n:06d}", "revised", "cpa_certificate_id", f"CPA-{n}", f"CPA-NEW-{n}", "")
        for n in range(1, 61)
    ]


def test_the_file_of_the_changes_says_each_once_beside_what_is_listed(
    ann: Client, ben: Client
) -> None:
    make.listed(*(make.row(n) for n in (1, 2, 4)), make.row(3, **REMOVED))
    address = brought(
        ann,
        make.row(1, gbcs_version="3.2", manufacturer_name="=New Meters"),
        make.row(2, cpa_certificate_id="CPA-NEW", **REMOVED),
        make.row(3),
        make.row(4),
        make.row(6, manufacturer_name="=Six Meters"),
    )
    confirm(ann, address, reason="-Mistyped.")

    (new, *rest) = changes(ben, address)

    assert new[:4] == ("CPL-000006", "new", "", "")
    for fact in ("device_type: ESME", "firmware_version: 00000006", "name: =Six", "date_added: "):
        assert fact in new[4]
    assert rest == [
        ("CPL-000002", "removed", "status", "CURRENT", "REMOVED", ""),
        ("CPL-000002", "removed", "date_removed", "", "2026-11-01", ""),
        ("CPL-000002", "removed", "removal_reason", "", "Withdrawn.", ""),
        ("CPL-000003", "relisted", "status", "REMOVED", "CURRENT", ""),
        ("CPL-000003", "relisted", "date_removed", "2026-11-01", "", ""),
        ("CPL-000003", "relisted", "removal_reason", "Withdrawn.", "", ""),
        ("CPL-000002", "revised", "cpa_certificate_id", "CPA-2", "CPA-NEW", ""),
        ("CPL-000001", "corrected", "gbcs_version", "4.2", "3.2", "'-Mistyped."),
        (
            "CPL-000001",
            "corrected",
            "manufacturer_name",
            make.row(1).manufacturer_name,
            "'=New Meters",
            "'-Mistyped.",
        ),
    ]


def test_where_nothing_changes_there_is_no_file_of_changes_to_look_at(ann: Client) -> None:
    make.listed(make.row(1))
    same, unreadable = brought(ann, make.row(1)), bring(ann, b"a,b\r\n1,2\r\n")["Location"]

    assert "changes.csv" not in text(ann.get(same)) + text(ann.get(unreadable))
    assert changes(ann, same) == changes(ann, unreadable) == []
    ann.post(f"{same}/drop")
    assert ann.get(f"{same}/changes.csv").status_code == 404


# Applying


def test_who_brought_what_is_new_may_apply_it(ann: Client) -> None:
    address = brought(ann, make.row(1), make.row(2))

    sent = ann.post(f"{address}/apply", seen(ann, address))
    page = text(ann.get(sent["Location"]))

    assert "The list says now what the sheet says: 2 added." in page
    assert "ann@administrator.invalid" in page
    assert ListedEntry.objects.count() == 2


def test_a_sheet_is_applied_once(ann: Client) -> None:
    address = brought(ann, make.row(1))
    said = seen(ann, address)
    ann.post(f"{address}/apply", said)

    again, dropped = ann.post(f"{address}/apply", said), ann.post(f"{address}/drop")

    for answer in (again, dropped):
        assert answer.status_code == 409
        assert "This sheet was applied already" in text(answer)
        assert "Apply this sheet" not in text(answer)
    assert SheetImport.objects.get().state == "APPLIED"


def test_what_removes_is_applied_by_another_person(ann: Client, ben: Client) -> None:
    make.listed(make.row(1))
    address = brought(ann, make.row(1, **REMOVED))
    said = seen(ben, address)

    page, refused = text(ann.get(address)), ann.post(f"{address}/apply", said)

    assert "another person than brought it must apply it" in page
    assert f"{address}/apply" not in page
    assert refused.status_code == 409
    assert "another person than brought it must apply it" in text(refused)
    assert ListedEntry.objects.get().status == "CURRENT"
    assert ben.post(f"{address}/apply", said).status_code == 302
    assert ListedEntry.objects.get().status == "REMOVED"


def test_a_list_that_changed_since_is_shown_anew(ann: Client) -> None:
    address = brought(ann, make.row(1), make.row(2))
    said = seen(ann, address)
    make.listed(make.row(1))

    answer = ann.post(f"{address}/apply", said)

    assert answer.status_code == 409
    assert "have changed since you looked" in text(answer)
    assert count(text(answer), "Entries to add") == "1"
    assert ListedEntry.objects.count() == 1
    assert ann.post(f"{address}/apply", seen(ann, address)).status_code == 302


def test_a_list_that_came_to_contradict_the_sheet_stops_it(ann: Client) -> None:
    address = brought(ann, make.row(1))
    said = seen(ann, address)
    make.listed(make.row(1, gbcs_version="3.2"))

    answer = ann.post(f"{address}/apply", said)

    assert answer.status_code == 409
    assert "contradict the list now" in text(answer)
    assert "Correct CPL-000001" in text(answer)


def test_nobody_elsewhere_is_shown_who_brought_and_who_applied(ann: Client, ben: Client) -> None:
    other = signed_in(make.party("other-administrator", "ADMINISTRATOR"))
    make.listed(make.row(1))
    address = brought(ann, make.row(1, **REMOVED))
    waiting = [text(browser.get(address)) for browser in (ben, other)]
    ben.post(f"{address}/apply", seen(ben, address))

    applied = [text(browser.get(address)) for browser in (ann, other)]

    assert ["ann@administrator.invalid" in page for page in waiting + applied] == [
        True,
        False,
        True,
        False,
    ]
    assert ["ben@administrator.invalid" in page for page in applied] == [True, False]
    assert applied[1].count("Somebody at the Administrator") == 2


def test_whose_key_brought_a_sheet_is_shown(administrator: Party, ann: Client) -> None:
    person = make.person(administrator, "kim@administrator.invalid")
    by = Actor(administrator, uuid.uuid4(), person.actor_id, frozenset())
    sheet = bring_sheet(filename="a.csv", content=content(make.row(1)), by=by, at=make.AT)

    assert "kim@administrator.invalid" in text(ann.get(f"/list/sheets/{sheet.pk}"))


def test_dropping_forgets_the_content(ann: Client) -> None:
    address = brought(ann, make.row(1))

    page = text(ann.get(ann.post(f"{address}/drop")["Location"]))

    assert "The sheet was dropped." in page
    sheet = SheetImport.objects.get()
    assert (sheet.state, bytes(sheet.content)) == ("DROPPED", b"")


# Correcting


@pytest.fixture
def conflict(ann: Client) -> str:
    """The address of ann's sheet, which contradicts two entries, one of them in what it is."""
    make.listed(make.row(1), make.row(2))
    rows = (make.row(1, gbcs_version="3.2"), make.row(2, firmware_version="FFFFFFFF"))
    return brought(ann, *rows)


def test_what_may_be_corrected_is_asked_of_who_brought_it_alone(
    ann: Client, ben: Client, conflict: str
) -> None:
    own, other = (text(browser.get(conflict)) for browser in (ann, ben))

    assert "Correct CPL-000001" in own
    assert "Correct CPL-000002" not in own
    assert "CPL-000002 is published with 00000002" in own
    assert "Correct CPL-000001" not in other
    assert "Whoever brought the sheet may confirm 1 entry as a correction" in other
    answer = confirm(ben, conflict)
    assert answer.status_code == 422
    assert "Whoever brought the sheet says what it corrects" in text(answer)


def test_a_confirmed_correction_is_shown_with_its_reason_and_applied_by_another(
    ann: Client, ben: Client
) -> None:
    make.listed(make.row(1))
    address = brought(ann, make.row(1, gbcs_version="3.2"))

    page = text(ann.get(confirm(ann, address)["Location"]))

    assert "One entry may be corrected by this sheet." in page
    assert count(page, "To correct") == "1"
    assert "gbcs_version: <strong>3.2</strong> instead of 4.2<br>Why: Mistyped." in page
    assert "/apply" not in page
    assert ben.post(f"{address}/apply", seen(ben, address)).status_code == 302
    assert ListedEntry.objects.get().gbcs_version == "3.2"


def test_further_corrections_join_those_confirmed_and_all_are_taken_back(ann: Client) -> None:
    make.listed(make.row(1), make.row(2))
    address = brought(ann, *(make.row(n, gbcs_version="3.2") for n in (1, 2)))

    confirm(ann, address, 1)
    confirm(ann, address, 2, "Mistyped too.")
    both = SheetImport.objects.get().corrections
    ann.post(f"{address}/corrections", {"action": "take-back"})

    assert both == {"CPL-000001": "Mistyped.", "CPL-000002": "Mistyped too."}
    assert SheetImport.objects.get().corrections == {}


@pytest.mark.parametrize("taken_back", [False, True])
def test_what_is_confirmed_in_two_tabs_at_once_is_not_lost(
    ann: Client, monkeypatch: pytest.MonkeyPatch, taken_back: bool
) -> None:
    make.listed(*(make.row(n) for n in (1, 2, 3)))
    address = brought(ann, *(make.row(n, gbcs_version="3.2") for n in (1, 2, 3)))
    confirm(ann, address, 1)
    looked = sheet_queries.preview_of

    def other_tab(*args: Any, **more: Any) -> Any:
        preview = looked(*args, **more)
        monkeypatch.setattr(sheet_acts, "preview_of", looked)
        if taken_back:
            ann.post(f"{address}/corrections", {"action": "take-back"})
        else:
            confirm(ann, address, 2)
        return preview

    monkeypatch.setattr(sheet_acts, "preview_of", other_tab)
    page = text(ann.get(confirm(ann, address, 3)["Location"]))

    left = {3} if taken_back else {1, 2, 3}
    assert set(SheetImport.objects.get().corrections) == {f"CPL-{n:06d}" for n in left}
    assert ("One entry may" if taken_back else "3 entries may") in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "No entry is ticked."),
        ({"correct-CPL-000001": "on"}, "Say why the published facts are wrong"),
        ({"reason-CPL-000001": "Typed."}, "You gave a reason and did not tick the entry."),
        ({"correct-CPL-000001": "on", "reason-CPL-000001": "x" * 501}, "500"),
        ({"correct-CPL-000002": "on", "reason-CPL-000002": "Typed."}, "No entry is ticked."),
    ],
    ids=["nothing", "no reason", "no tick", "too long", "not correctable"],
)
def test_a_correction_that_cannot_be_confirmed_is_told_beside_it(
    ann: Client, conflict: str, said: dict[str, str], sentence: str
) -> None:
    answer = ann.post(f"{conflict}/corrections", said)

    assert answer.status_code == 422
    assert sentence in text(answer)
    if "reason-CPL-000001" in said:
        assert f'value="{said["reason-CPL-000001"]}"' in text(answer)
    assert SheetImport.objects.get().corrections == {}


def test_a_sheet_that_is_done_with_is_corrected_no_more(ann: Client, conflict: str) -> None:
    ann.post(f"{conflict}/drop")

    answer = confirm(ann, conflict)

    assert answer.status_code == 409
    assert "This sheet was dropped already" in text(answer)


def test_what_was_typed_before_the_session_ended_is_there_again(
    ann: Client, client: Client, conflict: str
) -> None:
    said = {
        "acting_for": "administrator",
        "correct-CPL-000001": "on",
        "reason-CPL-000001": "Mistyped by hand.",
    }
    asked = client.post(f"{conflict}/corrections", said)
    login = {"login": "ann@administrator.invalid", "password": make.PASSWORD}
    there = client.post(asked["Location"], login)

    page = text(client.get(there["Location"]))

    assert there["Location"] == conflict
    assert "What you typed is here." in page
    assert 'value="Mistyped by hand."' in page
    assert SheetImport.objects.get().corrections == {}


def test_who_was_signed_out_is_told_that_nothing_was_applied(ann: Client, client: Client) -> None:
    address = brought(ann, make.row(1))
    asked = client.post(f"{address}/apply", {"acting_for": "administrator", **seen(ann, address)})
    login = {"login": "ann@administrator.invalid", "password": make.PASSWORD}

    page = text(client.get(client.post(asked["Location"], login)["Location"]))

    assert "You were signed out, and nothing was done with the sheet." in page
    assert not ListedEntry.objects.exists()
