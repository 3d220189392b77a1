"""The figures: appending to the ledger, the feed, importing the list, loading an estate, assessing
it, a page, lists of Devices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from operator import attrgetter

from django.db import connection, transaction
from django.test import Client

from bench import eligibility, estates, ledger, lists
from cpl.sheet import read_sheet, write_sheet
from cpl.sheet.row import COLUMNS
from fir.parties.operations import operator
from fir.records.reconciling import reconcile_list
from tests import make

PAGES, DEVICES, ROWS = 50, 20_000, 20_000
FIRST = 2_000_000  # row of the sheet; others list entries below
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Ratio = Callable[..., None]


def feed(ratio: Ratio) -> None:
    """A page of 100 events with key and audience, against the health check."""
    client, headers = Client(), make.bearer(make.party("reader"))

    def get(path: str) -> int:
        for _ in range(PAGES):
            answer = client.get(path, headers={**headers, "host": "localhost"})
            assert answer.status_code == 200
        return PAGES

    ratio(
        "A feed page of 100 events",
        "a bare health check",
        lambda: get("/api/v1/feed?limit=100"),
        lambda: get("/health"),
    )


def importing(ratio: Ratio) -> None:
    """A sheet of the whole list, read, compared, written and told with an event for each row,
    against COPY of the same rows into a bare table: at most 40 times as long, so at least 0.025."""
    rows = [
        make.row(
            FIRST + n,
            cpl_entry_id=f"CPL-{FIRST + n}",
            device_model=f"{0x1000 + n // 40:04X}0101",
            date_added=date(2020, 1, 1) + timedelta(days=n % 2000),
        )
        for n in range(ROWS)
    ]
    sheet = write_sheet(rows).encode()
    columns_of = attrgetter(*COLUMNS)

    def ours() -> int:
        with transaction.atomic():
            outcome = reconcile_list(rows=read_sheet(sheet).rows, by=operator(), at=make.AT)
            transaction.set_rollback(True)
        assert len(outcome.new) == ROWS
        return ROWS

    def bare() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy("COPY loads.sheet FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(columns_of(row))
            transaction.set_rollback(True)
        return ROWS

    with connection.cursor() as cursor:  # beforehand: what is made and filled at once skips the log
        columns = ", ".join(f"{column} text" for column in COLUMNS)
        cursor.execute(f"CREATE TABLE loads.sheet ({columns})")
    ratio("Importing 20,000 rows of the list", "COPY of the same rows", ours, bare)


def loading(ratio: Ratio) -> None:
    """An inventory, validated, counted, indexed and swapped in, against COPY of the same rows."""
    supplier = make.party("big-light")
    devices = [make.device(n, DeviceFirmwareVersion=f"{n % 7:08X}") for n in range(DEVICES)]
    rows = [(n, n, None, n % 7) for n in range(DEVICES)]
    others = map(make.device, count(DEVICES))

    def ours() -> int:
        # Another one each time: the same inventory twice would be refused.
        assert make.estate(supplier, *devices, next(others)).state == "DONE"
        return DEVICES

    def bare() -> int:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE loads.plain (a int8, b int8 PRIMARY KEY, c int8, d int4)")
            with cursor.copy("COPY loads.plain FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "int8", "int8", "int4"])
                for row in rows:
                    copy.write_row(row)
            cursor.execute("DROP TABLE loads.plain")
        return DEVICES

    ratio("Loading and assessing an estate", "COPY into an indexed table", ours, bare)


def page(ratio: Ratio) -> None:
    """A record's page with its model's releases and the asker's devices, against a page that asks
    for nothing but who is looking at it."""
    supplier = make.party("page-light")
    model = [make.row(n, device_model="00020101") for n in range(10, 20)]
    make.listed(*model)
    make.estate(supplier, make.device(1, DeviceModel="00020101"))
    client = Client(headers={"host": "localhost"})
    client.force_login(make.person(supplier), backend=BACKEND)

    def get(path: str) -> int:
        for _ in range(PAGES):
            assert client.get(path).status_code == 200
        return PAGES

    ratio(
        "A record's page",
        "a page that asks for nothing",
        lambda: get(f"/firmware/{model[-1].cpl_entry_id}"),
        lambda: get("/about"),
    )


# The estates first: what their loader takes of memory is told, and nothing else's.
ALL = (
    *estates.ALL,
    *ledger.ALL,
    feed,
    importing,
    loading,
    *eligibility.ALL,
    *lists.ALL,
    page,
)
