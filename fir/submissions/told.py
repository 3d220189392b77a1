"""Reads of what the ledger tells of submissions, for those who tell others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.ledger.models import LedgerEvent
from fir.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Collection


def submissions_among(ids: Collection[str]) -> dict[str, Submission]:
    """Those of the submissions that events name by these ids, each with the Party that brought it.
    One query."""
    found = Submission.objects.filter(pk__in=ids).select_related("party")
    return {str(one.pk): one for one in found}


def told_at_one_go(events: Collection[LedgerEvent]) -> list[list[LedgerEvent]]:
    """Whatever was told of submissions at one go, in the ledger's order, for each go that one of
    these events is of: all of a kind that one hand did at the same moment. One query."""
    goes: dict[tuple[object, ...], list[LedgerEvent]] = {_go_of(event): [] for event in events}
    told = LedgerEvent.objects.filter(
        kind__in={event.kind for event in events},
        at__in={event.at for event in events},
        by_actor__in={event.by_actor for event in events},
    )
    for event in told.order_by("seq"):
        if (go := goes.get(_go_of(event))) is not None:
            go.append(event)
    return list(goes.values())


def _go_of(event: LedgerEvent) -> tuple[object, ...]:
    return (event.kind, event.at, event.by_actor, event.by_party)
