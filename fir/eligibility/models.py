"""Findings: what was found of each cohort, and how far each Supplier's findings are; and what a
Supplier itself has decided of releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cpl.models import CPLEntry
from fir.eligibility.rules import Outcome
from fir.estates.models import Cohort, EstateLoad
from fir.parties.models import Party
from fir.records.rules import Position

if TYPE_CHECKING:
    from fir.parties.scopes import Scope

TESTING, APPROVED, HELD = "TESTING", "APPROVED", "HELD"
OWN_STATES = (TESTING, APPROVED, HELD)


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reads of findings. Each starts from whose estate it is, and what of it is seen."""

    def visible_to(self, scope: Scope) -> Self:
        """The findings of a Supplier's Devices that are seen: all by itself, some by its agents,
        none by anybody else."""
        seen = scope.where(
            "cohort__device_type", "cohort__manufacturer_identifier", "cohort__device_model"
        )
        return self.filter(seen, cohort__load__party=scope.supplier)


class Finding(models.Model):
    """What was found of one cohort for one target. Derived: replaced whenever it is worked out.

    The id is derived from Supplier, cohort facts and target, so that it stays the same over loads.
    Whose it is stands in one place only: with the load that its cohort belongs to.
    """

    id = models.UUIDField(primary_key=True)
    # Protected: the sweep of loads may not take away what findings are still about.
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT)
    target = models.ForeignKey(CPLEntry, on_delete=models.PROTECT, null=True)
    target_is_latest = models.BooleanField()
    installed = ArrayField(models.CharField(max_length=32))
    position = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Position])
    outcome = models.CharField(max_length=17, choices=[(o.value, o.value) for o in Outcome])
    reasons = ArrayField(models.CharField(max_length=40))
    warnings = ArrayField(models.CharField(max_length=40))
    route = ArrayField(models.CharField(max_length=32))

    objects: ClassVar[FindingQuerySet] = FindingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["target", "outcome"], name="eligibility_target_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.outcome}"


class Assessment(models.Model):
    """Which load a Supplier's findings were worked out on."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT)
    load = models.ForeignKey(EstateLoad, on_delete=models.PROTECT)
    assessed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.party} on load {self.load_id}"


class LoadFigure(models.Model):
    """How many Devices of one type stood where when a load was first assessed: what is kept of a
    load when its cohorts are gone, so that a trend can be told. Written once, never changed."""

    load = models.ForeignKey(EstateLoad, on_delete=models.CASCADE)
    device_type = models.CharField(max_length=8)
    position = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Position])
    devices = models.BigIntegerField()
    suspended = models.BigIntegerField()
    assessed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["load", "device_type", "position"], name="eligibility_figure_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.load_id}: {self.devices} {self.device_type} {self.position}"


class SupplierDecisionQuerySet(models.QuerySet["SupplierDecision"]):
    """Reads of what Suppliers decided for themselves."""

    def visible_to(self, scope: Scope) -> Self:
        """What a Supplier decided of releases for those Device Models of which Devices are seen."""
        seen = scope.where(
            "entry__device_model__device_type",
            "entry__device_model__manufacturer__identifier",
            "entry__device_model__device_model",
        )
        return self.filter(seen, party=scope.supplier)

    def standing(self) -> Self:
        """The newest of each Supplier and entry, which counts."""
        newer = SupplierDecision.objects.filter(
            party=OuterRef("party"), entry=OuterRef("entry"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(newer))


class SupplierDecision(models.Model):
    """What a Supplier's own people say of a release: it is being tested, is approved, or is held.
    Locked; the newest row of a Supplier and an entry counts. Nobody else but its agents sees it."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=500)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()

    objects: ClassVar[SupplierDecisionQuerySet] = SupplierDecisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["party", "entry", "-id"], name="eligibility_decision_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OWN_STATES), name="eligibility_decision_state_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="eligibility_decision_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.entry} {self.state}"
