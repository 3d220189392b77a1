"""What happens to submissions, releases and their makers' contacts."""

from fir.ledger import audiences
from fir.ledger.kinds.kind import EventKind
from fir.ledger.payloads import (
    LIST,
    NUMBER,
    RELEASE_FACTS,
    SUBMISSION_FACTS,
    TEXT,
    TEXT_OR_NULL,
)

KINDS_OF_RELEASES = [
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
        "FIRMWARE_ARCHIVED",
        "A release was retired: its record stays, but it is no release to go to.",
        audiences.record_readers,
        {"cpl_entry_id": TEXT, "cause": TEXT, "reason": TEXT, "proposed_by": TEXT},
    ),
    EventKind(
        "FIRMWARE_RESTORED",
        "A retired release was taken up again.",
        audiences.record_readers,
        {"cpl_entry_id": TEXT, "reason": TEXT, "proposed_by": TEXT},
    ),
    EventKind(
        "FIRMWARE_RECALLED",
        "A Manufacturer says that its release must not be deployed.",
        audiences.record_readers,
        {"cpl_entry_id": TEXT, "reason": TEXT},
    ),
    EventKind(
        "RECALL_LIFTED",
        "A recalled release may be deployed again.",
        audiences.record_readers,
        {"cpl_entry_id": TEXT, "reason": TEXT},
    ),
]
