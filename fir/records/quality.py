"""Judging the whole list by the rules about its quality, and keeping what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.quality import findings_of_list
from cpl.quality_queries import (
    catalogue_now,
    has_news_of_files,
    known_files,
    lines_of_list,
)
from fir.ledger.audiences import EVERYONE
from fir.ledger.kinds import LIST_KINDS
from fir.ledger.operations import reading
from fir.ledger.queries import last_seq, newest_seq_of
from fir.records.models import QualityAssessment, QualityFinding
from fir.records.quality_queries import last_assessment

if TYPE_CHECKING:
    from datetime import datetime

READER = "quality"
KINDS = LIST_KINDS | {"CATALOGUE_CHANGED"}


def read_news(*, at: datetime) -> bool:
    """Judge the list anew when the ledger says that it or the catalogue changed, when a file that
    was compared shows something of it, or when it was last judged on an earlier day, since
    certificates lapse with the days; whether it was judged.

    One look answers for whatever happened. Stands aside while another process does this.
    """
    with reading(READER) as bookmark:
        if bookmark is None:
            return False
        head = last_seq()
        if newest_seq_of(KINDS, [EVERYONE]) <= bookmark.seq and _still_holds(at):
            return False
        assess_list(at=at)
        bookmark.seq = head
        bookmark.save(update_fields=["seq"])
        return True


def _still_holds(at: datetime) -> bool:
    """Whether the last judgement is of today, and no file that was compared since says more."""
    last = last_assessment()
    if last is None or localdate(last.assessed_at) != localdate(at):
        return False
    return not has_news_of_files(last.assessed_at)


@transaction.atomic
def assess_list(*, at: datetime) -> None:
    """Judge every entry, and bring the kept findings to what was found. Run again, it writes
    nothing; a finding that stands on keeps the time when it was found."""
    lines = lines_of_list()
    found = findings_of_list(lines.values(), catalogue_now(), localdate(at), known_files())
    numbers = {line.cpl_entry_id: number for number, line in lines.items()}
    wanted = {
        (numbers[entry_id], finding.code): finding
        for entry_id, findings in found.items()
        for finding in findings
    }
    gone = []
    for number, entry, code, *says in QualityFinding.objects.values_list(
        "pk", "entry_id", "code", "field", "severity", "particulars", "about"
    ):
        finding = wanted.get((entry, code))
        if finding and says == [
            finding.field,
            finding.severity,
            finding.particulars,
            finding.about,
        ]:
            del wanted[entry, code]
        else:
            gone.append(number)
    QualityFinding.objects.filter(pk__in=gone).delete()
    QualityFinding.objects.bulk_create(
        [
            QualityFinding(
                entry_id=entry,
                code=code,
                field=finding.field,
                severity=finding.severity,
                particulars=finding.particulars,
                about=finding.about,
                found_at=at,
            )
            for (entry, code), finding in wanted.items()
        ],
        batch_size=1000,
    )
    QualityAssessment.objects.update_or_create(
        only_one=True, defaults={"entries": len(lines), "assessed_at": at}
    )
