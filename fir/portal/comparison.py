"""A submission read beside the release it follows, or the record it corrects or completes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from fir.portal.templatetags.fir import words
from fir.records.rules import NAMED, NONE, UNKNOWN
from fir.submissions.claims import PURPOSES
from fir.submissions.rules.rule import OF_A_RELEASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fir.records.models import RepositoryEntry
    from fir.submissions.models import Submission

HEXADECIMAL = (
    "manufacturer_identifier",
    "device_model",
    "further_device_models",
    "firmware_version",
    "manufacturer_image_hash",
    "minimum_hardware_version",
    "maximum_hardware_version",
)
LISTED = {
    "device_type": "Device Type",
    "manufacturer_identifier": "Manufacturer Identifier",
    "device_model": "Device Model",
    "further_device_models": "Further Device Models",
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
}
# What a record says beyond the list.
RELEASE = {
    "purposes": "Why it was made",
    "security_relevant": "Relevant to security",
    "interrupts_hub_power": "Interrupts the hub's power for over three minutes",
    "minimum_hardware_version": "Lowest hardware version",
    "maximum_hardware_version": "Highest hardware version",
    "image_size": "Size of the OTA Upgrade Image",
    "end_of_support": "End of support",
    "carries_updates": "Carries updates to PPMID and HCALCS",
    "activation_advice": "Advice on activating it",
    "release_notes": "Release notes",
}
LABELS = {**LISTED, **RELEASE}
YES_OR_NO = {True: "Yes", False: "No"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact: what the submission says, and what stands beside it, '' for nothing. `stays` where
    what is not said changes nothing."""

    label: str
    submitted: str
    previous: str
    is_hexadecimal: bool
    stays: bool = False

    @property
    def differs(self) -> bool:
        """Whether the two say something else."""
        return self.submitted != self.previous and not self.stays

    @property
    def in_words(self) -> str:
        """How the one stands to the other."""
        if not self.differs:
            return "Stays" if self.stays else "Same"
        if not self.submitted:
            return "Left out"
        return "Changed" if self.previous else "Added"


def compare(submission: Submission, previous: RepositoryEntry | None) -> list[Compared]:
    """Every fact that a submission of its kind says, in the form's order, beside the same of what
    stands; what neither says is left out. Where no release is described, the entry's own facts."""
    rows = [
        Compared(
            label,
            shown(getattr(submission, name)),
            shown(getattr(previous, name, "")),
            name in HEXADECIMAL,
            # A hub's capability is declared beside its record, and stands until another is.
            name == "carries_updates" and bool(submission.of_entry) and _is_unsaid(submission),
        )
        for name, label in (LABELS if submission.kind in OF_A_RELEASE else LISTED).items()
    ]
    return [row for row in rows if row.submitted or row.previous]


def _is_unsaid(submission: Submission) -> bool:
    return submission.carries_updates is None


def shown(value: Any) -> str:
    """A fact as people read it; '' where nothing is said."""
    if isinstance(value, bool):
        return YES_OR_NO[value]
    if isinstance(value, list | tuple):
        return ", ".join(words(one) if one in PURPOSES else one for one in value)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return f"{value:,} bytes" if isinstance(value, int) else value or ""


@dataclass(frozen=True, slots=True)
class Predecessors:
    """Over what a submission may be installed, beside what stands: `before` is '' beside nothing.

    `said` and `before` are NAMED, NONE or UNKNOWN, three different answers.
    """

    said: str
    before: str
    added: Sequence[str]
    kept: Sequence[str]
    gone: Sequence[str]

    @property
    def differs(self) -> bool:
        """Whether the two say something else."""
        return bool(self.before) and (
            self.said != self.before or bool(self.added) or bool(self.gone)
        )


def compare_predecessors(
    submission: Submission, previous: RepositoryEntry | None
) -> Predecessors | None:
    """The permitted predecessors of a submission beside those of what stands; None where it
    describes no release, and so names none."""
    if submission.kind not in OF_A_RELEASE:
        return None
    said = tuple(submission.predecessors or ())
    before = tuple(previous.predecessors) if previous else ()
    return Predecessors(
        said=submission.pathway,
        before=previous.pathway if previous else "",
        added=[one for one in said if one not in before],
        kept=[one for one in said if one in before],
        gone=[one for one in before if one not in said],
    )


PATHWAYS_IN_WORDS = {
    NAMED: "named entries",
    NONE: "none (N/A)",
    UNKNOWN: "nobody has declared it",
}
