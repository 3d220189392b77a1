"""Two pairs of eyes: who does a thing, and who lets it happen, must not be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

if TYPE_CHECKING:
    import uuid

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


def same_eyes(*, answerable: uuid.UUID, party: uuid.UUID, by: Actor) -> bool:
    """Whether `by` is no second pair of eyes beside who answered for the first act, for a Party:
    the sentence of `four_eyes`, asked beforehand so that the answer can be said in words."""
    if by.answerable == answerable:
        return True
    return by.party.actor_id == party and (
        by.answerable == by.party.actor_id or answerable == party
    )
