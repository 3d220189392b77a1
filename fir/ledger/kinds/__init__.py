"""Everything that can happen in FIR: each kind with its sentence, its audience and its payload.

Start reading the house here. A payload holds strings, whole numbers below 2⁵³, booleans, null,
lists and objects with ASCII keys: what RFC 8785 writes the same way everywhere.
"""

from collections.abc import Mapping

from fir.ledger import audiences
from fir.ledger.kinds.kind import EventKind
from fir.ledger.kinds.releases import KINDS_OF_RELEASES
from fir.ledger.kinds.the_list import KINDS_OF_THE_LIST
from fir.ledger.payloads import (
    LIST,
    NUMBER,
    TEXT,
)

__all__ = ["KINDS", "LIST_KINDS", "EventKind"]

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
        "DELEGATION_GIVEN",
        "A Supplier let an agent see some of its Devices (MP207).",
        audiences.only,
        {
            "supplier": TEXT,
            "agent": TEXT,
            "device_types": LIST,
            "device_models": LIST,
            "first_day": TEXT,
            "last_day": TEXT,
        },
    ),
    EventKind(
        "DELEGATION_REVOKED",
        "A Supplier ended what it had let an agent see.",
        audiences.only,
        {"supplier": TEXT, "agent": TEXT},
    ),
    EventKind(
        "AGENT_REFUSED",
        "An agent asked for Devices that the Supplier has not delegated to it.",
        audiences.only,
        {"supplier": TEXT, "agent": TEXT, "day": TEXT},
    ),
    EventKind(
        "SUPPLIER_DECIDED",
        "A Supplier said whether it is testing, has approved or holds a release.",
        audiences.only,
        {"cpl_entry_id": TEXT, "state": TEXT, "reason": TEXT},
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

KINDS: Mapping[str, EventKind] = {
    kind.name: kind for kind in (*_KINDS, *KINDS_OF_THE_LIST, *KINDS_OF_RELEASES)
}

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
