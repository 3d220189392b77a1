"""Working out findings, and reading the ledger for what calls for it."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from cpl.models import CPLEntry
from fir.eligibility.assumptions import ASSUMPTIONS
from fir.eligibility.catalogue import EMPTY, ModelCatalogue, listed_key
from fir.eligibility.facts import CohortFacts, EligibilityFacts, TargetFacts
from fir.eligibility.models import Assessment, Finding
from fir.eligibility.planner import Plan, plan_route
from fir.eligibility.queries import (
    ELIGIBILITY_KINDS,
    ENTRY_KINDS,
    READER,
    catalogues_of,
    releases_told,
)
from fir.eligibility.rules import Verdict, judge
from fir.estates.queries import cohorts_of, standing_loads
from fir.ledger.models import MACHINE
from fir.ledger.operations import NewEvent, append_events, read_ledger, reading
from fir.records.queries import models_of_entries

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from cpl.identifiers import ModelKey
    from fir.estates.models import Cohort, EstateLoad
    from fir.ledger.models import LedgerEvent
    from fir.records.rules import PathEntry, Position

logger = logging.getLogger(__name__)

# Above this many Device Models, all cohorts are worked out anew instead of those models' alone.
MANY_MODELS = 50
# So many events are assessed together: a whole import of the list calls for one assessment.
BATCH = 25_000
FINDING_IDS = uuid.UUID("8f3c2f0e-1f4b-5d7a-9a55-0f1a5e3c7d21")


def read_news(*, at: datetime) -> int:
    """Assess whatever the ledger says has changed since last time; the number of events read."""
    return read_ledger(
        reader=READER,
        kinds=ELIGIBILITY_KINDS,
        handle=partial(_assess_news, at=at),
        at=at,
        batch=BATCH,
        payloads=False,
    )


def assess_new_day(*, at: datetime) -> int:
    """Work out anew what was last worked out on an earlier day, since certificates lapse with the
    days; the number of estates. Stands aside while another process reads."""
    stale = Assessment.objects.filter(assessed_at__date__lt=localdate(at)).order_by("party_id")
    slugs = list(stale.values_list("party__slug", flat=True))
    return sum(_assess_or_leave(slug, at=at) for slug in slugs)


def _assess_or_leave(slug: str, *, at: datetime) -> bool:
    """One Supplier's trouble holds up no other: its findings stay, and are not called complete."""
    try:
        with reading(READER) as bookmark:
            if bookmark is None:
                return False
            assess_estates(standing_loads([slug]), at=at)
            return True
    except Exception:
        logger.exception("The estate of %s could not be assessed for the new day.", slug)
        return False


def _assess_news(events: Sequence[LedgerEvent], *, at: datetime) -> None:
    loaded = {event.subject_id for event in events if event.kind == "ESTATE_LOADED"}
    entries = {event.subject_id for event in events if event.kind in ENTRY_KINDS}
    if loaded:
        assess_estates(standing_loads(loaded), at=at)
    if entries:
        assess_models(models_of_entries(entries), at=at)
    published = [event for event in events if event.kind == "FIRMWARE_PUBLISHED"]
    known = releases_told(published)
    told = [_assessed(event) for event in published if event.seq not in known]
    if told:
        append_events(told, by=MACHINE, at=at)


def _assessed(event: LedgerEvent) -> NewEvent:
    payload = {"cpl_entry_id": event.subject_id, "published_seq": event.seq}
    return NewEvent("ELIGIBILITY_ASSESSED", "cpl_entry", event.subject_id, payload)


def assess_models(models: Collection[ModelKey], *, at: datetime) -> None:
    """Work out anew what these Device Models' entries decide, in every estate.

    An estate whose standing load was not assessed yet is worked out as a whole, so that whoever
    is told of these entries is told what holds for its devices now.
    """
    assessed = dict(Assessment.objects.values_list("party_id", "load_id"))
    standing = standing_loads()
    loads = [load for load in standing if assessed.get(load.party_id) == load.pk]
    if len(models) > MANY_MODELS:
        loads = []
    assess_estates([load for load in standing if load not in loads], at=at)
    cohorts = cohorts_of(loads, models)
    Finding.objects.of_cohorts(cohorts).delete()
    _write_findings(cohorts, loads, at=at)


def assess_estates(loads: Sequence[EstateLoad], *, at: datetime) -> None:
    """Work out all findings of these standing loads, in place of whatever their Suppliers had."""
    cohorts = cohorts_of(loads)
    Finding.objects.filter(cohort__load__party__in={load.party_id for load in loads}).delete()
    _write_findings(cohorts, loads, at=at)
    for load in loads:
        Assessment.objects.update_or_create(
            party=load.party, defaults={"load": load, "assessed_at": at}
        )


def _write_findings(
    cohorts: Sequence[Cohort], loads: Sequence[EstateLoad], *, at: datetime
) -> None:
    parties = {load.pk: load.party for load in loads}
    answers = Answers(cohorts, today=localdate(at))
    found = [(cohort, answer) for cohort in cohorts for answer in answers.of(cohort)]
    ids = CPLEntry.objects.in_bulk(
        {a.target.cpl_entry_id for _, a in found if a.target}, field_name="cpl_entry_id"
    )
    Finding.objects.bulk_create(
        [
            Finding(
                id=_finding_id(parties[cohort.load_id].slug, cohort, answer.target),
                cohort=cohort,
                target=ids[answer.target.cpl_entry_id] if answer.target else None,
                target_is_latest=answer.is_latest,
                installed=list(answer.installed),
                position=answer.position,
                outcome=answer.verdict.outcome,
                reasons=[rule.code for rule in answer.verdict.reasons],
                warnings=[rule.code for rule in answer.verdict.warnings],
                route=list(answer.route),
            )
            for cohort, answer in found
        ],
        batch_size=1000,
    )


def _finding_id(slug: str, cohort: Cohort, target: PathEntry | None) -> uuid.UUID:
    facts = (slug, *_facts_key(cohort), target.cpl_entry_id if target else "")
    return uuid.uuid5(FINDING_IDS, "\x1f".join(map(str, facts)))


def _facts_key(cohort: Cohort) -> tuple[str | bool, ...]:
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one set of facts and one target."""

    target: PathEntry | None
    is_latest: bool
    installed: tuple[str, ...]
    position: Position
    verdict: Verdict
    route: tuple[str, ...]


class Answers:
    """Answers by facts: cohorts of different Suppliers that share all facts share the answer."""

    def __init__(self, cohorts: Sequence[Cohort], *, today: date) -> None:
        self.today = today
        own, hubs = set(map(_own_key, cohorts)), {_hub_key(c) for c in cohorts if c.hub_model}
        self.models = catalogues_of(own | hubs)
        self.known: dict[tuple[str | bool, ...], list[Answer]] = {}

    def of(self, cohort: Cohort) -> list[Answer]:
        """The answers for a cohort: one for the latest release, one for each other branch's end."""
        key = _facts_key(cohort)
        if key not in self.known:
            self.known[key] = self._work_out(cohort)
        return self.known[key]

    def _work_out(self, cohort: Cohort) -> list[Answer]:
        model = self.models.get(_own_key(cohort), EMPTY)
        installed = model.installed(cohort.firmware_version)
        answers = [self._answer(cohort, model, installed, model.latest)]
        if installed and model.latest not in installed:
            answers += [self._answer(cohort, model, installed, t) for t in model.other_heads]
        return answers

    def _answer(
        self,
        cohort: Cohort,
        model: ModelCatalogue,
        installed: tuple[PathEntry, ...],
        target: PathEntry | None,
    ) -> Answer:
        ids = tuple(entry.cpl_entry_id for entry in installed)
        plan = Plan()
        if target and installed and target not in installed:
            plan = plan_route(installed=ids, target=target.cpl_entry_id, entries=model.paths)
        facts = EligibilityFacts(
            cohort=CohortFacts(
                cohort.device_type,
                cohort.device_status,
                frozenset(cohort.responsible_roles.split("+")),
            ),
            installed=installed,
            target=_target_facts(model, target.cpl_entry_id) if target else None,
            hops=tuple(_target_facts(model, hop) for hop in plan.route[:-1]),
            plan=plan,
            hub_carries=self._hub_carries(cohort),
            today=self.today,
            assumptions=ASSUMPTIONS,
        )
        return Answer(
            target=target,
            is_latest=target == model.latest,
            installed=ids,
            position=model.position(cohort.firmware_version),
            verdict=judge(facts),
            route=plan.route,
        )

    def _hub_carries(self, cohort: Cohort) -> bool | None:
        hub = self.models.get(_hub_key(cohort), EMPTY)
        return hub.carries_updates(cohort.hub_version)


def _target_facts(model: ModelCatalogue, cpl_entry_id: str) -> TargetFacts:
    listed = model.facts[cpl_entry_id]
    return TargetFacts(
        entry=listed.path,
        cpa_expiry_date=listed.cpa_expiry_date,
        cpa_renewal_date=listed.cpa_renewal_date,
        loaded_on=listed.loaded_on,
        rivals=model.rivals(listed.path),
        is_recalled=listed.is_recalled,
    )


def _own_key(cohort: Cohort) -> ModelKey:
    return listed_key(cohort.device_type, cohort.manufacturer_identifier, cohort.device_model)


def _hub_key(cohort: Cohort) -> ModelKey:
    return ("CHF", cohort.hub_manufacturer, cohort.hub_model)
