"""The list for systems: as at a day, and as files."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cpl.sheet import read_sheet
from tests import make

pytestmark = pytest.mark.django_db
REMOVED_ON = date(2021, 6, 1)
REMOVED = {"status": "REMOVED", "date_removed": REMOVED_ON, "removal_reason": "Withdrawn."}
CPL = "/api/v1/cpl"


def ask(address: str, **headers: str) -> Any:
    return Client(raise_request_exception=False).get(address, headers=headers)


def stand(query: str) -> list[tuple[str, str]]:
    """The entries that are answered, each with its status."""
    return [(e["cpl_entry_id"], e["status"]) for e in ask(f"{CPL}?{query}").json()["results"]]


def test_the_list_stands_as_at_a_day_with_every_filter() -> None:
    make.listed(make.row(1, **REMOVED), make.row(2, device_model="00AB0102"))

    assert stand("as_at=2020-01-01") == [("CPL-000001", "Current")]
    assert stand("as_at=2021-05-31&q=0001") == [("CPL-000001", "Current")]
    assert stand("as_at=01/06/2021&status=removed") == [("CPL-000001", "Removed")]
    assert stand("as_at=2021-06-01&device_model=00ab0102") == [("CPL-000002", "Current")]
    assert stand("added_from=2020-01-02&added_to=2020-01-02") == [("CPL-000002", "Current")]
    assert stand(f"manufacturer_image_hash={make.image_hash(2)}") == [("CPL-000002", "Current")]


def test_pages_go_on_as_at_the_same_day() -> None:
    make.listed(*(make.row(n, **REMOVED) for n in range(1, 8)))

    page, found = ask(f"{CPL}?as_at=2021-05-31&limit=3").json(), []
    found += page["results"]
    while page["next"]:
        page = ask(page["next"].removeprefix(settings.BASE_URL)).json()
        found += page["results"]

    assert [e["cpl_entry_id"] for e in found] == [f"CPL-{n:06d}" for n in range(1, 8)]
    assert {(e["status"], e["date_removed"], e["removal_reason"]) for e in found} == {
        ("Current", None, "")
    }


def test_a_day_that_is_still_to_come_is_refused_in_words() -> None:
    (fault,) = ask(f"{CPL}?as_at=2199-01-01").json()["errors"]

    assert (fault["field"], fault["code"]) == ("as_at", "IN_THE_FUTURE")
    assert "Take today" in fault["message"]


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_is_read_back_as_the_list_and_sent_once(ending: str, media_type: str) -> None:
    rows = [make.row(1), make.row(2, **REMOVED)]
    make.listed(*rows)

    first = ask(f"{CPL}.{ending}")
    again = ask(f"{CPL}.{ending}", **{"if-none-match": first["ETag"]})
    make.listed(make.row(3))
    changed = ask(f"{CPL}.{ending}", **{"if-none-match": first["ETag"]})

    assert read_sheet(first.content).rows == tuple(rows)
    assert first["Content-Type"] == media_type
    assert first["Content-Disposition"].startswith('attachment; filename="cpl-')
    assert first["Content-Disposition"].endswith(f'.{ending}"')
    assert first["Cache-Control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert len(read_sheet(changed.content).rows) == 3


def test_the_csv_file_takes_the_lists_filters() -> None:
    make.listed(make.row(1, **REMOVED), make.row(2))

    rows = read_sheet(ask(f"{CPL}.csv?as_at=2021-05-31&q=00000001").content).rows

    assert [(row.cpl_entry_id, row.status) for row in rows] == [("CPL-000001", "CURRENT")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("csv?colour=red", "colour"),
        ("csv?limit=3", "limit"),
        ("csv?as_at=2199-01-01", "as_at"),
        ("csv?device_type=TOASTER", "device_type"),
        ("xlsx?status=current", "status"),
    ],
)
def test_a_file_that_cannot_be_had_so_is_refused_in_words(query: str, field: str) -> None:
    answer = ask(f"{CPL}.{query}")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_document_describes_the_files() -> None:
    paths = ask("/api/v1/schema").json()["paths"]

    sheet, workbook = (paths[f"{CPL}.{ending}"]["get"] for ending in ("csv", "xlsx"))
    assert list(sheet["responses"]["200"]["content"]) == ["text/csv"]
    assert {p["name"] for p in sheet["parameters"]} >= {"as_at", "added_from", "q"}
    (kind,) = workbook["responses"]["200"]["content"]
    assert kind.endswith("spreadsheetml.sheet")
    assert not workbook.get("parameters")
