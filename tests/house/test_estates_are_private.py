"""Nobody but the Supplier can learn that it has an estate: every door and every page says the same
to everybody else, whether or not it has one."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from fir.eligibility.deleting import delete_estate
from fir.ledger.operations import NewEvent, append_events
from tests import make
from tests.house.routes import doors, pages
from tests.house.test_page_table import BACKEND
from tests.house.world import build, page_arguments, person, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from fir.parties.models import Actor, User
    from tests.house.world import World

OTHERS = ("maker", "other supplier", "network", "idle agent", "administrator", "dcc")
# What differs from one answer to the next whatever was asked: tokens of forms, times, and how long
# something waits.
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|\d{4}-\d\d-\d\dT[\d:.]+Z?'
    rb"|\d+(?:\xc2\xa0| )(?:minute|hour|day|week)s?"
    # What a hidden event leaves for everybody: its hash, and nothing that it says.
    rb'|"leaf_hash": ?"\w{64}"'
)
OF_A_SUPPLIER = ("estate-summary", "estate-changes", "eligibility")
READS = [name for method, name in doors() if method == "GET"]
SHOWN = [name for method, name in pages() if method == "GET"]


def deleted(by: Actor) -> None:
    """The estate goes."""
    delete_estate(party=by.party, by=by, at=make.AT)


def kept(by: Actor) -> None:
    """The estate stays, and something else happens of which nobody is told."""
    payload = {"load_id": 1, "devices": 1, "rows_bad": 0}
    event = NewEvent("ESTATE_LOADED", "estate", by.party.slug, payload, [by.party.slug])
    append_events([event], by=by.author, at=make.AT)


def built() -> World:
    """The world, with an agent that nobody lets see anything."""
    world = build()
    world.parties["idle agent"] = make.agent("idle-agent")
    return world


def heard(world: World, ask: Callable[[], dict[str, Any]]) -> tuple[Any, Any]:
    """What askers are told after the Supplier's estate was kept, and after it was deleted."""
    by = make.actor(world.parties["supplier"])
    return _after(kept, by, ask), _after(deleted, by, ask)


def _after(happens: Callable[[Actor], None], by: Actor, ask: Callable[[], dict[str, Any]]) -> Any:
    """What they are told after something happened, which is then taken back."""
    with transaction.atomic():
        happens(by)
        said = {
            asked: (answer.status_code, PASSING.sub(b"", content(answer)))
            for asked, answer in ask().items()
        }
        transaction.set_rollback(True)
    return said


def differing(told: tuple[dict[str, Any], dict[str, Any]]) -> list[str]:
    """What was asked and answered differently."""
    return [asked for asked, said in told[0].items() if told[1][asked] != said]


def content(answer: Any) -> bytes:
    said: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return unpacked(said) if said.startswith(b"PK") else said


def unpacked(archive: bytes) -> bytes:
    """What a ZIP file holds, without the times at which its files were made."""
    with ZipFile(BytesIO(archive)) as files:
        return b"".join(name.encode() + files.read(name) for name in files.namelist())


@pytest.mark.django_db
def test_no_door_tells_anybody_else_whether_there_is_an_estate() -> None:
    world = built()
    keys = {"stranger": {}, **{who: make.bearer(world.parties[who]) for who in OTHERS}}
    named = f"?party={world.parties['supplier'].slug}"
    paths = [url(name, world) for name in READS]
    paths += [url(name, world) + named for name in OF_A_SUPPLIER]

    def ask() -> dict[str, Any]:
        return {
            f"{who} {path}": Client().get(path, headers=key)
            for who, key in keys.items()
            for path in paths
        }

    assert differing(heard(world, ask)) == []


@pytest.mark.django_db
def test_no_page_tells_anybody_else_whether_there_is_an_estate() -> None:
    world = built()
    arguments = page_arguments(world)
    addresses = [reverse(name, kwargs=arguments.get(name, {})) for name in SHOWN]
    people = {"stranger": None, **{who: person(world, who) for who in OTHERS}}

    def ask() -> dict[str, Any]:
        return {
            f"{who} {address}": asked(address, somebody)
            for who, somebody in people.items()
            for address in addresses
        }

    assert differing(heard(world, ask)) == []


def asked(address: str, who: User | None) -> Any:
    """A page's answer to one person."""
    client = Client()
    if who is not None:
        client.force_login(who, backend=BACKEND)
    return client.get(address)


@pytest.mark.django_db
def test_the_supplier_itself_is_told() -> None:
    """Else the two tests above would not see a difference if there was one."""
    world = built()
    key = make.bearer(world.parties["supplier"])
    paths = [url(name, world) for name in OF_A_SUPPLIER]

    def ask() -> dict[str, Any]:
        return {path: Client().get(path, headers=key) for path in paths}

    assert differing(heard(world, ask)) == paths


@pytest.mark.django_db
def test_deleting_anothers_estate_reads_the_same_whether_or_not_there_is_one() -> None:
    world = built()
    keys = {"stranger": {}, **{who: make.bearer(world.parties[who]) for who in OTHERS}}

    def ask() -> dict[str, Any]:
        path = url("estate", world)
        return {who: Client().delete(path, headers=key) for who, key in keys.items()}

    assert differing(heard(world, ask)) == []
