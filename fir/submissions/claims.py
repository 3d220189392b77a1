"""Reading what somebody brings: from words to a typed claim, with every fault named at once. Pure.

A claim may be partial: a field that cannot be read is left out and reported, and the rules are
still asked about all the others, so that one answer holds everything that must be mended.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cpl.identifiers import (
    IdentifierFault,
    parse_cpl_entry_id,
    parse_date,
    parse_device_model,
    parse_device_type,
    parse_firmware_version,
    parse_image_hash,
    parse_manufacturer_identifier,
    shown,
)
from cpl.sheet.row import COLUMNS, CURRENT
from fir.submissions import readers


class Kind(StrEnum):
    """What a submission is for."""

    NEW = "NEW"
    CORRECTION = "CORRECTION"
    LEGACY_COMPLETION = "LEGACY_COMPLETION"
    WITHDRAWAL = "WITHDRAWAL"
    RECALL_LIFT = "RECALL_LIFT"


# Why a release was made; several may hold.
PURPOSES = ("SECURITY", "DEFECT", "REGULATORY", "FEATURE")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: the field, a code for machines, a sentence for people."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A release as its Manufacturer describes it. None: not said, or not readable.

    `of_entry` is the entry that a correction, completion or withdrawal is about. `predecessors`
    names the CPL Entry IDs it may be installed over; an empty tuple says that it may be installed
    over none ("N/A", MP231), None that nobody knows, which only a completion may say.
    """

    kind: str = Kind.NEW.value
    of_entry: str | None = None
    reason: str = ""
    device_type: str | None = None
    manufacturer_identifier: str | None = None
    device_model: str | None = None
    further_device_models: tuple[str, ...] = ()
    firmware_version: str | None = None
    manufacturer_image_hash: str | None = None
    smets_chts_version: str = ""
    gbcs_version: str = ""
    esme_variant: str = ""
    cpa_certificate_id: str = ""
    cpa_expiry_date: date | None = None
    cpa_renewal_date: date | None = None
    zigbee_certificate_id: str = ""
    dlms_certificate_id: str = ""
    predecessors: tuple[str, ...] | None = None
    release_notes: str = ""
    carries_updates: bool | None = None
    purposes: tuple[str, ...] = ()
    security_relevant: bool | None = None
    interrupts_hub_power: bool | None = None
    minimum_hardware_version: str | None = None
    maximum_hardware_version: str | None = None
    image_size: int | None = None
    end_of_support: date | None = None
    activation_advice: str = ""

    @property
    def device_models(self) -> tuple[str, ...]:
        """Every Device Model it is for, each to become an entry; none where it was not readable."""
        return (self.device_model, *self.further_device_models) if self.device_model else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLine(Claim):
    """A claim as the line of the list that it would become, without an entry id yet."""

    cpl_entry_id: str = ""
    manufacturer_name: str | None = None
    status: str = CURRENT
    date_added: date | None = None
    removal_reason: str | None = None


def as_lines(claim: Claim, today: date) -> list[ClaimedLine]:
    """The lines of the list that a claim would become today, one for each Device Model; one without
    a Device Model where that was not readable."""
    said = {**asdict(claim), "date_added": today, "cpl_entry_id": claim.of_entry or ""}
    models = claim.device_models or (None,)
    return [ClaimedLine(**{**said, "device_model": model}) for model in models]


READERS: Mapping[str, Callable[[Any], Any]] = {
    "kind": readers.choice(tuple(Kind)),
    "of_entry": readers.identifier(parse_cpl_entry_id),
    "reason": readers.reason,
    "device_type": readers.identifier(parse_device_type),
    "manufacturer_identifier": readers.identifier(parse_manufacturer_identifier),
    "device_model": readers.identifier(parse_device_model),
    "further_device_models": readers.device_models,
    "firmware_version": readers.identifier(parse_firmware_version),
    "manufacturer_image_hash": readers.identifier(parse_image_hash),
    "smets_chts_version": readers.text,
    "gbcs_version": readers.text,
    "esme_variant": readers.text,
    "cpa_certificate_id": readers.text,
    "cpa_expiry_date": readers.identifier(parse_date),
    "cpa_renewal_date": readers.identifier(parse_date),
    "zigbee_certificate_id": readers.text,
    "dlms_certificate_id": readers.text,
    "predecessors": readers.predecessors,
    "release_notes": readers.notes,
    "carries_updates": readers.yes_or_no,
    "purposes": readers.choices(PURPOSES),
    "security_relevant": readers.yes_or_no,
    "interrupts_hub_power": readers.yes_or_no,
    "minimum_hardware_version": readers.hardware_version,
    "maximum_hardware_version": readers.hardware_version,
    "image_size": readers.size,
    "end_of_support": readers.identifier(parse_date),
    "activation_advice": readers.notes,
}

# What a claim says that goes into the release's line of the list; what tells the release from every
# other; and what its record says beyond the list.
LISTED_FACTS = tuple(name for name in READERS if name in COLUMNS)
IDENTITY = ("device_type", "manufacturer_identifier", "device_model", "firmware_version")
RELEASE_FACTS = tuple(READERS)[tuple(READERS).index("release_notes") :]

_ABOUT_ENTRY = ("of_entry", "reason")
_WHOLE = (
    *IDENTITY,
    "manufacturer_image_hash",
    "smets_chts_version",
    "gbcs_version",
    "predecessors",
)
# What must be said, and what must not, by kind. What tells an entry is taken from the entry.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    Kind.NEW: _WHOLE,
    Kind.CORRECTION: (*_ABOUT_ENTRY, *(name for name in _WHOLE if name not in IDENTITY)),
    Kind.LEGACY_COMPLETION: ("of_entry",),
    Kind.WITHDRAWAL: _ABOUT_ENTRY,
    Kind.RECALL_LIFT: _ABOUT_ENTRY,
}
_NOT_SAID: Mapping[str, frozenset[str]] = {
    Kind.NEW: frozenset(_ABOUT_ENTRY),
    Kind.CORRECTION: frozenset({"further_device_models"}),
    Kind.LEGACY_COMPLETION: frozenset({"further_device_models", "reason"}),
    Kind.WITHDRAWAL: frozenset(READERS) - {"kind", *_ABOUT_ENTRY, *IDENTITY},
    Kind.RECALL_LIFT: frozenset(READERS) - {"kind", *_ABOUT_ENTRY, *IDENTITY},
}


def fields_of(kind: str) -> tuple[str, ...]:
    """What a submission of this kind may say."""
    return tuple(name for name in READERS if name not in _NOT_SAID[kind])


def _says_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def read_reason(reason: str) -> tuple[str, list[Fault]]:
    """A decision's reason, or a comment, as it is kept and shown, and what is wrong with it."""
    try:
        return readers.notes(reason), []
    except readers.NotReadable as fault:
        return "", [Fault("reason", fault.code, str(fault))]


def read_claim(said: Mapping[str, Any]) -> tuple[Claim, list[Fault]]:
    """The claim in what was said, and every fault of form: missing, unknown, unreadable fields."""
    read: dict[str, Any] = {}
    faults = [
        Fault(shown(name), "FIELD_UNKNOWN", f"No such field; the fields are {', '.join(READERS)}.")
        for name in said
        if name not in READERS
    ]
    for name, reader in READERS.items():
        kind = read.get("kind", Kind.NEW)
        if _says_nothing(said.get(name)):
            if name in REQUIRED[kind]:
                faults.append(Fault(name, "FIELD_MISSING", "This must be said."))
        elif name in _NOT_SAID[kind]:
            message = f"A submission of kind {kind} does not say this; leave it out."
            faults.append(Fault(name, "NOT_OF_THIS_KIND", message))
        else:
            try:
                read[name] = reader(said[name])
            except (IdentifierFault, readers.NotReadable) as fault:
                faults.append(Fault(name, fault.code, str(fault)))
    return Claim(**read), faults
