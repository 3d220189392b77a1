"""Into which sections the questions about a release fall, and which of them a draft is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cpl.identifiers import IdentifierFault, parse_device_type
from fir.submissions.claims import Kind, fields_of
from fir.submissions.offers import entry_of, told_by_list

if TYPE_CHECKING:
    from fir.submissions.models import Draft


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that are asked on one page."""

    slug: str
    title: str
    names: tuple[str, ...]


SECTIONS = (
    Section("reason", "Reason", ("of_entry", "reason")),
    Section(
        "device",
        "Device",
        (
            "manufacturer_identifier",
            "device_type",
            "device_model",
            "further_device_models",
            "esme_variant",
        ),
    ),
    Section(
        "firmware",
        "Firmware",
        (
            "firmware_version",
            "manufacturer_image_hash",
            "image_size",
            "minimum_hardware_version",
            "maximum_hardware_version",
            "carries_updates",
        ),
    ),
    Section("pathway", "Pathway", ("predecessors",)),
    Section(
        "assurance",
        "Assurance",
        (
            "smets_chts_version",
            "gbcs_version",
            "cpa_certificate_id",
            "cpa_expiry_date",
            "cpa_renewal_date",
            "zigbee_certificate_id",
            "dlms_certificate_id",
        ),
    ),
    Section(
        "notes",
        "Notes",
        (
            "purposes",
            "security_relevant",
            "interrupts_hub_power",
            "end_of_support",
            "activation_advice",
            "release_notes",
        ),
    ),
)
OF_ONE_TYPE = {"carries_updates": "CHF", "esme_variant": "ESME"}


def says_something(value: Any) -> bool:
    """Whether an answer says anything at all."""
    return value not in (None, [], ()) and not (isinstance(value, str) and not value.strip())


def device_type_of(draft: Draft) -> str | None:
    """The Device Type that a draft is for; None while it is not known. One query, or none."""
    if draft.kind != Kind.NEW:
        entry = entry_of(draft.said)
        return entry.device_type if entry else None
    try:
        return parse_device_type(str(draft.said.get("device_type") or ""))
    except IdentifierFault:
        return None


def sections_of(draft: Draft, device_type: str | None) -> list[Section]:
    """The sections that a draft has, each with the questions that are asked of its kind and Device
    Type, or that were answered all the same and so may be taken back."""
    left_out = set(told_by_list(draft.kind))
    left_out |= {n for n, only in OF_ONE_TYPE.items() if device_type and device_type != only}
    if device_type is None:
        left_out.add("carries_updates")
    asked = set(fields_of(draft.kind)) - left_out
    shown = (
        Section(
            section.slug,
            _title(section, draft.kind),
            tuple(n for n in section.names if n in asked or says_something(draft.said.get(n))),
        )
        for section in SECTIONS
    )
    return [section for section in shown if section.names]


def _title(section: Section, kind: str) -> str:
    return "Entry" if (section.slug, kind) == ("reason", Kind.LEGACY_COMPLETION) else section.title
