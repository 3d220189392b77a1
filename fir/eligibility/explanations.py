"""Findings in words: what an outcome means, what each reason says, and what to do next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpl.rulebook import sentence_of
from fir.eligibility.assumptions import ASSUMPTIONS
from fir.eligibility.rules import ALL_RULES, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fir.eligibility.planner import Plan

_RULES = {rule.code: rule for rule in ALL_RULES}

# What is said of so many devices: "2,310 may take it in one step".
MEANINGS: Mapping[Outcome, str] = {
    Outcome.ELIGIBLE: "may take it in one step",
    Outcome.ELIGIBLE_IN_STEPS: "may take it over earlier releases, in steps",
    Outcome.UNCONFIRMED: "are unconfirmed: something is not declared yet",
    Outcome.BLOCKED: "are blocked",
    Outcome.UP_TO_DATE: "run it already",
    Outcome.NOT_LISTED: "run a version that is not listed",
}
_NOTHING_TO_SEND: Mapping[Outcome, str] = {
    Outcome.UP_TO_DATE: "Nothing to do.",
    Outcome.NOT_LISTED: "Ask the Manufacturer which entry lists this version, and check the "
    "inventory.",
    Outcome.UNCONFIRMED: "Ask the Manufacturer to declare what is unknown.",
    Outcome.BLOCKED: "Settle the reasons first.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that a cohort breaks: its code, its sentence and where it comes from."""

    code: str
    message: str
    reference: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One installation on the way to a target, and the Service Requests that bring it about."""

    cpl_entry_id: str
    firmware_version: str
    requests: tuple[str, ...]


def reason_of(code: str) -> Reason:
    """What a reason's or a warning's code stands for. Raises KeyError for an unknown one."""
    rule = _RULES[code]
    return Reason(code, sentence_of(rule), rule.reference)


def hops_of(
    device_type: str, route: Sequence[str], versions: Mapping[str, tuple[str, str]]
) -> list[Hop]:
    """A finding's route; `versions` gives each entry's firmware version and image hash."""
    known = ASSUMPTIONS.routes.get(device_type)
    requests = known.requests if known else ()
    return [Hop(entry, versions[entry][0], requests) for entry in route]


def way_in_words(plan: Plan, *, over_recalled: bool) -> str:
    """What is to be said of the way to a target; `over_recalled` when a hop of it is recalled."""
    if plan.is_behind:
        return "It is a later release: the way leads from this one to it."
    if not plan.route:
        return (
            "Nobody has declared whether a way leads there: ask the Manufacturer."
            if plan.unknown
            else "No declared way leads there."
        )
    steps = len(plan.route)
    told = "In one step." if steps == 1 else f"In {steps} steps."
    if over_recalled:
        return f"{told} The only way leads over a recalled release: do not go it."
    if plan.through_removed:
        return f"{told} The only way leads over what was removed or archived: ask for another."
    return told


def next_step(outcome: str, hops: Sequence[Hop]) -> str:
    """What the Supplier does next, in one sentence."""
    waiting = _NOTHING_TO_SEND.get(Outcome(outcome))
    if waiting or not hops:
        return waiting or ""
    first = hops[0]
    return (
        f"Ask the contact for the image of {first.firmware_version} "
        f"({first.cpl_entry_id}) and send {' then '.join(first.requests)}."
    )
