"""Drafts: kept as they are typed, shared by a Party's people, and told to nobody."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cpl.identifiers import shown
from fir.submissions.claims import READERS, Fault, Kind, fields_of
from fir.submissions.models import RETURNED, Draft, Submission
from fir.submissions.operations.bringing import SubmissionRefused, require_first_mending
from fir.submissions.operations.seeing import DRAFT_FIELDS, DraftChanged, seen
from fir.submissions.readers import NOT_APPLICABLE, NotReadable

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from fir.parties.models import Actor

# What a draft keeps is not judged, but it is no store for anything: so many characters in one
# answer, so many items in a list.
LONGEST_ANSWER = 20_000
MOST_ITEMS = 500
LONGEST_DRAFT = 100_000  # characters of all answers together, as JSON
MOST_DRAFTS = 500  # of one Party; rows of sheets are counted by their sheets


def kind_in(said: Mapping[str, Any], usual: str = Kind.NEW.value) -> str:
    """The kind of submission that some answers name, or else the usual one. Raises
    SubmissionRefused when what they name is none."""
    named = said.get("kind")
    try:
        return usual if named in (None, "") else str(READERS["kind"](named))
    except NotReadable as fault:
        raise SubmissionRefused([Fault("kind", fault.code, str(fault))]) from fault


def _require_same_kind(said: Mapping[str, Any], kind: str) -> None:
    if kind_in(said, kind) != kind:
        message = f"This draft is of kind {kind}, and stays so. Begin another for another kind."
        raise SubmissionRefused([Fault("kind", "KIND_STAYS", message)])


@transaction.atomic
def start_draft(
    *,
    kind: str,
    said: Mapping[str, Any],
    by: Actor,
    at: datetime,
    again_of: Submission | None = None,
) -> Draft:
    """Begin a draft with some answers, judged by nobody yet; mended after a return, it names the
    returned submission.

    Raises SubmissionRefused when the answers cannot even be kept, or too many drafts are.
    """
    _require_storable(said)
    _require_room(by)
    return Draft.objects.create(
        party=by.party,
        kind=Kind(kind).value,
        said={name: value for name, value in said.items() if name != "kind"},
        again_of=again_of,
        made_at=at,
        made_by=by.actor_id,
        changed_at=at,
        changed_by=by.actor_id,
    )


@transaction.atomic
def mend_submission(
    *, submission_id: uuid.UUID, changes: Mapping[str, Any], by: Actor, at: datetime
) -> Draft:
    """Begin a draft with what a submission says that came back to the actor's Party, and with
    these answers in the place of its own.

    Raises SubmissionRefused when none such came back to it, when that was brought again before, and
    when an answer cannot even be kept.
    """
    returned = Submission.objects.filter(pk=submission_id, party=by.party, state=RETURNED).first()
    if returned is None:
        message = "None of your Party's submissions that came back to it has this id."
        raise SubmissionRefused([Fault("again_of", "NOT_RETURNED", message)])
    _require_same_kind(changes, returned.kind)
    require_first_mending(returned.pk)
    said = {**said_in(returned), **changes}
    return start_draft(kind=returned.kind, said=said, by=by, at=at, again_of=returned)


def said_in(submission: Submission) -> dict[str, Any]:
    """A submission's answers as a system would send them; what it leaves unsaid is left out."""
    names = [name for name in fields_of(submission.kind) if name != "kind"]
    said = {name: getattr(submission, name) for name in names}
    if said.get("predecessors") == []:
        said["predecessors"] = NOT_APPLICABLE
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if value not in (None, "", [])
    }


@transaction.atomic
def save_draft(
    *,
    draft_id: uuid.UUID,
    changes: Mapping[str, Any],
    by: Actor,
    at: datetime,
    have_seen: str = "",
) -> Draft:
    """Put these answers in the place of those that stand. `have_seen` is what `seen` said of them
    when they were shown; without it they are replaced whatever they are.

    Raises Draft.DoesNotExist, DraftChanged, and SubmissionRefused when an answer cannot even be
    kept; then none is.
    """
    _require_storable(changes)
    draft = _locked(draft_id, by)
    if have_seen and have_seen != seen(draft.said, changes):
        raise DraftChanged(draft)
    draft.said = {**draft.said, **changes}
    draft.row_faults = _unanswered(draft.row_faults, changes)
    _changed(draft, by=by, at=at)
    return draft


@transaction.atomic
def rewrite_draft(
    *,
    draft_id: uuid.UUID,
    said: Mapping[str, Any],
    by: Actor,
    at: datetime,
    have_seen: str = "",
) -> Draft:
    """Put these answers in the place of all that stand: what is left out becomes unsaid. A draft
    stays of its kind. `have_seen` is as in `save_draft`, of all answers.

    Raises Draft.DoesNotExist, DraftChanged, and SubmissionRefused when an answer cannot even be
    kept; then none is.
    """
    _require_storable(said)
    draft = _locked(draft_id, by)
    _require_same_kind(said, draft.kind)
    if have_seen and have_seen != seen(draft.said):
        raise DraftChanged(draft)
    draft.said = {name: value for name, value in said.items() if name != "kind"}
    draft.row_faults = []
    _changed(draft, by=by, at=at)
    return draft


@transaction.atomic
def note_file(
    *,
    draft_id: uuid.UUID,
    file: Mapping[str, Any],
    changes: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Draft:
    """Keep the facts of the firmware file that was read for a draft, and answers taken from them.

    Raises Draft.DoesNotExist.
    """
    draft = _locked(draft_id, by)
    draft.file, draft.said = dict(file), {**draft.said, **changes}
    draft.row_faults = _unanswered(draft.row_faults, changes)
    _changed(draft, by=by, at=at)
    return draft


@transaction.atomic
def drop_draft(*, draft_id: uuid.UUID, by: Actor, at: datetime) -> None:
    """Throw a draft away. Raises Draft.DoesNotExist."""
    _locked(draft_id, by).delete()


def _locked(draft_id: uuid.UUID, by: Actor) -> Draft:
    drafts = Draft.objects.select_for_update(of=("self",)).visible_to(by.party)
    return drafts.get(pk=draft_id)


def _changed(draft: Draft, *, by: Actor, at: datetime) -> None:
    draft.changed_at, draft.changed_by = at, by.actor_id
    draft.save(update_fields=["said", "file", "row_faults", "changed_at", "changed_by"])


def _unanswered(faults: list[Any], answers: Iterable[str]) -> list[Any]:
    """The faults of a sheet's row whose fields are not answered anew. Those of the whole row, or
    of its kind, go with the first answer: whoever gives that sees how the row was read."""
    return [fault for fault in faults if fault[0] in set(DRAFT_FIELDS) - set(answers)]


def _require_storable(said: Mapping[str, Any]) -> None:
    """Raise SubmissionRefused for what no draft can hold: unknown fields, endless text, text that
    the database has no form for."""
    faults = [
        Fault(shown(name), "FIELD_UNKNOWN", f"No such field; the fields are {', '.join(READERS)}.")
        for name in said
        if name not in READERS
    ]
    for name, value in said.items():
        if name in READERS and (trouble := _trouble(value)):
            faults.append(Fault(name, *trouble))
    if not faults and len(json.dumps(said)) > LONGEST_DRAFT:
        message = f"All answers together may have {LONGEST_DRAFT:,} characters at most."
        faults.append(Fault("", "TOO_LONG", message))
    if faults:
        raise SubmissionRefused(faults)


def _require_room(by: Actor) -> None:
    """Raise SubmissionRefused when the actor's Party keeps as many drafts as it may."""
    if Draft.objects.visible_to(by.party).filter(sheet=None).count() >= MOST_DRAFTS:
        message = f"Your Party keeps {MOST_DRAFTS} drafts: bring some of them, or drop them."
        raise SubmissionRefused([Fault("", "TOO_MANY_DRAFTS", message)])


def _trouble(value: Any) -> tuple[str, str] | None:
    items = value if isinstance(value, list | tuple) else [value]
    if len(items) > MOST_ITEMS:
        return "TOO_MANY", f"At most {MOST_ITEMS} can be kept in a draft; there are {len(items)}."
    for item in items:
        if isinstance(item, str):
            if len(item) > LONGEST_ANSWER:
                message = f"At most {LONGEST_ANSWER:,} characters can be kept in a draft"
                return "TOO_LONG", f"{message}; this has {len(item):,}."
            if "\0" in item or any("\ud800" <= character <= "\udfff" for character in item):
                return "CONTROL_CHARACTER", "Contains a control character; take it out."
        elif not (item is None or isinstance(item, bool | int)):
            return "NOT_TEXT", "Text, a number, true or false, or a list of texts is wanted here."
        elif isinstance(item, int) and abs(item) > 2**53:
            return "TOO_LARGE", "This number is too large."
    return None
