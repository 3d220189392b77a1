"""Sheets of releases for tests, as people send them in."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from fir.submissions.operations import bring_sheet
from fir.submissions.sheet_queries import judge_rows, rows_of
from fir.submissions.sheets import ReleaseRow, read_releases, write_releases
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fir.parties.models import Actor
    from fir.submissions.models import ReleaseSheet
    from fir.submissions.sheet_queries import JudgedRow

NEW = tuple(make.release(1))


def table(*rows: Iterable[str], end: str = "\r\n") -> bytes:
    """A CSV file of these cells."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().removesuffix("\r\n").encode() + end.encode()


def sheet(*rows: Mapping[str, str], headings: Iterable[str] = NEW, end: str = "\r\n") -> bytes:
    """A sheet with these headings, a row for each release."""
    said = [{"predecessors": "N/A", **row} for row in rows]
    return table(list(headings), *([row.get(h, "") for h in headings] for row in said), end=end)


def codes(data: bytes) -> list[str]:
    """What a file is refused for; none of its rows is taken."""
    read = read_releases(data)
    assert read.rows == ()
    return [fault.code for fault in read.faults]


def only_row(data: bytes) -> ReleaseRow:
    read = read_releases(data)
    assert read.faults == ()
    (row,) = read.rows
    return row


def with_cell(column: str, text: str) -> ReleaseRow:
    """The row of a sheet that says this in a column, beside what a release says."""
    headings = dict.fromkeys([*NEW, column])
    return only_row(sheet({**make.release(1), column: text}, headings=headings))


def good(number: int, **changes: Any) -> dict[str, Any]:
    """A release without a fault, of a Device Model of its own."""
    return make.release(number, device_model=f"{number:04X}0101", **changes)


def bring(by: Actor, *said: Mapping[str, Any], **more: Any) -> ReleaseSheet:
    """A sheet of these releases, sent in."""
    named = {"filename": "releases.csv", "at": make.AT, **more}
    return bring_sheet(content=write_releases(said).encode(), by=by, **named)


def judged(sheet: ReleaseSheet) -> list[JudgedRow]:
    """What may be said of the rows that are left of a sheet."""
    return judge_rows(rows_of(sheet), party=sheet.party, today=make.AT.date())


def codes_of(row: JudgedRow) -> list[str]:
    return [fault.code for fault in row.faults]
