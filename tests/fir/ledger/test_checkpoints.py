"""Checkpoints: signed when there is something to sign, and what they bear witness to."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, LiteralString

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from fir.client.note import Key, open_checkpoint
from fir.ledger import tasks
from fir.ledger.checkpoints import FRESHNESS, issue_checkpoint, signer
from fir.ledger.models import Checkpoint, LedgerHead
from fir.ledger.queries import check_ledger, newest_checkpoint
from tests import make
from tests.fir.ledger.events import appended, for_everyone, tamper
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from datetime import datetime

# What a superuser does who means to leave no trace: the text, and the hash over it.
REWRITTEN: tuple[LiteralString, ...] = (
    "UPDATE ledger_ledgerevent SET canonical = replace(canonical, 'Withdrawn.', 'Withheld!!')"
    " WHERE seq = 3",
    "UPDATE ledger_ledgerevent SET leaf_hash ="
    " encode(sha256('\\x00'::bytea || convert_to(canonical, 'UTF8')), 'hex') WHERE seq = 3",
)
# And the head, whose tree of three is the tree of two and the third leaf.
HEAD_REWRITTEN: LiteralString = (
    "UPDATE ledger_ledgerhead SET frontier = frontier[1:1] || ARRAY("
    "SELECT leaf_hash FROM ledger_ledgerevent WHERE seq = 3)"
)


def issued(at: datetime = make.AT) -> Checkpoint:
    """A checkpoint that is to be signed."""
    checkpoint = issue_checkpoint(at=at)
    assert checkpoint
    return checkpoint


def complaint() -> str:
    """What `verify_ledger` says is wrong."""
    with pytest.raises(CommandError) as refusal:
        call_command("verify_ledger")
    assert refusal.value.returncode == 1
    return str(refusal.value)


def three_signed() -> Checkpoint:
    """A ledger of three events, signed and whole."""
    appended(*[for_everyone()] * 3)
    checkpoint = issued()
    call_command("verify_ledger", stdout=StringIO())
    return checkpoint


@pytest.mark.django_db
def test_a_checkpoint_signs_the_root_that_everybody_computes() -> None:
    appended(*[for_everyone()] * 5)

    checkpoint = issued()

    said = open_checkpoint(checkpoint.note, Key.of(signer().verifier))
    check = check_ledger()
    assert (said.size, said.root, said.at) == (5, check.root, make.AT)
    assert (checkpoint.size, checkpoint.root) == (5, check.root)
    assert said.origin == checkpoint.origin == signer().name
    assert check.fault == ""


@pytest.mark.django_db
def test_a_ledger_that_stands_still_is_signed_anew_after_nearly_a_day_and_not_before() -> None:
    appended(for_everyone())
    first = issued()

    assert issue_checkpoint(at=make.AT) is None
    assert issue_checkpoint(at=make.AT + FRESHNESS - timedelta(seconds=1)) is None
    anew = issued(make.AT + FRESHNESS)

    assert (anew.size, anew.root) == (first.size, first.root)
    assert newest_checkpoint() == anew
    assert timedelta(hours=24) > FRESHNESS


@pytest.mark.django_db
def test_a_ledger_that_has_grown_is_signed_at_once() -> None:
    appended(for_everyone())
    issued()

    appended(for_everyone())

    assert issued().size == 2
    assert check_ledger().fault == ""


@pytest.mark.django_db
def test_an_empty_ledger_is_signed_and_whole_also_when_it_has_grown() -> None:
    empty = issued()

    assert (empty.size, empty.root) == (0, hashlib.sha256(b"").hexdigest())
    assert check_ledger().fault == ""
    appended(for_everyone())
    assert check_ledger().fault == ""


@pytest.mark.django_db
def test_under_another_name_it_is_signed_anew() -> None:
    appended(for_everyone())
    issued()

    with override_settings(LEDGER_ORIGIN="new.example.org/ledger"):
        anew = issued()
        assert issue_checkpoint(at=make.AT) is None

    assert anew.note.startswith("new.example.org/ledger\n1\n")
    assert check_ledger().fault == ""


@pytest.mark.django_db(transaction=True)
def test_workers_that_sign_at_once_sign_once() -> None:
    appended(*[for_everyone()] * 3)

    answers = at_once(*[lambda: issue_checkpoint(at=make.AT)] * 4)

    assert len([one for one in answers if isinstance(one, Checkpoint)]) == 1
    assert answers.count(None) == 3
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_signed_while_others_append_contradicts_nothing() -> None:
    def sign() -> Checkpoint | None:
        return issue_checkpoint(at=make.AT)

    def append() -> object:
        return appended(for_everyone())

    answers = at_once(*[sign, append] * 6)

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert check_ledger().fault == ""
    assert issued(make.AT + FRESHNESS).size == 6


@pytest.mark.django_db
def test_the_worker_signs_by_its_own_clock() -> None:
    appended(for_everyone())

    tasks.issue_checkpoint()

    newest = newest_checkpoint()
    assert newest
    assert newest.size == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_rewritten_with_its_hash_and_the_head_is_found_by_the_checkpoint() -> None:
    signed = three_signed()

    tamper(*REWRITTEN, HEAD_REWRITTEN)

    said = complaint()
    assert f"The checkpoint over 3 events signed another root ({signed.root})" in said


@pytest.mark.django_db(transaction=True)
def test_signing_what_was_rewritten_does_not_hide_it() -> None:
    signed = three_signed()
    tamper(*REWRITTEN, HEAD_REWRITTEN)

    issued(make.AT + FRESHNESS)

    assert signed.root in complaint()


@pytest.mark.django_db(transaction=True)
def test_what_was_rewritten_with_its_hash_alone_is_found_by_the_head() -> None:
    appended(*[for_everyone()] * 3)

    tamper(*REWRITTEN)

    assert "The head says 3 events and another tree; 3 events stand." in complaint()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_ledgerhead SET size = size + 1",
        "UPDATE ledger_ledgerhead SET frontier = frontier[2:2]",
        "UPDATE ledger_ledgerhead SET size = 0, frontier = '{}'",
    ],
)
def test_a_head_that_was_changed_is_found(change: LiteralString) -> None:
    three_signed()

    tamper(change)

    assert "The head says" in complaint()


@pytest.mark.django_db(transaction=True)
def test_events_that_were_cut_off_behind_a_checkpoint_are_missed() -> None:
    three_signed()

    tamper(
        "DELETE FROM ledger_ledgerevent WHERE seq = 3",
        "UPDATE ledger_ledgerhead SET size = 2, frontier = frontier[1:1]",
    )

    assert LedgerHead.objects.get().size == 2
    assert "A checkpoint was signed over 3 events, which are no longer all there." in complaint()


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_whose_row_was_made_to_fit_differs_from_its_note() -> None:
    three_signed()
    tamper(*REWRITTEN, HEAD_REWRITTEN)
    rewritten = check_ledger().root

    fits = f"UPDATE ledger_checkpoint SET root = '{rewritten}'"
    tamper(fits)

    assert "its row and its signed note differ" in complaint()
