"""What goes wrong on pages is answered in the page, in plain words, and loses nothing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from fir.notifications.queries import notices_of
from fir.parties.queries import keys_in_use
from fir.submissions.operations import return_submission
from tests import make
from tests.house.routes import pages
from tests.house.world import World, build
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.parties.models import Party, User

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()  # nobody has tried to sign in before


def of(party: Party) -> Visitor:
    """Somebody of a Party, who has signed in."""
    visitor = Visitor()
    visitor.sign_in(make.person(party))
    return visitor


def test_a_decision_that_comes_too_late_shows_the_other() -> None:
    administrator, submission = make.administrator(), make.submitted(make.actor(make.maker()))
    basil = of(administrator)
    basil.open(f"/submissions/{submission.pk}")
    return_submission(
        submission_id=submission.pk, reason="No.", by=make.actor(administrator), at=NOW
    )

    basil.send("Decide", {"Close it for good": True, "Reason": "Not needed."})

    assert basil.status == 409
    assert "Somebody decided this before you." in basil.text
    assert "Returned to be mended on" in basil.text
    assert "No." in basil.text
    submission.refresh_from_db()
    assert submission.state == "RETURNED"


def test_a_session_that_ends_while_a_decision_is_typed_loses_nothing() -> None:
    submission = make.submitted(make.actor(make.maker()))
    basil, person = signed_in_person(make.administrator())
    basil.open(f"/submissions/{submission.pk}")
    Session.objects.all().delete()

    basil.send("Decide", {"Close it for good": True, "Reason": "Not needed."})
    basil.sign_in(person)

    assert basil.url == f"/submissions/{submission.pk}"
    assert basil.typed("Reason") == "Not needed."
    basil.send("Decide")
    assert "Closed. The Manufacturer reads your reason." in basil.text


@pytest.mark.parametrize(
    ("page", "button", "label"),
    [
        ("/people/invite", "Send the invitation", "Email"),
        ("/keys/new", "Make the key", "Name"),
    ],
)
def test_a_session_that_ends_while_a_manager_types_loses_nothing(
    page: str, button: str, label: str
) -> None:
    greta, person = signed_in_person(make.party())
    greta.open(page)
    Session.objects.all().delete()

    greta.send(button, {label: "gawain@big-light.invalid"})
    greta.sign_in(person)

    assert greta.url == page
    assert greta.typed(label) == "gawain@big-light.invalid"
    greta.send(button)
    assert greta.status in (200, 201)
    assert "gawain@big-light.invalid" in greta.text


def signed_in_person(party: Party) -> tuple[Visitor, User]:
    """Somebody of a Party, and a browser from which they have signed in."""
    visitor, person = Visitor(), make.person(party)
    visitor.sign_in(person)
    return visitor, person


@pytest.mark.parametrize("address", ["/cpl", "/firmware"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("%00", "control or invisible character"),
        ("%1B%5B2J", "control or invisible character"),
        ("%E2%80%8B", "control or invisible character"),
        ("x" * 10_000, "At most 200 characters"),
    ],
    ids=["null", "escape", "zero-width", "long"],
)
def test_what_cannot_be_searched_for_is_said(address: str, words: str, told: str) -> None:
    make.listed(make.row(1))
    greta = of(make.party())

    greta.open(f"{address}?q={words}")

    assert greta.status in (200, 422)
    (error,) = greta.errors
    assert told in error


NO_PAGES = ["0", "2", "999", "-1", "x", "9" * 500, "%00", "%D9%A3"]


@pytest.mark.parametrize("page", NO_PAGES)
def test_a_page_that_a_numbered_list_does_not_have_is_said(page: str) -> None:
    make.submitted(make.actor(make.maker()))
    basil = of(make.administrator())

    basil.open(f"/submissions?page={page}")

    assert basil.status == 404
    assert "There is no page" in basil.text
    assert "Here is the first." in basil.text
    assert len(basil.rows("Submissions")) == 1


@pytest.mark.parametrize("page", [*NO_PAGES, "older-", "older-1", f"newer-{'9' * 19}", "older-x"])
def test_a_page_that_the_whole_list_does_not_have_is_said(page: str) -> None:
    make.listed(make.row(1))
    visitor = Visitor()

    visitor.open(f"/cpl?page={page}")

    assert visitor.status == 404
    assert "no such page. Here is the first." in visitor.text
    assert len(visitor.rows("Entries")) == 1


def addresses() -> Iterator[str]:
    """Every page whose address names nothing; what is served to be kept is no page."""
    for name in sorted({name for method, name in pages() if method == "GET"}):
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if not address.startswith("/submissions/template."):
            yield address


@pytest.mark.parametrize("who", ["supplier", "administrator", "maker"])
def test_no_question_in_an_address_breaks_a_page(who: str) -> None:
    visitor = of(build().parties[who])
    odd = ("x" * 300, "%00", "%FF%FE", "-1", "[]", "%F0%9F%8C%B2", "a&amp;b=%22%3E")
    names = ("q", "state", "status", "device_type", "manufacturer", "target", "outcome")

    for address in addresses():
        for value in odd:
            for query in (f"page={value}", "&".join(f"{one}={value}" for one in names)):
                visitor.open(f"{address}?{query}")
                assert visitor.status in (200, 403, 404, 422), (address, query)
                assert visitor.heading


def test_what_is_another_partys_looks_like_nothing_at_all() -> None:
    world = build()
    stranger_to_it = {
        "other maker": [
            "/firmware/CPL-000002",
            f"/submissions/{world.arguments['submission']['submission_id']}",
        ],
        "other supplier": [
            f"/estate/loads/{world.arguments['estate-load']['load_id']}",
            f"/notices/{notice_of(world)}",
            f"/keys/{key_of(world.parties['supplier'])}/revoke",
            f"/people/{make.person(world.parties['supplier']).actor_id}",
        ],
    }

    for asker, addresses in stranger_to_it.items():
        visitor = of(world.parties[asker])
        for address in addresses:
            visitor.open(address)
            assert (address, visitor.status) == (address, 404)
            assert "big-light" not in visitor.text.lower()
            made_up = visitor.text
            visitor.open(without_number(address))
            assert (visitor.status, visitor.text) == (404, made_up)


def notice_of(world: World) -> int:
    """The id of a notice of the world's supplier."""
    notice = notices_of(world.parties["supplier"]).first()
    assert notice
    return notice.pk


def key_of(party: Party) -> Any:
    """A key that this Party uses."""
    make.key(party)
    return keys_in_use(party)[-1].actor_id


def without_number(address: str) -> str:
    """An address of the same kind at which there is nothing at all."""
    nobody = "00000000-0000-4000-8000-000000000000"
    parts = address.split("/")
    at = 3 if parts[1] == "estate" else 2
    parts[at] = {"firmware": "CPL-999999"}.get(parts[1], nobody if "-" in parts[at] else "999999")
    return "/".join(parts)


def _workbook() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


WORKBOOK = _workbook()
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (SimpleUploadedFile("estate.png", PNG, "image/png"), "not UTF-8 text"),
        (SimpleUploadedFile("estate.xlsx", WORKBOOK), "This is a workbook (XLSX)"),
        (
            SimpleUploadedFile("estate.csv", b"Name,Street\nSomebody,Somewhere\n"),
            "Headings missing: DeviceID",
        ),
        (SimpleUploadedFile("estate.csv", b"\x1f\x8b\x08\x00broken"), "The gzip file is cut off"),
        (
            SimpleUploadedFile("estate.xml", b"<Devices><Device></Devices>"),
            "not of the DUIS namespace",
        ),
        (SimpleUploadedFile("estate.csv", b""), "The file is empty."),
        (None, "No file was chosen."),
    ],
    ids=["picture", "spreadsheet", "other columns", "broken gzip", "broken XML", "empty", "none"],
)
def test_a_file_of_the_wrong_kind_is_refused_in_words(
    file: SimpleUploadedFile | None, told: str
) -> None:
    supplier = make.party()
    make.estate(supplier, make.device(1))
    greta = of(supplier)
    greta.open("/estate/send")
    if file:
        file.seek(0)

    greta.send("Send it in", {"Inventory": file} if file else {})

    assert greta.status == 422
    (error,) = greta.errors
    assert told in error
    assert error.endswith(".")
    greta.follow("Estate")
    assert "1 Device, from load" in greta.text
