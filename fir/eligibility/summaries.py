"""Reads for people: the estate by Device Model, each model's latest release, findings counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet, Sum

from fir.eligibility.asking import findings_about
from fir.eligibility.catalogue import listed_key
from fir.eligibility.rules import Outcome
from fir.records.queries import entries_of_models, positions_among
from fir.records.rules import Position

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from cpl.identifiers import ModelKey
    from fir.eligibility.models import Finding
    from fir.eligibility.queries import Standing, VersionCount
    from fir.parties.scopes import Scope
    from fir.records.models import RepositoryEntry


@dataclass(frozen=True, slots=True)
class ModelCount:
    """How many devices of an estate are of one Device Model, by where their versions stand."""

    device_type: str
    manufacturer_identifier: str
    device_model: str
    by_position: dict[Position, int]

    @property
    def devices(self) -> int:
        """All devices of the Device Model."""
        return sum(self.by_position.values())

    @property
    def listed_as(self) -> ModelKey:
        """Under which Device Model they are listed: a Gas Proxy Function under its hub's."""
        return listed_key(self.device_type, self.manufacturer_identifier, self.device_model)


def counted_by_model(versions: Iterable[VersionCount]) -> list[ModelCount]:
    """The estate by Device Model, in the order of its rows by version. Pure."""
    models: dict[ModelKey, ModelCount] = {}
    for row in versions:
        key = (row.device_type, row.manufacturer_identifier, row.device_model)
        model = models.setdefault(key, ModelCount(*key, dict.fromkeys(Position, 0)))
        model.by_position[Position(row.position)] += row.devices
    return list(models.values())


@dataclass(frozen=True, slots=True)
class ListedModel:
    """What the list says of a Device Model: its maker's name, and its latest release if any."""

    manufacturer_name: str
    latest: RepositoryEntry | None


def listed_models(keys: Collection[ModelKey]) -> dict[ModelKey, ListedModel]:
    """What the list says of these Device Models; unlisted ones are absent. One query."""
    return {key: _listed(entries) for key, entries in entries_of_models(set(keys)).items()}


def _listed(entries: Collection[RepositoryEntry]) -> ListedModel:
    places = positions_among(entries)
    latest = [entry for entry in entries if places[entry.cpl_entry_id] == Position.N]
    named = max(entries, key=lambda entry: entry.entry_id)
    return ListedModel(named.manufacturer_name, latest[0] if latest else None)


@dataclass(frozen=True, slots=True)
class Tally:
    """Findings counted: devices under every outcome; and of the findings with the outcome that was
    asked for, how many they are and how many devices each reason holds back."""

    totals: dict[str, int]
    findings: int
    reasons: dict[str, int]

    @property
    def devices(self) -> int:
        """The devices under all outcomes."""
        return sum(self.totals.values())


def tally_of(findings: QuerySet[Finding] | Sequence[Finding], *, outcome: str = "") -> Tally:
    """These findings counted; `outcome` narrows what is said beside the totals. One query, or none
    for findings that were worked out just now."""
    totals = {one.value: 0 for one in Outcome}
    number, reasons = 0, dict[str, int]()
    for found, codes, rows, devices in _counted(findings):
        totals[found] += devices
        if outcome in ("", found):
            number += rows
            for code in codes:
                reasons[code] = reasons.get(code, 0) + devices
    return Tally(totals, number, dict(sorted(reasons.items())))


def _counted(
    findings: QuerySet[Finding] | Sequence[Finding],
) -> Iterable[tuple[str, list[str], int, int]]:
    """Outcome, reasons, how many findings and how many devices."""
    if not isinstance(findings, QuerySet):
        return ((f.outcome, f.reasons, 1, f.cohort.device_count) for f in findings)
    counted = findings.order_by().values_list("outcome", "reasons")
    return counted.annotate(rows=Count("id"), devices=Sum("cohort__device_count"))


@dataclass(frozen=True, slots=True)
class DevicesFor:
    """How a Supplier's devices stand to one entry as the target: their findings counted."""

    standing: Standing
    tally: Tally


def devices_for(
    scope: Scope, entry: RepositoryEntry, model: Collection[RepositoryEntry], *, at: datetime
) -> DevicesFor:
    """How a Supplier's devices that are seen stand to an entry; `model` is every entry of its
    Device Model."""
    asked = findings_about(scope, entry, model, at=at)
    return DevicesFor(asked.standing, tally_of(asked.findings))
