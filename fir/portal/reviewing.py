"""What a submission's page shows: what the rules say of it now, and what it stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpl.identifiers import family_of
from fir.parties.four_eyes import same_eyes
from fir.portal.comparison import compare, compare_predecessors
from fir.portal.pathway import ToCome, pathway_picture, upgrade_graph
from fir.records.queries import path_entry
from fir.submissions.judging import Surroundings, claim_of, judge_beside
from fir.submissions.models import WAITING
from fir.submissions.queries import previous_release, waivers_of
from fir.submissions.rules.pathways import stranded
from fir.submissions.rules.rule import OF_A_RELEASE

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date

    from fir.parties.models import Actor
    from fir.portal.comparison import Compared, Predecessors
    from fir.portal.pathway import Picture
    from fir.records.models import RepositoryEntry
    from fir.submissions.claims import Fault
    from fir.submissions.judging import Finding, Judgement
    from fir.submissions.models import FindingWaiver, Submission


@dataclass(frozen=True, slots=True)
class Waivable:
    """A finding that two people may waive, with the waiver of the first, if there is one; `is_own`
    when the asker, or a key of the same person or Party, is that first."""

    finding: Finding
    waiver: FindingWaiver | None
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A submission beside what stands, and what the rules say of it now."""

    previous: RepositoryEntry | None
    rows: Sequence[Compared]
    predecessors: Predecessors | None
    picture: Picture | None = None
    faults: Sequence[Fault] = ()
    warnings: Sequence[Fault] = ()
    waivable: Sequence[Waivable] = ()

    @property
    def is_of_release(self) -> bool:
        """Whether it describes a release, which a withdrawal or a recall's end does not."""
        return self.predecessors is not None

    @property
    def changed(self) -> int:
        """In how many facts it differs from what it stands beside."""
        differing = sum(row.differs for row in self.rows)
        return differing + bool(self.predecessors and self.predecessors.differs)


def review_of(submission: Submission, *, by: Actor, today: date) -> Review:
    """The review of a submission that waits; of one that does not, only what was brought."""
    if submission.state not in WAITING:
        return Review(
            previous=None,
            rows=compare(submission, None),
            predecessors=compare_predecessors(submission, None),
        )
    claim = claim_of(submission)
    beside = Surroundings.of([claim])
    family = _family_of(submission, beside)
    judged = judge_beside(beside, submission, claim, today=today)
    previous = previous_release(submission, family)
    may_be_waived = {finding.message for finding in judged.waivable}
    return Review(
        previous=previous,
        rows=compare(submission, previous),
        predecessors=compare_predecessors(submission, previous),
        picture=_picture(submission, family),
        faults=judged.faults,
        warnings=[one for one in judged.warnings if one.message not in may_be_waived],
        waivable=waivable_of(submission, judged, by=by),
    )


def waivable_of(submission: Submission, judged: Judgement, *, by: Actor) -> list[Waivable]:
    """What may be waived of a submission, and what is. The waivers are asked for only where there
    may be any."""
    if not judged.waivable:
        return []
    waivers = {(one.code, one.about): one for one in waivers_of(submission)}
    found = [(one, waivers.get((one.code, one.about))) for one in judged.waivable]
    return [Waivable(one, waiver, bool(waiver and _is_own(waiver, by))) for one, waiver in found]


def _is_own(waiver: FindingWaiver, by: Actor) -> bool:
    return same_eyes(answerable=waiver.waived_answerable, party=waiver.waived_party, by=by)


def judgements(submissions: Iterable[Submission], *, today: date) -> dict[uuid.UUID, Judgement]:
    """What the rules say now of each of these that waits, in as many queries as for one."""
    claims = [(one, claim_of(one)) for one in submissions if one.state in WAITING]
    if not claims:
        return {}
    beside = Surroundings.of([claim for _, claim in claims])
    return {one.pk: judge_beside(beside, one, claim, today=today) for one, claim in claims}


def _family_of(submission: Submission, beside: Surroundings) -> Sequence[RepositoryEntry]:
    model = family_of(submission.device_model)
    key = (submission.device_type, submission.manufacturer_identifier, model)
    return beside.families.get(key, ())


def _picture(submission: Submission, family: Sequence[RepositoryEntry]) -> Picture | None:
    """Its Device Model's releases as they would stand once it is published."""
    model = [one for one in family if one.device_model == submission.device_model]
    if submission.kind not in OF_A_RELEASE:
        return pathway_picture(model, submission.of_entry)
    over, own = tuple(submission.predecessors or ()), submission.of_entry
    is_known = submission.predecessors is not None
    left = stranded(map(path_entry, model), over, own=own or None) if is_known else ()
    return upgrade_graph(model, ToCome(submission.firmware_version, over, own), left)
