"""Telling the Administrator what waits, and whoever brought a submission what became of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.notifications.models import SUBMISSIONS, Notice
from fir.notifications.queries import submissions_told
from fir.notifications.raising import raise_notices
from fir.notifications.wording_of_submissions import Told, submissions_text, submissions_title
from fir.parties.permissions import Category
from fir.parties.queries import admitted_parties
from fir.submissions.told import submissions_among, told_at_one_go

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from fir.ledger.models import LedgerEvent
    from fir.parties.models import Party

FOR_THE_ADMINISTRATOR = frozenset(
    {"SUBMISSION_RECEIVED", "SUBMISSION_WITHDRAWN", "PUBLICATION_HELD_BACK"}
)
FOR_THE_BRINGER = frozenset(
    {
        "SUBMISSION_RETURNED",
        "SUBMISSION_CLOSED",
        "SUBMISSION_APPROVED",
        "SUBMISSION_PUBLISHED",
        "APPROVAL_CANCELLED",
        "PUBLICATION_HELD_BACK",
    }
)


@dataclass(frozen=True, slots=True)
class _Go:
    """What was told at one go of submissions that one Party brought."""

    bringer: Party
    told: Sequence[Told]

    @property
    def first(self) -> LedgerEvent:
        return self.told[0].event


def tell_of_submissions(events: Collection[LedgerEvent], *, at: datetime) -> None:
    """Tell of these events whomever they concern: what was done at one go to submissions of one
    Party, such as bringing a sheet of them, in one notice under its first event's seq.

    What a notice tells of is counted in it, so that read again, or only in part the first time,
    nothing is told twice and nothing left out.
    """
    if not events:
        return
    goes = list(_goes(events))
    before = submissions_told([one.event.seq for go in goes for one in go.told])
    administrators = list(admitted_parties(by=at).filter(category=Category.ADMINISTRATOR))
    for go in goes:
        notices = [
            _notice(party, go.bringer, untold, at=at)
            for party in _recipients(go, administrators)
            if (untold := _untold(party, go, before))
        ]
        raise_notices(notices, happened_at=go.first.at, at=at)


def _goes(events: Collection[LedgerEvent]) -> Iterator[_Go]:
    goes = told_at_one_go(events)
    brought = submissions_among({event.subject_id for go in goes for event in go})
    for go in goes:
        by_bringer: dict[Party, list[Told]] = defaultdict(list)
        for event in go:
            submission = brought[event.subject_id]
            by_bringer[submission.party].append(Told.of(event, submission))
        for bringer, told in by_bringer.items():
            yield _Go(bringer, told)


def _recipients(go: _Go, administrators: Iterable[Party]) -> list[Party]:
    """Whom it concerns; of a comment, the other side alone."""
    event = go.first
    reviewing = [one for one in administrators if one.admitted_at <= event.at]
    told: list[Party] = []
    if event.kind == "SUBMISSION_COMMENTED":
        is_administrators = event.by_party in {one.slug for one in reviewing}
        told = [go.bringer] if is_administrators else reviewing
        return [party for party in told if party.slug != event.by_party]
    if event.kind in FOR_THE_ADMINISTRATOR:
        told += reviewing
    if event.kind in FOR_THE_BRINGER and go.bringer not in told:
        told.append(go.bringer)
    return told


def _untold(party: Party, go: _Go, before: Mapping[tuple[int, int], int]) -> Sequence[Told]:
    """What of a go none of the Party's notices tells of yet."""
    place = 0
    while place < len(go.told):
        covered = before.get((party.pk, go.told[place].event.seq))
        if covered is None:
            break
        place += covered
    return go.told[place:]


def _notice(party: Party, bringer: Party, told: Sequence[Told], *, at: datetime) -> Notice:
    first = told[0].event
    return Notice(
        party=party,
        seq=first.seq,
        kind=first.kind,
        subject_id=first.subject_id if len(told) == 1 else "",
        title=submissions_title(told),
        text=submissions_text(told, party, bringer),
        counts={SUBMISSIONS: len(told)},
        raised_at=at,
    )
