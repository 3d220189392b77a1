"""Published records, their pathways and hub capabilities."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cpl.models import CPLEntry, EntryColumns, Manufacturer
from fir.ledger.audiences import RECORD_READERS
from fir.records.rules import NAMED, NONE

if TYPE_CHECKING:
    from fir.parties.models import Party


class FirmwareRecord(models.Model):
    """The published facts of one firmware version of a Device Model. Locked.

    A correction is another record that names this one in `supersedes`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True)
    submission_id = models.UUIDField(unique=True)
    pathway = models.CharField(max_length=8)
    release_notes = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pathway__in=[NAMED, NONE]), name="records_pathway_declared"
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=models.Q(supersedes__isnull=True),
                name="records_one_first_record_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} record {self.id}"


class UpgradePathway(models.Model):
    """A record's firmware may be installed over this earlier entry (MP231). Locked."""

    record = models.ForeignKey(FirmwareRecord, on_delete=models.PROTECT, related_name="steps")
    predecessor = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "predecessor"], name="records_one_step_each"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.record_id}"


class HubCapability(models.Model):
    """Whether a hub's firmware carries updates to PPMID and HCALCS (SECMP0007). Locked; the
    newest row of an entry counts."""

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    carries_updates = models.BooleanField()
    declared_at = models.DateTimeField()
    declared_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-id"], name="records_capability_newest")]

    def __str__(self) -> str:
        return f"{self.entry} carries updates: {self.carries_updates}"


class RepositoryEntryQuerySet(models.QuerySet["RepositoryEntry"]):
    """Reads of the repository. Every one of them starts from what a Party may see."""

    def visible_to(self, party: Party) -> Self:
        """The entries whose records this Party may read: all of them for the categories that read
        records, those of its own Manufacturer Identifiers for everybody else."""
        if party.category in RECORD_READERS:
            return self
        held = Manufacturer.objects.filter(manufacturerholding__party=party)
        return self.filter(manufacturer_identifier__in=held.values("identifier"))


class RepositoryEntry(EntryColumns):
    """A list entry with its newest record, pathway and hub capability: a database view.

    An entry from before the repository has no record; its pathway is UNKNOWN (SECMP0009 applies
    prospectively).
    """

    record_id = models.UUIDField(null=True)
    pathway = models.CharField(max_length=8)
    predecessors = ArrayField(models.CharField(max_length=32))
    release_notes = models.TextField()
    published_at = models.DateTimeField(null=True)
    carries_updates = models.BooleanField(null=True)

    objects: ClassVar[RepositoryEntryQuerySet] = RepositoryEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        managed = False
        db_table = "records_repositoryentry"
