"""Reads of what the rules found about the list's quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Q

from cpl.quality import BY_CODE
from cpl.rulebook import sentence_of
from fir.records.list_queries import standing_waivers
from fir.records.models import CONFIRMED, WAIVE, Proposal, QualityAssessment, QualityFinding

if TYPE_CHECKING:
    from django.db.models import QuerySet


def last_assessment() -> QualityAssessment | None:
    """When the list was last judged; None where it never was."""
    return QualityAssessment.objects.first()


def quality_findings(
    *, code: str = "", severity: str = "", waived: bool | None = None
) -> QuerySet[QualityFinding]:
    """The findings that stand, each with its entry and Device Model and whether two people waived
    it (`is_waived`)."""
    wanted = {"code": code, "severity": severity}
    narrowed = {name: value for name, value in wanted.items() if value}
    found = QualityFinding.objects.annotate(is_waived=Exists(standing_waivers()))
    found = found.filter(**narrowed).select_related("entry__device_model__manufacturer")
    return found if waived is None else found.filter(is_waived=waived)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule of the list with how many entries break it, and for how many that was waived."""

    code: str
    sentence: str
    reference: str
    severity: str
    entries: int
    waived: int

    @property
    def open(self) -> int:
        """For how many entries nobody waived it."""
        return self.entries - self.waived


def counts_by_rule() -> list[RuleCount]:
    """Every rule, in the rules' own order, with how many entries break it."""
    found = QualityFinding.objects.annotate(is_waived=Exists(standing_waivers()))
    counted = found.values("code").annotate(
        entries=Count("pk"), waived=Count("pk", filter=Q(is_waived=True))
    )
    counts = {row["code"]: (row["entries"], row["waived"]) for row in counted}
    return [
        RuleCount(code, sentence_of(rule), rule.reference, rule.severity, *counts.get(code, (0, 0)))
        for code, rule in BY_CODE.items()
    ]


@dataclass(frozen=True, slots=True)
class FindingInWords:
    """A finding as pages and answers show it; `waiver` is the proposal two people agreed on."""

    code: str
    sentence: str
    reference: str
    severity: str
    field: str
    particulars: str
    waiver: Proposal | None


def findings_of_entry(entry: int) -> list[FindingInWords]:
    """What the rules found of one entry, with the waivers that stand. Two queries."""
    waivers = {
        (waiver.code, waiver.about): waiver
        for waiver in Proposal.objects.filter(entry=entry, kind=WAIVE, state=CONFIRMED)
    }
    return [
        FindingInWords(
            code=finding.code,
            sentence=sentence_of(BY_CODE[finding.code]),
            reference=BY_CODE[finding.code].reference,
            severity=finding.severity,
            field=finding.field,
            particulars=finding.particulars,
            waiver=waivers.get((finding.code, finding.about)),
        )
        for finding in QualityFinding.objects.filter(entry=entry).order_by("pk")
        if finding.code in BY_CODE
    ]
