"""Reads of the repository: entries with their records, the order of a model, contacts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from cpl.facts import PUBLISHED_FACTS
from cpl.identifiers import family_of
from cpl.models import EntryRevision
from cpl.queries import search_entries
from cpl.sheet.row import CURRENT
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records.models import FirmwareRecord, ManufacturerContact, ReleaseColumns, RepositoryEntry
from fir.records.rules import PathEntry, positions_in_model

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey
    from fir.parties.models import Party
    from fir.records.rules import Position

# The events that tell of a record, each with its full facts.
RECORD_KINDS = frozenset({"FIRMWARE_PUBLISHED", "FIRMWARE_SUPERSEDED", "PATHWAY_COMPLETED"})
_RELEASE_FACTS = tuple(field.name for field in ReleaseColumns._meta.get_fields())


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask for a Manufacturer's images, and when that was last confirmed."""

    role: str
    email: str
    telephone: str
    confirmed_on: date | None


def repository_entries(party: Party, **wanted: str) -> QuerySet[RepositoryEntry]:
    """The entries this Party may read, narrowed as `cpl.queries.search_entries` says."""
    return RepositoryEntry.objects.visible_to(party).filter(search_entries(**wanted))


def find_repository_entry(party: Party, cpl_entry_id: str) -> RepositoryEntry | None:
    """One entry with its record, or None when there is none that this Party may read."""
    return RepositoryEntry.objects.visible_to(party).filter(cpl_entry_id=cpl_entry_id).first()


def makers_hidden_from(party: Party, manufacturer_identifiers: Collection[str]) -> set[str]:
    """Those of these makers with entries whose records this Party may not read."""
    column = "manufacturer_identifier"
    listed = RepositoryEntry.objects.filter(**{f"{column}__in": manufacturer_identifiers})
    visible = listed.visible_to(party).values_list(column, flat=True)
    return set(listed.values_list(column, flat=True).distinct()) - set(visible.distinct())


def recalled_among(party: Party, cpl_entry_ids: Collection[str]) -> set[str]:
    """Those of the entries that are recalled, as far as this Party may read their records."""
    visible = RepositoryEntry.objects.visible_to(party).filter(recalled_at__isnull=False)
    found = visible.filter(cpl_entry_id__in=cpl_entry_ids)
    return set(found.values_list("cpl_entry_id", flat=True))


def has_record(cpl_entry_id: str) -> bool:
    """Whether the entry has a Firmware Record; one from before the repository has none."""
    return FirmwareRecord.objects.filter(entry__cpl_entry_id=cpl_entry_id).exists()


def repository_entry_of(cpl_entry_id: str) -> RepositoryEntry:
    """One entry with its record, for FIR's own readers. Raises RepositoryEntry.DoesNotExist."""
    return RepositoryEntry.objects.get(cpl_entry_id=cpl_entry_id)


def path_entry(entry: RepositoryEntry) -> PathEntry:
    """What ordering and planning need to know of an entry."""
    return PathEntry(
        cpl_entry_id=entry.cpl_entry_id,
        firmware_version=entry.firmware_version,
        manufacturer_image_hash=entry.manufacturer_image_hash,
        # What is archived is no release to go to, whatever the list says of it.
        current=entry.status == CURRENT and entry.archived_at is None,
        date_added=entry.date_added,
        pathway=entry.pathway,
        predecessors=tuple(entry.predecessors),
        seq=entry.entry_id,
        recalled=entry.recalled_at is not None,
    )


def key_of(entry: RepositoryEntry) -> ModelKey:
    """What tells an entry's Device Model from every other."""
    return (entry.device_type, entry.manufacturer_identifier, entry.device_model)


def entries_of_models(keys: Collection[ModelKey]) -> dict[ModelKey, list[RepositoryEntry]]:
    """Every entry of these exact Device Models, by model. One query, whatever their number."""
    found: dict[ModelKey, list[RepositoryEntry]] = defaultdict(list)
    entries = RepositoryEntry.objects.filter(
        device_model__in={key[2] for key in keys}, manufacturer_identifier__in={k[1] for k in keys}
    )
    for entry in entries.order_by("entry_id"):
        if key_of(entry) in keys:
            found[key_of(entry)].append(entry)
    return found


def entries_of_family(
    device_type: str, manufacturer_identifier: str, family: str
) -> list[RepositoryEntry]:
    """Every entry of a family: Device Type, maker and the model's first four digits."""
    return entries_of_families({(device_type, manufacturer_identifier, family)})


def entries_of_families(families: Collection[tuple[str, str, str]]) -> list[RepositoryEntry]:
    """Every entry of these families, oldest first; each is a Device Type, a maker and the model's
    first four digits. One query, or none for none."""
    if not families:
        return []
    entries = RepositoryEntry.objects.filter(
        device_type__in={family[0] for family in families},
        manufacturer_identifier__in={family[1] for family in families},
    )
    if len(families) == 1:
        entries = entries.filter(device_model__startswith=next(iter(families))[2])
    found = entries.order_by("entry_id")
    return [e for e in found if (*key_of(e)[:2], family_of(e.device_model)) in families]


def entries_among(cpl_entry_ids: Collection[str]) -> dict[str, RepositoryEntry]:
    """The entries with these ids, by id; unknown ids are simply absent. One query, or none."""
    if not cpl_entry_ids:
        return {}
    found = RepositoryEntry.objects.filter(cpl_entry_id__in=cpl_entry_ids)
    return {entry.cpl_entry_id: entry for entry in found}


def positions_of(entries: Collection[RepositoryEntry]) -> dict[str, Position]:
    """Where these entries, and all others of their Device Models, stand in their models' order, by
    entry id. One query."""
    positions: dict[str, Position] = {}
    for listed in entries_of_models({key_of(entry) for entry in entries}).values():
        positions |= positions_among(listed)
    return positions


def positions_among(listed: Collection[RepositoryEntry]) -> Mapping[str, Position]:
    """Where each entry stands, by entry id; `listed` is every entry of one Device Model."""
    return positions_in_model(map(path_entry, listed))


def positions_then(entries: Iterable[RepositoryEntry]) -> dict[str, Position]:
    """Where each of these entries stands, by entry id, where they are all that their Device Models
    had at some moment. No query."""
    models: dict[ModelKey, list[RepositoryEntry]] = defaultdict(list)
    for entry in entries:
        models[key_of(entry)].append(entry)
    positions: dict[str, Position] = {}
    for listed in models.values():
        positions |= positions_among(listed)
    return positions


def versions_of(cpl_entry_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The firmware version and image hash of these entries, by entry id."""
    entries = RepositoryEntry.objects.filter(cpl_entry_id__in=cpl_entry_ids)
    rows = entries.values_list("cpl_entry_id", "firmware_version", "manufacturer_image_hash")
    return {entry_id: (version, image_hash) for entry_id, version, image_hash in rows}


def models_of_entries(cpl_entry_ids: Collection[str]) -> set[ModelKey]:
    """The Device Models of these entries."""
    entries = RepositoryEntry.objects.filter(cpl_entry_id__in=cpl_entry_ids)
    return set(entries.values_list("device_type", "manufacturer_identifier", "device_model"))


def contacts_of(manufacturer_identifiers: Collection[str]) -> Mapping[str, Contact]:
    """Whom to ask, by Manufacturer Identifier; makers without a card are absent."""
    cards = ManufacturerContact.objects.select_related("manufacturer").filter(
        manufacturer__identifier__in=manufacturer_identifiers
    )
    return {card.manufacturer.identifier: contact_on(card) for card in cards}


def contact_on(card: ManufacturerContact) -> Contact:
    """What a card says."""
    return Contact(
        role=card.role,
        email=card.email,
        telephone=card.telephone,
        confirmed_on=card.confirmed_at and localdate(card.confirmed_at),
    )


def contact_answer(contact: Contact | None) -> dict[str, str | date | None] | None:
    """A contact as answers carry it; null where the Manufacturer has given none."""
    return asdict(contact) if contact else None


def entry_events(cpl_entry_id: str, tags: list[str]) -> list[LedgerEvent]:
    """The entry's events that a reader of these tags may read, oldest first."""
    events = LedgerEvent.objects.filter(
        subject_type="cpl_entry", subject_id=cpl_entry_id, audience__overlap=tags
    )
    return list(events.order_by("seq"))


def record_faults() -> Iterator[str]:
    """What differs between the published records and the events that told of them."""
    records = {
        str(record.pk): record
        for record in FirmwareRecord.objects.select_related("entry__device_model__manufacturer")
        .prefetch_related("steps__predecessor", "entry__entryrevision_set")
        .iterator(chunk_size=2000)
    }
    corrected = _corrections()
    published = LedgerEvent.objects.filter(kind__in=RECORD_KINDS).order_by("seq")
    for event in published.iterator(chunk_size=2000):
        told = payload_of(event) | corrected.get(event.subject_id, {})
        record = records.pop(str(told["record_id"]), None)
        if record is None:
            yield f"seq {event.seq}: the record {told['record_id']} that it published is missing."
            continue
        for field, value in _locked_facts(record).items():
            if field in told and told[field] != value:  # the first events said less
                yield f"seq {event.seq}: the record of {record.entry} has another {field}."
    for record in records.values():
        yield f"The record of {record.entry} ({record.pk}) stands in no event of the ledger."


def _corrections() -> dict[str, dict[str, object]]:
    """What the newest correction of each entry told of its published facts, by entry id."""
    events = LedgerEvent.objects.filter(kind="CPL_ENTRY_CORRECTED").order_by("seq")
    told = ((event.subject_id, payload_of(event)) for event in events.iterator(chunk_size=2000))
    return {entry: {name: says[name] for name in PUBLISHED_FACTS} for entry, says in told}


def _locked_facts(record: FirmwareRecord) -> dict[str, object]:
    """What the record and its entry say now of what its event told for good."""
    model = record.entry.device_model
    revisions = record.entry.entryrevision_set.all()
    said = max(revisions, key=lambda revision: revision.pk, default=EntryRevision())
    return {
        "cpl_entry_id": record.entry.cpl_entry_id,
        "device_type": model.device_type,
        "manufacturer_identifier": model.manufacturer.identifier,
        "device_model": model.device_model,
        "firmware_version": record.entry.firmware_version,
        "date_added": record.entry.date_added.isoformat(),
        "smets_chts_version": said.smets_chts_version,
        "gbcs_version": said.gbcs_version,
        "esme_variant": said.esme_variant,
        "manufacturer_image_hash": said.manufacturer_image_hash,
        "pathway": record.pathway,
        "predecessors": sorted(step.predecessor.cpl_entry_id for step in record.steps.all()),
        **{name: getattr(record, name) for name in _RELEASE_FACTS},
        "end_of_support": record.end_of_support and record.end_of_support.isoformat(),
    }
