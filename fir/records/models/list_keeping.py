"""Keeping the list right: sheets that were brought, what two people must want, what the rules about
its quality found, and which certificates' ends were told."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from cpl.models import CPLEntry
from fir.parties.four_eyes import four_eyes
from fir.records.models.standing import CAUSES

WAITING, APPLIED, CONFIRMED, DROPPED = "WAITING", "APPLIED", "CONFIRMED", "DROPPED"
REMOVE, RELIST, WAIVE = "REMOVE", "RELIST", "WAIVE"
ARCHIVE, RESTORE = "ARCHIVE", "RESTORE"


def _done_by_another(state: str, act: str, name: str, exempt: Q | None = None) -> Q:
    """In this state the act has its who and when, and four eyes, but for those exempt."""
    known = Q(**{f"{act}_at__isnull": False, f"{act}_by__isnull": False})
    known &= Q(**{f"{act}_answerable__isnull": False, f"{act}_party__isnull": False})
    eyes = four_eyes(name, act)
    return ~Q(state=state) | (known & (eyes if exempt is None else exempt | eyes))


class SheetImport(models.Model):
    """A sheet of the list, brought to be looked at before anything is written.

    Whoever brought it may apply it, unless it removes, relists or corrects something
    (`needs_another`): then another person must. `corrections` holds the reason for each entry
    whose published facts the sheet may change. The content goes when the sheet is done with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    content_hash = models.CharField(max_length=64)
    corrections = models.JSONField(default=dict)
    needs_another = models.BooleanField(default=False)
    state = models.CharField(max_length=9, default=WAITING)
    brought_at = models.DateTimeField()
    brought_by = models.UUIDField()
    brought_answerable = models.UUIDField()
    brought_party = models.UUIDField()
    applied_at = models.DateTimeField(null=True)
    applied_by = models.UUIDField(null=True)
    applied_answerable = models.UUIDField(null=True)
    applied_party = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-brought_at"], name="records_sheets_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[WAITING, APPLIED, DROPPED]), name="records_sheet_state_known"
            ),
            models.CheckConstraint(
                condition=_done_by_another(APPLIED, "applied", "brought", Q(needs_another=False)),
                name="records_sheet_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} {self.state}"


class Proposal(models.Model):
    """Something about one entry that takes two people: one proposes, another confirms.

    A removal, a relisting, the waiver of a finding, or that a release is archived or restored.
    `code` is the finding's, or the cause why something is archived. A confirmed waiver holds for
    what the finding is `about`: when the entry's own facts change, the finding stands again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=7)
    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    code = models.CharField(max_length=40, blank=True)
    particulars = models.TextField(blank=True)
    about = models.TextField(blank=True)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=9, default=WAITING)
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField()
    proposed_answerable = models.UUIDField()
    proposed_party = models.UUIDField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_answerable = models.UUIDField(null=True)
    decided_party = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-proposed_at"], name="records_proposals_newest")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=WAIVE) & ~Q(code=""))
                | Q(kind=ARCHIVE, code__in=CAUSES)
                | Q(kind__in=[REMOVE, RELIST, RESTORE], code=""),
                name="records_proposal_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[WAITING, CONFIRMED, DROPPED]),
                name="records_proposal_state_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="records_proposal_has_reason"),
            models.CheckConstraint(
                condition=_done_by_another(CONFIRMED, "decided", "proposed"),
                name="records_proposal_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["entry", "kind", "code"],
                condition=Q(state=WAITING),
                name="records_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry} {self.state}"


class QualityFinding(models.Model):
    """A rule about the list's quality that an entry breaks now. Derived, and written anew whenever
    the list, the catalogue or the day changes; `cpl.quality` holds the rules."""

    entry = models.ForeignKey(CPLEntry, on_delete=models.CASCADE)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)
    field = models.CharField(max_length=40)
    particulars = models.TextField(blank=True)
    about = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["code", "entry"], name="records_findings_by_rule")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "code"], name="records_one_finding_each"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.entry}"


class QualityAssessment(models.Model):
    """When the rules last judged the list, and how many entries they judged: one row, or none."""

    only_one = models.BooleanField(primary_key=True, default=True)
    entries = models.PositiveIntegerField()
    assessed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only_one=True), name="records_one_assessment"),
        ]

    def __str__(self) -> str:
        return f"{self.entries} entries at {self.assessed_at}"


class CertificateReminder(models.Model):
    """That the end of a certificate was told of, so many months before it; 0 is its lapse. Locked.

    One row for each stage: whatever is run twice tells nobody twice. An id is its maker's own: two
    makers' certificates of the same id are two.
    """

    cpa_certificate_id = models.CharField(max_length=200)
    manufacturer_identifier = models.CharField(max_length=4)
    lapses_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cpa_certificate_id", "manufacturer_identifier", "lapses_on", "months"],
                name="records_told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpa_certificate_id}: {self.months} months before {self.lapses_on}"
