"""A writer of the ledger in a process of its own: says it is ready, waits for a line, appends.

`python -m tests.fir.ledger.writer NAME TRANSACTIONS`; every fourth transaction changes its mind
after the append and is rolled back.
"""

import sys
from datetime import timedelta

import django


class ChangedMind(Exception):
    """What rolls a transaction back."""


def will_commit(number: int) -> bool:
    """Whether the transaction with this number stays."""
    return number % 4 != 3


def names(writer: str, number: int) -> list[str]:
    """What the transaction's events are about: one to three of them."""
    return [f"{writer}-{number}-{place}" for place in range(number % 3 + 1)]


def main(writer: str, transactions: int) -> None:
    """Append, by a clock that jumps to and fro by hours."""
    django.setup()
    from django.db import transaction

    import fir.celery  # noqa: F401 - the bells are rung as in any other process
    from fir.ledger.models import MACHINE
    from fir.ledger.operations import append_events
    from tests import make
    from tests.fir.ledger.events import for_record_readers

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for number in range(transactions):
        at = make.AT + timedelta(hours=number * 7 % 24)
        try:
            with transaction.atomic():
                events = [for_record_readers(name) for name in names(writer, number)]
                append_events(events, by=MACHINE, at=at)
                if not will_commit(number):
                    raise ChangedMind
        except ChangedMind:
            continue


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
