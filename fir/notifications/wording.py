"""What the notices and emails say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string

from fir.eligibility.explanations import MEANINGS
from fir.parties.permissions import Permission
from fir.parties.queries import invitation_token
from fir.records.queries import contacts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fir.parties.models import Invitation, Party
    from fir.records.models import RepositoryEntry

INVITATION_TITLE = "An invitation to the Firmware Information Repository"


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
