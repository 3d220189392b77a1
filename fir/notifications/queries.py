"""Reads of notices and of deliveries that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.notifications.models import ABOUT_SUBMISSIONS, DUE, SUBMISSIONS, Delivery, Notice

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from fir.parties.models import Party


def notices_of(party: Party) -> QuerySet[Notice]:
    """A Party's notices."""
    return Notice.objects.visible_to(party)


def newest_notice(party: Party) -> int:
    """The number of the Party's newest notice; 0 for none."""
    return notices_of(party).order_by("-pk").values_list("pk", flat=True).first() or 0


def find_notice(party: Party, notice_id: int) -> Notice | None:
    """The Party's notice with this number."""
    return notices_of(party).filter(pk=notice_id).first()


def parties_told_between(first: int, last: int) -> set[int]:
    """The Parties (by their numbers) that were told of an event between these seqs, both
    included."""
    told = Notice.objects.filter(seq__range=(first, last))
    return set(told.values_list("party_id", flat=True))


def submissions_told(seqs: Collection[int]) -> dict[tuple[int, int], int]:
    """How many submissions each notice tells of that begins at one of these seqs, by Party number
    and seq."""
    told = Notice.objects.filter(kind__in=ABOUT_SUBMISSIONS, seq__in=seqs)
    rows = told.values_list("party_id", "seq", "counts")
    return {(party_id, seq): counts[SUBMISSIONS] for party_id, seq, counts in rows}


def deliveries_of(notice: Notice) -> list[Delivery]:
    """Where the notice was sent, or is still to be sent, by address."""
    return list(Delivery.objects.filter(notice=notice).order_by("address"))


def due_deliveries(*, at: datetime) -> QuerySet[Delivery]:
    """Deliveries whose next try is due, oldest first; those another worker holds are passed by."""
    due = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
    due = due.select_related("notice", "invitation__party")
    return due.filter(state=DUE, next_try_at__lte=at).order_by("id")
