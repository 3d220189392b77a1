"""The ledger's figures: appending alone, from many processes, and to a ledger of a million."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from bench.appender import append, bare
from fir.ledger.models import LedgerEvent, LedgerHead
from fir.ledger.queries import last_seq
from fir.ledger.tree import Tree
from tests.cloning import clone_to, drop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ratio = Callable[..., None]

APPENDS, PROCESSES, FEW, MANY = 200, 8, 1_000, 1_000_000
FILL = """
    INSERT INTO ledger_ledgerevent (seq, id, kind, at, by_party, by_actor, subject_type, subject_id,
        audience, canonical, leaf_hash)
    SELECT seq, gen_random_uuid(), 'CONTACT_CHANGED', '2020-01-01T00:00:00Z', 'fir',
        gen_random_uuid(), 'manufacturer', to_hex(seq), '{everyone}', seq::text,
        encode(sha256('\\x00'::bytea || convert_to(seq::text, 'UTF8')), 'hex')
    FROM generate_series(%s::bigint, %s) AS seq
"""


def appending(ratio: Ratio) -> None:
    """One event a transaction, against one bare row a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE loads.bench (line bigint)")
    ratio(
        "Appending an event",
        "committing one bare row",
        lambda: _counted(append),
        lambda: _counted(bare),
    )


def _counted(work: Callable[[int], None]) -> int:
    work(APPENDS)
    return APPENDS


def appending_at_once(ratio: Ratio) -> None:
    """The same from eight processes, which take turns at the ledger: at least 0.4 of bare commits
    one after the other. Eight that commit bare rows do not take turns, and share their ways to the
    disk as well: that is said beside it."""
    with ExitStack() as stack:
        hands = [stack.enter_context(_hand()) for _ in range(PROCESSES)]
        ratio(
            f"Appending from {PROCESSES} processes",
            "committing one bare row after the other",
            lambda: _done(hands, "append"),
            lambda: _done(hands[:1], "bare"),
        )
        ratio(
            f"Appending from {PROCESSES} processes",
            "committing bare rows from as many",
            lambda: _done(hands, "append"),
            lambda: _done(hands, "bare"),
        )


@contextmanager
def _hand() -> Iterator[subprocess.Popen[str]]:
    """A process that waits for what to do."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "bench.appender"]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as hand:
        try:
            _said(hand, "ready")
            yield hand
        finally:
            hand.kill()


def _said(hand: subprocess.Popen[str], word: str) -> None:
    assert hand.stdout
    assert hand.stdout.readline() == f"{word}\n"


def _done(hands: list[subprocess.Popen[str]], what: str) -> int:
    for hand in hands:
        assert hand.stdin
        hand.stdin.write(f"{what} {APPENDS}\n")
        hand.stdin.flush()
    for hand in hands:
        _said(hand, "done")
    return APPENDS * len(hands)


def appending_to_many(ratio: Ratio) -> None:
    """Appending to a ledger of a million events, against one of a thousand: flat, so about 1."""
    small = connection.settings_dict["NAME"]
    large = f"{small}_large"
    _fill(FEW)
    connection.close()  # what is cloned, nobody may be connected to
    clone_to(large, small)
    try:
        with _in(large):
            _fill(MANY)
        ratio(
            f"Appending to {MANY:,} events",
            f"appending to {FEW:,}",
            lambda: _appended_in(large),
            lambda: _appended_in(small),
        )
    finally:
        drop(large)


def _appended_in(database: str) -> int:
    with _in(database):
        return _counted(append)


@contextmanager
def _in(database: str) -> Iterator[None]:
    """What is done meanwhile, is done in that database."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _fill(size: int) -> None:
    """Let the ledger have so many events, with the head that goes with them."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [last_seq() + 1, size])
        cursor.execute("ANALYZE ledger_ledgerevent")
    leaves = LedgerEvent.objects.order_by("seq").values_list("leaf_hash", flat=True)
    tree = Tree().grown(leaves.iterator(chunk_size=10_000))
    LedgerHead.objects.update(size=tree.size, frontier=list(tree.frontier))


ALL = (appending, appending_at_once, appending_to_many)
