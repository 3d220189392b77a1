"""Everything that can happen in FIR: each kind with its sentence, its audience and its payload.

Start reading the house here. A payload holds strings, whole numbers below 2⁵³, booleans, null,
lists and objects with ASCII keys: what RFC 8785 writes the same way everywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fir.ledger import audiences
from fir.ledger.payloads import (
    CERTIFICATE_FACTS,
    ENTRY_FACTS,
    LIST,
    NUMBER,
    OBJECT,
    RELEASE_FACTS,
    SUBMISSION_FACTS,
    TEXT,
    TEXT_OR_NULL,
)


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event.

    `sentence` says to a reader what happened; `audience` turns the Parties that the operation
    names into the tags of those who may read it; `payload` names each field and its types.
    """

    name: str
    sentence: str
    audience: Callable[[Sequence[str]], list[str]]
    payload: Mapping[str, tuple[type, ...]]


def _public(_parties: Sequence[str]) -> list[str]:
    return audiences.everyone()


_KINDS = [
    EventKind(
        "PARTY_ADMITTED",
        "A Party was admitted to the repository.",
        audiences.administrator_and,
        {"party": TEXT, "category": TEXT, "user_roles": LIST, "manufacturer_identifiers": LIST},
    ),
    EventKind(
        "IDENTIFIER_GIVEN",
        "A Party was given a further Manufacturer Identifier.",
        audiences.administrator_and,
        {"party": TEXT, "manufacturer_identifier": TEXT},
    ),
    EventKind(
        "GRANT_CHANGED",
        "A person's or a key's permissions in a Party changed.",
        audiences.administrator_and,
        {"party": TEXT, "holder": TEXT, "holder_type": TEXT, "permissions": LIST},
    ),
    EventKind(
        "PERSON_INVITED",
        "A person was invited to act for a Party.",
        audiences.administrator_and,
        {"party": TEXT, "invitation": TEXT, "permissions": LIST},
    ),
    EventKind(
        "INVITATION_WITHDRAWN",
        "An invitation to act for a Party was withdrawn.",
        audiences.administrator_and,
        {"party": TEXT, "invitation": TEXT},
    ),
    EventKind(
        "CPL_ENTRY_LISTED",
        "An entry was added to the Central Products List.",
        _public,
        ENTRY_FACTS,
    ),
    EventKind(
        "CPL_ENTRY_REMOVED",
        "An entry of the Central Products List was removed.",
        _public,
        {
            "cpl_entry_id": TEXT,
            "date_removed": TEXT,
            "reason": TEXT,
            "proposed_by": TEXT_OR_NULL,
            "import_id": TEXT_OR_NULL,
        },
    ),
    EventKind(
        "CPL_ENTRY_RELISTED",
        "A removed entry of the Central Products List stands again.",
        _public,
        {
            "cpl_entry_id": TEXT,
            "date_relisted": TEXT,
            "reason": TEXT,
            "proposed_by": TEXT_OR_NULL,
            "import_id": TEXT_OR_NULL,
        },
    ),
    EventKind(
        "CPL_ENTRY_REVISED",
        "An entry of the Central Products List carries a renewed certificate or a maker's new "
        "name.",
        _public,
        ENTRY_FACTS,
    ),
    EventKind(
        "CPL_ENTRY_CORRECTED",
        "A published fact of an entry of the Central Products List was wrong and is corrected.",
        _public,
        {**ENTRY_FACTS, "corrected": LIST, "reason": TEXT, "import_id": TEXT_OR_NULL},
    ),
    EventKind(
        "CPL_IMPORTED",
        "The Central Products List was brought to what a sheet says.",
        _public,
        {
            "import_id": TEXT_OR_NULL,
            "new": NUMBER,
            "removed": NUMBER,
            "relisted": NUMBER,
            "revised": NUMBER,
            "corrected": NUMBER,
            "unchanged": NUMBER,
            "absent": NUMBER,
        },
    ),
    EventKind(
        "CPL_LOAD_CONFIRMED",
        "It was recorded when the DCC loaded an entry of the Central Products List, or that it did "
        "not after all.",
        _public,
        {"cpl_entry_id": TEXT, "loaded_on": TEXT_OR_NULL},
    ),
    EventKind(
        "CERTIFICATE_DUE",
        "A CPA certificate must be replaced or renewed within so many months (MP209).",
        _public,
        {**CERTIFICATE_FACTS, "months": NUMBER},
    ),
    EventKind(
        "CERTIFICATE_LAPSED",
        "A CPA certificate is past its expiry or renewal date (MP209).",
        _public,
        CERTIFICATE_FACTS,
    ),
    EventKind(
        "QUALITY_FINDING_WAIVED",
        "A finding about the quality of an entry was waived by two people.",
        _public,
        {
            "cpl_entry_id": TEXT,
            "code": TEXT,
            "particulars": TEXT,
            "reason": TEXT,
            "proposed_by": TEXT,
        },
    ),
    EventKind(
        "CATALOGUE_CHANGED",
        "A version of a specification, or what a Device Type needs, was entered anew.",
        _public,
        {"kind": TEXT, "name": TEXT, "says": OBJECT},
    ),
    EventKind(
        "HUB_CAPABILITY_DECLARED",
        "It was said whether a Communications Hub's firmware can carry updates to PPMID and "
        "HCALCS (SECMP0007).",
        audiences.record_readers,
        {"cpl_entry_id": TEXT, "carries_updates": (bool,)},
    ),
    EventKind(
        "CONTACT_CHANGED",
        "A Manufacturer's contact for firmware images changed.",
        audiences.record_readers,
        {"manufacturer_identifier": TEXT},
    ),
    EventKind(
        "CONTACT_CONFIRMED",
        "A Manufacturer's contact for firmware images was confirmed as still right.",
        audiences.record_readers,
        {"manufacturer_identifier": TEXT, "confirmed_on": TEXT},
    ),
    EventKind(
        "CONTACT_UNCONFIRMED",
        "A Manufacturer's contact for firmware images is to be confirmed, or given.",
        audiences.administrator_and,
        {"manufacturer_identifier": TEXT, "confirmed_on": TEXT_OR_NULL},
    ),
    EventKind(
        "SUBMISSION_RECEIVED",
        "A firmware release was brought to the repository.",
        audiences.administrator_and,
        SUBMISSION_FACTS,
    ),
    EventKind(
        "SUBMISSION_APPROVED",
        "A submission was approved.",
        audiences.administrator_and,
        {
            **SUBMISSION_FACTS,
            "cpl_entry_id": TEXT,
            "reason": TEXT,
            "publish_at": TEXT_OR_NULL,
        },
    ),
    EventKind(
        "SUBMISSION_PUBLISHED",
        "A submission that was approved for a time was published when that had come.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "cpl_entry_id": TEXT},
    ),
    EventKind(
        "APPROVAL_CANCELLED",
        "An approval was taken back before its time; the submission waits again.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "reason": TEXT},
    ),
    EventKind(
        "PUBLICATION_HELD_BACK",
        "An approved submission could not be published at its time, and waits again.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "faults": LIST},
    ),
    EventKind(
        "SUBMISSION_WITHDRAWN",
        "A submission was taken back by the Party that brought it.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "reason": TEXT},
    ),
    EventKind(
        "SUBMISSION_COMMENTED",
        "Somebody commented on a submission.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "comment": NUMBER},
    ),
    EventKind(
        "SUBMISSION_RETURNED",
        "A submission went back to the Party that brought it.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "reason": TEXT},
    ),
    EventKind(
        "SUBMISSION_CLOSED",
        "A submission was closed without publication.",
        audiences.administrator_and,
        {**SUBMISSION_FACTS, "reason": TEXT},
    ),
    EventKind(
        "FIRMWARE_PUBLISHED",
        "A firmware release was published: its entry of the list and its locked record.",
        audiences.record_readers,
        RELEASE_FACTS,
    ),
    EventKind(
        "FIRMWARE_SUPERSEDED",
        "A published record was corrected: another stands in its place.",
        audiences.record_readers,
        {**RELEASE_FACTS, "supersedes": TEXT, "reason": TEXT},
    ),
    EventKind(
        "PATHWAY_COMPLETED",
        "An entry from before the repository got its record (MP231).",
        audiences.record_readers,
        RELEASE_FACTS,
    ),
    EventKind(
        "ESTATE_LOADED",
        "A Supplier's estate was replaced by a new load.",
        audiences.only,
        {"load_id": NUMBER, "devices": NUMBER, "rows_bad": NUMBER},
    ),
    EventKind(
        "ELIGIBILITY_ASSESSED",
        "Every estate was assessed for a published release.",
        audiences.record_readers,
        {"cpl_entry_id": TEXT, "published_seq": NUMBER},
    ),
]

KINDS: Mapping[str, EventKind] = {kind.name: kind for kind in _KINDS}

# After any of these the list says something else.
LIST_KINDS = frozenset(
    {
        "CPL_ENTRY_LISTED",
        "CPL_ENTRY_REMOVED",
        "CPL_ENTRY_RELISTED",
        "CPL_ENTRY_REVISED",
        "CPL_ENTRY_CORRECTED",
    }
)
