"""Drafts keep what is typed, tell who saves second, and are brought once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.ledger.models import LedgerEvent
from fir.submissions.models import Draft, Submission
from fir.submissions.operations import (
    DraftChanged,
    SubmissionRefused,
    drafting,
    drop_draft,
    note_file,
    return_submission,
    save_draft,
    seen,
    start_draft,
    submit_draft,
)
from fir.submissions.operations.drafting import LONGEST_ANSWER, _trouble
from tests import make
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from fir.parties.models import Actor


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


def started(by: Actor, **said: Any) -> Draft:
    return start_draft(kind="NEW", said=said, by=by, at=make.AT)


def saved(draft: Draft, by: Actor, have_seen: str = "", **changes: Any) -> Draft:
    return save_draft(draft_id=draft.pk, changes=changes, by=by, at=make.AT, have_seen=have_seen)


@pytest.mark.django_db
def test_a_draft_keeps_whatever_is_typed_and_tells_nobody(maker: Actor) -> None:
    before = LedgerEvent.objects.count()

    draft = started(maker, firmware_version="not a version")
    saved(draft, maker, gbcs_version=" 4.2", predecessors=["nobody's"])

    draft.refresh_from_db()
    assert draft.said == {
        "firmware_version": "not a version",
        "gbcs_version": " 4.2",
        "predecessors": ["nobody's"],
    }
    assert LedgerEvent.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("release_notes", "x" * 1_000_000, "TOO_LONG"),
        ("release_notes", "a\x00b", "CONTROL_CHARACTER"),
        ("release_notes", "\ud800", "CONTROL_CHARACTER"),
        ("predecessors", ["CPL-1"] * 501, "TOO_MANY"),
        ("predecessors", [["CPL-1"]], "NOT_TEXT"),
        ("image_size", 2**60, "TOO_LARGE"),
        ("image_size", 1.5, "NOT_TEXT"),
        ("surprise", "x", "FIELD_UNKNOWN"),
    ],
)
def test_what_cannot_even_be_kept_is_refused_and_the_rest_stands(
    maker: Actor, name: str, value: Any, code: str
) -> None:
    draft = started(maker, gbcs_version="4.2")

    with pytest.raises(SubmissionRefused) as refusal:
        saved(draft, maker, **{name: value, "esme_variant": "A"})

    assert [(f.field, f.code) for f in refusal.value.faults] == [(name, code)]
    draft.refresh_from_db()
    assert draft.said == {"gbcs_version": "4.2"}


ANSWER = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=50)


@given(st.lists(ANSWER) | ANSWER)
def test_only_what_the_database_has_no_form_for_is_refused(answer: Any) -> None:
    texts = [
        one for one in (answer if isinstance(answer, list) else [answer]) if isinstance(one, str)
    ]
    unwritable = any("\0" in text or (not text.isascii() and _is_half(text)) for text in texts)

    assert (_trouble(answer) is not None) == unwritable


def _is_half(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def test_the_longest_answer_is_kept() -> None:
    assert _trouble("x" * LONGEST_ANSWER) is None
    assert _trouble("x" * (LONGEST_ANSWER + 1)) is not None


@pytest.mark.django_db
def test_who_saves_over_anothers_answer_is_told_and_may_mean_it(maker: Actor) -> None:
    draft = started(maker, gbcs_version="4.1", firmware_version="00000009")
    shown = seen(draft.said, ["gbcs_version"])
    saved(draft, maker, shown, gbcs_version="4.2")

    with pytest.raises(DraftChanged) as told:
        saved(draft, maker, shown, gbcs_version="4.3")
    assert told.value.draft.said["gbcs_version"] == "4.2"
    # What nobody else touched is no matter.
    saved(draft, maker, seen(draft.said, ["firmware_version"]), firmware_version="0000000A")
    saved(draft, maker, seen(told.value.draft.said, ["gbcs_version"]), gbcs_version="4.3")

    draft.refresh_from_db()
    assert draft.said == {"gbcs_version": "4.3", "firmware_version": "0000000A"}


@pytest.mark.django_db
def test_a_draft_is_nobody_elses(maker: Actor) -> None:
    draft = started(maker, **make.release())

    for stranger in (make.actor(make.maker("other", "F1A2")), make.actor(make.administrator())):
        for act in (
            lambda by: saved(draft, by, gbcs_version="x"),
            lambda by: drop_draft(draft_id=draft.pk, by=by, at=make.AT),
            lambda by: submit_draft(draft_id=draft.pk, by=by, at=make.AT),
            lambda by: note_file(draft_id=draft.pk, file={}, changes={}, by=by, at=make.AT),
        ):
            with pytest.raises(Draft.DoesNotExist):
                act(stranger)

    assert Draft.objects.get().said == make.release()


@pytest.mark.django_db
def test_a_brought_draft_is_the_submission_of_its_id(maker: Actor) -> None:
    draft = started(maker, **make.release())

    received = submit_draft(draft_id=draft.pk, by=maker, at=make.AT)
    again = submit_draft(draft_id=draft.pk, by=maker, at=make.AT)

    assert received.submission.pk == again.submission.pk == draft.pk
    assert Submission.objects.count() == 1
    assert not Draft.objects.exists()
    assert LedgerEvent.objects.filter(kind="SUBMISSION_RECEIVED").count() == 1
    with pytest.raises(Draft.DoesNotExist):
        submit_draft(draft_id=uuid.uuid4(), by=maker, at=make.AT)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_brings_one_submission(maker: Actor) -> None:
    draft = started(maker, **make.release())

    answers = at_once(*[lambda: submit_draft(draft_id=draft.pk, by=maker, at=make.AT)] * 3)

    assert {answer.submission.pk for answer in answers} == {draft.pk}
    assert LedgerEvent.objects.filter(kind="SUBMISSION_RECEIVED").count() == 1


@pytest.mark.django_db
def test_a_draft_with_faults_stays_a_draft(maker: Actor) -> None:
    draft = started(maker, **make.release(gbcs_version=""))

    with pytest.raises(SubmissionRefused):
        submit_draft(draft_id=draft.pk, by=maker, at=make.AT)

    assert Draft.objects.get() == draft
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_what_was_returned_is_mended_and_names_what_it_replaces(maker: Actor) -> None:
    first = make.submitted(maker)
    decider = make.actor(make.administrator())
    return_submission(submission_id=first.pk, reason="The hash.", by=decider, at=make.AT)
    draft = start_draft(kind="NEW", said=make.release(), again_of=first, by=maker, at=make.AT)

    second = submit_draft(draft_id=draft.pk, by=maker, at=make.AT).submission

    first.refresh_from_db()
    assert (first.state, second.state, second.replaces) == ("RETURNED", "SUBMITTED", first)


@pytest.mark.django_db
def test_a_file_that_was_read_leaves_facts_and_answers(maker: Actor) -> None:
    draft = started(maker, gbcs_version="4.2")

    note_file(
        draft_id=draft.pk,
        file={"firmware_version": "00000009"},
        changes={"firmware_version": "00000009"},
        by=maker,
        at=make.AT,
    )

    draft.refresh_from_db()
    assert draft.file == {"firmware_version": "00000009"}
    assert draft.said == {"gbcs_version": "4.2", "firmware_version": "00000009"}


@pytest.mark.django_db
def test_a_dropped_draft_is_gone(maker: Actor) -> None:
    draft = started(maker)

    drop_draft(draft_id=draft.pk, by=maker, at=make.AT)

    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_nobody_brings_what_another_changed_since_it_was_looked_through(maker: Actor) -> None:
    draft = started(maker, **make.release())
    looked_at = seen(draft.said)
    saved(draft, maker, gbcs_version="4.1")

    with pytest.raises(DraftChanged):
        submit_draft(draft_id=draft.pk, by=maker, at=make.AT, have_seen=looked_at)

    draft.refresh_from_db()
    now = seen(draft.said)
    brought = submit_draft(draft_id=draft.pk, by=maker, at=make.AT, have_seen=now).submission
    assert brought.gbcs_version == "4.1"


@pytest.mark.django_db
def test_a_party_keeps_so_many_drafts_and_no_more(
    maker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "MOST_DRAFTS", 2)
    for _ in range(2):
        started(maker)

    with pytest.raises(SubmissionRefused) as refusal:
        started(maker)

    assert [fault.code for fault in refusal.value.faults] == ["TOO_MANY_DRAFTS"]
    assert started(make.actor(make.maker("other-meters", "F1A2")))
