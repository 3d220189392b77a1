"""May this be published? One class a rule, worded in its docstring as the user will read it.

What the list's own rules say of a release's line (`cpl.quality`) comes beside these: those that
must be fixed are faults as well. Rules are pure: frozen facts in, yes or no out. A rule that lacks
a fact it needs holds, because the missing fact was reported already.
"""

from collections.abc import Iterable

from cpl import rulebook
from fir.submissions.claims import Fault
from fir.submissions.facts import SubmissionFacts
from fir.submissions.rules.pathways import (
    HardwareRangesOverlap,
    NobodyIsStranded,
    NoCircle,
    NotItsOwnPredecessor,
    PredecessorsExist,
    PredecessorsOfFamily,
    PredecessorsStand,
)
from fir.submissions.rules.releases import (
    CompletesOnce,
    CompletionLeavesTheList,
    CorrectsARecord,
    CorrectsWhatIsInUse,
    EntryIsListed,
    EntryStayedAsItWas,
    EntryStaysItself,
    HardwareInRange,
    LiftsARecall,
    ListedByItself,
    ModelsOfOneFamily,
    NotListedAlready,
    NotRemovedBefore,
    NotWaitingAlready,
    OnlyHubsCarryUpdates,
    RangeHasTwoEnds,
    WithdrawsWhatStands,
)
from fir.submissions.rules.rule import Rule

ALL_RULES: tuple[Rule, ...] = (
    EntryIsListed(),
    EntryStaysItself(),
    EntryStayedAsItWas(),
    CorrectsARecord(),
    CorrectsWhatIsInUse(),
    CompletesOnce(),
    CompletionLeavesTheList(),
    WithdrawsWhatStands(),
    LiftsARecall(),
    ListedByItself(),
    ModelsOfOneFamily(),
    NotListedAlready(),
    NotRemovedBefore(),
    NotWaitingAlready(),
    PredecessorsExist(),
    PredecessorsOfFamily(),
    NotItsOwnPredecessor(),
    NoCircle(),
    HardwareRangesOverlap(),
    PredecessorsStand(),
    NobodyIsStranded(),
    HardwareInRange(),
    RangeHasTwoEnds(),
    OnlyHubsCarryUpdates(),
)


def broken_rules(facts: SubmissionFacts, rules: Iterable[Rule] = ALL_RULES) -> list[Rule]:
    """Every rule for this kind of submission that it breaks, those that only warn among them."""
    return [rule for rule in rules if facts.claim.kind in rule.kinds and not rule.holds(facts)]


def as_fault(rule: Rule, facts: SubmissionFacts) -> Fault:
    """A broken rule as a fault beside its field."""
    said = f"{rulebook.sentence_of(rule)} {rule.particulars(facts)}".strip()
    return Fault(rule.field, rule.code, said)
