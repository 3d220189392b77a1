"""What happens to the Central Products List."""

from fir.ledger.kinds.kind import EventKind, public
from fir.ledger.payloads import (
    CERTIFICATE_FACTS,
    ENTRY_FACTS,
    LIST,
    NUMBER,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
)

KINDS_OF_THE_LIST = [
    EventKind(
        "CPL_ENTRY_LISTED",
        "An entry was added to the Central Products List.",
        public,
        ENTRY_FACTS,
    ),
    EventKind(
        "CPL_ENTRY_REMOVED",
        "An entry of the Central Products List was removed.",
        public,
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
        public,
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
        public,
        ENTRY_FACTS,
    ),
    EventKind(
        "CPL_ENTRY_CORRECTED",
        "A published fact of an entry of the Central Products List was wrong and is corrected.",
        public,
        {**ENTRY_FACTS, "corrected": LIST, "reason": TEXT, "import_id": TEXT_OR_NULL},
    ),
    EventKind(
        "CPL_IMPORTED",
        "The Central Products List was brought to what a sheet says.",
        public,
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
        public,
        {"cpl_entry_id": TEXT, "loaded_on": TEXT_OR_NULL},
    ),
    EventKind(
        "CERTIFICATE_DUE",
        "A CPA certificate must be replaced or renewed within so many months (MP209).",
        public,
        {**CERTIFICATE_FACTS, "months": NUMBER},
    ),
    EventKind(
        "CERTIFICATE_LAPSED",
        "A CPA certificate is past its expiry or renewal date (MP209).",
        public,
        CERTIFICATE_FACTS,
    ),
    EventKind(
        "QUALITY_FINDING_WAIVED",
        "A finding about the quality of an entry was waived by two people.",
        public,
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
        public,
        {"kind": TEXT, "name": TEXT, "says": OBJECT},
    ),
]
