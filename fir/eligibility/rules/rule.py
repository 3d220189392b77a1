"""What a rule of eligibility is, and what several of them ask."""

from collections.abc import Collection
from enum import StrEnum
from typing import ClassVar

from cpl import rulebook
from fir.eligibility.facts import EligibilityFacts
from fir.records.rules import PathEntry


class Effect(StrEnum):
    """What a broken rule does: forbid, leave open until somebody declares, or only warn."""

    BLOCKS = "BLOCKS"
    LEAVES_OPEN = "LEAVES_OPEN"
    WARNS = "WARNS"


class Rule(rulebook.Rule[EligibilityFacts]):
    """A rule of eligibility: what every rule has, what breaking it does, and what it takes as
    given that was found in no public source ('' for nothing)."""

    effect: ClassVar[Effect] = Effect.BLOCKS
    assumes: ClassVar[str] = ""


def no_way_needed(facts: EligibilityFacts) -> bool:
    """Whether no pathway matters: no Supplier updates this Device Type, there is nothing to update
    to, or it runs already."""
    return facts.route is None or facts.target is None or facts.target.entry in facts.installed


def nothing_to_send(facts: EligibilityFacts) -> bool:
    """Whether nobody would send anything: no way is needed, or none can be found from a version
    that is not listed."""
    return no_way_needed(facts) or not facts.installed


def disagree(entries: Collection[PathEntry]) -> bool:
    """Whether the Current ones among entries of one version have different hashes."""
    return len({e.manufacturer_image_hash for e in entries if e.current}) > 1
