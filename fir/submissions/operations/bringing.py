"""Bringing what somebody describes, once however often it is sent, and taking it back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction
from django.utils.timezone import localdate

from fir.ledger.operations import NewEvent, append_events
from fir.parties.queries import holders_of, identifiers_of
from fir.submissions.claims import Fault, Kind, read_reason
from fir.submissions.holding import fault_of_holding
from fir.submissions.judging import check_release
from fir.submissions.models import CLOSED, WAITING, Draft, Submission
from fir.submissions.operations.seeing import DraftChanged, seen
from fir.submissions.sheet_queries import faults_of_row

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fir.parties.models import Actor, Party
    from fir.submissions.claims import Claim
    from fir.submissions.judging import Judgement

QUEUE_LOCK = 0x51554555  # "QUEU" in ASCII; the second key tells whose queue
REQUEST_LOCK = 0x52455155  # "REQU"
# Columns that say '' where a claim says nothing.
_EMPTY_TEXT = (
    "of_entry",
    "manufacturer_image_hash",
    "minimum_hardware_version",
    "maximum_hardware_version",
)


@dataclass(frozen=True, slots=True)
class Request:
    """The name that a sender gives its request, so that sending it again brings nothing twice, and
    a digest of what is in it."""

    key: str
    digest: str


class Received(NamedTuple):
    """A submission as it was kept, and what somebody should look at again in it; `again` where it
    was kept before, and the same request came once more."""

    submission: Submission
    warnings: Sequence[Fault] = ()
    again: bool = False


class SubmissionRefused(ValueError):
    """The submission has faults; all of them are in `faults`, and nothing was kept."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults to mend.")


class NotYourManufacturer(PermissionError):
    """A Party brings firmware only under the Manufacturer Identifiers that it holds."""


class RequestNameTaken(ValueError):
    """The sender gave this name to another request before."""

    def __init__(self, key: str) -> None:
        message = (
            f"The Idempotency-Key {key} was sent before with another content. Give every new "
            "request a name of its own."
        )
        self.faults = (Fault("Idempotency-Key", "IDEMPOTENCY_KEY_REUSED", message),)
        super().__init__(message)


class SubmissionAlreadyDecided(ValueError):
    """Somebody decided this submission before, or it was taken back."""


@transaction.atomic
def submit_firmware(
    *, said: Mapping[str, Any], by: Actor, at: datetime, request: Request | None = None
) -> Received:
    """Bring what is described in `said` (the fields of `claims.READERS`).

    A request that was taken before, told by its name, answers with what it brought then.

    Raises NotYourManufacturer, RequestNameTaken, and SubmissionRefused with every fault of form and
    every broken rule at once; then nothing was kept.
    """
    if request is not None:
        _lock(REQUEST_LOCK, str(by.party.pk))
        if earlier := _brought_by(request, by.party):
            return Received(earlier, again=True)
    claim, judged = _judged(said, by=by, at=at)
    named = {"request_key": request.key, "request_digest": request.digest} if request else {}
    submission = keep_claim(claim, by=by, at=at, entry_state=judged.entry_state, **named)
    append_events([submission_event("SUBMISSION_RECEIVED", submission)], by=by.author, at=at)
    return Received(submission, judged.warnings)


@transaction.atomic
def submit_draft(*, draft_id: uuid.UUID, by: Actor, at: datetime, have_seen: str = "") -> Received:
    """Bring a draft of the actor's Party; the submission has the draft's id, and the draft is gone.
    Whoever sends it twice is answered with what was brought the first time. `have_seen` is what
    `seen` said of the answers that were looked through.

    Raises Draft.DoesNotExist, DraftChanged, NotYourManufacturer, and SubmissionRefused as
    `submit_firmware` does.
    """
    drafts = Draft.objects.select_for_update(of=("self",)).visible_to(by.party)
    draft = drafts.filter(pk=draft_id).first()
    if draft is None:
        earlier = Submission.objects.filter(pk=draft_id, party=by.party).first()
        if earlier is None:
            raise Draft.DoesNotExist(f"Your Party has no draft {draft_id}.")
        return Received(earlier, again=True)
    if have_seen and have_seen != seen(draft.said):
        raise DraftChanged(draft)
    said = {**draft.said, "kind": draft.kind}
    claim, judged = _judged(said, by=by, at=at, row_faults=faults_of_row(draft))
    require_first_mending(draft.again_of_id)
    submission = keep_claim(
        claim,
        by=by,
        at=at,
        id=draft.pk,
        replaces_id=draft.again_of_id,
        entry_state=judged.entry_state,
    )
    draft.delete()
    append_events([submission_event("SUBMISSION_RECEIVED", submission)], by=by.author, at=at)
    return Received(submission, judged.warnings)


def _judged(
    said: Mapping[str, Any], *, by: Actor, at: datetime, row_faults: Sequence[Fault] = ()
) -> tuple[Claim, Judgement]:
    """The claim in what was said, if it may be brought, and what else the rules say of it."""
    lock_queue(by.party)
    held = identifiers_of(by.party)
    claim, judged = check_release(said, today=localdate(at), held=held)
    require_holding(claim, by=by)
    if faults := [*row_faults, *judged.faults]:
        raise SubmissionRefused(faults)
    return claim, judged


def require_holding(claim: Claim, *, by: Actor) -> None:
    """Raise NotYourManufacturer unless the actor's Party may bring for the claim's maker."""
    if fault := fault_of_holding(claim, party=by.party, held=identifiers_of(by.party)):
        raise NotYourManufacturer(fault.message)


def require_first_mending(returned: uuid.UUID | None) -> None:
    """Raise SubmissionRefused when what went back was mended and brought again before: each
    submission replaces one other at most, and is replaced by one."""
    if returned and (mended := Submission.objects.filter(replaces_id=returned).first()):
        message = f"It was mended and brought again before, as {mended.pk}. Go on with that one."
        raise SubmissionRefused([Fault("again_of", "MENDED_ALREADY", message)])


def lock_queue(party: Party) -> None:
    """Hold back others who would bring for the Party's makers until the transaction ends, so that
    what is in the queue is still there when the rules have looked. A step."""
    for identifier in sorted(party.manufacturers.values_list("identifier", flat=True)):
        _lock(QUEUE_LOCK, identifier)


def _lock(name: int, whose: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [name, whose])


def _brought_by(request: Request, party: Party) -> Submission | None:
    earlier = Submission.objects.filter(party=party, request_key=request.key).first()
    if earlier is not None and earlier.request_digest != request.digest:
        raise RequestNameTaken(request.key)
    return earlier


def keep_claim(claim: Claim, *, by: Actor, at: datetime, **more: Any) -> Submission:
    """Keep a claim that keeps every rule as a submission. A step."""
    return Submission.objects.create(**columns_of(claim, by=by, at=at), **more)


def columns_of(claim: Claim, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What a submission's row says of a claim and of who brought it."""
    said = asdict(claim)
    lists = {name: list(said[name]) for name in ("further_device_models", "purposes")}
    named = said["predecessors"]
    return {
        **said,
        "kind": Kind(claim.kind).value,
        **lists,
        **{name: said[name] or "" for name in _EMPTY_TEXT},
        "predecessors": None if named is None else list(named),
        "party": by.party,
        "submitted_at": at,
        "submitted_by": by.actor_id,
        "submitted_answerable": by.answerable,
        "submitted_party": by.party.actor_id,
    }


def submission_event(
    kind: str, submission: Submission, holders: Sequence[str] | None = None, **more: Any
) -> NewEvent:
    """An event for the Administrator, the Party that brought it and the identifier's holders."""
    known = holders_of(submission.manufacturer_identifier) if holders is None else holders
    payload = {
        "submission_id": str(submission.pk),
        "kind": submission.kind,
        "of_entry": submission.of_entry or None,
        "device_type": submission.device_type,
        "manufacturer_identifier": submission.manufacturer_identifier,
        "device_model": submission.device_model,
        "further_device_models": submission.further_device_models,
        "firmware_version": submission.firmware_version,
        **more,
    }
    parties = sorted({submission.party.slug, *known})
    return NewEvent(kind, "submission", str(submission.pk), payload, parties)


@transaction.atomic
def withdraw_submission(
    *, submission_id: uuid.UUID, by: Actor, at: datetime, reason: str = ""
) -> Submission:
    """Take back what the actor's Party brought, as long as it waits or is not published yet.

    Raises Submission.DoesNotExist for another Party's too, SubmissionAlreadyDecided, and
    SubmissionRefused when the reason cannot be kept as text.
    """
    text = readable(reason)
    locked = Submission.objects.select_for_update(of=("self",)).select_related("party")
    submission = locked.get(pk=submission_id, party=by.party)
    if submission.state not in WAITING:
        raise SubmissionAlreadyDecided(
            f"This submission is {submission.state} and can no longer be taken back."
        )
    submission.state, submission.publish_at = CLOSED, None
    submission.withdrawn_at, submission.withdrawn_by = at, by.actor_id
    submission.save(update_fields=["state", "publish_at", "withdrawn_at", "withdrawn_by"])
    told = submission_event("SUBMISSION_WITHDRAWN", submission, reason=text)
    append_events([told], by=by.author, at=at)
    return submission


def readable(text: str, field: str = "reason") -> str:
    """A reason or comment as it is kept: published text, like every other."""
    kept, faults = read_reason(text)
    if faults:
        raise SubmissionRefused([replace(fault, field=field) for fault in faults])
    return kept
