"""What is approved for a time is published once, whoever dies or works beside another."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cpl.models import CPLEntry
from fir.ledger.models import LedgerEvent
from fir.ledger.operations import LEDGER_LOCK
from fir.parties.operations import operator
from fir.records.contacts import change_contact
from fir.records.models import FirmwareRecord
from fir.submissions.models import Submission
from fir.submissions.operations import approve_submission, publish_due
from tests import make
from tests.fir.submissions.at_once import at_once
from tests.stack import eventually

if TYPE_CHECKING:
    from tests.stack import Stack

# Whoever waits to append and has written a record that nobody else sees yet.
IN_THE_MIDDLE = """
    SELECT waiting.pid
      FROM pg_locks AS waiting
      JOIN pg_locks AS writing USING (pid, database)
     WHERE waiting.locktype = 'advisory' AND waiting.objid = %s AND NOT waiting.granted
       AND writing.relation = 'records_firmwarerecord'::regclass
       AND writing.mode = 'RowExclusiveLock'
"""
WRITING = """
    SELECT pid FROM pg_locks
     WHERE relation = 'records_firmwarerecord'::regclass AND mode = 'RowExclusiveLock'
"""


def due(number: int = 1) -> list[Submission]:
    """Releases that were approved for a time that has passed, with nothing else left to do."""
    now = timezone.now()
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Release desk",
        email="images@fine-meters.invalid",
        by=operator(),
        at=now,
    )
    return [
        approve_submission(
            submission_id=make.submitted(maker, 10 + n).pk,
            by=administrator,
            at=now - timedelta(hours=1),
            publish_at=now - timedelta(minutes=30),
        )
        for n in range(number)
    ]


def pids(query: str, *values: int) -> list[int]:
    """The sessions of the database that a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [pid for (pid,) in cursor.fetchall()]


def published() -> tuple[Counter[str], int, int, Counter[str]]:
    """The submissions' states, how many entries and records there are, and what was told."""
    told = LedgerEvent.objects.filter(subject_type__in=("submission", "cpl_entry"))
    return (
        Counter(Submission.objects.values_list("state", flat=True)),
        CPLEntry.objects.count(),
        FirmwareRecord.objects.count(),
        Counter(told.values_list("kind", flat=True)),
    )


def test_a_worker_killed_in_the_middle_of_a_timed_publication_leaves_it_to_the_next(
    fir: Stack,
) -> None:
    due()
    brought = Counter({"SUBMISSION_RECEIVED": 1, "SUBMISSION_APPROVED": 1})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
        fir.start_worker()
        eventually(lambda: pids(IN_THE_MIDDLE, LEDGER_LOCK), what="a worker that publishes")
        fir.kill("worker")
    eventually(lambda: not pids(WRITING), what="the end of what the worker had begun")
    assert published() == ({"APPROVED": 1}, 0, 0, brought)

    fir.start_worker()

    eventually(lambda: Submission.objects.get().state == "PUBLISHED", what="the publication")
    eventually(
        lambda: LedgerEvent.objects.filter(kind="ELIGIBILITY_ASSESSED").exists(), what="the news"
    )
    told = ("SUBMISSION_PUBLISHED", "CPL_ENTRY_LISTED", "FIRMWARE_PUBLISHED")
    news = Counter([*told, "ELIGIBILITY_ASSESSED"])
    assert published() == ({"PUBLISHED": 1}, 1, 1, brought + news)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_publish_each_release_once() -> None:
    due(3)

    answers = at_once(*[lambda: publish_due(at=timezone.now())] * 4)

    publish_due(at=timezone.now())  # what one had when another looked at it
    assert all(isinstance(number, int) for number in answers)
    states, entries, records, told = published()
    assert (states, entries, records) == ({"PUBLISHED": 3}, 3, 3)
    assert (told["FIRMWARE_PUBLISHED"], told["CPL_ENTRY_LISTED"]) == (3, 3)
