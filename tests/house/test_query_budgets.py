"""What every door and every page costs: a stated number of queries, whatever the number of rows.

The numbers stand in `tests/budgets.json`. To record them anew after a change that was meant:
`RECORD_BUDGETS=1 make test ARGS="-k budget -n 0"`; the difference is then there to be reviewed.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fir.records import list_files
from tests import make
from tests.house import test_page_table as page_table
from tests.house import test_permission_table as door_table
from tests.house.sent import BODIES, FORMS
from tests.house.world import World, page_arguments, person, url

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.json"
NOT_QUERIES = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
ROWS = [*door_table.ROWS, *page_table.ROWS]
OPEN = (200, 201, 202, 204, 302, 409)


@pytest.fixture(autouse=True)
def nothing_made_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list's files are made anew for each test, as making them is what costs."""
    for file in (list_files._whole_sheet, list_files._whole_workbook, list_files._parts):
        monkeypatch.setattr(file, "_kept", ())


def cost(client: Client, method: str, name: str, world: World) -> int:
    """How many queries one request makes of a world; savepoints are the test's own."""
    ask = ask_door if (method, name) in door_table.ROWS else ask_page
    with ask(client, method, name, world) as held:
        pass
    return sum(not str(query["sql"]).startswith(NOT_QUERIES) for query in held.captured_queries)


@contextmanager
def ask_door(
    client: Client, method: str, name: str, world: World
) -> Iterator[CaptureQueriesContext]:
    """Ask a door with the key of whoever it opens to."""
    asker = dearest(door_table.ASKERS, door_table.ROWS[method, name])
    headers = {}
    if asker != "stranger":
        party = world.parties[asker]
        headers = make.bearer(party, make.everything(party))
    sends = method in ("POST", "PUT")
    body = {"content_type": "application/json", **BODIES.get(name, {})} if sends else {}
    with CaptureQueriesContext(connection) as held:
        answer = getattr(client, method.lower())(url(name, world), headers=headers, **body)
        list(getattr(answer, "streaming_content", []))
        assert answer.status_code < 500
        yield held


@contextmanager
def ask_page(
    client: Client, method: str, name: str, world: World
) -> Iterator[CaptureQueriesContext]:
    """Ask for a page as somebody signed in to whom it opens."""
    address = reverse(name, kwargs=page_arguments(world).get(name, {}))
    asker = dearest(page_table.ASKERS, page_table.ROWS[method, name])
    if asker != "stranger":
        client.force_login(person(world, asker), backend=page_table.BACKEND)
    form = FORMS.get(name, {}) if method == "POST" else {}
    for upload in form.values():
        if hasattr(upload, "seek"):
            upload.seek(0)
    with CaptureQueriesContext(connection) as held:
        answer = getattr(client, method.lower())(address, form)
        list(getattr(answer, "streaming_content", []))
        assert answer.status_code < 500
        yield held


def dearest(askers: Sequence[str], statuses: Sequence[int]) -> str:
    """An asker to whom it opens; of several the last, whose way in is the longest; the supplier
    where it opens to nobody in this world (the outbox of a demo)."""
    opened = [asker for asker, status in zip(askers, statuses, strict=True) if status in OPEN]
    return "supplier" if "supplier" in opened or not opened else opened[-1]


@pytest.mark.django_db
@pytest.mark.parametrize("world", [5], indirect=True)
@pytest.mark.parametrize(("method", "name"), ROWS)
def test_a_door_keeps_its_query_budget_at_any_size(
    client: Client, world: World, method: str, name: str
) -> None:
    spent = cost(client, method, name, world)

    budgets = json.loads(BUDGETS.read_text())
    if os.environ.get("RECORD_BUDGETS"):
        budgets[f"{method} {name}"] = spent
        BUDGETS.write_text(json.dumps(dict(sorted(budgets.items())), indent=2) + "\n")
    assert spent == budgets[f"{method} {name}"]


@pytest.mark.django_db
@pytest.mark.parametrize("world", [1], indirect=True)
@pytest.mark.parametrize(("method", "name"), ROWS)
def test_one_row_costs_what_many_cost(client: Client, world: World, method: str, name: str) -> None:
    spent = cost(client, method, name, world)

    assert spent == json.loads(BUDGETS.read_text())[f"{method} {name}"]


def test_no_budget_is_kept_for_a_door_that_is_gone() -> None:
    assert set(json.loads(BUDGETS.read_text())) == {" ".join(row) for row in ROWS}


def test_reading_costs_at_most_twelve_queries() -> None:
    budgets = json.loads(BUDGETS.read_text())

    assert max(spent for row, spent in budgets.items() if row.startswith("GET")) <= 12
