"""Steps that write the list.

Each belongs inside an operation of the repository: the transaction is that operation's, and so is
the ledger, which this floor does not know.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from django.db import connection

from cpl.bulk import insert_rows, next_ids
from cpl.facts import CERTIFICATE_FACTS, NAME_FACTS, PUBLISHED_FACTS
from cpl.models import (
    CPLEntry,
    DeviceModel,
    EntryCertificates,
    EntryRevision,
    Manufacturer,
    StatusChange,
)
from cpl.queries import find_device_models
from cpl.sheet.row import REMOVED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from cpl.identifiers import ModelKey
    from cpl.sheet.row import SheetRow

LIST_LOCK = 0x43504C31  # "CPL1" in ASCII
ENTRY_COLUMNS = (
    "id",
    "cpl_entry_id",
    "device_model_id",
    "firmware_version",
    "date_added",
    "listed_at",
    "listed_by",
)
REVISED_FACTS = (*NAME_FACTS, *PUBLISHED_FACTS)


class StepOutsideOperation(RuntimeError):
    """A step of the list was called without the transaction of an operation around it."""


def lock_list() -> None:
    """Hold back every other writer of the list until the transaction ends.

    One lock for the whole list: entry ids are handed out in order, so writers meet anyway.
    """
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LIST_LOCK])


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise StepOutsideOperation("Steps of the list belong inside an operation's transaction.")


def ensure_manufacturer(*, identifier: str, name: str) -> Manufacturer:
    """The Manufacturer with this identifier, made known under `name` when it is new."""
    _require_transaction()
    manufacturer, _ = Manufacturer.objects.get_or_create(
        identifier=identifier, defaults={"name": name}
    )
    return manufacturer


def add_entries(rows: Sequence[SheetRow], *, by: uuid.UUID, at: datetime) -> dict[str, int]:
    """Add lines to the list, each with its facts, certificates and status; the entries' numbers by
    entry id.

    The caller holds `lock_list` and has seen to it that the entry ids are new.
    """
    _require_transaction()
    models = _ensure_device_models(rows)
    numbers = next_ids(CPLEntry, len(rows))
    insert_rows(
        CPLEntry,
        ENTRY_COLUMNS,
        (
            (
                number,
                row.cpl_entry_id,
                models[model_key(row)],
                row.firmware_version,
                row.date_added,
                at,
                by,
            )
            for number, row in zip(numbers, rows, strict=True)
        ),
    )
    pairs = list(zip(numbers, rows, strict=True))
    revise_entries(pairs, by=by, at=at)
    certify_entries(pairs, by=by, at=at)
    change_status(
        [
            (number, REMOVED, row.date_removed, row.removal_reason)
            for number, row in pairs
            if row.status == REMOVED and row.date_removed
        ],
        by=by,
        at=at,
    )
    return {row.cpl_entry_id: number for number, row in pairs}


def model_key(row: SheetRow) -> ModelKey:
    """What tells a row's Device Model from every other."""
    return (row.device_type, row.manufacturer_identifier, row.device_model)


def _ensure_device_models(rows: Sequence[SheetRow]) -> Mapping[ModelKey, int]:
    keys = {model_key(row) for row in rows}
    known = find_device_models(keys)
    new = sorted(keys - known.keys())
    if not new:
        return known
    names = {row.manufacturer_identifier: row.manufacturer_name for row in rows}
    makers = {
        identifier: ensure_manufacturer(identifier=identifier, name=names[identifier])
        for identifier in sorted({key[1] for key in new})
    }
    DeviceModel.objects.bulk_create(
        [
            DeviceModel(device_type=kind, manufacturer=makers[maker], device_model=model)
            for kind, maker, model in new
        ]
    )
    return find_device_models(keys)


def revise_entries(pairs: Iterable[tuple[int, SheetRow]], *, by: uuid.UUID, at: datetime) -> None:
    """Add a revision of each entry's facts, as its row says them; entries by their numbers."""
    _require_transaction()
    facts = attrgetter(*REVISED_FACTS)
    insert_rows(
        EntryRevision,
        ("entry_id", *REVISED_FACTS, "recorded_at", "recorded_by"),
        ((number, *facts(row), at, by) for number, row in pairs),
    )


def certify_entries(pairs: Iterable[tuple[int, SheetRow]], *, by: uuid.UUID, at: datetime) -> None:
    """Add each entry's certificates, as its row says them; entries by their numbers."""
    _require_transaction()
    facts = attrgetter(*CERTIFICATE_FACTS)
    insert_rows(
        EntryCertificates,
        ("entry_id", *CERTIFICATE_FACTS, "recorded_at", "recorded_by"),
        ((number, *facts(row), at, by) for number, row in pairs),
    )


def change_status(
    changes: Iterable[tuple[int, str, date, str]], *, by: uuid.UUID, at: datetime
) -> None:
    """Add removals and relistings: (the entry's number, new status, its date, the reason)."""
    _require_transaction()
    insert_rows(
        StatusChange,
        ("entry_id", "status", "status_date", "reason", "recorded_at", "recorded_by"),
        ((*change, at, by) for change in changes),
    )
