"""Publishing what was approved: at once, or when its time has come."""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.models import CPLEntry, ListedEntry
from cpl.operations import lock_list
from cpl.queries import manufacturer_name, next_entry_ids
from cpl.sheet.row import COLUMNS, CURRENT, SheetRow
from fir.ledger.models import MACHINE
from fir.ledger.operations import append_events
from fir.parties.four_eyes import Act
from fir.parties.queries import holders_of
from fir.records.publishing import (
    Release,
    ReleaseFacts,
    complete_entry,
    lift_recall,
    publish_release,
    supersede_record,
    withdraw_entry,
)
from fir.records.waivers import carry_waiver
from fir.submissions.claims import IDENTITY, LISTED_FACTS, Fault, Kind
from fir.submissions.judging import judge_submission
from fir.submissions.models import APPROVE, APPROVED, PUBLISHED, SUBMITTED, Submission
from fir.submissions.operations.bringing import submission_event

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date, datetime

    from fir.ledger.operations import NewEvent
    from fir.submissions.judging import Judgement
    from fir.submissions.models import Decision

logger = logging.getLogger(__name__)


def publish(
    submission: Submission, decision: Decision, judged: Judgement, *, at: datetime
) -> list[NewEvent]:
    """Publish an approved submission that keeps every rule; the events to append. A step.

    The caller holds the submission's row and the list's lock.
    """
    entries, events = _PUBLISH[Kind(submission.kind)](submission, decision, at)
    waived = _carry_waivers(submission, decision, judged, entries, at=at)
    submission.state = PUBLISHED
    submission.cpl_entry_id, *submission.further_entry_ids = entries
    submission.save(update_fields=["state", "cpl_entry_id", "further_entry_ids"])
    return [*events, *waived]


Published = tuple[list[str], list["NewEvent"]]


def _new(submission: Submission, decision: Decision, at: datetime) -> Published:
    named = decision.named_entry_id
    models = submission.device_models
    ids = [named] if named else next_entry_ids(len(models))
    today = localdate(at)
    rows = [_list_line(submission, m, i, today) for m, i in zip(models, ids, strict=True)]
    _, events = publish_release(rows=rows, release=_release(submission, decision), at=at)
    return ids, events


def _correction(submission: Submission, decision: Decision, at: datetime) -> Published:
    said = {name: getattr(submission, name) for name in LISTED_FACTS if name not in IDENTITY}
    row = replace(_listed_line(submission.of_entry), **said)
    release = _release(submission, decision)
    events = supersede_record(row=row, release=release, reason=submission.reason, at=at)
    return [submission.of_entry], events


def _completion(submission: Submission, decision: Decision, at: datetime) -> Published:
    row, release = _listed_line(submission.of_entry), _release(submission, decision)
    return [submission.of_entry], complete_entry(row=row, release=release, at=at)


def _withdrawal(submission: Submission, decision: Decision, at: datetime) -> Published:
    events = withdraw_entry(
        cpl_entry_id=submission.of_entry,
        reason=submission.reason,
        proposed_by=submission.submitted_by,
        by=decision.decided_by,
        at=at,
    )
    return [submission.of_entry], events


def _recall_lift(submission: Submission, decision: Decision, at: datetime) -> Published:
    events = lift_recall(
        cpl_entry_id=submission.of_entry, reason=submission.reason, by=decision.decided_by, at=at
    )
    return [submission.of_entry], events


_PUBLISH = {
    Kind.NEW: _new,
    Kind.CORRECTION: _correction,
    Kind.LEGACY_COMPLETION: _completion,
    Kind.WITHDRAWAL: _withdrawal,
    Kind.RECALL_LIFT: _recall_lift,
}


def _release(submission: Submission, decision: Decision) -> Release:
    said = {name: getattr(submission, name) for name in asdict(ReleaseFacts())}
    return Release(
        pathway=submission.pathway,
        predecessors=tuple(submission.predecessors or ()),
        facts=ReleaseFacts(**{**said, "purposes": tuple(submission.purposes)}),
        carries_updates=submission.carries_updates,
        submission_id=submission.pk,
        makers=holders_of(submission.manufacturer_identifier),
        published_by=decision.decided_by,
    )


def _list_line(submission: Submission, model: str, entry_id: str, today: date) -> SheetRow:
    said = {fact: getattr(submission, fact) for fact in LISTED_FACTS}
    return SheetRow(
        **{**said, "device_model": model},
        line=0,
        cpl_entry_id=entry_id,
        manufacturer_name=manufacturer_name(submission.manufacturer_identifier),
        status=CURRENT,
        date_added=today,
        date_removed=None,
        removal_reason="",
    )


def _listed_line(cpl_entry_id: str) -> SheetRow:
    entry = ListedEntry.objects.get(cpl_entry_id=cpl_entry_id)
    return SheetRow(line=0, **{column: getattr(entry, column) for column in COLUMNS})


def _carry_waivers(
    submission: Submission,
    decision: Decision,
    judged: Judgement,
    entries: Sequence[str],
    *,
    at: datetime,
) -> list[NewEvent]:
    """Let the waivers of findings that still stand go with the published entries."""
    waivers = {(one.code, one.about): one for one in submission.waivers.all()}
    numbers = dict(
        CPLEntry.objects.filter(cpl_entry_id__in=entries).values_list("cpl_entry_id", "pk")
    )
    by_model = dict(zip(submission.device_models, entries, strict=True))
    confirmed = Act(decision.decided_by, decision.decided_answerable, decision.decided_party, at)
    events = []
    for finding in judged.waivable:
        waiver = waivers.get((finding.code, finding.about))
        if waiver is None:
            continue
        proposed = Act(
            waiver.waived_by, waiver.waived_answerable, waiver.waived_party, waiver.waived_at
        )
        for model in finding.device_models:
            entry_id = by_model[model]
            event = carry_waiver(
                entry=numbers[entry_id],
                cpl_entry_id=entry_id,
                code=finding.code,
                particulars=finding.particulars,
                about=finding.about,
                reason=waiver.reason,
                proposed=proposed,
                confirmed=confirmed,
            )
            events += [event] if event else []
    return events


def publish_due(*, at: datetime) -> int:
    """Publish what was approved for a time that has come, however long ago; how many.

    Each in a transaction of its own: whoever dies in the middle, or runs beside another, publishes
    nothing twice, and what fails for one holds up no other.
    """
    due = Submission.objects.filter(state=APPROVED, publish_at__lte=at).order_by("publish_at", "id")
    return sum(_publish_or_leave(pk, at=at) for pk in due.values_list("pk", flat=True))


def _publish_or_leave(submission_id: uuid.UUID, *, at: datetime) -> bool:
    try:
        return _publish_one(submission_id, at=at)
    except Exception:
        logger.exception("Submission %s could not be published at its time.", submission_id)
        return False


@transaction.atomic
def _publish_one(submission_id: uuid.UUID, *, at: datetime) -> bool:
    locked = Submission.objects.select_for_update(of=("self",), skip_locked=True)
    due = locked.select_related("party").filter(state=APPROVED, publish_at__lte=at)
    submission = due.filter(pk=submission_id).first()
    if submission is None:
        return False  # another worker has it, or it was decided otherwise meanwhile
    lock_list()
    judged = judge_submission(submission, today=localdate(at))
    decision = submission.decisions.filter(decision=APPROVE).latest("number")
    faults = [*judged.faults, *_taken(decision)]
    if faults:
        append_events([_hold_back(submission, faults)], by=MACHINE, at=at)
        return False
    published = publish(submission, decision, judged, at=at)
    told = submission_event(
        "SUBMISSION_PUBLISHED", submission, cpl_entry_id=submission.cpl_entry_id
    )
    append_events([told, *published], by=MACHINE, at=at)
    return True


def _taken(decision: Decision) -> list[Fault]:
    named = decision.named_entry_id
    if not named or not CPLEntry.objects.filter(cpl_entry_id=named).exists():
        return []
    return [Fault("cpl_entry_id", "ENTRY_ID_TAKEN", f"{named} is another entry's id by now.")]


def _hold_back(submission: Submission, faults: Sequence[Fault]) -> NewEvent:
    """Let an approved submission wait again, since a rule that held no longer does."""
    submission.state, submission.publish_at = SUBMITTED, None
    submission.save(update_fields=["state", "publish_at"])
    said = [{"field": f.field, "code": f.code, "message": f.message} for f in faults]
    return submission_event("PUBLICATION_HELD_BACK", submission, faults=said)
