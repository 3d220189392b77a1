"""Letting a Registered Supplier Agent see some of a Supplier's Devices, and ending that (MP207)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from cpl.identifiers import (
    IdentifierFault,
    parse_date,
    parse_device_model,
    parse_device_type,
    parse_manufacturer_identifier,
    shown,
)
from cpl.queries import find_device_models
from fir.ledger.operations import NewEvent, append_events
from fir.parties.assumptions import AGENTS
from fir.parties.models import ENDED, AgentRefusal, Delegation, Party
from fir.parties.permissions import SUPPLIERS, Category

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date, datetime

    from fir.parties.models import Actor

MOST_MODELS = 500


@dataclass(frozen=True, slots=True)
class DelegationFault:
    """One thing to mend in a delegation: the field, a code for machines, a sentence for people."""

    field: str
    code: str
    message: str


class DelegationRefused(ValueError):
    """The delegation cannot be given as described; `faults` says what is to be mended."""

    def __init__(self, faults: Iterable[DelegationFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class OnlySuppliersDelegate(PermissionError):
    """Only a Supplier has Devices that it could let an agent see."""


class AlreadyDelegated(ValueError):
    """The very same is delegated to the agent for some of these days already."""


class DelegationOver(ValueError):
    """The delegation was revoked before, or has ended by itself."""


@transaction.atomic
def delegate_to_agent(
    *,
    agent: str,
    device_types: Collection[str],
    device_models: Collection[str],
    first_day: str,
    last_day: str,
    by: Actor,
    at: datetime,
) -> Delegation:
    """Let the agent with this slug see the Supplier's Devices of these Device Types, or only of the
    Device Models that are named (`F1A1/00010101`), from one day to another, both included.

    Raises OnlySuppliersDelegate, DelegationRefused with everything that is to be mended, and
    AlreadyDelegated.
    """
    if not by.party.is_supplier:
        raise OnlySuppliersDelegate("Only a Supplier lets agents see its Devices.")
    faults: list[DelegationFault] = []
    named = _read_agent(agent, by.party, faults)
    types = _read_types(device_types, faults)
    models = _read_models(device_models, types, faults)
    first, last = _read_days(first_day, last_day, localdate(at), faults)
    if faults or named is None or first is None or last is None:
        raise DelegationRefused(faults)
    delegation = Delegation(
        supplier=by.party,
        agent=named,
        device_types=types,
        device_models=models,
        first_day=first,
        last_day=last,
        given_at=at,
        given_by=by.actor_id,
    )
    _require_new(delegation)
    delegation.save(force_insert=True)
    append_events([_given(delegation)], by=by.author, at=at)
    return delegation


def _read_agent(slug: str, giver: Party, faults: list[DelegationFault]) -> Party | None:
    agents = Party.objects.filter(category=Category.REGISTERED_SUPPLIER_AGENT)
    named = agents.filter(slug=slug).first() if slug.isprintable() else None
    if named is None:
        message = f"‘{shown(slug)}’ is no Registered Supplier Agent in the repository: name one."
        if not slug:
            message = "Say which Registered Supplier Agent is to see them."
        elif slug == giver.slug:
            message = f"{giver.name} sees its own Devices anyway: name a Registered Supplier Agent."
        faults.append(DelegationFault("agent", "NOT_AN_AGENT", message))
    return named


def _read_types(said: Collection[str], faults: list[DelegationFault]) -> list[str]:
    types = _read_each("device_types", said, parse_device_type, faults)
    known = ", ".join(AGENTS.device_types)
    if not said:
        message = f"Choose at least one Device Type of {known}."
        faults.append(DelegationFault("device_types", "NONE_CHOSEN", message))
    for beyond in sorted(set(types) - set(AGENTS.device_types)):
        message = f"Agents may be let see {known}, and no {beyond} (MP207)."
        faults.append(DelegationFault("device_types", "NOT_FOR_AGENTS", message))
    return types


def _read_models(
    said: Collection[str], types: Collection[str], faults: list[DelegationFault]
) -> list[str]:
    if len(said) > MOST_MODELS:
        message = f"At most {MOST_MODELS} Device Models can be named; leave all out for every one."
        faults.append(DelegationFault("device_models", "TOO_MANY", message))
        return []
    models = _read_each("device_models", said, parse_maker_and_model, faults)
    wanted = {(device_type, model[:4], model[5:]) for model in models for device_type in types}
    listed = {key[1:] for key in find_device_models(wanted)}
    for model in models:
        if types and (model[:4], model[5:]) not in listed:
            message = f"The list has no {' or '.join(types)} of the Device Model {model}."
            faults.append(DelegationFault("device_models", "NOT_LISTED", message))
    return models


def parse_maker_and_model(text: str) -> str:
    """A Device Model with its maker, such as `F1A1/00010101`. Raises IdentifierFault."""
    maker, stroke, model = text.strip().partition("/")
    if not stroke:
        wanted = "a maker and a Device Model with a stroke between them (such as F1A1/00010101)"
        raise IdentifierFault("NO_STROKE", text, wanted, "")
    return f"{parse_manufacturer_identifier(maker)}/{parse_device_model(model)}"


def _read_each(
    field: str,
    said: Collection[str],
    parse: Callable[[str], str],
    faults: list[DelegationFault],
) -> list[str]:
    """Each once, in order, in the form in which it is kept."""
    read = set()
    for one in said:
        try:
            read.add(parse(one))
        except IdentifierFault as fault:
            faults.append(DelegationFault(field, fault.code, str(fault)))
    return sorted(read)


def _read_days(
    first_day: str, last_day: str, today: date, faults: list[DelegationFault]
) -> tuple[date | None, date | None]:
    first = _read_day("first_day", first_day, faults)
    last = _read_day("last_day", last_day, faults)
    if first and first < today:
        message = f"{first} is over: nothing is delegated for the past. Take today or a later day."
        faults.append(DelegationFault("first_day", "IN_THE_PAST", message))
    if first and last and last < first:
        message = f"It would end on {last}, before it begins on {first}. Change one of the two."
        faults.append(DelegationFault("last_day", "ENDS_BEFORE_IT_BEGINS", message))
    return first, last


def _read_day(field: str, said: str, faults: list[DelegationFault]) -> date | None:
    try:
        return parse_date(said)
    except IdentifierFault as fault:
        faults.append(DelegationFault(field, fault.code, str(fault)))
        return None


def _require_new(delegation: Delegation) -> None:
    """Raise AlreadyDelegated where the same stands for some of the days: whoever revoked one would
    leave the other open. One at a time for each Supplier."""
    Party.objects.select_for_update(no_key=True).get(pk=delegation.supplier_id)
    same = Delegation.objects.filter(
        supplier=delegation.supplier,
        agent=delegation.agent,
        device_types=delegation.device_types,
        device_models=delegation.device_models,
        first_day__lte=delegation.last_day,
        last_day__gte=delegation.first_day,
        revoked_at__isnull=True,
    ).first()
    if same is not None:
        raise AlreadyDelegated(
            f"You have delegated the very same to {delegation.agent.name} from {same.first_day} to "
            f"{same.last_day} already."
        )


def _given(delegation: Delegation) -> NewEvent:
    payload = {
        **_parties_of(delegation),
        "device_types": delegation.device_types,
        "device_models": delegation.device_models,
        "first_day": delegation.first_day.isoformat(),
        "last_day": delegation.last_day.isoformat(),
    }
    return _event("DELEGATION_GIVEN", delegation, payload)


def _parties_of(delegation: Delegation) -> dict[str, str]:
    return {"supplier": delegation.supplier.slug, "agent": delegation.agent.slug}


def _event(kind: str, delegation: Delegation, payload: Mapping[str, object]) -> NewEvent:
    both = list(_parties_of(delegation).values())
    return NewEvent(kind, "delegation", str(delegation.pk), payload, parties=both)


@transaction.atomic
def revoke_delegation(*, delegation: Delegation, by: Actor, at: datetime) -> Delegation:
    """End a delegation of one's own, at once and for good; the agent's next request is refused.

    Raises Delegation.DoesNotExist for another's, and DelegationOver.
    """
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("supplier", "agent")
    held = rows.get(pk=delegation.pk, supplier=by.party)
    if held.revoked_at is not None:
        raise DelegationOver(f"It was revoked already, on {localdate(held.revoked_at)}.")
    if held.state(localdate(at)) == ENDED:
        raise DelegationOver(f"It ended by itself on {held.last_day}: there is nothing to revoke.")
    held.revoked_at, held.revoked_by = at, by.actor_id
    held.save(update_fields=["revoked_at", "revoked_by"])
    append_events([_event("DELEGATION_REVOKED", held, {**_parties_of(held)})], by=by.author, at=at)
    return held


@transaction.atomic
def note_refusal(*, supplier: str, by: Actor, at: datetime) -> None:
    """Note that an agent asked for Devices of the Supplier with this slug without a live
    delegation: the first time of a day is told to the Supplier, every other is counted. Nothing is
    noted of others than agents, or where no such Supplier is."""
    if by.party.category != Category.REGISTERED_SUPPLIER_AGENT or not supplier.isprintable():
        return
    named = Party.objects.filter(slug=supplier, category__in=SUPPLIERS).first()
    if named is None:
        return
    day = localdate(at)
    refusal, is_first = AgentRefusal.objects.get_or_create(supplier=named, agent=by.party, day=day)
    if not is_first:
        AgentRefusal.objects.filter(pk=refusal.pk).update(times=F("times") + 1)
        return
    payload = {"supplier": named.slug, "agent": by.party.slug, "day": day.isoformat()}
    event = NewEvent("AGENT_REFUSED", "party", named.slug, payload, parties=[named.slug])
    append_events([event], by=by.author, at=at)
