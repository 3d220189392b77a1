"""What the notices and emails say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as worded

from fir.eligibility.explanations import MEANINGS
from fir.parties.permissions import Permission
from fir.parties.queries import invitation_token
from fir.records.queries import contacts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cpl.models import EntryColumns, ListedEntry
    from fir.estates.queries import VersionKey
    from fir.parties.models import Invitation, Party
    from fir.records.models import RepositoryEntry

INVITATION_TITLE = "An invitation to the Firmware Information Repository"
MOST_LISTED = 50
DAY = "j F Y"

_TEMPLATES = {
    "CPL_ENTRY_REMOVED": "emails/entry_removed.txt",
    "CPL_ENTRY_RELISTED": "emails/entry_relisted.txt",
}
_ANSWERABLE = {"DCC": "the DCC", "IS": "the Import Supplier", "GS": "the Gas Supplier"}
# A certificate's end: whether it expires or is to be renewed, and whether that is to come.
_ENDS = {
    ("expiry", True): "expires on",
    ("expiry", False): "expired on",
    ("renewal", True): "is to be renewed by",
    ("renewal", False): "was to be renewed by",
}


def contact_line(entry: RepositoryEntry) -> str:
    """Whom a Supplier asks for the images of this entry's Manufacturer."""
    contact = contacts_of([entry.manufacturer_identifier]).get(entry.manufacturer_identifier)
    if contact is None:
        return f"{entry.manufacturer_name} has given no contact"
    return f"{contact.role}, {contact.email}"


def release_text(
    entry: RepositoryEntry,
    party: Party,
    counts: Mapping[str, int],
    contact: str,
    *,
    is_holder: bool,
) -> str:
    """What a Supplier is told of a published release. `is_holder`: it has devices of the model,
    even where a later release took their counts over."""
    context: dict[str, Any] = {
        "is_holder": is_holder,
        "entry": entry,
        "party": party,
        "counts": counts,
        "total": sum(counts.values()),
        "lines": [
            {"devices": counts[outcome], "meaning": meaning}
            for outcome, meaning in MEANINGS.items()
            if outcome in counts
        ],
        "contact": contact,
        "base_url": settings.BASE_URL,
    }
    return render_to_string("emails/firmware_published.txt", context)


def version_of(entry: EntryColumns) -> VersionKey:
    """Which Devices run what an entry lists."""
    return (
        entry.device_type,
        entry.manufacturer_identifier,
        entry.device_model,
        entry.firmware_version,
    )


def entry_changed_text(
    kind: str,
    entry: ListedEntry,
    said: Mapping[str, Any],
    party: Party,
    devices: int,
    others: Sequence[str],
) -> str:
    """What a Supplier is told of an entry that was removed or relisted, as the event `said`;
    `others` are the Current entries that list the same firmware."""
    context = {
        "entry": entry,
        "reason": said["reason"],
        "day": date.fromisoformat(said.get("date_removed") or said["date_relisted"]),
        "party": party,
        "devices": devices,
        "others": others,
        "base_url": settings.BASE_URL,
    }
    return render_to_string(_TEMPLATES[kind], context)


def certificate_title(said: Mapping[str, Any]) -> str:
    """What happens to a certificate, and when."""
    return f"CPA certificate {said['cpa_certificate_id'][:64]} {_ending(said)}"


def _ending(said: Mapping[str, Any]) -> str:
    """When a certificate ends, as an event `said`: one that lapsed has no months left."""
    ends = _ENDS[said["date_kind"], "months" in said]
    return f"{ends} {worded(date.fromisoformat(said['lapses_on']), DAY)}"


def certificate_text(said: Mapping[str, Any], party: Party) -> str:
    """What a Party is told of a certificate that comes to its end, or has."""
    entries = said["cpl_entry_ids"]
    context = {
        "name": said["cpa_certificate_id"],
        "ending": _ending(said),
        "is_lapsed": "months" not in said,
        "entries": entries[:MOST_LISTED],
        "more": max(len(entries) - MOST_LISTED, 0),
        "device_types": ", ".join(said["device_types"]),
        "makers": ", ".join(said["manufacturer_identifiers"]),
        "answerable": " and ".join(_ANSWERABLE[one] for one in said["answerable"]),
        "party": party,
        "base_url": settings.BASE_URL,
    }
    return render_to_string("emails/certificate.txt", context)


def certificates_text(said: Sequence[Mapping[str, Any]], party: Party) -> str:
    """What a Party is told of many certificates at one go, those that end first before others."""
    soonest = sorted(said, key=lambda one: (one["lapses_on"], one["cpa_certificate_id"]))
    context = {
        "lines": [
            {
                "name": one["cpa_certificate_id"],
                "ending": _ending(one),
                "device_types": ", ".join(one["device_types"]),
                "makers": ", ".join(one["manufacturer_identifiers"]),
                "entries": len(one["cpl_entry_ids"]),
            }
            for one in soonest[:MOST_LISTED]
        ],
        "number": len(said),
        "more": max(len(said) - MOST_LISTED, 0),
        "party": party,
        "base_url": settings.BASE_URL,
    }
    return render_to_string("emails/certificates.txt", context)


def unconfirmed_title(name: str, identifier: str, confirmed_on: date | None) -> str:
    """What the holders of a Manufacturer Identifier are asked to do, with the name cut to fit."""
    named = f"{name[:80]} ({identifier})"
    if confirmed_on is None:
        return f"Say whom to ask for images of {named}"
    day = worded(confirmed_on, DAY)
    return f"Confirm whom to ask for images of {named}: last confirmed on {day}"


def unconfirmed_text(name: str, identifier: str, confirmed_on: date | None, party: Party) -> str:
    """What a holder is told of a card that nobody has confirmed for too long, or that there is
    not. Nothing of the card itself: a notice is kept when the card has changed."""
    context = {
        "name": name,
        "identifier": identifier,
        "confirmed_on": confirmed_on,
        "party": party,
        "base_url": settings.BASE_URL,
    }
    return render_to_string("emails/contact_unconfirmed.txt", context)


def invitation_link(invitation: Invitation) -> str:
    """Where an invitation is accepted. Whoever has the link may accept."""
    return f"{settings.BASE_URL}/invitations/{invitation_token(invitation)}"


def invitation_text(invitation: Invitation) -> str:
    """What an invited person reads, with the link: written when it is sent, and kept nowhere."""
    context = {
        "invitation": invitation,
        "sentences": [p.sentence for p in Permission if p in invitation.offered],
        "link": invitation_link(invitation),
    }
    return render_to_string("emails/invitation.txt", context)
