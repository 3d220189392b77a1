"""Everything that is to be said of one draft, in as few queries as its pages may make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.records.contact_queries import cards_held_by
from fir.submissions.claims import read_claim
from fir.submissions.holding import fault_of_holding
from fir.submissions.sheet_queries import faults_of_row
from fir.submissions.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry
    from fir.records.queries import Contact
    from fir.submissions.claims import Claim, Fault
    from fir.submissions.models import Draft


@dataclass(frozen=True, slots=True)
class JudgedDraft:
    """What a draft says as far as it can be read, everything that keeps it from being brought, and
    what is worth a second look. Beside it the entries of its family, oldest first, and the card of
    each Manufacturer Identifier that the Party holds."""

    claim: Claim
    faults: Sequence[Fault]
    warnings: Sequence[Fault]
    family: Sequence[RepositoryEntry]
    cards: Mapping[str, Contact | None]


def judge_draft(draft: Draft, *, party: Party, today: date) -> JudgedDraft:
    """What may be said today of a draft of the Party's."""
    read, unreadable = read_claim({**draft.said, "kind": draft.kind})
    cards = cards_held_by(party)
    beside = Surroundings.of([read], held=cards)
    claim = beside.about_its_entry(read)
    judged = beside.judge(claim, today=today)
    foreign = fault_of_holding(claim, party=party, held=cards)
    return JudgedDraft(
        claim=claim,
        faults=[
            *faults_of_row(draft),
            *([foreign] if foreign else []),
            *unreadable,
            *judged.faults,
        ],
        warnings=judged.warnings,
        family=beside.family_of(claim),
        cards=cards,
    )
