"""A Manufacturer's person brings releases by a sheet, over plain HTTP: from the template to the
last row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fir.submissions.models import Draft, Submission
from tests import make
from tests.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
ROWS = "The rows"


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: make.AT)
    cache.clear()


def downloaded(visitor: Visitor, address: str) -> str:
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def changed(sheet: str, change: Callable[[int, dict[str, str]], None]) -> SimpleUploadedFile:
    """A sheet as somebody fills it in, row by row, and saves it again."""
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    for number, row in enumerate(rows, start=1):
        change(number, row)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile("ours.csv", text.getvalue().encode(), "text/csv")


def fill_in(number: int, row: dict[str, str]) -> None:
    """Of three releases the second has the hash of nothing."""
    row["firmware_version"] = f"{number + 80:08X}"
    row["manufacturer_image_hash"] = "0" if number == 2 else make.image_hash(number + 80)


def mend(_number: int, row: dict[str, str]) -> None:
    assert "manufacturer_image_hash: ‘0’ is not" in row["what_is_wrong"]
    row["manufacturer_image_hash"] = make.image_hash("mended")


def test_releases_are_brought_by_a_sheet() -> None:
    maker = make.maker()
    make.listed(*(make.row(n, device_model=f"{n:04X}0101") for n in range(1, 4)))
    ada = Visitor()
    ada.sign_in(make.person(maker))
    ada.open("/submissions/sheet")
    template = downloaded(ada, "/submissions/template.csv")

    filled = changed(template, fill_in)
    ada.send("Send it in", {"Sheet of releases": filled})
    assert ada.heading == "ours.csv"
    assert [row.split()[:3] for row in ada.rows(ROWS)] == [
        ["Open", "line", "2"],
        ["Mend", "line", "3"],
        ["Open", "line", "4"],
    ]
    first_sheet = ada.url
    ada.follow("Show only the 1 to be mended")
    (row,) = ada.rows(ROWS)
    assert "manufacturer_image_hash: ‘0’ is not a Manufacturer Image Hash" in row

    ada.send("Bring the 2 releases without a fault")
    assert "2 releases were brought. 1 stays to be mended." in ada.text
    assert Submission.objects.count() == 2
    left = downloaded(ada, f"{first_sheet}/faults.csv")

    ada.follow("send it in")
    ada.send("Send it in", {"Sheet of releases": changed(left, mend)})
    ada.send("Bring the release without a fault")
    assert "One release was brought. Nothing of the sheet is left." in ada.text
    assert Submission.objects.count() == 3

    ada.open("/submissions/sheet")
    ada.follow("ours.csv")
    assert ada.url == first_sheet
    ada.follow("Drop what is left")
    ada.send("Drop it")
    assert "What was left of the sheet was dropped: one row." in ada.text
    assert not Draft.objects.exists()
    assert Submission.objects.count() == 3
