"""Finding entries by what somebody knows of them; and that it takes indexes, at any length."""

from __future__ import annotations

import os
from datetime import date

import psycopg
import pytest
from django.db import connection

from cpl.models import CPLEntry
from cpl.search import EntrySearch, find_entries
from tests import make

MANY = 20_000
# As many entries as a long list has, with what a search looks at. Forty to each Device Model.
LONG_LIST = f"""
INSERT INTO cpl_manufacturer (identifier, name)
    SELECT lpad(upper(to_hex(n)), 4, '0'), 'Meters ' || n FROM generate_series(1, 20) AS n;
INSERT INTO cpl_devicemodel (device_type, manufacturer_id, device_model)
    SELECT 'ESME', maker.id, upper(substr(md5(n::text), 1, 8))
    FROM generate_series(1, {MANY // 40}) AS n
    JOIN cpl_manufacturer AS maker ON maker.identifier = lpad(upper(to_hex(n % 20 + 1)), 4, '0');
INSERT INTO cpl_cplentry
    (cpl_entry_id, device_model_id, firmware_version, date_added, listed_at, listed_by)
    SELECT 'CPL-' || lpad(row_number() OVER ()::text, 6, '0'), model.id,
        upper(substr(md5(model.id || '-' || n), 1, 8)), date '2016-01-01' + n::int, now(),
        gen_random_uuid()
    FROM cpl_devicemodel AS model, generate_series(1, 40) AS n;
INSERT INTO cpl_entryrevision
    (entry_id, manufacturer_name, smets_chts_version, gbcs_version, esme_variant,
     manufacturer_image_hash, recorded_at, recorded_by)
    SELECT id, 'Meters', '', '', '', upper(encode(sha256(id::text::bytea), 'hex')), now(),
        gen_random_uuid()
    FROM cpl_cplentry;
INSERT INTO cpl_statuschange
    (entry_id, status, status_date, reason, recorded_at, recorded_by)
    SELECT id, 'REMOVED', date_added + 1000 + 30 * n::int, '', now(), gen_random_uuid()
    FROM generate_series(1, 2) AS n, cpl_cplentry
    WHERE cpl_entry_id ~ '[02468]$'
"""


@pytest.fixture
def long_list(transactional_db: None) -> CPLEntry:
    """One entry of many; PostgreSQL knows how many there are, as it does soon after an import."""
    with connection.cursor() as cursor:
        cursor.execute(LONG_LIST)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE")
    return CPLEntry.objects.select_related("device_model").get(cpl_entry_id="CPL-004321")


def plans(search: EntrySearch) -> str:
    """How PostgreSQL goes about a page of what is found, and about all of it."""
    found = find_entries(search)
    return found.order_by("-pk")[:50].explain() + found.explain()


def reads_all(plan: str) -> bool:
    return "Seq Scan on cpl_cplentry" in plan or "Seq Scan on cpl_entryrevision" in plan


def test_what_is_found_by_a_beginning_is_found_by_an_index(long_list: CPLEntry) -> None:
    image_hash = long_list.entryrevision_set.get().manufacturer_image_hash
    model, version = long_list.device_model.device_model, long_list.firmware_version
    searches = [
        EntrySearch(cpl_entry_id="CPL-00432"),
        EntrySearch(device_model=model[:6]),
        EntrySearch(firmware_version=version[:6]),
        EntrySearch(manufacturer_image_hash=image_hash[:12]),
        *(EntrySearch(q=q) for q in ("CPL-00432", model[:6], version[:6], image_hash[:12], "ZZ")),
        EntrySearch(q=version[:6], device_type="ESME", status="CURRENT", as_at=date(2020, 1, 1)),
    ]

    for search in searches:
        assert not reads_all(plans(search)), search
        assert search.q == "ZZ" or long_list in find_entries(search)


def test_of_many_removals_said_twice_the_last_is_found_by_an_index(long_list: CPLEntry) -> None:
    between, after = (
        EntrySearch(status="REMOVED", as_at=day) for day in (date(2018, 11, 20), date(2019, 2, 1))
    )

    plan = plans(between)

    assert "Seq Scan on cpl_statuschange u0" not in plan
    assert [find_entries(search).count() for search in (between, after)] == [0, MANY // 2]


def test_the_plans_of_a_long_list_would_show_that_all_of_it_is_read(long_list: CPLEntry) -> None:
    everywhere = CPLEntry.objects.filter(firmware_version__contains="AB12")

    assert reads_all(everywhere.explain())


@pytest.fixture
def three(db: None) -> None:
    make.listed(
        make.row(1, device_model="AB010101"),
        make.row(2, device_type="GSME", esme_variant="", manufacturer_identifier="F1A2"),
        make.row(
            3,
            cpl_entry_id="X-3",
            status="REMOVED",
            date_removed=date(2022, 3, 4),
            removal_reason="Withdrawn.",
        ),
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (EntrySearch(), "CPL-000001 CPL-000002 X-3"),
        (EntrySearch(device_model="0x ab01"), "CPL-000001"),
        (EntrySearch(device_model="B010101"), ""),
        (EntrySearch(firmware_version="0000000"), "CPL-000001 CPL-000002 X-3"),
        (EntrySearch(firmware_version="00000002"), "CPL-000002"),
        (EntrySearch(manufacturer_image_hash=make.image_hash(2)[:9].lower()), "CPL-000002"),
        (EntrySearch(cpl_entry_id="cpl"), "CPL-000001 CPL-000002"),
        (EntrySearch(cpl_entry_id="PL"), ""),
        (EntrySearch(manufacturer="f1a2"), "CPL-000002"),
        (EntrySearch(status="REMOVED"), "X-3"),
        (EntrySearch(status="CURRENT"), "CPL-000001 CPL-000002"),
        (EntrySearch(status="REMOVED", as_at=date(2022, 3, 3)), ""),
        (EntrySearch(status="REMOVED", as_at=date(2022, 3, 4)), "X-3"),
        (EntrySearch(status="CURRENT", as_at=date(2022, 3, 3)), "CPL-000001 CPL-000002 X-3"),
        (EntrySearch(as_at=date(2019, 12, 31)), ""),
        (EntrySearch(as_at=date(2020, 1, 2)), "CPL-000001 CPL-000002"),
        (EntrySearch(added_from=date(2020, 1, 2)), "CPL-000002 X-3"),
        (EntrySearch(added_to=date(2020, 1, 2)), "CPL-000001 CPL-000002"),
        (EntrySearch(q=" 0x0000 0002 "), "CPL-000002"),
        (EntrySearch(q="  "), "CPL-000001 CPL-000002 X-3"),
        (EntrySearch(q="f1a"), "CPL-000001 CPL-000002 X-3"),
        (EntrySearch(q="Fine Met"), "CPL-000001 CPL-000002 X-3"),
        (EntrySearch(q="Met"), ""),
        (EntrySearch(q="C%"), ""),
        (EntrySearch(q="CPL_"), ""),
        (EntrySearch(device_model="AB0_"), ""),
        (EntrySearch(manufacturer_image_hash="%"), ""),
        (EntrySearch(q="\\"), ""),
        (EntrySearch(q="0", device_type="GSME"), "CPL-000002"),
    ],
    ids=repr,
)
def test_a_search_finds_what_begins_so_and_fits_all_else(
    three: None, search: EntrySearch, found: str
) -> None:
    ids = find_entries(search).order_by("pk").values_list("cpl_entry_id", flat=True)

    assert " ".join(ids) == found
