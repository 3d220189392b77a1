"""Nobody but the Supplier can learn that it has an estate: every door and every page says the same
to everybody else, whether or not it has one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from fir.eligibility.deleting import delete_estate
from fir.ledger.operations import NewEvent, append_events
from tests import make
from tests.house.test_page_table import BACKEND
from tests.house.world import build, doors, page_arguments, pages, person, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from fir.parties.models import Party
    from tests.house.world import World

OTHERS = ("maker", "other supplier", "network", "agent", "administrator", "dcc")
# What differs from one answer to the next whatever was asked: tokens of forms, and times.
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|\d{4}-\d\d-\d\dT[\d:.]+Z?'
    # What a hidden event leaves for everybody: its hash, and nothing that it says.
    rb'|"leaf_hash": ?"\w{64}"'
)
READS = [name for method, name in doors() if method == "GET"]
SHOWN = [name for method, name in pages() if method == "GET"]


def deleted(supplier: Party) -> None:
    """The estate goes."""
    delete_estate(party=supplier, by=make.actor(supplier), at=make.AT)


def kept(supplier: Party) -> None:
    """The estate stays, and something else happens of which nobody is told."""
    actor = make.actor(supplier)
    payload = {"load_id": 1, "devices": 1, "rows_bad": 0}
    event = NewEvent("ESTATE_LOADED", "estate", supplier.slug, payload, [supplier.slug])
    append_events([event], by=actor.author, at=make.AT)


def heard(world: World, ask: Callable[[], list[Any]], happens: Callable[[Party], None]) -> Any:
    """What everybody else is answered after something happened, which is then taken back."""
    with transaction.atomic():
        happens(world.parties["supplier"])
        said = [(answer.status_code, PASSING.sub(b"", content(answer))) for answer in ask()]
        transaction.set_rollback(True)
    return said


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.django_db
def test_no_door_tells_anybody_else_whether_there_is_an_estate() -> None:
    world = build()
    keys = [{}, *(make.bearer(world.parties[who]) for who in OTHERS)]
    paths = [url(name, world) for name in READS]
    paths += [
        f"{url(name, world)}?party={world.parties['supplier'].slug}"
        for name in READS
        if name.startswith("estate-s") or name in ("eligibility", "estate-changes")
    ]

    def ask() -> list[Any]:
        return [Client().get(path, headers=key) for key in keys for path in paths]

    assert heard(world, ask, kept) == heard(world, ask, deleted)


@pytest.mark.django_db
def test_no_page_tells_anybody_else_whether_there_is_an_estate() -> None:
    world = build()
    arguments = page_arguments(world)
    addresses = [
        reverse(name, kwargs=arguments.get(name, {})) for name in SHOWN if "logout" not in name
    ]
    people = [None, *(person(world, who) for who in OTHERS)]

    def ask() -> list[Any]:
        answers = []
        for who in people:
            for address in addresses:
                client = Client()
                if who:
                    client.force_login(who, backend=BACKEND)
                answers.append(client.get(address))
        return answers

    assert heard(world, ask, kept) == heard(world, ask, deleted)


@pytest.mark.django_db
def test_the_supplier_itself_is_told() -> None:
    """Else the two tests above would not see a difference if there was one."""
    world = build()
    key = make.bearer(world.parties["supplier"])

    def ask() -> list[Any]:
        return [Client().get(url("estate-summary", world), headers=key)]

    assert heard(world, ask, kept) != heard(world, ask, deleted)


@pytest.mark.django_db
def test_deleting_anothers_estate_reads_the_same_whether_or_not_there_is_one() -> None:
    world = build()
    keys = [{}, *(make.bearer(world.parties[who]) for who in OTHERS)]

    def ask() -> list[Any]:
        return [Client().delete(url("estate", world), headers=key) for key in keys]

    assert heard(world, ask, kept) == heard(world, ask, deleted)
