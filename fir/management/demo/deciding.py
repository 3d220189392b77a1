"""What the demo world's largest Supplier lets an agent see, and decides of releases itself."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from fir.eligibility.deciding import decide_release
from fir.management.demo.parties import AGENT, LARGEST
from fir.parties.delegating import delegate_to_agent, note_refusal, revoke_delegation
from fir.parties.delegation_queries import delegations_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fir.management.demo.world import World

# How the Supplier stands to releases, by Device Model and version, and why; one after the other.
DECIDED = (
    ("1A100100", "0104000F", "APPROVED", "In order on 400 meters of our trial."),
    ("1A100101", "0104000F", "TESTING", "This hardware is on trial in 40 homes."),
    ("1A200100", "00050301", "TESTING", "On trial in our lab."),
    ("1A200100", "00050301", "HELD", "The tariff switch drifts; we asked its Manufacturer."),
)
DELEGATED_FOR = timedelta(days=180)
MODELS = ("F0A1/1A100100", "F0A1/1A100101", "F0A1/1A200100")
# Days ago.
ASKED, DELEGATED, REVOKED, DECIDES = 6, 5, 3, 2


def steps_of_the_largest(world: World) -> list[tuple[datetime, Callable[[], None]]]:
    """What the Supplier does, and when: its agent asks in vain, is let see gas meters and a few
    electricity meters, and the gas meters no more."""
    asked, revoked = world.moment(ASKED, 15), world.moment(REVOKED, 11)
    gas, electricity = world.moment(DELEGATED, 9), world.moment(DELEGATED, 9, 20)
    return [
        (asked, partial(_ask_in_vain, world, at=asked)),
        (gas, partial(_delegate, world, "GSME", at=gas)),
        (electricity, partial(_delegate, world, "ESME", *MODELS, at=electricity)),
        (revoked, partial(_revoke, world, "GSME", at=revoked)),
        *(
            (world.moment(DECIDES, 16, 10 * place), partial(_decide, world, place))
            for place in range(len(DECIDED))
        ),
    ]


def _ask_in_vain(world: World, *, at: datetime) -> None:
    note_refusal(supplier=LARGEST.slug, by=world.actor(AGENT), at=at)


def _delegate(world: World, device_type: str, *device_models: str, at: datetime) -> None:
    delegate_to_agent(
        agent=AGENT.slug,
        device_types=[device_type],
        device_models=device_models,
        first_day=at.date().isoformat(),
        last_day=(at + DELEGATED_FOR).date().isoformat(),
        by=world.actor(LARGEST),
        at=at,
    )


def _revoke(world: World, device_type: str, *, at: datetime) -> None:
    supplier = world.actor(LARGEST)
    given = delegations_of(supplier.party).get(device_types=[device_type])
    revoke_delegation(delegation=given, by=supplier, at=at)


def _decide(world: World, place: int) -> None:
    device_model, version, state, reason = DECIDED[place]
    decide_release(
        cpl_entry_id=world.rows[device_model, version].cpl_entry_id,
        state=state,
        reason=reason,
        by=world.actor(LARGEST),
        at=world.moment(DECIDES, 16, 10 * place),
    )
