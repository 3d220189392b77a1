"""How a published release stands: retired or not, recalled or not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cpl.models import CPLEntry

ARCHIVED, RESTORED = "ARCHIVED", "RESTORED"
RECALLED, LIFTED = "RECALLED", "LIFTED"
# Why a release is retired: it left the list, another took its place, its Manufacturer withdrew it,
# or nobody supports it any more.
CAUSES = ("REMOVED", "REPLACED", "WITHDRAWN", "END_OF_SUPPORT")


class Archival(models.Model):
    """A release was retired, or taken up again. Locked; the newest row of an entry counts.

    What is archived is no longer offered as a release to go to; everything it said stays.
    """

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    state = models.CharField(max_length=8)
    cause = models.CharField(max_length=14, blank=True)
    reason = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-id"], name="records_archival_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ARCHIVED, cause__in=CAUSES) | Q(state=RESTORED, cause=""),
                name="records_archival_state_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="records_archival_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.state}"


class Recall(models.Model):
    """A Manufacturer says that its release must not be deployed, or that it may be after all.
    Locked; the newest row of an entry counts."""

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-id"], name="records_recall_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[RECALLED, LIFTED]), name="records_recall_state_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="records_recall_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.state}"
