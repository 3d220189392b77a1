"""What the rules find of the list is kept as long as it stands, and judged anew when it must be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpl.models import KnownFile
from fir.ledger.models import Bookmark
from fir.parties.operations import operator
from fir.records.catalogue import Version, set_version
from fir.records.models import QualityAssessment, QualityFinding
from fir.records.quality import assess_list, read_news
from fir.records.quality_queries import counts_by_rule, findings_of_entry, quality_findings
from fir.records.reconciling import reconcile_list
from tests import make

TWINS = (make.row(1), make.row(2, firmware_version="00000001"))
HASHES = {"CPL-000001": "TWO_HASHES", "CPL-000002": "TWO_HASHES"}


def found() -> dict[str, str]:
    """The codes of what stands, by entry; several in one text."""
    rows = quality_findings()
    entries = {finding.entry.cpl_entry_id for finding in rows}
    return {
        entry: " ".join(f.code for f in rows if f.entry.cpl_entry_id == entry)
        for entry in sorted(entries)
    }


@pytest.mark.django_db
def test_a_list_without_a_fault_is_judged_and_has_no_findings() -> None:
    make.listed(make.row(1), make.row(2))

    assert read_news(at=make.AT)

    assert found() == {}
    assert QualityAssessment.objects.get().entries == 2


@pytest.mark.django_db
def test_a_finding_stands_until_the_list_is_right() -> None:
    make.listed(*TWINS)
    read_news(at=make.AT)
    assert found() == HASHES
    first = QualityFinding.objects.get(entry__cpl_entry_id="CPL-000001")
    assert (first.severity, first.field) == ("MUST_FIX", "manufacturer_image_hash")
    assert "CPL-000002" in first.particulars

    removed = make.row(
        2, firmware_version="00000001", status="REMOVED", date_removed=date(2026, 11, 1)
    )
    make.listed(TWINS[0], removed)
    read_news(at=make.AT)

    assert found() == {}


@pytest.mark.django_db
def test_without_news_the_list_is_not_judged_again_on_the_same_day() -> None:
    make.listed(*TWINS)

    assert read_news(at=make.AT)
    assert not read_news(at=make.AT + timedelta(hours=1))
    assert read_news(at=make.AT + timedelta(days=1))


@pytest.mark.django_db
def test_a_certificate_lapses_with_the_days_alone() -> None:
    make.listed(make.row(1, cpa_renewal_date=date(2026, 11, 20)))

    read_news(at=make.AT)
    assert found() == {}
    read_news(at=make.AT + timedelta(days=1))

    assert found() == {"CPL-000001": "CERTIFICATE_LAPSED"}


@pytest.mark.django_db
def test_a_version_that_ends_in_the_catalogue_is_found_on_its_entries() -> None:
    make.listed(make.row(1, gbcs_version="4.2"), make.row(2, gbcs_version="4.1"))
    read_news(at=make.AT)
    assert found() == {}

    ended = Version(
        kind="GBCS",
        version="4.1",
        in_effect_until=date(2026, 11, 19),
        source="A modification.",
        is_assumption=False,
    )
    set_version(says=ended, by=operator(), at=make.AT)
    read_news(at=make.AT)

    assert set(found()) == {"CPL-000002"}


@pytest.mark.django_db
def test_a_hash_of_a_whole_file_is_found_when_that_file_was_dropped() -> None:
    whole, image = make.image_hash("whole file"), make.image_hash("image")
    make.listed(make.row(1, manufacturer_image_hash=whole))
    KnownFile.objects.create(
        file_hash=whole, image_hash=image, seen_at=make.AT, seen_by=operator().actor_id
    )

    read_news(at=make.AT)

    (finding,) = quality_findings()
    assert finding.code == "HASH_OF_WHOLE_FILE"
    assert image in finding.particulars


@pytest.mark.django_db
def test_judged_again_it_writes_nothing_and_keeps_when_each_was_found() -> None:
    make.listed(*TWINS)
    read_news(at=make.AT)
    before = list(QualityFinding.objects.order_by("pk").values_list())

    Bookmark.objects.update(seq=0)
    assert read_news(at=make.AT + timedelta(hours=1))

    assert list(QualityFinding.objects.order_by("pk").values_list()) == before


@pytest.mark.django_db
def test_what_a_finding_says_follows_the_list() -> None:
    make.listed(*TWINS)
    read_news(at=make.AT)
    before = findings_of_entry(QualityFinding.objects.all()[0].entry_id)[0].particulars

    make.listed(*TWINS, make.row(3, firmware_version="00000001"))
    read_news(at=make.AT)

    (finding,) = findings_of_entry(QualityFinding.objects.order_by("entry_id")[0].entry_id)
    assert finding.particulars != before
    assert "CPL-000003" in finding.particulars


@pytest.mark.django_db
def test_the_whole_list_is_judged_in_the_same_few_queries_whatever_its_length() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assess_list(at=make.AT)
        return len(asked)

    make.listed(*TWINS)
    assess_list(at=make.AT)
    few = queries()
    reconcile_list(
        rows=[make.row(n, device_model=f"{n:04X}0101") for n in range(10, 60)],
        by=operator(),
        at=make.AT,
    )

    assert queries() == few


@pytest.mark.django_db
def test_every_rule_is_counted_and_those_that_nothing_breaks_too() -> None:
    make.listed(*TWINS)
    read_news(at=make.AT)

    counts = {rule.code: (rule.entries, rule.waived) for rule in counts_by_rule()}

    assert counts.pop("TWO_HASHES") == (2, 0)
    assert len(counts) > 10
    assert set(counts.values()) == {(0, 0)}
