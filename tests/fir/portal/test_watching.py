"""Pages that look again by themselves: nothing while nothing is newer, then the piece anew."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.eligibility.operations import assess_new_day
from fir.eligibility.operations import read_news as assess
from fir.notifications.operations import read_news as notify
from tests import make
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Actor, Party

    Actors = tuple[Actor, Actor]

pytestmark = pytest.mark.django_db
OF_FINDINGS = (
    "/eligibility",
    "/eligibility?target=CPL-000001",
    "/eligibility?target=CPL-000002&device_type=ESME",
    "/firmware/CPL-000002",
    "/firmware/CPL-000001/ways",
)


@pytest.fixture
def actors() -> Actors:
    return make.actor(make.maker()), make.actor(make.administrator())


@pytest.fixture
def supplier(actors: Actors) -> Party:
    """A Supplier of three Devices on CPL-000001, over which CPL-000002 goes."""
    supplier = make.party("big-light")
    make.listed(make.row(1))
    publish(2, *actors)
    make.estate(supplier, *(make.device(number) for number in (1, 2, 3)))
    assess_new_day(at=timezone.now())
    return supplier


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def publish(number: int, maker: Actor, administrator: Actor) -> None:
    make.published(maker, administrator, number, predecessors=["CPL-000001"])


def looked_again(browser: Client, page: Any) -> Any:
    """What htmx gets for the piece of this page that looks again."""
    watched = r'hx-get="([^"]+)" hx-trigger="every 3s".* hx-headers=\'\{"FIR-Seen": "([^"]+)"\}\''
    found = re.search(watched, page.content.decode())
    assert found is not None
    url, mark = map(html.unescape, found.groups())
    return browser.get(url, headers={"HX-Request": "true", "FIR-Seen": mark})


@pytest.mark.parametrize("url", OF_FINDINGS)
def test_findings_come_anew_once_they_are_worked_out(
    actors: Actors, browser: Client, url: str
) -> None:
    page = browser.get(url)
    unchanged = looked_again(browser, page)
    publish(3, *actors)
    assess(at=timezone.now())
    anew = looked_again(browser, page)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert anew.status_code == 200
    assert b"FIR-Seen" in anew.content
    assert looked_again(browser, anew).status_code == 204


def test_the_counts_that_come_are_those_of_the_newer_release(
    actors: Actors, browser: Client
) -> None:
    page = browser.get("/eligibility")
    publish(3, *actors)
    assess(at=timezone.now())

    assert b"CPL-000003" not in page.content
    assert b"CPL-000003" in looked_again(browser, page).content


def test_what_only_another_supplier_may_know_of_disturbs_nobody(browser: Client) -> None:
    page = browser.get("/eligibility")
    make.estate(make.party("other-light"), make.device(9))

    assert looked_again(browser, page).status_code == 204


def test_a_load_of_its_own_comes_anew(supplier: Party, browser: Client) -> None:
    page = browser.get("/eligibility")
    make.estate(supplier, make.device(1))

    assert b"Of your 1 Device:" in looked_again(browser, page).content


@pytest.mark.parametrize("before", [0, 1])
def test_notices_come_anew_once_there_is_another(
    actors: Actors, browser: Client, before: int
) -> None:
    if before:
        notify(at=timezone.now())
    page = browser.get("/notices")
    unchanged = looked_again(browser, page)
    publish(3, *actors)
    assess(at=timezone.now())
    notify(at=timezone.now())

    assert unchanged.status_code == 204
    assert b"00000003" in looked_again(browser, page).content
