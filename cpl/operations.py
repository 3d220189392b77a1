"""Steps that write the list.

Each belongs inside an operation of the repository: the transaction is that operation's, and so is
the ledger, which this floor does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from cpl.models import (
    CPLEntry,
    DeviceModel,
    EntryCertificates,
    EntryRevision,
    Manufacturer,
    StatusChange,
)
from cpl.queries import find_device_models
from cpl.sheet_row import REMOVED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from cpl.identifiers import ModelKey
    from cpl.sheet_row import SheetRow

LIST_LOCK = 0x43504C31  # "CPL1" in ASCII
BATCH = 1000


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


def add_entries(rows: Sequence[SheetRow], *, by: uuid.UUID, at: datetime) -> dict[str, CPLEntry]:
    """Add lines to the list, each with its facts, certificates and status; the entries by id.

    The caller holds `lock_list` and has seen to it that the entry ids are new.
    """
    _require_transaction()
    models = _ensure_device_models(rows)
    entries = CPLEntry.objects.bulk_create(
        [
            CPLEntry(
                cpl_entry_id=row.cpl_entry_id,
                device_model_id=models[model_key(row)],
                firmware_version=row.firmware_version,
                date_added=row.date_added,
                listed_at=at,
                listed_by=by,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    by_id = {entry.cpl_entry_id: entry for entry in entries}
    pairs = [(by_id[row.cpl_entry_id], row) for row in rows]
    revise_entries(pairs, by=by, at=at)
    certify_entries(pairs, by=by, at=at)
    change_status(
        [
            (entry, REMOVED, row.date_removed, row.removal_reason)
            for entry, row in pairs
            if row.status == REMOVED and row.date_removed
        ],
        by=by,
        at=at,
    )
    return by_id


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
        ],
        batch_size=BATCH,
    )
    return find_device_models(keys)


def revise_entries(
    pairs: Iterable[tuple[CPLEntry, SheetRow]], *, by: uuid.UUID, at: datetime
) -> None:
    """Add a revision of each entry's facts, as its row says them."""
    _require_transaction()
    EntryRevision.objects.bulk_create(
        [
            EntryRevision(
                entry=entry,
                manufacturer_name=row.manufacturer_name,
                smets_chts_version=row.smets_chts_version,
                gbcs_version=row.gbcs_version,
                esme_variant=row.esme_variant,
                manufacturer_image_hash=row.manufacturer_image_hash,
                recorded_at=at,
                recorded_by=by,
            )
            for entry, row in pairs
        ],
        batch_size=BATCH,
    )


def certify_entries(
    pairs: Iterable[tuple[CPLEntry, SheetRow]], *, by: uuid.UUID, at: datetime
) -> None:
    """Add each entry's certificates, as its row says them."""
    _require_transaction()
    EntryCertificates.objects.bulk_create(
        [
            EntryCertificates(
                entry=entry,
                cpa_certificate_id=row.cpa_certificate_id,
                cpa_expiry_date=row.cpa_expiry_date,
                cpa_renewal_date=row.cpa_renewal_date,
                zigbee_certificate_id=row.zigbee_certificate_id,
                dlms_certificate_id=row.dlms_certificate_id,
                recorded_at=at,
                recorded_by=by,
            )
            for entry, row in pairs
        ],
        batch_size=BATCH,
    )


def change_status(
    changes: Iterable[tuple[CPLEntry, str, date, str]], *, by: uuid.UUID, at: datetime
) -> None:
    """Add removals and relistings: (entry, new status, its date, the reason)."""
    _require_transaction()
    StatusChange.objects.bulk_create(
        [
            StatusChange(
                entry=entry,
                status=status,
                status_date=status_date,
                reason=reason,
                recorded_at=at,
                recorded_by=by,
            )
            for entry, status, status_date, reason in changes
        ],
        batch_size=BATCH,
    )
