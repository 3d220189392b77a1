"""Published records, their pathways and hub capabilities."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cpl.models import CPLEntry, EntryColumns, Manufacturer
from fir.ledger.audiences import RECORD_READERS
from fir.records.rules import NAMED, NONE, UNKNOWN

if TYPE_CHECKING:
    from fir.parties.models import Party


class ReleaseColumns(models.Model):
    """What a record says of a release beyond its line of the list.

    Hardware versions are 4 hex, version and revision; `image_size` counts the bytes of the OTA
    Upgrade Image. `interrupts_hub_power`: activating it interrupts the hub's power for more than
    three minutes, which looks like a power outage to the Network Party (alert AD1, MP102). Null
    and '' where nobody said.
    """

    release_notes = models.TextField(blank=True)
    purposes = ArrayField(models.CharField(max_length=10), default=list)
    security_relevant = models.BooleanField(null=True)
    interrupts_hub_power = models.BooleanField(null=True)
    minimum_hardware_version = models.CharField(max_length=4, blank=True)
    maximum_hardware_version = models.CharField(max_length=4, blank=True)
    image_size = models.IntegerField(null=True)
    end_of_support = models.DateField(null=True)
    activation_advice = models.TextField(blank=True)

    class Meta:
        abstract = True


class FirmwareRecord(ReleaseColumns):
    """The published facts of one firmware version of a Device Model. Locked.

    A correction is another record that names this one in `supersedes`, and why in `reason`. The
    pathway is unknown only of an entry from before pathways were collected, whose record was
    completed as far as anybody knows. One submission publishes one record for each of its entries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True)
    submission_id = models.UUIDField()
    pathway = models.CharField(max_length=8)
    reason = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pathway__in=[NAMED, NONE, UNKNOWN]),
                name="records_pathway_declared",
            ),
            models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | ~models.Q(reason=""),
                name="records_correction_has_reason",
            ),
            models.UniqueConstraint(
                fields=["submission_id", "entry"], name="records_one_of_a_submission_each"
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


class RepositoryEntry(ReleaseColumns, EntryColumns):
    """A list entry with its newest record, pathway and hub capability: a database view.

    An entry from before the repository has no record; its pathway is UNKNOWN (SECMP0009 applies
    prospectively).
    """

    record_id = models.UUIDField(null=True)
    pathway = models.CharField(max_length=8)
    predecessors = ArrayField(models.CharField(max_length=32))
    supersedes_id = models.UUIDField(null=True)
    archived_at = models.DateTimeField(null=True)
    archive_cause = models.CharField(max_length=14)
    archive_reason = models.CharField(max_length=500)
    recalled_at = models.DateTimeField(null=True)
    recall_reason = models.CharField(max_length=500)
    published_at = models.DateTimeField(null=True)
    carries_updates = models.BooleanField(null=True)

    objects: ClassVar[RepositoryEntryQuerySet] = RepositoryEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        managed = False
        db_table = "records_repositoryentry"

    def __str__(self) -> str:
        return self.cpl_entry_id
