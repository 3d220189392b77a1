"""What a rule of submissions is."""

from collections.abc import Iterable
from typing import ClassVar

from cpl import rulebook
from fir.submissions.claims import Kind
from fir.submissions.facts import SubmissionFacts

EVERY_KIND = frozenset(Kind)
OF_AN_ENTRY = EVERY_KIND - {Kind.NEW}
OF_A_RELEASE = EVERY_KIND - {Kind.WITHDRAWAL, Kind.RECALL_LIFT}
NAMED = 10  # so many are named where a rule is broken


class Rule(rulebook.Rule[SubmissionFacts]):
    """A rule of a submission: what every rule has, the field it is shown beside, which kinds of
    submission it is asked of, and whether it only warns."""

    field: ClassVar[str]
    kinds: ClassVar[frozenset[Kind]] = EVERY_KIND
    only_warns: ClassVar[bool] = False

    def particulars(self, facts: SubmissionFacts) -> str:
        """What breaks it here, to follow the sentence; empty where the sentence says it all."""
        return ""


def named(entries: Iterable[str]) -> str:
    """The first of some entries, and how many there are beside."""
    ids = list(entries)
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
