"""Two pairs of eyes: who does a thing, and who lets it happen, must not be the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from fir.parties.models import Actor


def four_eyes(first: str, second: str) -> Q:
    """What a CHECK holds between two acts of one row, each with its `…_answerable`, `…_party`.

    Not the same person; and within one Party only where persons stand behind both.
    """
    first_person, first_party = f"{first}_answerable", f"{first}_party"
    second_person, second_party = f"{second}_answerable", f"{second}_party"
    return ~Q(**{second_person: F(first_person)}) & (
        ~Q(**{second_party: F(first_party)})
        | (~Q(**{second_person: F(second_party)}) & ~Q(**{first_person: F(first_party)}))
    )


@dataclass(frozen=True, slots=True)
class Act:
    """Who did something, who answers for it, and for which Party, by opaque ids; and when."""

    actor: uuid.UUID
    answerable: uuid.UUID
    party: uuid.UUID
    at: datetime

    def same_eyes_as(self, other: Act) -> bool:
        """Whether the other act has no second pair of eyes: what `four_eyes` forbids."""
        return _are_same(self.answerable, self.party, other.answerable, other.party)


def same_eyes(*, answerable: uuid.UUID, party: uuid.UUID, by: Actor) -> bool:
    """Whether `by` is no second pair of eyes beside who answered for the first act, for a Party:
    the sentence of `four_eyes`, asked beforehand so that the answer can be said in words."""
    return _are_same(answerable, party, by.answerable, by.party.actor_id)


def _are_same(
    first: uuid.UUID, first_party: uuid.UUID, second: uuid.UUID, second_party: uuid.UUID
) -> bool:
    """Two who answer, each for a Party: the same person, or of one Party without a person."""
    if first == second:
        return True
    return first_party == second_party and (second == second_party or first == first_party)
