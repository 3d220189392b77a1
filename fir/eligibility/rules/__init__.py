"""May these devices take this release?

One class a rule, worded in its docstring as the user will read it: about the devices, about what is
to be installed, and about the way there.
"""

from fir.eligibility.rules.judging import ALL_RULES, Outcome, Verdict, judge
from fir.eligibility.rules.rule import Effect, Rule

__all__ = ["ALL_RULES", "Effect", "Outcome", "Rule", "Verdict", "judge"]
