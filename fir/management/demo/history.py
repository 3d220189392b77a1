"""The history of the demo world, brought to the repository in the order of its dates.

The makers' firmware comes first and the Suppliers only when all of that is read, so that nobody is
told of releases from years ago. The newest releases come last, and their notices are real.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from fir.eligibility import operations as eligibility
from fir.eligibility.queries import standing_of
from fir.estates.models import DONE
from fir.estates.operations import finish_loads, receive_load
from fir.management.demo.bringing import bring, queue
from fir.management.demo.deciding import steps_of_the_largest
from fir.management.demo.families import Over
from fir.management.demo.homes import inventory
from fir.management.demo.keeping import keep_list, load_since
from fir.management.demo.listing import amended, first_sheet, lines_of, sheet_row
from fir.management.demo.parties import (
    ADMINISTRATOR,
    MANUFACTURERS,
    OTHERS,
    SUPPLIERS,
    maker_of,
)
from fir.management.demo.people import PEOPLE
from fir.management.demo.products import AMENDMENTS, all_releases
from fir.management.demo.world import DemoIncomplete, World
from fir.notifications import operations as notifications
from fir.records import quality
from fir.records.certificates import tell_of_certificates
from fir.records.contacts import change_contact, confirm_contact, remind_of_contacts
from fir.records.operations import declare_hub_capability
from fir.records.reconciling import reconcile_list
from fir.submissions.operations import approve_submission

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fir.management.demo.families import Family, Release
    from fir.management.demo.listing import Line
    from fir.management.demo.parties import Organisation
    from fir.management.demo.products import Amendment

    Act = Callable[[], None]

# Days ago. Releases, amendments and declarations lie between the list and the opening.
FOUNDED, LISTED, DECLARED, OPENED = 1105, 1100, 66, 48
INVENTORIES = 6
KEPT = 1
# How many days ago Manufacturers last confirmed whom to ask for their images; one has let it lapse.
CONFIRMED, CONFIRMED_LONG_AGO = 9, {"F0A2": 65}
# What was published later than so many days ago is not loaded by the DCC yet.
NOT_LOADED = 3


def load_world(*, now: datetime, say: Callable[[str], None]) -> World:
    """Load the whole demo world into an empty database, telling of each stage.

    Call it in a transaction: until that commits nobody else sees, or reads, any of it.

    Raises DemoIncomplete when a load or a reader did not come to its end.
    """
    world = World(now)
    say("The Administrator and the Manufacturers …")
    _found(world)
    say("The Central Products List, and the releases since …")
    _list(world)
    before = [*_amendments(world), *_declarations(world), *_confirmations(world, until=OPENED)]
    _in_order([*_releases(world, until=OPENED), *before])
    say("Suppliers, Network Party, agent and DCC; and the people …")
    _open(world)
    _welcome(world)
    say("The Suppliers' inventories …")
    _load_estates(world)
    say("The newest releases, the queue, and what keeps the list right …")
    since = [*_keeping(world), *steps_of_the_largest(world), *queue(world)]
    since += _confirmations(world, since=OPENED)
    _in_order([*_releases(world, since=OPENED), *since])
    say("Who may take what, and the notices …")
    remind_of_contacts(at=now)
    _read(world, at=now)
    eligibility.assess_new_day(at=now)
    _check(world, now=now)
    return world


def _in_order(steps: list[tuple[datetime, Act]]) -> None:
    for _, act in sorted(steps, key=lambda step: step[0]):
        act()


def _found(world: World) -> None:
    at = world.moment(FOUNDED, 9)
    for organisation in (ADMINISTRATOR, *MANUFACTURERS):
        world.admit(organisation, at=at)
    for maker in MANUFACTURERS:
        for identifier in maker.identifiers:
            change_contact(
                manufacturer_identifier=identifier,
                role="Firmware release desk",
                email=maker.mailbox("firmware"),
                by=world.actor(maker),
                at=world.moment(FOUNDED, 14),
            )


def _list(world: World) -> None:
    rows = first_sheet(today=world.now.date())
    at = world.moment(LISTED, 10)
    reconcile_list(rows=rows, by=world.actor(ADMINISTRATOR), at=at)
    for row in rows:
        world.rows.setdefault((row.device_model, row.firmware_version), row)


def _releases(world: World, *, since: int = LISTED, until: int = 0) -> list[tuple[datetime, Act]]:
    """The releases that were brought between two days."""
    brought = [
        (family, release)
        for family, release in all_releases()
        if release.over is not Over.UNSAID and until <= release.days_ago < since
    ]
    return [
        (world.moment(release.days_ago, 9, 30), partial(_publish, world, family, release))
        for family, release in brought
    ]


def _publish(world: World, family: Family, release: Release) -> None:
    """Bring and approve a release for all its hardware, and let the readers read of it."""
    brought = world.moment(release.days_ago, 9, 30)
    decided = world.moment(release.days_ago, 15, 10)
    lines = lines_of(family, release)
    apart = [lines] if release.together else [[line] for line in lines]
    submissions = [bring(world, some, at=brought) for some in apart]
    for some, submission in zip(apart, submissions, strict=True):
        approved = approve_submission(
            submission_id=submission.pk, by=world.actor(ADMINISTRATOR), at=decided
        )
        for line, entry_id in zip(some, approved.cpl_entry_ids, strict=True):
            row = sheet_row(line, entry_id=entry_id, today=world.now.date())
            world.rows[line.device_model, release.version] = row
    if OPENED > release.days_ago >= NOT_LOADED:
        entries = [world.rows[line.device_model, release.version].cpl_entry_id for line in lines]
        load_since(world, entries, at=decided + timedelta(days=1))
    if release.days_ago > OPENED:
        # Whoever brought and decided it was there already, and was told then.
        eligibility.read_news(at=decided + timedelta(minutes=1))
        notifications.read_news(at=decided + timedelta(minutes=2))


def _amendments(world: World) -> list[tuple[datetime, Act]]:
    return [
        (world.moment(amendment.days_ago, 11), partial(_amend, world, amendment))
        for amendment in AMENDMENTS
    ]


def _amend(world: World, amendment: Amendment) -> None:
    """Bring a later sheet, of the amended release's lines alone: what a sheet lacks is left."""
    today = world.now.date()
    rows = {
        place: amended(row, amendment, today=today)
        for place, row in world.rows.items()
        if (place[0][:4], place[1]) == (amendment.model, amendment.version)
    }
    at = world.moment(amendment.days_ago, 11)
    reconcile_list(rows=list(rows.values()), by=world.actor(ADMINISTRATOR), at=at)
    world.rows.update(rows)


def _declarations(world: World) -> list[tuple[datetime, Act]]:
    """What makers said later of their hubs that the first sheet listed."""
    return [
        (world.moment(DECLARED, 10), partial(_declare, world, line))
        for family, release in all_releases()
        if release.carries is not None and release.over is Over.UNSAID
        for line in lines_of(family, release)
    ]


def _declare(world: World, line: Line) -> None:
    declare_hub_capability(
        cpl_entry_id=world.rows[line.device_model, line.release.version].cpl_entry_id,
        carries_updates=bool(line.release.carries),
        by=world.actor(maker_of(line.family.maker)),
        at=world.moment(DECLARED, 10),
    )


def _confirmations(
    world: World, *, since: int = LISTED, until: int = 0
) -> list[tuple[datetime, Act]]:
    """The cards that were confirmed between two days."""
    confirmed = [
        (maker, identifier, CONFIRMED_LONG_AGO.get(identifier, CONFIRMED))
        for maker in MANUFACTURERS
        for identifier in maker.identifiers
    ]
    return [
        (world.moment(days_ago, 12), partial(_confirm, world, maker, identifier, days_ago))
        for maker, identifier, days_ago in confirmed
        if until <= days_ago < since
    ]


def _confirm(world: World, maker: Organisation, identifier: str, days_ago: int) -> None:
    at = world.moment(days_ago, 12)
    confirm_contact(manufacturer_identifier=identifier, by=world.actor(maker), at=at)


def _open(world: World) -> None:
    """Let the readers come to the end of the history, then admit those who would hear of it."""
    _read(world, at=world.moment(OPENED, 8))
    for place, organisation in enumerate((*SUPPLIERS, *OTHERS)):
        at = world.moment(OPENED - 1, 9, 5 * place)
        world.admit(organisation, at=at)
        actor = world.actor(organisation)
        if organisation in SUPPLIERS:
            subscribe = notifications.subscribe
            subscribe(party=actor.party, email=organisation.mailbox("metering"), by=actor, at=at)
    entries = [row.cpl_entry_id for row in world.rows.values()]
    load_since(world, entries, at=world.moment(OPENED - 1, 10))


def _welcome(world: World) -> None:
    for place, person in enumerate(PEOPLE):
        world.welcome(person, at=world.moment(OPENED - 1, 11, 5 * place))


def _keeping(world: World) -> list[tuple[datetime, Act]]:
    at = world.moment(KEPT, 9)
    return [(at, partial(keep_list, world, at=at))]


def _load_estates(world: World) -> None:
    for place, supplier in enumerate(SUPPLIERS):
        at = world.moment(INVENTORIES, 10 + place)
        actor = world.actor(supplier)
        load = receive_load(party=actor.party, pieces=inventory(supplier), by=actor, at=at)
        finish_loads(at=at + timedelta(minutes=3))
        load.refresh_from_db()
        if load.state != DONE:
            raise DemoIncomplete(f"The inventory of {supplier.name} is {load.state}, not DONE.")
        world.devices += load.devices


def _read(world: World, *, at: datetime) -> None:
    tell_of_certificates(at=at)
    quality.read_news(at=at)
    eligibility.read_news(at=at)
    notifications.read_news(at=at)


def _check(world: World, *, now: datetime) -> None:
    """Readers set failures aside and go on; here nothing may have failed."""
    for supplier in SUPPLIERS:
        if not standing_of(world.actor(supplier).party, at=now).complete:
            raise DemoIncomplete(f"The estate of {supplier.name} was not assessed to its end.")
