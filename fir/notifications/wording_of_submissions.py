"""What a notice says of submissions. Of other Parties it names whoever brought them, and that to
the Administrator alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as worded
from django.utils.text import Truncator
from django.utils.timezone import localtime

from fir.ledger.queries import payload_of
from fir.notifications import wording
from fir.submissions.claims import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fir.ledger.models import LedgerEvent
    from fir.parties.models import Party
    from fir.submissions.models import Submission

MOMENT = "j F Y, H:i"
# So much of what was said of each, where a notice tells of several.
IN_SHORT = 300
APPROVED, COMMENTED = "SUBMISSION_APPROVED", "SUBMISSION_COMMENTED"
PUBLISHED = "SUBMISSION_PUBLISHED"
# By kind of event: what the title begins with, and what stands above the submissions.
_WORDS = {
    "SUBMISSION_RECEIVED": (
        "To decide",
        "Brought by {bringer}, for somebody at the Administrator to decide:",
    ),
    "SUBMISSION_WITHDRAWN": ("Taken back", "Taken back by {bringer}; nothing is to be decided:"),
    "SUBMISSION_RETURNED": (
        "Returned",
        "Sent back by the Administrator, to be mended and brought again:",
    ),
    "SUBMISSION_CLOSED": ("Closed", "Closed by the Administrator without publication:"),
    APPROVED: ("Approved", "Approved by the Administrator:"),
    PUBLISHED: ("Published", "Published at the time for which it was approved:"),
    "APPROVAL_CANCELLED": (
        "Approval taken back",
        "The Administrator took back its approval before the time of publication, and will decide "
        "anew:",
    ),
    "PUBLICATION_HELD_BACK": (
        "Held back",
        "Approved, and not published at its time, since something no longer was as it must be. The "
        "Administrator will decide anew:",
    ),
    COMMENTED: ("Comment", "The {side} commented on this:"),
}
# What was brought, in the middle of a sentence, where it is about an entry of the list.
_ABOUT_ENTRY = {
    Kind.CORRECTION: "the correction of {}",
    Kind.LEGACY_COMPLETION: "the completion of {}",
    Kind.WITHDRAWAL: "the withdrawal of {}",
    Kind.RECALL_LIFT: "the end of the recall of {}",
}
_DONE = {
    Kind.CORRECTION: "Published.",
    Kind.LEGACY_COMPLETION: "Published.",
    Kind.WITHDRAWAL: "Removed from the Central Products List.",
    Kind.RECALL_LIFT: "The recall is lifted.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a submission, with what it said."""

    event: LedgerEvent
    said: Mapping[str, Any]
    submission: Submission

    @classmethod
    def of(cls, event: LedgerEvent, submission: Submission) -> Told:
        """The event, read."""
        return cls(event, payload_of(event), submission)

    @property
    def publish_at(self) -> str:
        """The time of publication, where an approval named one."""
        moment = self.said.get("publish_at")
        return worded(localtime(datetime.fromisoformat(moment)), MOMENT) if moment else ""


def submissions_title(told: Sequence[Told]) -> str:
    """What was done to one submission, or to how many."""
    first = told[0]
    begins, _ = _WORDS[first.event.kind]
    if len(told) > 1:
        return f"{begins}: {len(told)} submissions"
    if first.event.kind == APPROVED and first.publish_at:
        begins = f"To be published on {first.publish_at}"
    elif first.event.kind in (APPROVED, PUBLISHED) and first.said["kind"] == Kind.NEW:
        more = len(first.submission.further_entry_ids)
        further = f" and {more} more" if more else ""
        begins = f"Published as {first.said['cpl_entry_id']}{further}"
    return f"{begins}: {_what(first.said)}"


def _what(said: Mapping[str, Any]) -> str:
    """What was brought, in the middle of a sentence."""
    if said["kind"] != Kind.NEW:
        return _ABOUT_ENTRY[said["kind"]].format(said["of_entry"])
    more = len(said["further_device_models"])
    models = f" and {more} further Device {'Model' if more == 1 else 'Models'}" if more else ""
    version, device_type, model = (
        said[name] for name in ("firmware_version", "device_type", "device_model")
    )
    return f"firmware {version} for {device_type} {model}{models}"


def submissions_text(told: Sequence[Told], party: Party, bringer: Party) -> str:
    """What a Party is told of one submission, or of several."""
    first = told[0]
    is_alone = len(told) == 1
    is_bringer = party == bringer
    context = {
        "opening": _WORDS[first.event.kind][1].format(
            bringer=bringer.name, side="Administrator" if is_bringer else "Manufacturer"
        ),
        "lines": [
            (_capital(_what(one.said)), [_cut(text, is_alone) for text in _outcome(one)])
            for one in told[: wording.MOST_LISTED]
        ],
        "more": max(len(told) - wording.MOST_LISTED, 0),
        "submission": first.event.subject_id if is_alone else "",
        "is_bringer": is_bringer,
        "party": party,
        "base_url": settings.BASE_URL,
    }
    return render_to_string("emails/submissions.txt", context)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _cut(text: str, is_alone: bool) -> str:
    return text if is_alone else Truncator(text).chars(IN_SHORT)


def _outcome(told: Told) -> list[str]:
    """What came of a submission and what was said to it, in lines."""
    came = []
    if told.event.kind in (APPROVED, PUBLISHED):
        came.append(_published(told))
    reason = str(told.said.get("reason", "")).splitlines()
    faults = [fault["message"] for fault in told.said.get("faults", ())]
    return [line for line in (*came, *reason, *faults) if line.strip()]


def _published(told: Told) -> str:
    if told.publish_at:
        return f"To be published on {told.publish_at} (London time), if it keeps every rule then."
    if told.said["kind"] == Kind.NEW:
        return f"Published as {', '.join(told.submission.cpl_entry_ids)}."
    return _DONE[told.said["kind"]]
