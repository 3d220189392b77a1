"""What follows for a cohort and a target, worked out once for all cohorts that share the facts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpl.identifiers import hardware_of
from fir.eligibility.assumptions import ASSUMPTIONS
from fir.eligibility.catalogue import EMPTY, ModelCatalogue, listed_key
from fir.eligibility.facts import CohortFacts, EligibilityFacts, TargetFacts
from fir.eligibility.planner import Plan, plan_route
from fir.eligibility.queries import catalogues_of
from fir.eligibility.rules import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from cpl.identifiers import ModelKey
    from fir.estates.models import Cohort
    from fir.records.models import RepositoryEntry
    from fir.records.rules import PathEntry, Position

    Shared = tuple[str | bool, ...]

FINDING_IDS = uuid.UUID("8f3c2f0e-1f4b-5d7a-9a55-0f1a5e3c7d21")
NOTHING_HELD: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one set of facts and one target."""

    target: PathEntry | None
    is_latest: bool
    installed: tuple[str, ...]
    position: Position
    verdict: Verdict
    route: tuple[str, ...]


def facts_of(cohort: Cohort) -> Shared:
    """Everything that cohorts share whose answers are the same."""
    return (
        cohort.device_type,
        cohort.manufacturer_identifier,
        cohort.device_model,
        cohort.firmware_version,
        cohort.device_status,
        cohort.responsible_roles,
        cohort.listable,
        cohort.hub_manufacturer,
        cohort.hub_model,
        cohort.hub_version,
    )


def finding_id(slug: str, cohort: Cohort, target: PathEntry | None) -> uuid.UUID:
    """The id of a finding, the same over loads: of its Supplier, its facts and its target."""
    facts = (slug, *facts_of(cohort), target.cpl_entry_id if target else "")
    return uuid.uuid5(FINDING_IDS, "\x1f".join(map(str, facts)))


class Answers:
    """Answers by facts: cohorts of different Suppliers that share all facts share the answer.

    `listed` are all entries of Device Models that were read already; `held`, those entries that a
    cohort's Supplier holds back by its own decision.
    """

    def __init__(
        self,
        cohorts: Collection[Cohort],
        *,
        today: date,
        listed: Mapping[ModelKey, Collection[RepositoryEntry]] = {},
    ) -> None:
        self.today = today
        keys = {own_key(cohort) for cohort in cohorts}
        hubs = {_hub_key(cohort) for cohort in cohorts if cohort.hub_model}
        self.models = catalogues_of(keys | hubs, listed)
        self.known: dict[tuple[Shared, frozenset[str]], list[Answer]] = {}
        self.plans: dict[tuple[tuple[str, ...], str], Plan] = {}

    def of(self, cohort: Cohort, held: frozenset[str] = NOTHING_HELD) -> list[Answer]:
        """The answers for a cohort: one for the latest release, one for each other branch's end."""
        held = held and held.intersection(self._model(cohort).facts)
        key = facts_of(cohort), held
        if key not in self.known:
            self.known[key] = self._work_out(cohort, held)
        return self.known[key]

    def about(
        self, cohort: Cohort, cpl_entry_id: str, held: frozenset[str] = NOTHING_HELD
    ) -> Answer:
        """The answer for a cohort and any entry of its Device Model. Raises KeyError for an entry
        of another."""
        model = self._model(cohort)
        return self._answer(cohort, model, model.facts[cpl_entry_id].path, held)

    def _work_out(self, cohort: Cohort, held: frozenset[str]) -> list[Answer]:
        model = self._model(cohort)
        installed = model.installed(cohort.firmware_version)
        answers = [self._answer(cohort, model, model.latest, held)]
        if installed and model.latest not in installed:
            answers += [self._answer(cohort, model, end, held) for end in model.other_heads]
        return answers

    def _answer(
        self,
        cohort: Cohort,
        model: ModelCatalogue,
        target: PathEntry | None,
        held: frozenset[str],
    ) -> Answer:
        installed = model.installed(cohort.firmware_version)
        plan = self._plan(model, installed, target)
        to_install = {*plan.route, target.cpl_entry_id} if target else set()
        facts = EligibilityFacts(
            cohort=_cohort_facts(cohort),
            installed=installed,
            target=_target_facts(model, target.cpl_entry_id) if target else None,
            hops=tuple(_target_facts(model, hop) for hop in plan.route[:-1]),
            plan=plan,
            hub_carries=self._hub_carries(cohort),
            today=self.today,
            assumptions=ASSUMPTIONS,
            is_smets1=model.is_smets1({*to_install, *_ids(installed)}),
            held_by_supplier=not held.isdisjoint(to_install),
        )
        return Answer(
            target=target,
            is_latest=target == model.latest,
            installed=_ids(installed),
            position=model.position(cohort.firmware_version),
            verdict=judge(facts),
            route=plan.route,
        )

    def _plan(
        self, model: ModelCatalogue, installed: tuple[PathEntry, ...], target: PathEntry | None
    ) -> Plan:
        if target is None or not installed or target in installed:
            return Plan()
        asked = _ids(installed), target.cpl_entry_id
        if asked not in self.plans:
            self.plans[asked] = plan_route(installed=asked[0], target=asked[1], entries=model.paths)
        return self.plans[asked]

    def _model(self, cohort: Cohort) -> ModelCatalogue:
        return self.models.get(own_key(cohort), EMPTY)

    def _hub_carries(self, cohort: Cohort) -> bool | None:
        hub = self.models.get(_hub_key(cohort), EMPTY)
        return hub.carries_updates(cohort.hub_version)


def _ids(entries: Collection[PathEntry]) -> tuple[str, ...]:
    return tuple(entry.cpl_entry_id for entry in entries)


def _cohort_facts(cohort: Cohort) -> CohortFacts:
    return CohortFacts(
        device_type=cohort.device_type,
        device_status=cohort.device_status,
        responsible_roles=frozenset(cohort.responsible_roles.split("+")),
        hardware_version=hardware_of(cohort.device_model),
    )


def _target_facts(model: ModelCatalogue, cpl_entry_id: str) -> TargetFacts:
    listed = model.facts[cpl_entry_id]
    return TargetFacts(
        entry=listed.path,
        cpa_expiry_date=listed.cpa_expiry_date,
        cpa_renewal_date=listed.cpa_renewal_date,
        loaded_on=listed.loaded_on,
        rivals=model.rivals(listed.path),
        is_removed=listed.is_removed,
        is_archived=listed.is_archived,
        hardware=listed.hardware,
        gbcs=listed.gbcs,
        interrupts_hub_power=listed.interrupts_hub_power,
    )


def own_key(cohort: Cohort) -> ModelKey:
    """Under which Device Model a cohort's devices are listed."""
    return listed_key(cohort.device_type, cohort.manufacturer_identifier, cohort.device_model)


def _hub_key(cohort: Cohort) -> ModelKey:
    """Under which Device Model a cohort's hub is listed; under none where it has no hub."""
    return ("CHF", cohort.hub_manufacturer, cohort.hub_model)
