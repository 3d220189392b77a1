"""What the rules say of what is brought: of one claim, of a whole sheet, or of what waits."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from fir.submissions.claims import LISTED_FACTS, Claim, Fault, Kind, read_claim
from fir.submissions.surroundings import Finding, Judgement, Surroundings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from fir.submissions.models import Submission

__all__ = [
    "Finding",
    "Judgement",
    "Surroundings",
    "check_release",
    "check_releases",
    "claim_of",
    "judge_beside",
    "judge_submission",
]


def check_release(
    said: Mapping[str, Any], *, today: date, held: Collection[str] | None = None
) -> tuple[Claim, Judgement]:
    """A submission as it was described, and everything that would keep it from being brought today:
    every fault of form and every broken rule. With `held`, what is said under another Manufacturer
    Identifier is judged by its form alone."""
    ((claim, judged),) = check_releases([said], today=today, held=held)
    return claim, judged


def check_releases(
    said: Sequence[Mapping[str, Any]], *, today: date, held: Collection[str] | None = None
) -> list[tuple[Claim, Judgement]]:
    """The same for many at once, in about as many queries as for one.

    What is said twice among them is a fault of the later one.
    """
    read = [read_claim(one) for one in said]
    beside = Surroundings.of([claim for claim, _ in read], held=held)
    seen: set[tuple[str | None, ...]] = set()
    answers = []
    for read_one, faults in read:
        claim = beside.about_its_entry(read_one)
        judged = beside.judge(claim, today=today)
        twice = _said_twice(claim, seen)
        answers.append((claim, replace(judged, faults=[*faults, *twice, *judged.faults])))
    return answers


def _said_twice(claim: Claim, seen: set[tuple[str | None, ...]]) -> list[Fault]:
    keys = {
        (claim.device_type, claim.manufacturer_identifier, model, claim.firmware_version)
        for model in claim.device_models
        if claim.firmware_version
    }
    twice = keys & seen
    seen |= keys
    message = "The same Device Model and firmware version stand further up; bring them once."
    return [Fault("firmware_version", "SAID_TWICE", message)] if twice else []


def judge_submission(submission: Submission, *, today: date) -> Judgement:
    """What the rules say of a submission today, whatever held when it was brought."""
    claim = claim_of(submission)
    return judge_beside(Surroundings.of([claim]), submission, claim, today=today)


def judge_beside(
    beside: Surroundings, submission: Submission, claim: Claim, *, today: date
) -> Judgement:
    """The same, where what stands beside it is known already; `claim` is what it says."""
    about = beside.about_its_entry(claim)
    seen = submission.entry_state
    return beside.judge(about, today=today, own=submission.pk, entry_state=seen)


def claim_of(submission: Submission) -> Claim:
    """What a submission says, as the rules read it."""
    said = {field.name: getattr(submission, field.name) for field in fields(Claim)}
    unsaid = {name: value or None for name, value in said.items() if name in _NULL_WHERE_UNSAID}
    named = submission.predecessors
    if submission.kind in _OF_THE_LIST:
        # It said none of these itself: the entry says them, and may say them anew.
        unsaid |= {name: getattr(Claim(), name) for name in LISTED_FACTS}
    return Claim(
        **{
            **said,
            **unsaid,
            "predecessors": None if named is None else tuple(named),
            "further_device_models": tuple(submission.further_device_models),
            "purposes": tuple(submission.purposes),
        }
    )


_OF_THE_LIST = frozenset({Kind.LEGACY_COMPLETION, Kind.WITHDRAWAL, Kind.RECALL_LIFT})
_NULL_WHERE_UNSAID = (
    "of_entry",
    "manufacturer_image_hash",
    "minimum_hardware_version",
    "maximum_hardware_version",
)
