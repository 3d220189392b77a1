"""What is not brought yet: drafts, and the sheets that many of them came in."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from fir.parties.models import Party
from fir.submissions.claims import Kind
from fir.submissions.models.submissions import KINDS, Submission


class ReleaseSheet(models.Model):
    """A sheet of many releases, each of whose rows became a draft. Open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    filename = models.CharField(max_length=200)
    rows = models.PositiveSmallIntegerField()
    brought_at = models.DateTimeField()
    brought_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["party", "-brought_at"], name="submissions_sheets_newest")]

    def __str__(self) -> str:
        return f"{self.filename} of {self.party}"


class DraftQuerySet(models.QuerySet["Draft"]):
    """Reads of drafts. Every one of them starts from what a Party may see."""

    def visible_to(self, party: Party) -> Self:
        """The Party's own drafts: what is not brought yet concerns nobody else."""
        return self.filter(party=party)


class Draft(models.Model):
    """A submission that is being written. Open; its people share it.

    `said` holds the answers as a system would send them, unjudged: whatever was typed is kept.
    `file` holds the facts of the firmware file that was read for it, if one was, and never a byte
    of it. A row of a sheet names its sheet and line; `row_faults` holds what
    was wrong with the row beside what it says, each as field, code and sentence, until the field is
    answered anew. What is mended after a return stands in `again_of`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    kind = models.CharField(max_length=17, choices=[(k, k) for k in KINDS], default=Kind.NEW.value)
    said = models.JSONField(default=dict)
    file = models.JSONField(null=True)
    row_faults = models.JSONField(default=list)
    again_of = models.ForeignKey(Submission, on_delete=models.CASCADE, null=True)
    sheet = models.ForeignKey(ReleaseSheet, on_delete=models.CASCADE, null=True)
    line = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    objects: ClassVar[DraftQuerySet] = DraftQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["party", "-changed_at", "-id"], name="submissions_drafts_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=KINDS), name="submissions_draft_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(sheet__isnull=True, line__isnull=True)
                | models.Q(sheet__isnull=False, line__isnull=False),
                name="submissions_draft_row_of_sheet",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} draft {self.id}"
