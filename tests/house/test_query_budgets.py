"""What every door costs: a stated number of queries, whatever the number of rows.

The numbers stand in `tests/budgets.json`. To record them anew after a change that was meant:
`RECORD_BUDGETS=1 make test ARGS="-k budget -n 0"`; the difference is then there to be reviewed.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.house.test_permission_table import ASKERS, ROWS
from tests.house.world import BODIES, World, build, url

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.json"
NOT_QUERIES = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def cost(client: Client, method: str, name: str, asker: str, world: World) -> int:
    """How many queries one request makes; savepoints are the test's own."""
    headers = {} if asker == "stranger" else make.bearer(world.parties[asker])
    body = {"content_type": "application/json", **BODIES.get(name, {})} if method == "POST" else {}
    with CaptureQueriesContext(connection) as held:
        answer = getattr(client, method.lower())(url(name, world), headers=headers, **body)
        list(getattr(answer, "streaming_content", []))
    assert answer.status_code < 500
    return sum(not str(query["sql"]).startswith(NOT_QUERIES) for query in held.captured_queries)


def dearest(method: str, name: str) -> str:
    """An asker to whom the door opens; of several the last, whose way in is the longest."""
    opened = [
        asker
        for asker, status in zip(ASKERS, ROWS[method, name], strict=True)
        if status in (200, 201, 202, 302, 409)
    ]
    return "supplier" if "supplier" in opened else opened[-1]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name"), ROWS)
def test_a_door_keeps_its_query_budget_at_any_size(client: Client, method: str, name: str) -> None:
    asker = dearest(method, name)

    spent = cost(client, method, name, asker, build(size=5))

    budgets = json.loads(BUDGETS.read_text())
    if os.environ.get("RECORD_BUDGETS"):
        budgets[f"{method} {name}"] = spent
        BUDGETS.write_text(json.dumps(dict(sorted(budgets.items())), indent=2) + "\n")
    assert spent == budgets[f"{method} {name}"]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name"), ROWS)
def test_one_row_costs_what_many_cost(client: Client, method: str, name: str) -> None:
    asker = dearest(method, name)

    spent = cost(client, method, name, asker, build(size=1))

    assert spent == json.loads(BUDGETS.read_text())[f"{method} {name}"]


def test_no_budget_is_kept_for_a_door_that_is_gone() -> None:
    assert set(json.loads(BUDGETS.read_text())) == {" ".join(row) for row in ROWS}


def test_reading_costs_at_most_twelve_queries() -> None:
    budgets = json.loads(BUDGETS.read_text())

    assert max(spent for row, spent in budgets.items() if row.startswith("GET")) <= 12
