"""The steps that publish: a new release, a correction, a completion, a withdrawal.

Each belongs inside the operation that approves it; the list's lock (`cpl.operations.lock_list`) and
the append are that operation's. Each returns the events that it must append.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from cpl.facts import CERTIFICATE_FACTS, PUBLISHED_FACTS
from cpl.models import CPLEntry, ListedEntry
from cpl.operations import add_entries, certify_entries, change_status, revise_entries
from cpl.sheet.row import REMOVED
from fir.ledger.operations import NewEvent, require_transaction
from fir.records.models import (
    LIFTED,
    FirmwareRecord,
    HubCapability,
    RepositoryEntry,
    UpgradePathway,
)
from fir.records.operations import entry_event, entry_facts, status_event
from fir.records.standing import AlreadyArchived, archive_entry, change_recall

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from cpl.sheet.row import SheetRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a record says of a release beyond its line of the list; see `models.ReleaseColumns`."""

    release_notes: str = ""
    purposes: tuple[str, ...] = ()
    security_relevant: bool | None = None
    interrupts_hub_power: bool | None = None
    minimum_hardware_version: str = ""
    maximum_hardware_version: str = ""
    image_size: int | None = None
    end_of_support: date | None = None
    activation_advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is published of a release beyond its line, and by which submission.

    `makers` are the slugs of the Parties that hold the Manufacturer Identifier; they read the
    record besides the categories that read all. `published_by` is who approved it.
    """

    pathway: str
    predecessors: tuple[str, ...]
    facts: ReleaseFacts
    carries_updates: bool | None
    submission_id: uuid.UUID
    makers: Sequence[str]
    published_by: uuid.UUID


def publish_release(
    *, rows: Sequence[SheetRow], release: Release, at: datetime
) -> tuple[dict[str, int], list[NewEvent]]:
    """List the lines and publish a locked record for each: all or none. A step.

    Returns the entries' numbers by entry id, and the events.
    """
    require_transaction()
    entries = add_entries(rows, by=release.published_by, at=at)
    events = []
    for row in rows:
        record = _write_record(entries[row.cpl_entry_id], release, at=at)
        events.append(entry_event("CPL_ENTRY_LISTED", row))
        events.append(_told("FIRMWARE_PUBLISHED", row, record, release))
    return entries, events


def complete_entry(*, row: SheetRow, release: Release, at: datetime) -> list[NewEvent]:
    """Publish the first record of an entry from before the repository (MP231). A step; the list
    stays as it is, and `row` is what it says."""
    require_transaction()
    entry = CPLEntry.objects.get(cpl_entry_id=row.cpl_entry_id)
    record = _write_record(entry.pk, release, at=at)
    return [_told("PATHWAY_COMPLETED", row, record, release)]


def supersede_record(
    *, row: SheetRow, release: Release, reason: str, at: datetime
) -> list[NewEvent]:
    """Publish a record in the place of an entry's newest one, saying why, and let the list say what
    `row` says. A step."""
    require_transaction()
    entry = CPLEntry.objects.get(cpl_entry_id=row.cpl_entry_id)
    listed = ListedEntry.objects.get(entry=entry)
    newest = FirmwareRecord.objects.get(entry=entry, firmwarerecord=None)
    record = _write_record(entry.pk, release, at=at, supersedes=newest, reason=reason)
    told = _told(
        "FIRMWARE_SUPERSEDED", row, record, release, supersedes=str(newest.pk), reason=reason
    )
    return [*_correct_line(entry.pk, listed, row, release, reason, at=at), told]


def withdraw_entry(
    *, cpl_entry_id: str, reason: str, proposed_by: uuid.UUID, by: uuid.UUID, at: datetime
) -> list[NewEvent]:
    """Remove an entry whose Manufacturer withdrew it (SEC Section F2), and archive its release if
    it is not archived yet. A step."""
    require_transaction()
    entry = CPLEntry.objects.get(cpl_entry_id=cpl_entry_id)
    day = max(localdate(at), entry.date_added)
    change_status([(entry.pk, REMOVED, day, reason)], by=by, at=at)
    removed = status_event(cpl_entry_id, REMOVED, day, reason=reason, proposed_by=proposed_by)
    try:
        archived = archive_entry(
            cpl_entry_id=cpl_entry_id,
            cause="WITHDRAWN",
            reason=reason,
            proposed_by=proposed_by,
            by=by,
            at=at,
        )
    except AlreadyArchived:
        return [removed]
    return [removed, archived]


def lift_recall(*, cpl_entry_id: str, reason: str, by: uuid.UUID, at: datetime) -> list[NewEvent]:
    """Let a recalled release be deployed again. A step. Raises NotRecalled."""
    entry = RepositoryEntry.objects.get(cpl_entry_id=cpl_entry_id)
    return [change_recall(entry=entry, state=LIFTED, reason=reason, by=by, at=at)]


def _write_record(
    entry: int,
    release: Release,
    *,
    at: datetime,
    supersedes: FirmwareRecord | None = None,
    reason: str = "",
) -> FirmwareRecord:
    record = FirmwareRecord.objects.create(
        **{**asdict(release.facts), "purposes": list(release.facts.purposes)},
        entry_id=entry,
        supersedes=supersedes,
        reason=reason,
        submission_id=release.submission_id,
        pathway=release.pathway,
        published_at=at,
        published_by=release.published_by,
    )
    named = CPLEntry.objects.filter(cpl_entry_id__in=release.predecessors)
    UpgradePathway.objects.bulk_create(
        [UpgradePathway(record=record, predecessor=predecessor) for predecessor in named]
    )
    if release.carries_updates is not None:
        HubCapability.objects.create(
            entry_id=entry,
            carries_updates=release.carries_updates,
            declared_at=at,
            declared_by=release.published_by,
        )
    return record


def _correct_line(
    entry: int,
    listed: ListedEntry,
    row: SheetRow,
    release: Release,
    reason: str,
    *,
    at: datetime,
) -> list[NewEvent]:
    """Let the list say what the row says, as an import of the row would."""
    published = _differing(PUBLISHED_FACTS, listed, row)
    certificates = _differing(CERTIFICATE_FACTS, listed, row)
    if published:
        revise_entries([(entry, row)], by=release.published_by, at=at)
    if certificates:
        certify_entries([(entry, row)], by=release.published_by, at=at)
    if published:
        said = {"corrected": published, "reason": reason, "import_id": None}
        payload = {**entry_facts(row), **said}
        return [NewEvent("CPL_ENTRY_CORRECTED", "cpl_entry", row.cpl_entry_id, payload)]
    return [entry_event("CPL_ENTRY_REVISED", row)] if certificates else []


def _differing(names: Sequence[str], listed: ListedEntry, row: SheetRow) -> list[str]:
    before, after = attrgetter(*names)(listed), attrgetter(*names)(row)
    return [name for name, a, b in zip(names, before, after, strict=True) if a != b]


def _told(
    kind: str, row: SheetRow, record: FirmwareRecord, release: Release, **more: str
) -> NewEvent:
    """The event of a record, with its full facts."""
    facts: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(release.facts).items()
    }
    payload = {
        **entry_facts(row),
        **facts,
        "purposes": list(release.facts.purposes),
        "record_id": str(record.pk),
        "pathway": release.pathway,
        "predecessors": sorted(release.predecessors),
        "carries_updates": release.carries_updates,
        **more,
    }
    return NewEvent(kind, "cpl_entry", row.cpl_entry_id, payload, release.makers)
