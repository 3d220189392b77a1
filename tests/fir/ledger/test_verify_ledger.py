"""`manage.py verify_ledger`: says that all is whole, or names what somebody's hand changed."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, LiteralString

import pytest
from django.core.management import CommandError, call_command

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import check_ledger
from fir.records import queries
from tests import make
from tests.fir.ledger.events import tamper
from tests.fir.submissions.at_once import elsewhere

CHECKOUT = Path(__file__).resolve().parents[3]


def published_world() -> str:
    """Two releases, one after the other; the entry id of the newer."""
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    newer = make.published(maker, administrator, 3, predecessors=["CPL-000001", "CPL-000002"])
    return newer.cpl_entry_id


def verified() -> str:
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    return said.getvalue()


def complaint_after(*statements: LiteralString) -> str:
    published_world()
    verified()
    tamper(*statements)
    with pytest.raises(CommandError) as complaint:
        verified()
    assert complaint.value.returncode == 1
    return str(complaint.value)


@pytest.mark.django_db
def test_a_ledger_with_published_records_is_told_whole_with_its_size_and_root() -> None:
    published_world()

    said = verified()

    check = check_ledger()
    assert said == f"The ledger is whole: {check.size} events, root {check.root}.\n"


@pytest.mark.django_db
def test_a_ledger_in_which_everything_happened_is_whole() -> None:
    published_world()
    renamed = make.row(1, manufacturer_name="Finer Meters")
    make.listed(renamed, make.row(4))
    make.estate(make.party("big-light"), make.device(1))

    assert "whole" in verified()


@pytest.mark.django_db(transaction=True)
def test_what_is_published_while_it_is_checked_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 1)
    before = check_ledger()

    def meanwhile(**wanted: Any) -> Any:
        """Between the reading of the records and that of their events, another is published."""
        monkeypatch.undo()
        elsewhere(lambda: make.published(maker, administrator, 2))
        return LedgerEvent.objects.filter(**wanted)

    events = SimpleNamespace(objects=SimpleNamespace(filter=meanwhile))
    monkeypatch.setattr(queries, "LedgerEvent", events)

    said = verified()

    assert said == f"The ledger is whole: {before.size} events, root {before.root}.\n"
    assert check_ledger().size > before.size
    assert f"{check_ledger().size} events" in verified()


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_1_and_names_the_event_of_which_a_byte_changed() -> None:
    published_world()
    tamper(
        "UPDATE ledger_ledgerevent SET canonical = replace(canonical, 'Mends', 'Bends')"
        " WHERE canonical LIKE '%Mends%' AND seq = (SELECT max(seq) FROM ledger_ledgerevent)"
    )

    ended = subprocess.run(
        [sys.executable, "manage.py", "verify_ledger"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert f"seq {check_ledger().size + 1} (FIRMWARE_PUBLISHED)" in ended.stderr


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fact", "statement"),
    [
        (
            "release_notes",
            "UPDATE records_firmwarerecord SET release_notes = 'Bends the clock.'"
            " WHERE entry_id = (SELECT id FROM cpl_cplentry WHERE cpl_entry_id = 'CPL-000003')",
        ),
        (
            "pathway",
            "UPDATE records_firmwarerecord SET pathway = 'NONE'"
            " WHERE entry_id = (SELECT id FROM cpl_cplentry WHERE cpl_entry_id = 'CPL-000003')",
        ),
        (
            "predecessors",
            "DELETE FROM records_upgradepathway WHERE predecessor_id ="
            " (SELECT id FROM cpl_cplentry WHERE cpl_entry_id = 'CPL-000002')",
        ),
        (
            "firmware_version",
            "UPDATE cpl_cplentry SET firmware_version = '0000000F'"
            " WHERE cpl_entry_id = 'CPL-000003'",
        ),
        (
            "date_added",
            "UPDATE cpl_cplentry SET date_added = '2020-02-29' WHERE cpl_entry_id = 'CPL-000003'",
        ),
        (
            "manufacturer_image_hash",
            "UPDATE cpl_entryrevision SET manufacturer_image_hash = repeat('0', 64)"
            " WHERE entry_id = (SELECT id FROM cpl_cplentry WHERE cpl_entry_id = 'CPL-000003')",
        ),
        (
            "gbcs_version",
            "INSERT INTO cpl_entryrevision (entry_id, manufacturer_name, smets_chts_version,"
            " gbcs_version, esme_variant, manufacturer_image_hash, recorded_at, recorded_by)"
            " SELECT entry_id, manufacturer_name, smets_chts_version, '9.9', esme_variant,"
            " manufacturer_image_hash, recorded_at, recorded_by FROM cpl_entryrevision"
            " WHERE entry_id = (SELECT id FROM cpl_cplentry WHERE cpl_entry_id = 'CPL-000003')",
        ),
    ],
    ids=lambda value: value if value.isidentifier() else "",
)
def test_a_changed_fact_of_a_record_is_named_with_its_entry_and_event(
    fact: str, statement: LiteralString
) -> None:
    complaint = complaint_after(statement)

    assert f"the record of CPL-000003 has another {fact}." in complaint
    assert f"seq {check_ledger().size}:" in complaint


@pytest.mark.django_db(transaction=True)
def test_a_record_that_is_gone_is_named_with_the_event_that_told_of_it() -> None:
    complaint = complaint_after(
        "DELETE FROM records_upgradepathway",
        "DELETE FROM records_firmwarerecord WHERE entry_id ="
        " (SELECT id FROM cpl_cplentry WHERE cpl_entry_id = 'CPL-000003')",
    )

    assert "CPL-000002 has another predecessors" in complaint or "is missing" in complaint


@pytest.mark.django_db(transaction=True)
def test_a_record_that_no_event_tells_of_is_named() -> None:
    complaint = complaint_after(
        "INSERT INTO records_firmwarerecord"
        " (id, entry_id, submission_id, pathway, release_notes, reason, purposes,"
        " minimum_hardware_version, maximum_hardware_version, activation_advice,"
        " published_at, published_by)"
        " SELECT '00000000-0000-0000-0000-00000000beef', id, gen_random_uuid(), 'NONE', '', '',"
        " '{}', '', '', '', now(), gen_random_uuid() FROM cpl_cplentry"
        " WHERE cpl_entry_id = 'CPL-000001'"
    )

    assert "00000000-0000-0000-0000-00000000beef" in complaint
    assert "stands in no event" in complaint
