"""What an agent may see, and what a Supplier has let agents see."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fir.parties.assumptions import AGENTS
from fir.parties.models import AgentRefusal, Delegation, Party
from fir.parties.permissions import Category
from fir.parties.scopes import Part, Scope

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey


def scope_of(asker: Party, slug: str, *, at: datetime) -> Scope | None:
    """What the asker sees of the Devices of the Supplier with this slug; None where that is
    nothing, whatever the reason. A Supplier sees its own by its slug, or by none. One query for an
    agent, none for others."""
    if asker.is_supplier:
        return Scope(asker) if slug in ("", asker.slug) else None
    is_agent = asker.category == Category.REGISTERED_SUPPLIER_AGENT
    if not is_agent or not slug or not slug.isprintable():
        return None
    return next(iter(_scopes(_live(asker, at=at).filter(supplier__slug=slug))), None)


def scopes_of_agent(agent: Party, *, at: datetime) -> list[Scope]:
    """What an agent sees at a time, for each Supplier that lets it, by the Supplier's name."""
    return _scopes(_live(agent, at=at))


def _live(agent: Party, *, at: datetime) -> QuerySet[Delegation]:
    return Delegation.objects.live(at=at).filter(agent=agent).select_related("supplier")


def _scopes(delegations: QuerySet[Delegation]) -> list[Scope]:
    """The delegations together, a scope for each Supplier."""
    given: dict[int, list[Delegation]] = defaultdict(list)
    for delegation in delegations.order_by("supplier__name", "supplier_id", "given_at", "pk"):
        given[delegation.supplier_id].append(delegation)
    scopes = [Scope(some[0].supplier, tuple(map(part_of, some))) for some in given.values()]
    return [scope for scope in scopes if any(part.device_types for part in scope.parts or ())]


def agents_seeing(supplier: Party, model: ModelKey, *, at: datetime) -> list[str]:
    """The slugs of the agents that a Supplier lets see its Devices of a Device Model at a time. One
    query."""
    live = Delegation.objects.live(at=at).filter(supplier=supplier).select_related("agent")
    return sorted({one.agent.slug for one in live if part_of(one).covers(*model)})


def part_of(delegation: Delegation) -> Part:
    """What a delegation lets see while it is live, of what may be delegated at all by now."""
    return Part(
        frozenset(delegation.device_types) & frozenset(AGENTS.device_types),
        frozenset((model[:4], model[5:]) for model in delegation.device_models),
    )


def delegations_of(party: Party) -> QuerySet[Delegation]:
    """The delegations that a Party gave or was given, the newest first."""
    found = Delegation.objects.visible_to(party).select_related("supplier", "agent")
    return found.order_by("-given_at", "pk")


def find_delegation(party: Party, delegation_id: uuid.UUID) -> Delegation | None:
    """One of the delegations that a Party gave or was given."""
    return delegations_of(party).filter(pk=delegation_id).first()


def agents() -> list[Party]:
    """Every Registered Supplier Agent in the repository, by name."""
    found = Party.objects.filter(category=Category.REGISTERED_SUPPLIER_AGENT)
    return list(found.order_by("name", "pk"))


def refusals_of(supplier: Party) -> QuerySet[AgentRefusal]:
    """Which agents asked for a Supplier's Devices without leave, the newest day first."""
    found = AgentRefusal.objects.filter(supplier=supplier).select_related("agent")
    return found.order_by("-day", "agent__name", "pk")
