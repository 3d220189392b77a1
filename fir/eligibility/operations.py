"""Working out findings, and reading the ledger for what calls for it."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from cpl.bulk import array_of, insert_rows
from fir.eligibility.answers import NOTHING_HELD, Answers, finding_id
from fir.eligibility.decision_queries import held_back
from fir.eligibility.models import Assessment, Finding
from fir.eligibility.news import (
    entries_decided,
    models_decided_by_days,
    models_told_of,
    releases_told,
)
from fir.eligibility.queries import ELIGIBILITY_KINDS, READER
from fir.eligibility.trend import keep_figures
from fir.estates.queries import cohorts_of, standing_loads
from fir.ledger.models import MACHINE
from fir.ledger.operations import NewEvent, append_events, read_ledger, reading
from fir.records.queries import models_of_entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey
    from fir.eligibility.answers import Answer
    from fir.estates.models import Cohort, EstateLoad
    from fir.ledger.models import LedgerEvent
    from fir.parties.models import Party

logger = logging.getLogger(__name__)

# Above this many Device Models, all cohorts are worked out anew instead of those models' alone.
MANY_MODELS = 50
# So many events are assessed together: a whole import of the list calls for one assessment.
BATCH = 25_000
COLUMNS = ("id", "cohort_id", "target_id", "target_is_latest", "installed", "position", "outcome",
           "reasons", "warnings", "route")  # fmt: skip


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
    """Work out anew what the days decided since each estate was assessed: certificates that lapsed,
    and versions of GBCS that came into effect or went out of it. The number of estates; nothing
    while another process reads."""
    stale = Assessment.objects.filter(assessed_at__date__lt=localdate(at)).order_by("party_id")
    slugs = list(stale.values_list("party__slug", flat=True))
    return sum(_assess_or_leave(slug, at=at) for slug in slugs)


def _assess_or_leave(slug: str, *, at: datetime) -> bool:
    """One Supplier's trouble holds up no other: its findings stay, and are not called complete."""
    try:
        with reading(READER) as bookmark:
            if bookmark is None:
                return False
            assessment = Assessment.objects.get(party__slug=slug)
            since = localdate(assessment.assessed_at)
            models = models_decided_by_days(since, localdate(at))
            assess_models(models, standing_loads([slug]), at=at)
            Assessment.objects.filter(pk=assessment.pk).update(assessed_at=at)
            return True
    except Exception:
        logger.exception("The estate of %s could not be assessed for the new day.", slug)
        return False


def _assess_news(events: Sequence[LedgerEvent], *, at: datetime) -> None:
    loaded = {event.subject_id for event in events if event.kind == "ESTATE_LOADED"}
    if loaded:
        assess_estates(standing_loads(loaded), at=at)
    models = models_told_of(events)
    if models:
        assess_models(models, standing_loads(), at=at)
    for supplier, entries in entries_decided(events).items():
        assess_models(models_of_entries(entries), standing_loads([supplier]), at=at)
    published = [event for event in events if event.kind == "FIRMWARE_PUBLISHED"]
    known = releases_told(published)
    told = [_assessed(event) for event in published if event.seq not in known]
    if told:
        append_events(told, by=MACHINE, at=at)


def _assessed(event: LedgerEvent) -> NewEvent:
    payload = {"cpl_entry_id": event.subject_id, "published_seq": event.seq}
    return NewEvent("ELIGIBILITY_ASSESSED", "cpl_entry", event.subject_id, payload)


def assess_models(
    models: Collection[ModelKey], standing: Sequence[EstateLoad], *, at: datetime
) -> None:
    """Work out anew what these Device Models' entries decide, in the estates of these standing
    loads.

    An estate whose standing load was not assessed yet is worked out as a whole, so that whoever
    is told of these entries is told what holds for its devices now.
    """
    assessed = dict(Assessment.objects.values_list("party_id", "load_id"))
    loads = [load for load in standing if assessed.get(load.party_id) == load.pk]
    if len(models) > MANY_MODELS:
        loads = []
    assess_estates([load for load in standing if load not in loads], at=at)
    cohorts = cohorts_of(loads, models)
    Finding.objects.filter(cohort__in=cohorts).delete()
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
        keep_figures(load, at=at)


def _write_findings(found: QuerySet[Cohort], loads: Sequence[EstateLoad], *, at: datetime) -> None:
    cohorts = list(found)
    parties = {load.pk: load.party for load in loads}
    held = held_back({party.pk for party in parties.values()})
    answers = Answers(cohorts, today=localdate(at))
    insert_rows(Finding, COLUMNS, _rows(cohorts, parties, answers, held))


def _rows(
    cohorts: Sequence[Cohort],
    parties: Mapping[int, Party],
    answers: Answers,
    held: Mapping[int, frozenset[str]],
) -> Iterator[tuple[object, ...]]:
    """The findings' rows; what cohorts share is made ready once."""
    shared: dict[int, tuple[object, ...]] = {}
    for cohort in cohorts:
        party = parties[cohort.load_id]
        for answer in answers.of(cohort, held.get(party.pk, NOTHING_HELD)):
            if id(answer) not in shared:
                shared[id(answer)] = _columns(answer)
            yield finding_id(party.slug, cohort, answer.target), cohort.pk, *shared[id(answer)]


def _columns(answer: Answer) -> tuple[object, ...]:
    return (
        answer.target and answer.target.seq,
        answer.is_latest,
        array_of(answer.installed),
        answer.position.value,
        answer.verdict.outcome.value,
        array_of(rule.code for rule in answer.verdict.reasons),
        array_of(rule.code for rule in answer.verdict.warnings),
        array_of(answer.route),
    )
