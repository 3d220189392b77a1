"""Reading what somebody brings: from words to a typed claim, with every fault named at once. Pure.

A claim may be partial: a field that cannot be read is left out and reported, and the rules are
still asked about all the others, so that one answer holds everything that must be mended.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
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
from cpl.sheet.cells import NONCHARACTERS, UNSEEN
from cpl.sheet.row import COLUMNS, CURRENT

NOT_APPLICABLE = "N/A"
MOST_PREDECESSORS = 200
MOST_NOTES = 4000
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: the field, a code for machines, a sentence for people."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A release as its Manufacturer describes it. None: not said, or not readable.

    `predecessors` names the CPL Entry IDs it may be installed over; an empty tuple says that it
    may be installed over none ("N/A", MP231).
    """

    device_type: str | None = None
    manufacturer_identifier: str | None = None
    device_model: str | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLine(Claim):
    """A claim as the line of the list that it would become, without an entry id yet."""

    cpl_entry_id: str = ""
    manufacturer_name: str | None = None
    status: str = CURRENT
    date_added: date | None = None
    removal_reason: str | None = None


def as_line(claim: Claim, today: date) -> ClaimedLine:
    """The line of the list that a claim would become today."""
    return ClaimedLine(**asdict(claim), date_added=today)


class _NotReadable(ValueError):
    """A value of the wrong kind; the message says which kind was wanted."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def _text(value: Any, most: int = MOST_TEXT, *, lines: bool = False) -> str:
    if not isinstance(value, str):
        raise _NotReadable("NOT_TEXT", "Text is wanted here.")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > most:
        raise _NotReadable("TOO_LONG", f"At most {most} characters; this has {len(text)}.")
    odd = [c for c in text if unicodedata.category(c) in UNSEEN or c in NONCHARACTERS]
    if any(not (lines and c in "\n\r\t") for c in odd):
        raise _NotReadable(
            "CONTROL_CHARACTER", "Contains a control or invisible character; take it out."
        )
    return text


def _notes(value: Any) -> str:
    return _text(value, MOST_NOTES, lines=True)


def _identifier(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        return parse(_text(value))

    return read


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _NotReadable("NOT_YES_OR_NO", "true or false is wanted here.")
    return value


def _predecessors(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip().upper() == NOT_APPLICABLE:
        return ()
    if not isinstance(value, list) or not value:
        raise _NotReadable(
            "PREDECESSORS_FORM",
            'Name the CPL Entry IDs that this version may be installed over, as a list, or "N/A" '
            "if it may be installed over none (MP231).",
        )
    if len(value) > MOST_PREDECESSORS:
        raise _NotReadable("TOO_MANY", f"At most {MOST_PREDECESSORS} predecessors can be named.")
    return tuple(sorted({parse_cpl_entry_id(_text(item)) for item in value}))


READERS: Mapping[str, Callable[[Any], Any]] = {
    "device_type": _identifier(parse_device_type),
    "manufacturer_identifier": _identifier(parse_manufacturer_identifier),
    "device_model": _identifier(parse_device_model),
    "firmware_version": _identifier(parse_firmware_version),
    "manufacturer_image_hash": _identifier(parse_image_hash),
    "smets_chts_version": _text,
    "gbcs_version": _text,
    "esme_variant": _text,
    "cpa_certificate_id": _text,
    "cpa_expiry_date": _identifier(parse_date),
    "cpa_renewal_date": _identifier(parse_date),
    "zigbee_certificate_id": _text,
    "dlms_certificate_id": _text,
    "predecessors": _predecessors,
    "release_notes": _notes,
    "carries_updates": _yes_or_no,
}

# What a claim says that goes into the release's line of the list.
LISTED_FACTS = tuple(name for name in READERS if name in COLUMNS)

REQUIRED = (
    "device_type",
    "manufacturer_identifier",
    "device_model",
    "firmware_version",
    "manufacturer_image_hash",
    "smets_chts_version",
    "gbcs_version",
    "predecessors",
)


def _says_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def read_reason(reason: str) -> tuple[str, list[Fault]]:
    """A decision's reason, as it is kept and published, and what is wrong with it."""
    try:
        return _notes(reason), []
    except _NotReadable as fault:
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
        if _says_nothing(said.get(name)):
            if name in REQUIRED:
                faults.append(Fault(name, "FIELD_MISSING", "This must be said."))
            continue
        try:
            read[name] = reader(said[name])
        except IdentifierFault as fault:
            faults.append(Fault(name, fault.code, str(fault)))
        except _NotReadable as fault:
            faults.append(Fault(name, fault.code, str(fault)))
    return Claim(**read), faults
