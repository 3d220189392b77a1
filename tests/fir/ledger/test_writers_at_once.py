"""Many processes write at once, and whoever reads on by number misses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fir.ledger.audiences import category_tag
from fir.ledger.checkpoints import issue_checkpoint
from fir.ledger.models import LedgerEvent, LedgerHead
from fir.ledger.queries import check_ledger, feed_page, last_seq, newest_checkpoint
from fir.ledger.tree import Tree
from tests import make
from tests.fir.ledger.writer import names, will_commit

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[3]
WRITERS = [f"writer{number}" for number in range(8)]
TRANSACTIONS = 40


@contextmanager
def writing(name: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A writer that waits for its start."""
    command = [sys.executable, "-m", "tests.fir.ledger.writer", name, str(TRANSACTIONS)]
    pipe = subprocess.PIPE
    with (
        log.open("w") as said,
        subprocess.Popen(
            command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, stderr=said, text=True
        ) as writer,
    ):
        try:
            yield writer
        finally:
            writer.kill()


def start_together(writers: list[subprocess.Popen[str]]) -> None:
    """Let all of them begin once the last is ready."""
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()


def followed(writers: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    """What a reader sees who pulls the feed from its cursor while they write, and after."""
    seen: list[dict[str, Any]] = []
    cursor, tags = 0, [category_tag("DCC")]
    while True:
        done = all(writer.poll() is not None for writer in writers)
        issue_checkpoint(at=make.AT)  # of whatever is committed by now
        page = feed_page(after=cursor, limit=25, head=last_seq(), tags=tags)
        events = json.loads(page.events)
        seen += events
        cursor = page.next_after
        if done and not events:
            return seen


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_the_feed_sees_every_event_of_eight_writers_once_and_in_order(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        writers = [stack.enter_context(writing(name, tmp_path / name)) for name in WRITERS]
        start_together(writers)

        seen = followed(writers)

        codes = [writer.returncode for writer in writers]
    assert not any(codes), "\n".join((tmp_path / name).read_text() for name in WRITERS)

    kept = [(w, n) for w in WRITERS for n in range(TRANSACTIONS) if will_commit(n)]
    subjects = [event["subject_id"] for event in seen]
    assert sorted(subjects) == sorted(name for w, n in kept for name in names(w, n))
    assert [event["seq"] for event in seen] == list(range(1, len(subjects) + 1))
    for writer, number in kept:
        together = names(writer, number)
        place = subjects.index(together[0])
        assert subjects[place : place + len(together)] == together

    check = check_ledger()  # also against every checkpoint that was signed meanwhile
    assert (check.fault, check.size) == ("", len(subjects))
    head = LedgerHead.objects.get()
    assert Tree(head.size, tuple(head.frontier)).root == check.root
    newest = newest_checkpoint()
    assert newest
    assert (newest.size, newest.root) == (check.size, check.root)
    stored = LedgerEvent.objects.order_by("seq")
    assert [event["leaf_hash"] for event in seen] == [event.leaf_hash for event in stored]
    times = [event.at for event in stored]
    assert times == sorted(times)
