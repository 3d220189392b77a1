"""Reads for people: each Device Model's latest release, and findings counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from fir.eligibility.queries import catalogue_of, devices_running, findings_of, standing_of
from fir.eligibility.rules import Outcome
from fir.records.queries import entries_of_models, positions_among
from fir.records.rules import Position

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey
    from fir.eligibility.models import Finding
    from fir.eligibility.queries import Standing
    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry


@dataclass(frozen=True, slots=True)
class ListedModel:
    """What the list says of a Device Model: its maker's name, and its latest release if any."""

    manufacturer_name: str
    latest: RepositoryEntry | None


def listed_models(keys: Collection[ModelKey]) -> dict[ModelKey, ListedModel]:
    """What the list says of these Device Models; unlisted ones are absent. One query."""
    return listed_among(entries_of_models(set(keys)))


def listed_among(
    entries: Mapping[ModelKey, Collection[RepositoryEntry]],
) -> dict[ModelKey, ListedModel]:
    """The same, of Device Models whose entries are known."""
    return {key: _listed(of_model) for key, of_model in entries.items()}


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


def tally_of(findings: QuerySet[Finding], *, outcome: str = "") -> Tally:
    """These findings counted; `outcome` narrows what is said beside the totals. One query."""
    totals = {one.value: 0 for one in Outcome}
    number, reasons = 0, dict[str, int]()
    counted = findings.order_by().values_list("outcome", "reasons")
    for found, codes, rows, devices in counted.annotate(
        rows=Count("id"), devices=Sum("cohort__device_count")
    ):
        totals[found] += devices
        if outcome in ("", found):
            number += rows
            for code in codes:
                reasons[code] = reasons.get(code, 0) + devices
    return Tally(totals, number, dict(sorted(reasons.items())))


@dataclass(frozen=True, slots=True)
class DevicesFor:
    """How a Supplier's devices stand to one entry: how many run it, and, where findings are kept
    for it as a target, those findings counted."""

    standing: Standing
    running: int
    tally: Tally | None


def devices_for(
    party: Party, entry: RepositoryEntry, model: Collection[RepositoryEntry], *, at: datetime
) -> DevicesFor:
    """How a Supplier's devices stand to an entry; `model` is every entry of its Device Model."""
    targets = {target.cpl_entry_id for target in catalogue_of(model).targets}
    if entry.cpl_entry_id in targets:
        tally = tally_of(findings_of(party, target=entry.cpl_entry_id))
        return DevicesFor(standing_of(party, at=at), tally.totals[Outcome.UP_TO_DATE], tally)
    return DevicesFor(standing_of(party, at=at), devices_running(party, entry), None)
