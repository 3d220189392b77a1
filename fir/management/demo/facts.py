"""What the demo world's makers say of a release beyond its line of the list. Pure.

It comes from the model and version alone, so that the same release always says the same.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from fir.management.demo.families import Over
from fir.management.demo.listing import claim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fir.management.demo.listing import Line

# So many days ago makers were asked for these for the first time.
ASKED = 400
PURPOSES = (["DEFECT"], ["DEFECT", "FEATURE"], ["REGULATORY"], ["SECURITY", "DEFECT"])
SMALLEST_IMAGE, SIZES = 120_000, 400_000
YEARS_OF_SUPPORT = 6
ADVICE = "Activate it within a week of its distribution, and not in the evening peak."


def told(line: Line, predecessors: Sequence[str], *, today: date) -> dict[str, Any]:
    """All that the maker says when it brings the release."""
    return {**claim(line, predecessors, today=today), **release_facts(line, today=today)}


def release_facts(line: Line, *, today: date) -> dict[str, Any]:
    """What the maker says of the release beside the list; nothing of an old one."""
    family, release = line.family, line.release
    if release.days_ago > ASKED:
        return {}
    chance = int(hashlib.sha256(f"{family.model}/{release.version}".encode()).hexdigest()[:8], 16)
    purposes = PURPOSES[chance % len(PURPOSES)]
    said: dict[str, Any] = {
        "purposes": purposes,
        "security_relevant": "SECURITY" in purposes,
        "minimum_hardware_version": family.hardware[0],
        "maximum_hardware_version": family.hardware[-1],
        "image_size": SMALLEST_IMAGE + chance % SIZES,
    }
    if family.device_type == "CHF":
        said["interrupts_hub_power"] = bool(chance % 2)
    if release.over is Over.PREVIOUS:
        said["activation_advice"] = ADVICE
    if release.lapses is None and chance % 3:
        said["end_of_support"] = date(today.year + YEARS_OF_SUPPORT, 12, 31).isoformat()
    return said
