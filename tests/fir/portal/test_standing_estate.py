"""The estate by its parts, what changed with its last load, and the tables to keep."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.sql import SQL

from fir.eligibility.explanations import reason_of
from fir.eligibility.operations import assess_new_day
from fir.eligibility.queries import summary_of
from fir.eligibility.trend import LoadInFigures
from fir.estates.models import COMPARING, CohortMove, EstateLoad
from fir.estates.tables import device_table
from fir.portal.estate_tables import TABLES, Table
from fir.portal.trend_picture import HEIGHT, trend_picture
from fir.records.contacts import change_contact
from tests import make
from tests.fir.api.asking import Asker
from tests.fir.eligibility.test_parts import version
from tests.fir.estates.loads import loaded
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import text

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

FRAGMENT = {"HX-Request": "true"}
PAGES = ("/estate", "/estate/changes", *(f"/estate/tables/{name}.csv" for name in TABLES))


def on(number: int, version: int, **changes: str) -> dict[str, str]:
    return make.device(number, DeviceFirmwareVersion=f"{version:08X}", **changes)


@pytest.fixture
def supplier() -> Party:
    return make.party("big-light")


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


@pytest.fixture
def changed(supplier: Party) -> Party:
    """Two devices stood; one of them went, one was updated, and nine arrived: four at N, two at
    N-1, two stranded, one of which is suspended, and one that is not listed."""
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1, date_added=date(2026, 1, 1)))
    make.published(maker, administrator, 2, predecessors="N/A")
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Image desk",
        email="images@fine-meters.example",
        by=maker,
        at=make.AT,
    )
    make.estate(supplier, on(1, 2), on(2, 2))
    make.estate(
        supplier,
        on(1, 3),
        *(on(n, 3) for n in range(10, 14)),
        *(on(n, 2) for n in range(20, 22)),
        on(30, 1),
        on(31, 1, DeviceStatus="Suspended"),
        on(40, 0xFFFF),
        at=make.AT + timedelta(hours=1),
    )
    return supplier


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


# The estate


@pytest.mark.django_db
def test_where_devices_stand_is_what_counting_by_hand_finds(
    changed: Party, browser: Client
) -> None:
    """Ten devices: 5 on the latest, 2 on the one before, 2 older, 1 not listed; 7 of 9 measured."""
    page = text(browser.get("/estate"))
    summary = Asker(changed).get("/estate/summary").json()
    (maker,) = rows_of(browser.get("/estate/tables/makers.csv"))

    assert "5 Latest (N) (50.0 %)" in page
    assert "2 N-1 (20.0 %)" in page
    assert "2 Older than N-1 (20.0 %)" in page
    assert "1 Unlisted (10.0 %)" in page
    assert "77.78 %on N or N-1" in page.replace("% on", "%on")
    assert summary["by_position"] == {"N": 5, "N-1": 2, "OLDER": 2, "UNLISTED": 1}
    assert (summary["percent_n_or_n_1"], summary["measured"], summary["suspended"]) == (77.78, 9, 1)
    assert {name: maker[name] for name in ("n", "n_1", "older", "unlisted", "suspended")} == {
        "n": "5", "n_1": "2", "older": "2", "unlisted": "1", "suspended": "1"}  # fmt: skip
    assert maker["percent_n_or_n_1"] == "77.78"


@pytest.mark.django_db
def test_each_model_shows_how_its_versions_are_spread(changed: Party, browser: Client) -> None:
    page = text(browser.get("/estate", headers=FRAGMENT))

    assert "4 versions of ESME 00010101" in page
    assert "00000003 Latest (N): 5 (50.0 %)" in page
    assert "0000FFFF Unlisted: 1 (10.0 %)" in page
    assert browser.get("/estate").content.count(b'<rect x="') == 4 + 4 + 4  # whole, maker, model


@pytest.mark.django_db
def test_the_trend_has_a_row_for_each_load(changed: Party, browser: Client) -> None:
    page = text(browser.get("/estate"))
    first, second = rows_of(browser.get("/estate/tables/loads.csv"))

    assert "How it went on" in page
    assert (first["devices"], first["n"], first["n_1"]) == ("2", "0", "2")
    assert (second["devices"], second["n"], second["percent_n_or_n_1"]) == ("10", "5", "77.78")
    trend = Asker(changed).get("/estate/summary").json()["trend"]
    assert [one["devices"] for one in trend] == [2, 10]


def test_a_trend_is_drawn_from_two_loads_on_and_each_column_is_whole() -> None:
    def load(*versions: Any) -> LoadInFigures:
        return LoadInFigures(1, datetime(2026, 11, 20, tzinfo=UTC), summary_of(versions))

    spread = load(version("N", 3), version("N-1", 2), version("OLDER", 1), version("UNLISTED", 1))
    picture = trend_picture([spread, load(version("N", 1))])

    assert trend_picture([]) is None
    assert trend_picture([spread]) is None
    assert picture
    for column in picture.columns:
        assert sum(piece.height for piece in column.pieces) == HEIGHT
        tops = [(piece.top, piece.top + piece.height) for piece in column.pieces]
        assert all(upper[1] == lower[0] for lower, upper in pairwise(tops))
        assert tops[0][1] == HEIGHT  # the latest release stands at the foot
    assert [piece.colour for piece in picture.columns[1].pieces] == ["green"]


def reads_devices(held: CaptureQueriesContext) -> bool:
    """Whether a query named a table of the schema in which the devices of all loads stand."""
    return any('"loads"."device_' in str(query["sql"]) for query in held.captured_queries)


@pytest.mark.django_db
def test_a_query_that_reads_devices_would_be_noticed(supplier: Party) -> None:
    load = make.estate(supplier, make.device(1))

    with CaptureQueriesContext(connection) as held, connection.cursor() as cursor:
        cursor.execute(SQL("SELECT * FROM {}").format(device_table(load.pk)))

    assert reads_devices(held)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_the_estate_reads_a_device(
    changed: Party, browser: Client, address: str
) -> None:
    with CaptureQueriesContext(connection) as held:
        assert browser.get(address).status_code == 200

    assert not reads_devices(held)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/estate/summary", "/estate/changes"])
def test_no_answer_about_the_estate_reads_a_device_and_all_cost_the_same(
    changed: Party, path: str
) -> None:
    asker = Asker(changed)
    spent = []
    for count in (3, 60):
        make.estate(changed, *(on(n, n % 30, DeviceModel=f"{n % 20:08X}") for n in range(1, count)))
        with CaptureQueriesContext(connection) as held:
            assert asker.get(path).status_code == 200
        assert not reads_devices(held)
        spent.append(len(held))

    assert spent[0] == spent[1]


# What changed


@pytest.mark.django_db
def test_what_arrived_is_told_in_a_sentence_and_by_version(changed: Party, browser: Client) -> None:
    page = text(browser.get("/estate/changes"))

    assert (
        "9 Devices arrived; 4 are at N, 2 at N-1, 2 older, of which 2 are stranded, 1 not listed."
        in page
    )
    assert "1 are in the estate no more" in page
    assert "1 run a later version" in page
    assert "2 are stranded: no declared way leads from their version to any release" in page
    assert "4 versions among those that arrived" in page
    assert "images@fine-meters.example" in page
    assert "For 00000003: Image desk" in page
    assert "1 suspended" in page
    # Why: the rule's own sentence, with how many it holds back.
    assert f"2: {reason_of('NOT_A_PREDECESSOR').message}" in page


@pytest.mark.django_db
def test_the_api_tells_the_same(changed: Party) -> None:
    assess_new_day(at=timezone.now())

    told = Asker(changed).get("/estate/changes").json()

    assert told["complete"]
    assert told["former_load_id"] < told["compared_load_id"] == told["load_id"]
    assert told["headline"].startswith("9 Devices arrived; 4 are at N, 2 at N-1, 2 older")
    assert {what: n for what, n in told["totals"].items() if n} == {
        "GAINED": 9, "LOST": 1, "UPGRADED": 1}  # fmt: skip
    assert told["stranded"] == 2
    gained = {row["firmware_version"]: row for row in told["gained"]}
    assert {v: (row["position"], row["devices"]) for v, row in gained.items()} == {
        "00000001": ("OLDER", 2),
        "00000002": ("N-1", 2),
        "00000003": ("N", 4),
        "0000FFFF": ("UNLISTED", 1),
    }
    oldest = gained["00000001"]
    assert [(r["code"], r["devices"]) for r in oldest["reasons"]] == [("NOT_A_PREDECESSOR", 2)]
    assert (oldest["suspended"], oldest["stranded"]) == (1, 2)
    assert oldest["latest"]["firmware_version"] == "00000003"
    assert oldest["contact"]["email"] == "images@fine-meters.example"
    moved = [(m["change"], m["devices"]) for m in told["changes"] if m["change"] != "GAINED"]
    assert moved == [("LOST", 1), ("UPGRADED", 1)]


@pytest.mark.django_db
def test_devices_that_came_into_a_cohort_from_elsewhere_are_not_counted_as_arrived(
    changed: Party,
) -> None:
    """Device 1 was updated to what four that arrived run."""
    told = Asker(changed).get("/estate/changes").json()

    assert {row["firmware_version"]: row["devices"] for row in told["gained"]}["00000003"] == 4


@pytest.mark.django_db
def test_where_nothing_arrived_the_next_kind_of_change_is_looked_at(
    changed: Party, browser: Client
) -> None:
    make.estate(changed, on(1, 3))

    page = browser.get("/estate/changes")

    assert "No Device arrived." in text(page)
    assert "Not in the estate" in text(page)
    assert "Nothing fits" not in text(page)
    assert b'<option value="LOST" selected' in page.content
    assert "Nothing fits" in text(browser.get("/estate/changes?change="))


@pytest.mark.django_db
def test_other_changes_are_looked_at_by_kind_and_device_type(
    changed: Party, browser: Client
) -> None:
    upgraded = text(browser.get("/estate/changes?change=UPGRADED", headers=FRAGMENT))
    none = text(browser.get("/estate/changes?change=UPGRADED&device_type=GSME"))

    assert "1 row of Devices that run a later version" in upgraded
    assert "on 00000002" in upgraded
    assert "on 00000003" in upgraded
    assert "Nothing fits" in none
    assert "Not in the estate" in text(browser.get("/estate/changes?change=LOST"))
    assert browser.get("/estate/changes?change=NONSENSE").status_code == 200


@pytest.mark.django_db
def test_the_first_load_has_nothing_to_be_compared_with(supplier: Party, browser: Client) -> None:
    assert "no inventory was ever sent in" in text(browser.get("/estate/changes"))
    empty = Asker(supplier).get("/estate/changes").json()
    assert (empty["compared_at"], empty["headline"]) == (None, None)
    assert (empty["gained"], empty["changes"]) == ([], [])

    make.estate(supplier, make.device(1))

    assert "is the first that became your estate" in text(browser.get("/estate/changes"))
    assert Asker(supplier).get("/estate/changes").json()["compared_load_id"] is None


@pytest.mark.django_db
def test_until_it_is_assessed_it_says_how_many_arrived_and_that_more_will_be_said(
    supplier: Party, browser: Client
) -> None:
    make.estate(supplier, make.device(1))
    loaded(supplier, make.device(1), make.device(2))

    page = text(browser.get("/estate/changes"))
    told = Asker(supplier).get("/estate/changes").json()

    assert "1 Device arrived; how far behind they are is being worked out." in page
    assert "Updating what arrived" not in page
    assert "Look again" in page
    assert (told["complete"], told["totals"]["GAINED"], told["gained"]) == (False, 1, [])


@pytest.mark.django_db
def test_while_it_is_being_compared_it_says_to_look_again(changed: Party, browser: Client) -> None:
    EstateLoad.objects.filter(compared_at__isnull=False).update(state=COMPARING, compared_at=None)
    CohortMove.objects.all().delete()

    page = text(browser.get("/estate/changes"))

    assert "is being compared with the one before it at this moment" in page
    assert "Look again" in page
    assert Asker(changed).get("/estate/changes").json()["headline"] is None


@pytest.mark.django_db
def test_one_supplier_is_told_nothing_of_anothers_changes(changed: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(other, make.device(1))

    told = Asker(other).get("/estate/changes").json()

    assert (told["gained"], told["changes"], told["compared_at"]) == ([], [], None)
    assert Asker(other).get("/estate/summary").json()["devices"] == 1


# The tables


@pytest.mark.django_db
def test_every_table_adds_up_to_the_estate(changed: Party, browser: Client) -> None:
    tables = {name: rows_of(browser.get(f"/estate/tables/{name}.csv")) for name in TABLES}
    devices = {name: sum(int(row["devices"]) for row in rows) for name, rows in tables.items()}

    assert devices == {
        "makers": 10, "models": 10, "versions": 10, "loads": 12, "gained": 9, "changes": 11
    }  # fmt: skip
    (model,) = tables["models"]
    assert model["latest_version"] == "00000003"
    oldest = next(row for row in tables["gained"] if row["firmware_version"] == "00000001")
    assert oldest["reasons"] == "NOT_A_PREDECESSOR 2"
    assert oldest["contact_email"] == "images@fine-meters.example"


def test_a_table_runs_nothing_in_a_spreadsheet_and_writes_nothing_for_what_is_not_known() -> None:
    assert Table(("a", "b"), [(None, 1.5), ("=1+1", "N-1")]).as_csv() == (
        "a,b\r\n,1.5\r\n'=1+1,N-1\r\n"
    )


@pytest.mark.django_db
def test_a_table_that_there_is_not_is_a_404(changed: Party, browser: Client) -> None:
    assert browser.get("/estate/tables/devices.csv").status_code == 404
