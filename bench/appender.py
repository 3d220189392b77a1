"""A process that commits when it is told to, one of several at once.

`python -m bench.appender`: says `ready`; to a line such as `append 100` or `bare 100` it makes so
many commits, each of one event or of one bare row, and says `done`.
"""

import sys
from collections.abc import Callable, Mapping

import django


def append(commits: int) -> None:
    """One event a transaction."""
    from django.db import transaction

    from fir.ledger.operations import NewEvent, append_events
    from fir.parties.operations import operator
    from tests import make

    event = NewEvent("CONTACT_CHANGED", "manufacturer", "F1A1", {"manufacturer_identifier": "F1A1"})
    author = operator().author
    for _ in range(commits):
        with transaction.atomic():
            append_events([event], by=author, at=make.AT)


def bare(commits: int) -> None:
    """One bare row a transaction."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for _ in range(commits):
            with transaction.atomic():
                cursor.execute("INSERT INTO loads.bench (line) VALUES (1)")


WORK: Mapping[str, Callable[[int], None]] = {"append": append, "bare": bare}


def main() -> None:
    """Do what each line says, until there are no more."""
    django.setup()
    import fir.celery  # noqa: F401 - the bells are rung as in any other process

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        what, commits = line.split()
        WORK[what](int(commits))
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
