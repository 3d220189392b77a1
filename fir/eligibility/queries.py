"""Reads of findings: pages, totals by outcome, how far they are, and the estate by model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.utils.timezone import localdate

from cpl.quality_queries import specifications_now
from cpl.sheet.row import REMOVED
from cpl.specifications import is_smets1, parse_gbcs
from fir.eligibility.catalogue import ListedFacts, ModelCatalogue
from fir.eligibility.decision_queries import narrowed_by_decision
from fir.eligibility.models import Assessment, Finding
from fir.eligibility.rules import Outcome
from fir.ledger.kinds import LIST_KINDS
from fir.ledger.queries import newest_seq_of, seq_read_by, was_set_aside
from fir.parties.models import Party
from fir.records.queries import entries_of_models, path_entry
from fir.records.rules import Position

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from cpl.catalogue import Specification, SpecificationKey
    from cpl.identifiers import ModelKey
    from fir.eligibility.models import LoadFigure
    from fir.estates.models import Estate, EstateLoad
    from fir.parties.scopes import Scope
    from fir.records.models import RepositoryEntry

READER = "eligibility"
ENTRY_KINDS = LIST_KINDS | {
    "CPL_LOAD_CONFIRMED",
    "FIRMWARE_PUBLISHED",
    "FIRMWARE_SUPERSEDED",
    "PATHWAY_COMPLETED",
    "FIRMWARE_ARCHIVED",
    "FIRMWARE_RESTORED",
    "FIRMWARE_RECALLED",
    "RECALL_LIFTED",
    "HUB_CAPABILITY_DECLARED",
}
ELIGIBILITY_KINDS = ENTRY_KINDS | {"ESTATE_LOADED", "CATALOGUE_CHANGED", "SUPPLIER_DECIDED"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Which load the findings are of, up to which seq, and whether nothing newer waits. `newest` is
    the seq of the last event that the Supplier may know of and that may change them, `day` the one
    for which they were worked out."""

    load_id: int | None
    seq: int
    complete: bool
    newest: int
    day: date | None

    @property
    def mark(self) -> str:
        """Another one whenever the findings may be others; '' while something newer waits."""
        return f"{self.load_id}-{self.newest}-{self.day}" if self.complete else ""

    def told(self) -> dict[str, int | bool | None]:
        """What systems are told of it."""
        return {"load_id": self.load_id, "seq": self.seq, "complete": self.complete}


def standing_of(party: Party, *, at: datetime) -> Standing:
    """How far a Supplier's findings are at a time. They are complete when they were worked out on
    the standing load, from everything the Supplier may know of, today, with nothing set aside."""
    both = Party.objects.select_related("assessment", "estate__standing_load").get(pk=party.pk)
    assessment: Assessment | None = getattr(both, "assessment", None)
    estate: Estate | None = getattr(both, "estate", None)
    load = estate.standing_load if estate else None
    seq, newest = seq_read_by(READER), newest_for(party)
    set_aside = was_set_aside(READER, party.tags)
    return Standing(
        load_id=assessment.load_id if assessment else None,
        seq=seq,
        complete=_is_of(assessment, load, at) and seq >= newest and not set_aside,
        newest=newest,
        day=localdate(assessment.assessed_at) if assessment else None,
    )


def newest_for(party: Party) -> int:
    """The seq of the last event that a Party may know of and that may change findings."""
    return newest_seq_of(ELIGIBILITY_KINDS, party.tags)


def _is_of(assessment: Assessment | None, load: EstateLoad | None, at: datetime) -> bool:
    if assessment is None or load is None:
        return assessment is None and load is None
    return assessment.load_id == load.pk and localdate(assessment.assessed_at) >= localdate(at)


def catalogues_of(
    keys: Collection[ModelKey], known: Mapping[ModelKey, Collection[RepositoryEntry]] = {}
) -> dict[ModelKey, ModelCatalogue]:
    """What the list says of these Device Models; `known` are all entries of some of them. As many
    queries, whatever their number."""
    specifications = specifications_now()
    found = {**entries_of_models(set(keys) - known.keys()), **known}
    return {key: catalogue_of(entries, specifications) for key, entries in found.items()}


def catalogue_of(
    entries: Collection[RepositoryEntry],
    specifications: Mapping[SpecificationKey, Specification] = {},
) -> ModelCatalogue:
    """What the list says of one Device Model; `entries` are all of that model. `specifications` are
    the catalogue's, for the rule that asks when a version of GBCS is in effect."""
    return ModelCatalogue(_listed_facts(entry, specifications) for entry in entries)


def _listed_facts(
    entry: RepositoryEntry, specifications: Mapping[SpecificationKey, Specification]
) -> ListedFacts:
    lowest, highest = entry.minimum_hardware_version, entry.maximum_hardware_version
    gbcs = parse_gbcs(entry.gbcs_version) if specifications else None
    return ListedFacts(
        path=path_entry(entry),
        cpa_expiry_date=entry.cpa_expiry_date,
        cpa_renewal_date=entry.cpa_renewal_date,
        loaded_on=entry.loaded_on,
        carries_updates=entry.carries_updates,
        is_removed=entry.status == REMOVED,
        is_archived=entry.archived_at is not None,
        hardware=(lowest, highest) if lowest and highest else None,
        gbcs=specifications.get(gbcs) if gbcs else None,
        interrupts_hub_power=entry.interrupts_hub_power,
        is_smets1=is_smets1(entry.smets_chts_version, entry.device_type),
    )


def findings_of(
    scope: Scope,
    *,
    target: str = "",
    device_type: str = "",
    outcome: str = "",
    own_decision: str = "",
) -> QuerySet[Finding]:
    """The findings of a Supplier's Devices that are seen; without a target, those for each model's
    latest release. `own_decision` is what the Supplier itself says of the target."""
    seen = Finding.objects.visible_to(scope).select_related("cohort", "target")
    findings = narrowed_by_decision(seen, scope, own_decision, entry="target_id")
    if target:
        findings = findings.filter(target__cpl_entry_id=target)
    else:
        findings = findings.filter(target_is_latest=True)
    if device_type:
        findings = findings.filter(cohort__device_type=device_type)
    return findings.filter(outcome=outcome) if outcome else findings


def totals_of(findings: QuerySet[Finding]) -> dict[str, int]:
    """How many devices stand under each outcome; every outcome is named."""
    counted = findings.order_by().values("outcome").annotate(devices=Sum("cohort__device_count"))
    totals = {outcome.value: 0 for outcome in Outcome}
    return totals | {row["outcome"]: row["devices"] for row in counted}


@dataclass(frozen=True, slots=True)
class VersionCount:
    """How many devices of an estate are of one Device Model and version, and where that stands."""

    device_type: str
    manufacturer_identifier: str
    device_model: str
    firmware_version: str
    position: str
    devices: int
    suspended: int


def estate_by_version(scope: Scope) -> list[VersionCount]:
    """What is seen of the estate by Device Model and version, in a stable order."""
    suspended = Q(warnings__contains=["DEVICE_SUSPENDED"])
    columns = ("device_type", "manufacturer_identifier", "device_model", "firmware_version")
    rows = (
        Finding.objects.visible_to(scope)
        .filter(target_is_latest=True)
        .order_by(*(f"cohort__{column}" for column in columns))
        .values_list(*(f"cohort__{column}" for column in columns), "position")
        .annotate(
            devices=Sum("cohort__device_count"),
            suspended=Sum("cohort__device_count", filter=suspended, default=0),
        )
    )
    return [VersionCount(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class EstateSummary:
    """An estate in figures. `suspended` are counted among the others too. `measured` are the
    devices that have a position of their own: a Gas Proxy Function takes its firmware with its hub,
    and what is not listed has no order."""

    devices: int
    by_position: dict[Position, int]
    gpf: int
    suspended: int
    measured: int
    percent_n_or_n_1: float | None


def summary_of(versions: Collection[VersionCount | LoadFigure]) -> EstateSummary:
    """The estate's figures from its rows by version; no percentage where nothing is measured."""
    by_position = dict.fromkeys(Position, 0)
    gpf = 0
    for row in versions:
        if row.device_type == "GPF" and row.position != Position.UNLISTED:
            gpf += row.devices
        else:
            by_position[Position(row.position)] += row.devices
    good = by_position[Position.N] + by_position[Position.N_1]
    measured = good + by_position[Position.OLDER]
    return EstateSummary(
        devices=sum(row.devices for row in versions),
        by_position=by_position,
        gpf=gpf,
        suspended=sum(row.suspended for row in versions),
        measured=measured,
        percent_n_or_n_1=round(100 * good / measured, 2) if measured else None,
    )


def devices_running(scope: Scope, entry: RepositoryEntry) -> dict[str, int]:
    """How many of a Supplier's devices that are seen run each entry of this one's Device Model, by
    entry id; a version that two entries list counts for both."""
    running = (
        Finding.objects.visible_to(scope)
        .filter(
            target_is_latest=True,
            cohort__device_type__in=_types_listed_as(entry.device_type),
            cohort__manufacturer_identifier=entry.manufacturer_identifier,
            cohort__device_model=entry.device_model,
        )
        .order_by()
        .values_list("installed")
        .annotate(devices=Sum("cohort__device_count"))
    )
    found: dict[str, int] = {}
    for installed, devices in running:
        for cpl_entry_id in installed:
            found[cpl_entry_id] = found.get(cpl_entry_id, 0) + devices
    return found


def _types_listed_as(device_type: str) -> list[str]:
    return ["CHF", "GPF"] if device_type == "CHF" else [device_type]


def suppliers_with(cpl_entry_id: str) -> dict[int, dict[str, int]]:
    """Each Supplier (by Party number) with its devices by outcome for a target.

    A Supplier without devices of the target's model is absent. A Gas Proxy Function is no device
    of its own here: it shares its hub's box and image.
    """
    rows = (
        Finding.objects.filter(target__cpl_entry_id=cpl_entry_id)
        .exclude(cohort__device_type="GPF")
        .values_list("cohort__load__party_id", "outcome")
        .annotate(devices=Sum("cohort__device_count"))
        .order_by("cohort__load__party_id")
    )
    found: dict[int, dict[str, int]] = {}
    for party_id, outcome, devices in rows:
        found.setdefault(party_id, {})[outcome] = devices
    return found


def suppliers_of_model(entry: RepositoryEntry) -> set[int]:
    """The Suppliers (by Party number) that hold devices of an entry's Device Model, whatever was
    found of them; a Gas Proxy Function is of its hub's."""
    findings = Finding.objects.filter(
        cohort__device_type__in=_types_listed_as(entry.device_type),
        cohort__manufacturer_identifier=entry.manufacturer_identifier,
        cohort__device_model=entry.device_model,
    )
    return set(findings.values_list("cohort__load__party_id", flat=True))


def assessed_parties() -> set[int]:
    """The Suppliers (by Party number) whose estates have been assessed."""
    return set(Assessment.objects.values_list("party_id", flat=True))
