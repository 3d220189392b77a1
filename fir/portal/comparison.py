"""A submission read beside the release it follows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fir.records.models import RepositoryEntry
    from fir.submissions.models import Submission

HEXADECIMAL = (
    "manufacturer_identifier",
    "device_model",
    "firmware_version",
    "manufacturer_image_hash",
)
LABELS = {
    "device_type": "Device Type",
    "manufacturer_identifier": "Manufacturer Identifier",
    "device_model": "Device Model",
    "firmware_version": "Firmware version",
    "manufacturer_image_hash": "Manufacturer Image Hash",
    "smets_chts_version": "SMETS or CHTS version",
    "gbcs_version": "GBCS version",
    "esme_variant": "ESME variant",
    "cpa_certificate_id": "CPA certificate",
    "cpa_expiry_date": "CPA expiry date",
    "cpa_renewal_date": "CPA renewal date",
    "zigbee_certificate_id": "ZigBee certificate",
    "dlms_certificate_id": "DLMS certificate",
    "carries_updates": "Carries updates to PPMID and HCALCS",
    "release_notes": "Release notes",
}
YES_OR_NO = {True: "Yes", False: "No", None: ""}


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact: what the submission says, and what the earlier release says, '' for nothing."""

    label: str
    submitted: Any
    previous: Any
    is_hexadecimal: bool

    @property
    def differs(self) -> bool:
        """Whether the two say something else."""
        return bool(self.submitted != self.previous)


def compare(submission: Submission, previous: RepositoryEntry | None) -> list[Compared]:
    """Every fact of a submission, in the form's order, beside the same of an earlier release."""
    return [
        Compared(label, _value(submission, name), _value(previous, name), name in HEXADECIMAL)
        for name, label in LABELS.items()
    ]


def _value(said: Submission | RepositoryEntry | None, name: str) -> Any:
    value: Any = getattr(said, name, "")
    if name == "carries_updates":
        return YES_OR_NO.get(value, "")
    return "" if value is None else value
