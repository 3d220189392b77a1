"""What was brought and decided stays as it was: by permission, and by the database's own word."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg.sql import SQL, Identifier

from fir.submissions.models import Decision, Submission
from fir.submissions.operations import return_submission
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor

CHANGING = {
    "state",
    "publish_at",
    "cpl_entry_id",
    "further_entry_ids",
    "withdrawn_at",
    "withdrawn_by",
}
COLUMNS = [field.column for field in Submission._meta.concrete_fields]


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def decider() -> Actor:
    return make.actor(make.administrator())


def rewrite(column: str) -> None:
    """Write a column of every submission as it is, as the application."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            SQL("UPDATE submissions_submission SET {0} = {0}").format(Identifier(column))
        )


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_the_application_may_change_the_state_of_a_submission_and_nothing_it_says(
    maker: Actor, column: str
) -> None:
    make.submitted(maker)

    if column in CHANGING:
        rewrite(column)
    else:
        with pytest.raises(ProgrammingError, match="permission denied"):
            rewrite(column)


def test_what_may_change_is_there() -> None:
    assert set(COLUMNS) > CHANGING


@pytest.mark.django_db
def test_the_application_may_delete_no_submission(maker: Actor) -> None:
    submission = make.submitted(maker)

    for way in (submission.delete, Submission.objects.all().delete):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            way()

    assert Submission.objects.get() == submission


@pytest.mark.django_db
def test_the_application_changes_nobodys_hands(maker: Actor, decider: Actor) -> None:
    submission = make.published(maker, decider)

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(submitted_answerable=uuid.uuid4())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("column", ["submitted_answerable", "submitted_party"])
def test_what_is_decided_can_no_longer_change_hands(
    maker: Actor, decider: Actor, column: str
) -> None:
    decided, waiting = make.published(maker, decider, 8), make.submitted(maker, 9)
    change = SQL("UPDATE submissions_submission SET {} = gen_random_uuid() WHERE id = %s").format(
        Identifier(column)
    )

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute(change, [waiting.pk]).rowcount == 1  # it is the Decision that holds it
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match="decision_brought_by"):
            owner.execute(change, [decided.pk])
        owner.rollback()


@pytest.mark.django_db
@pytest.mark.parametrize("decision", ["APPROVE", "RETURN", "CLOSE"])
def test_the_database_takes_one_decision_in_each_place(
    maker: Actor, decider: Actor, decision: str
) -> None:
    submission = make.submitted(maker)
    return_submission(submission_id=submission.pk, reason="No.", by=decider, at=make.AT)

    with pytest.raises(IntegrityError, match="submissions_decided_in_order"), transaction.atomic():
        Decision.objects.create(
            submission=submission,
            decision=decision,
            reason="Again.",
            decided_at=make.AT,
            decided_by=uuid.uuid4(),
            decided_answerable=uuid.uuid4(),
            decided_party=uuid.uuid4(),
            submitted_answerable=submission.submitted_answerable,
            submitted_party=submission.submitted_party,
        )

    assert Decision.objects.get().decision == "RETURN"
