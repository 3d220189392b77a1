"""Reads of what Suppliers decided of releases for themselves."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q

from fir.eligibility.models import HELD, OWN_STATES, SupplierDecision

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.db.models import Model, QuerySet

    from fir.parties.scopes import Scope

    M = TypeVar("M", bound=Model)

UNDECIDED = "NONE"
# What lists may be narrowed to.
OWN_CHOICES = (*OWN_STATES, UNDECIDED)


def own_decisions(scope: Scope, cpl_entry_ids: Collection[str]) -> dict[str, SupplierDecision]:
    """What the Supplier decided of each of these entries, as far as that is seen; who decided
    nothing is absent. One query."""
    found = SupplierDecision.objects.visible_to(scope).select_related("entry")
    standing = found.filter(entry__cpl_entry_id__in=cpl_entry_ids).standing()
    return {decision.entry.cpl_entry_id: decision for decision in standing}


def standing_decisions(scope: Scope, *, state: str = "") -> QuerySet[SupplierDecision]:
    """What stands of the Supplier's decisions, as far as that is seen, the newest first."""
    found = SupplierDecision.objects.visible_to(scope).standing()
    found = found.filter(state=state) if state else found
    return found.select_related("entry__device_model__manufacturer").order_by("-pk")


def decisions_about(scope: Scope, cpl_entry_id: str) -> list[SupplierDecision]:
    """Everything that the Supplier ever decided of an entry, as far as that is seen, the newest
    first."""
    found = SupplierDecision.objects.visible_to(scope).filter(entry__cpl_entry_id=cpl_entry_id)
    return list(found.order_by("-pk"))


def narrowed_by_decision(rows: QuerySet[M], scope: Scope, state: str, *, entry: str) -> QuerySet[M]:
    """Those of the rows about whose entry the Supplier decided so, or nothing (`NONE`); all of them
    where nothing is asked for. `entry` is the column that holds the entry's number."""
    if not state:
        return rows
    standing = SupplierDecision.objects.visible_to(scope).standing()
    if state == UNDECIDED:
        decided = Q(**{f"{entry}__in": standing.values("entry")})
        return rows.filter(~decided | Q(**{f"{entry}__isnull": True}))
    return rows.filter(**{f"{entry}__in": standing.filter(state=state).values("entry")})


def is_decided_so(scope: Scope, cpl_entry_id: str, state: str) -> bool:
    """Whether the Supplier decided so about an entry, or nothing (`NONE`), as far as that is
    seen. One query."""
    decision = own_decisions(scope, [cpl_entry_id]).get(cpl_entry_id)
    return state == (decision.state if decision else UNDECIDED)


def held_back(parties: Collection[int]) -> Mapping[int, frozenset[str]]:
    """The entries that each of these Suppliers (by Party number) holds back by its own decision; a
    Supplier that holds none back is absent. One query."""
    held = SupplierDecision.objects.filter(party__in=parties).standing().filter(state=HELD)
    found: dict[int, set[str]] = defaultdict(set)
    for party_id, cpl_entry_id in held.values_list("party_id", "entry__cpl_entry_id"):
        found[party_id].add(cpl_entry_id)
    return {party_id: frozenset(ids) for party_id, ids in found.items()}
