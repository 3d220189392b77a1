"""What is sent to the doors and the forms of the world, each so that it would do."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cpl.sheet import write_sheet
from fir.submissions.sheets import write_releases
from tests import make
from tests.cpl.ota_image.ota_file import File

SUPPLIER_CSV = make.inventory(make.device(1))
DELEGATION = {
    "agent": "agent",
    "device_types": ["GSME"],
    "first_day": "2199-01-01",
    "last_day": "2199-12-31",
}

BODIES: dict[str, dict[str, Any]] = {
    "submissions": {"data": make.release(70, device_model="00030101")},
    "firmware-recall": {"data": {"reason": "It stops the clock."}},
    "contact": {"data": {"role": "Release desk", "email": "release@fine-meters.example"}},
    "decision": {"data": {"decision": "close", "reason": "Not needed."}},
    "withdrawal": {"data": {"reason": "Found a fault."}},
    "comments": {"data": {"text": "Which hubs is it for?"}},
    "drafts": {"data": make.release(70, device_model="00030101")},
    "draft": {"data": make.release(71, device_model="00030101")},
    "eligibility-check": {"data": {"devices": [make.device(1)]}},
    "own-decision": {"data": {"state": "HELD", "reason": "It stops the clock."}},
    "delegations": {"data": DELEGATION},
    "estate-loads": {"data": SUPPLIER_CSV, "content_type": "text/csv"},
}


# What is sent to the pages' forms, each so that it would do.
FORMS: dict[str, dict[str, Any]] = {
    "portal:new-submission": {"kind": "NEW", "model": "another"},
    "portal:draft-section": {"release_notes": "Mends the clock."},
    "portal:draft-picture": {"predecessors": ["CPL-000001"]},
    "portal:draft-image": {
        "image": SimpleUploadedFile("image.ota", File().written(), "application/octet-stream")
    },
    "portal:contact": {"role": "Release desk", "email": "release@fine-meters.example"},
    "portal:decision": {"decision": "close", "reason": "Not needed."},
    "portal:comment": {"text": "Which hubs is it for?"},
    "portal:cancel-approval": {"reason": "The hash was wrong."},
    "portal:waive-finding": {"reason": "The catalogue lags behind."},
    "portal:delete-estate": {"sure": "sure"},
    "portal:send-inventory": {
        "inventory": SimpleUploadedFile("inventory.csv", SUPPLIER_CSV, "text/csv")
    },
    "portal:compare-image": {
        "image": SimpleUploadedFile("image.ota", File().written(), "application/octet-stream")
    },
    "portal:check-devices": {
        "answer": "page",
        "devices": SimpleUploadedFile("devices.csv", SUPPLIER_CSV, "text/csv"),
    },
    "portal:check-pasted": {"answer": "page", "pasted": SUPPLIER_CSV.decode()},
    "portal:import-sheet": {
        "sheet": SimpleUploadedFile("cpl.csv", write_sheet([make.row(1)]).encode(), "text/csv")
    },
    "portal:bring-releases": {
        "sheet": SimpleUploadedFile(
            "releases.csv", write_releases([make.release(70)]).encode(), "text/csv"
        )
    },
    "portal:correct-sheet": {"correct-CPL-000001": "on", "reason-CPL-000001": "Mistyped."},
    "portal:proposal": {"action": "drop"},
    "portal:propose-removal": {"reason": "Withdrawn."},
    "portal:propose-relisting": {"reason": "Removed by mistake."},
    "portal:propose-archival": {"cause": "REPLACED", "reason": "Superseded."},
    "portal:propose-restoration": {"reason": "Archived by mistake."},
    "portal:recall": {"action": "confirm", "sure": "sure", "reason": "It stops the clock."},
    "portal:propose-waiver": {"reason": "Known."},
    "portal:loaded": {"loaded_on": "2024-01-01", "ids": "CPL-000001"},
    "portal:not-loaded": {"ids": "CPL-000001"},
    "portal:new-version": {"kind": "GBCS", "version": "9.9", "source": "GBCS v9.9."},
    "portal:version": {"source": "GBCS v4.1."},
    "portal:needs": {"answerable": "IS", "source": "SEC Section F2."},
    "portal:own-decision": {"state": "HELD", "reason": "It stops the clock."},
    "portal:delegate": {**DELEGATION, "device_models": ""},
    "portal:invite": {"email": "new@people.invalid", "permissions": ["read_feed"]},
    "portal:person": {"permissions": ["read_feed"]},
    "portal:new-key": {"name": "systems", "permissions": ["read_feed"]},
    "portal:acting-for": {"party": "big-light"},
    "portal:invitation": {"password": make.PASSWORD},
    "account_login": {"login": "nobody@people.invalid", "password": "wrong"},
    "account_change_password": {
        "oldpassword": make.PASSWORD,
        "password1": "another-password-for-tests",
        "password2": "another-password-for-tests",
    },
    "account_reset_password": {"email": "nobody@people.invalid"},
}
