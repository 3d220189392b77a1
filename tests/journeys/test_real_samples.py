"""The sheet and the inventory as they come from outside, through the commands, to the findings."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fir.eligibility.models import Finding
from fir.eligibility.operations import read_news
from fir.eligibility.queries import estate_by_version, findings_of, standing_of, totals_of
from fir.estates.models import EstateLoad
from fir.estates.queries import standing_load_of
from fir.ledger.queries import last_seq
from fir.parties.queries import party_of_slug
from fir.parties.scopes import Scope

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
SHEET, INVENTORY = DATA / "cpl-sample.csv", DATA / "read-inventory-response.xml"
FOUND = {
    ("CHF", "04000007"): ("N-1", "BLOCKED", ["NO_OTA_ROUTE"], "CPL-900003"),
    ("GPF", "04000007"): ("N-1", "BLOCKED", ["NO_OTA_ROUTE"], "CPL-900003"),
    ("ESME", "38040404"): ("N-1", "UNCONFIRMED", ["PATHWAY_UNKNOWN"], "CPL-900006"),
    ("GSME", "03033254"): ("N", "UP_TO_DATE", [], "CPL-900008"),
    ("PPMID", "00020002"): (
        "N-1",
        "UNCONFIRMED",
        ["PATHWAY_UNKNOWN", "HUB_CAPABILITY_UNKNOWN"],
        "CPL-900011",
    ),
    ("ESME", "9001"): ("UNLISTED", "NOT_LISTED", [], None),
}


@pytest.fixture
def supplier() -> Party:
    """A Supplier as the command admits one."""
    say = ["--slug", "fresh-light", "--name", "Fresh Light", "--category", "LARGE_SUPPLIER"]
    call_command("admit_party", *say, "--role", "IS", "--role", "GS", stdout=StringIO())
    party = party_of_slug("fresh-light")
    assert party is not None
    return party


def told(*command: object) -> str:
    """What a management command prints."""
    out = StringIO()
    call_command(*map(str, command), stdout=out, stderr=out)
    return out.getvalue()


def found(of: Party) -> dict[tuple[str, str], tuple[str, str, list[str], str | None]]:
    return {
        (one.cohort.device_type, one.cohort.firmware_version): (
            one.position,
            one.outcome,
            one.reasons,
            one.target.cpl_entry_id if one.target else None,
        )
        for one in findings_of(Scope(of))
    }


def test_the_real_sheet_and_inventory_give_exactly_these_findings(supplier: Party) -> None:
    imported = told("import_cpl", SHEET)
    loaded = told("load_estate", "--party", "fresh-light", INVENTORY)

    assert imported.startswith("13 rows: 13 new,")
    assert "is DONE: 6 rows, 0 bad, 6 devices." in loaded
    assert found(supplier) == FOUND
    assert Finding.objects.count() == len(FOUND)
    assert standing_of(supplier, at=timezone.now()).complete
    totals = totals_of(findings_of(Scope(supplier)))
    assert {outcome: count for outcome, count in totals.items() if count} == {
        "BLOCKED": 2,
        "UNCONFIRMED": 2,
        "UP_TO_DATE": 1,
        "NOT_LISTED": 1,
    }
    assert sum(row.devices for row in estate_by_version(Scope(supplier))) == 6


def test_the_free_text_meter_is_kept_counted_and_told(supplier: Party) -> None:
    told("import_cpl", SHEET)

    loaded = told("load_estate", "--party", "fresh-light", INVENTORY)

    assert "Noted: NOT_HEX in 1 rows." in loaded
    (odd,) = (one for one in findings_of(Scope(supplier)) if one.outcome == "NOT_LISTED")
    assert (odd.cohort.manufacturer_identifier, odd.cohort.device_model) == ("GFI", "9001")
    assert (odd.cohort.device_count, odd.warnings) == (1, ["NOT_COMMISSIONED"])


def test_the_list_may_come_after_the_inventory(supplier: Party) -> None:
    told("load_estate", "--party", "fresh-light", INVENTORY)
    assert {outcome for _, outcome, _, _ in found(supplier).values()} == {"NOT_LISTED"}

    told("import_cpl", SHEET)
    assert not standing_of(supplier, at=timezone.now()).complete
    read_news(at=timezone.now())

    assert found(supplier) == FOUND


def test_the_same_again_changes_nothing(supplier: Party) -> None:
    told("import_cpl", SHEET)
    told("load_estate", "--party", "fresh-light", INVENTORY)
    ids = set(Finding.objects.values_list("id", flat=True))

    imported = told("import_cpl", SHEET)
    again = told("load_estate", "--party", "fresh-light", INVENTORY)

    assert "Nothing was done" in again
    assert "0 new" in imported
    assert "13 unchanged" in imported
    assert found(supplier) == FOUND
    assert set(Finding.objects.values_list("id", flat=True)) == ids


def test_a_sheet_that_is_cut_off_changes_nothing_and_names_the_row(
    supplier: Party, tmp_path: Path
) -> None:
    told("import_cpl", SHEET)
    told("load_estate", "--party", "fresh-light", INVENTORY)
    seq = last_seq()
    cut = tmp_path / "cut.csv"
    text = SHEET.read_bytes()
    cut.write_bytes(text[: text.index(b"CPL-900012") + 40])

    out = StringIO()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("import_cpl", str(cut), stderr=out)

    assert "Line 13" in out.getvalue()
    assert last_seq() == seq
    assert found(supplier) == FOUND


@pytest.mark.parametrize("whole", [100, 3000, 5000])
def test_an_inventory_that_is_cut_off_changes_nothing_and_names_the_line(
    supplier: Party, tmp_path: Path, whole: int
) -> None:
    told("import_cpl", SHEET)
    told("load_estate", "--party", "fresh-light", INVENTORY)
    standing, seq = standing_load_of(supplier), last_seq()
    cut = tmp_path / "cut.xml"
    data = INVENTORY.read_bytes()[:whole]
    cut.write_bytes(data)

    line = data.count(b"\n") + 1
    with pytest.raises(CommandError, match=rf"^Line {line}: .*The estate is as it was\.$"):
        told("load_estate", "--party", "fresh-light", cut)

    assert last_seq() == seq
    assert standing_load_of(supplier) == standing
    assert found(supplier) == FOUND
    assert EstateLoad.objects.filter(state="REFUSED").count() == 1
