"""An estate's figures: a whole inventory, one ten times as large, and changes of a hundredth.

ESTATE_ROWS says how many devices the large inventory has: ten million unless it is said otherwise,
which takes some minutes. Each figure is one turn, against its reference in the same run.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from psycopg.sql import SQL

from fir.estates.models import DELTA, FULL
from fir.estates.operations import finish_loads, receive_load
from fir.estates.tables import device_table
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fir.estates.models import EstateLoad
    from fir.parties.models import Party

ROWS = int(os.environ.get("ESTATE_ROWS", "10000000"))
PER_HOME, PIECE = 5, 1 << 18
HEADINGS = f"{make.CSV_HEADINGS},Address\n"
READY = SQL("(SELECT device_id, hub_id, cohort_id FROM {})")


def device_id(number: int) -> str:
    """A Device ID; those of numbers that follow each other are far apart."""
    return (0x00DB1234 << 32 | number * 2654435761 % (1 << 32)).to_bytes(8, "big").hex("-").upper()


def kinds(chance: random.Random, count: int) -> list[str]:
    """So many models and versions, as a row writes them."""
    return [
        f"F{chance.randrange(4096):03X},{chance.randrange(65536):04X}0101,{n * 7919 + 1:08X}"
        for n in range(count)
    ]


def write_inventory(path: Path, rows: int) -> None:
    """Homes of five devices: the hub, its GPF, two meters and a display that reads its hub."""
    chance = random.Random(7)  # noqa: S311 - the same file every time
    hubs, meters, displays = kinds(chance, 40), kinds(chance, 1400), kinds(chance, 60)
    with path.open("w", buffering=1 << 22) as file:
        file.write(HEADINGS)
        for home in range(rows // PER_HOME):
            ids = [device_id(PER_HOME * home + place + 1) for place in range(PER_HOME)]
            hub, status = chance.choice(hubs), "Commissioned" if home % 50 else "Suspended"
            tail = f"{ids[0]},1 Nowhere Street\n"
            file.write(
                f"{ids[0]},CHF,Commissioned,{hub},,\n{ids[1]},GPF,Commissioned,{hub},{tail}"
                f"{ids[2]},ESME,{status},{chance.choice(meters)},{tail}"
                f"{ids[3]},GSME,Commissioned,{chance.choice(meters)},{tail}"
                f"{ids[4]},PPMID,Commissioned,{chance.choice(displays)},{tail}"
            )


def pieces(path: Path) -> Iterator[bytes]:
    """The file as it would stream in."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def write_changes(path: Path, of: Path) -> None:
    """Every hundredth row of an inventory, changed."""
    with path.open("wb") as changed, of.open("rb") as file:
        changed.write(next(file))
        for number, row in enumerate(file):
            if number % 100 == 2:
                changed.write(row.replace(b"Commissioned", b"Decommissioned"))


def loading(of: Party, data: Iterator[bytes], mode: str = FULL) -> tuple[EstateLoad, float]:
    """A load, and how many seconds it took until it was done: swapped in and compared."""
    start = time.perf_counter()
    load = receive_load(party=of, pieces=data, by=make.actor(of), at=timezone.now(), mode=mode)
    finish_loads(at=timezone.now())
    seconds = time.perf_counter() - start
    load.refresh_from_db()
    assert load.state == "DONE", load.refusal
    return load, seconds


def copying(load: EstateLoad, file: Path) -> float:
    """How many seconds the reference takes: COPY of the load's own rows, ready and binary, the same
    two indexes, and a swap."""
    with connection.cursor() as cursor, file.open("wb") as ready:
        rows = READY.format(device_table(load.pk))
        with cursor.copy(SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(rows)) as copy:
            ready.writelines(copy)
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE loads.bare (device_id int8, hub_id int8, cohort_id int8)")
        with cursor.copy("COPY loads.bare FROM STDIN (FORMAT BINARY, FREEZE)") as copy:
            for piece in pieces(file):
                copy.write(piece)
        cursor.execute("ALTER TABLE loads.bare ADD PRIMARY KEY (device_id)")
        cursor.execute("CREATE INDEX ON loads.bare (cohort_id, device_id)")
        cursor.execute("ANALYZE loads.bare")
        swap = "UPDATE estates_estate SET standing_load_id = %s WHERE party_id = %s"
        cursor.execute(swap, [load.pk, load.party_id])
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE loads.bare")
    return seconds


def tell(name: str, share: float, reference: str, ours: float, theirs: float) -> None:
    """Print a figure."""
    sys.stdout.write(f"{name}: {share:.2f} of {reference} ({ours:.1f} s, {theirs:.1f} s)\n")
    sys.stdout.flush()


def estates(_ratio: Callable[..., None]) -> None:
    """A first whole inventory, against COPY and indexes alone: at least 0.45 of the rate. Ten times
    the rows: at most 12.5 times as long. Changes of a hundredth, against a whole inventory that
    takes the place of an estate: at most 0.6. All with the loader below 600 MB."""
    with tempfile.TemporaryDirectory() as folder:
        names = ("small", "large", "changed", "ready")
        small, large, changed, ready = (Path(folder) / name for name in names)
        write_inventory(small, ROWS // 10)
        write_inventory(large, ROWS)
        write_changes(changed, large)
        _, few = loading(make.party("small-light"), pieces(small))
        of = make.party("vast-light")
        load, many = loading(of, pieces(large))
        bare = copying(load, ready)
        tell(f"Loading {ROWS:,} devices", bare / many, "binary COPY, two indexes, swap", many, bare)
        tell("The same", many / few, f"loading {ROWS // 10:,}", many, few)
        more = device_id(ROWS + 7).encode() + b",ESME,Pending,F1A1,00010101,00000001,,\n"
        _, again = loading(of, _and(pieces(large), more))
        _, delta = loading(of, pieces(changed), DELTA)
        tell("Changing a hundredth", delta / again, "loading all of it again", delta, again)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"The loader took {peak} MB at most.\n")


def _and(inventory: Iterator[bytes], row: bytes) -> Iterator[bytes]:
    yield from inventory
    yield row


ALL = (estates,)
