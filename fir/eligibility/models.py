"""Findings: what was found of each cohort, and how far each Supplier's findings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cpl.models import CPLEntry
from fir.eligibility.rules import Outcome
from fir.estates.models import Cohort, EstateLoad
from fir.parties.models import Party
from fir.records.rules import Position

if TYPE_CHECKING:
    from collections.abc import Collection


class FindingQuerySet(models.QuerySet["Finding"]):
    """Reads of findings. Every one of them starts from whose estate it is."""

    def visible_to(self, party: Party) -> Self:
        """A Supplier's own findings; nobody else's, and nobody else has any."""
        return self.filter(cohort__load__party=party)

    def of_cohorts(self, cohorts: Collection[Cohort]) -> Self:
        """The findings of these cohorts."""
        return self.filter(cohort_id__in=[cohort.pk for cohort in cohorts])


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
