"""Estates, their loads, and the cohorts that every later question is asked of.

The devices themselves stand in tables of their own, `loads.device_<load id>`, which are no models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

from fir.parties.models import ManufacturerHolding, Party
from fir.parties.permissions import Category

if TYPE_CHECKING:
    from cpl.identifiers import ModelKey

RECEIVING, QUEUED, READING, INDEXING = "RECEIVING", "QUEUED", "READING", "INDEXING"
COMPARING, HELD, DONE = "COMPARING", "HELD", "DONE"
REFUSED, INTERRUPTED = "REFUSED", "INTERRUPTED"
STATES = (
    RECEIVING,
    QUEUED,
    READING,
    INDEXING,
    COMPARING,
    HELD,
    DONE,
    REFUSED,
    INTERRUPTED,
)
AT_WORK = (QUEUED, READING, INDEXING, COMPARING)
FULL, DELTA = "FULL", "DELTA"
MODES = (FULL, DELTA)


class EstateLoad(models.Model):
    """One delivery of a Supplier's inventory, from its first byte to its swap."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    state = models.CharField(max_length=11, choices=[(s, s) for s in STATES], default=RECEIVING)
    # A whole inventory, or the changes of a base: of the load that stood or waited when it came.
    mode = models.CharField(max_length=5, choices=[(m, m) for m in MODES], default=FULL)
    base = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    fingerprint = models.CharField(max_length=64, blank=True)
    bytes_total = models.BigIntegerField(null=True)
    bytes_read = models.BigIntegerField(default=0)
    rows_read = models.BigIntegerField(default=0)
    rows_bad = models.BigIntegerField(default=0)
    notes_by_reason = models.JSONField(default=dict)
    devices = models.BigIntegerField(default=0)
    refusal = models.TextField(blank=True)
    accepted = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    received_by = models.UUIDField()
    body_in_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    # What it was compared with: the load that stood before it, if any did.
    former = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    compared_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    tables_dropped = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["party", "-id"], name="estates_load_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="estates_load_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=MODES), name="estates_load_mode_known"
            ),
            # What an Estate's pointer refers to, so that it can point at its own Party's load only.
            models.UniqueConstraint(fields=["id", "party"], name="estates_load_of_party"),
        ]

    def __str__(self) -> str:
        return f"{self.party} load {self.pk}: {self.state}"


class Estate(models.Model):
    """The devices a Supplier says it holds: a pointer at the load that stands."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT)
    standing_load = models.ForeignKey(EstateLoad, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"{self.party} estate"


class Cohort(models.Model):
    """All devices of one load that share every fact the rules read, and how many they are.

    The hub's columns are filled only for Device Types whose rules read them; empty where the hub
    is not in the estate.
    """

    load = models.ForeignKey(EstateLoad, on_delete=models.CASCADE)
    device_type = models.CharField(max_length=8)
    manufacturer_identifier = models.CharField(max_length=16)
    device_model = models.CharField(max_length=16)
    firmware_version = models.CharField(max_length=16)
    device_status = models.CharField(max_length=32)
    responsible_roles = models.CharField(max_length=5)
    listable = models.BooleanField()
    hub_manufacturer = models.CharField(max_length=16)
    hub_model = models.CharField(max_length=16)
    hub_version = models.CharField(max_length=16)
    device_count = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["load", "device_type", "device_model"], name="estates_cohort_model"
            ),
            models.Index(fields=["load", "hub_model"], name="estates_cohort_hub"),
        ]

    def __str__(self) -> str:
        return f"{self.device_count} × {self.device_type} {self.device_model}"


class CohortMove(models.Model):
    """Devices that came into a cohort of a load from what they were in the load before it.

    What they were is copied, since former cohorts go; it is empty for Devices that were in no
    estate of this Supplier, and `cohort` is null for those that are in it no more.
    """

    load = models.ForeignKey(EstateLoad, on_delete=models.CASCADE)
    cohort = models.ForeignKey(Cohort, null=True, on_delete=models.CASCADE)
    former_device_type = models.CharField(max_length=8, blank=True)
    former_manufacturer_identifier = models.CharField(max_length=16, blank=True)
    former_device_model = models.CharField(max_length=16, blank=True)
    former_firmware_version = models.CharField(max_length=16, blank=True)
    former_device_status = models.CharField(max_length=32, blank=True)
    device_count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.device_count} × {self.former_device_type or 'new'} to {self.cohort_id}"


class Census(models.Model):
    """A count of what runs in the field, over all estates that stood at the time."""

    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Census of {self.counted_at}"


class CensusFigureQuerySet(models.QuerySet["CensusFigure"]):
    """Reads of the census."""

    def visible_to(self, party: Party) -> Self:
        """All of it to the Administrator; to a Manufacturer what runs on its own Devices. Nothing
        to a Supplier, which could take its own Devices off and be left with the others'."""
        if party.category == Category.ADMINISTRATOR:
            return self
        if party.is_supplier:
            return self.none()
        held = ManufacturerHolding.objects.filter(party=party)
        return self.filter(manufacturer_identifier__in=held.values("manufacturer__identifier"))


class CensusFigure(models.Model):
    """About how many Devices of one Device Model run one version. Only what tells nothing of any
    one Supplier is ever written here; what is missing is too little to say."""

    census = models.ForeignKey(Census, on_delete=models.CASCADE)
    device_type = models.CharField(max_length=8)
    manufacturer_identifier = models.CharField(max_length=16)
    device_model = models.CharField(max_length=16)
    firmware_version = models.CharField(max_length=16)
    about_devices = models.BigIntegerField()

    objects: ClassVar[CensusFigureQuerySet] = CensusFigureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["manufacturer_identifier", "device_model"], name="estates_census_maker"
            )
        ]

    def __str__(self) -> str:
        return f"about {self.about_devices} × {self.device_model} on {self.firmware_version}"

    @property
    def model_key(self) -> ModelKey:
        """Which Device Model it is about."""
        return (self.device_type, self.manufacturer_identifier, self.device_model)


class LoadNote(models.Model):
    """What was noted of one row of a load; the value is masked unless hexadecimal."""

    load = models.ForeignKey(EstateLoad, on_delete=models.CASCADE)
    member = models.IntegerField(default=0)  # of a ZIP: which of its files, counted from 1
    line = models.BigIntegerField()
    column = models.CharField(max_length=32)
    reason = models.CharField(max_length=40)
    value = models.CharField(max_length=48)
    kept = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["load", "member", "line"], name="estates_note_place")]

    def __str__(self) -> str:
        return f"{self.load_id} line {self.line}: {self.reason}"
