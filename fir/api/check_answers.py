"""What is answered of devices that were checked without being kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fir.eligibility.checking import noted_in_words
from fir.eligibility.explanations import reason_of

if TYPE_CHECKING:
    from fir.eligibility.checking import Check


def check_answer(check: Check) -> dict[str, Any]:
    """What was found of devices that were described. What a code stands for is said once."""
    codes = {code for one in check.devices for code in (*one.found.reasons, *one.found.warnings)}
    return {
        "devices": len(check.devices),
        "totals": check.totals,
        "results": [
            {
                "line": line,
                "device_id": device_id,
                "outcome": found.outcome or None,
                "reasons": found.reasons,
                "warnings": found.warnings,
                "target": {
                    "cpl_entry_id": found.target,
                    "firmware_version": found.firmware_version,
                }
                if found.target
                else None,
                "next_step": found.next_step,
            }
            for line, device_id, found in check.devices
        ],
        "notes": [{**asdict(note), "message": noted_in_words(note.reason)} for note in check.notes],
        "rules": [asdict(reason_of(code)) for code in sorted(codes)],
    }
