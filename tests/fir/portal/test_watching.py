"""Pages that look again by themselves: nothing while nothing is newer, then the piece anew."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.eligibility.operations import assess_new_day
from fir.eligibility.operations import read_news as assess
from fir.estates.operations import finish_loads, receive_load
from fir.notifications.operations import read_news as notify
from tests import make
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Actor, Party

    Actors = tuple[Actor, Actor]

pytestmark = pytest.mark.django_db
# The last one asks again at whatever address it shows, so that it stays narrowed.
OF_FINDINGS = (
    "/eligibility",
    "/eligibility?target=CPL-000001",
    "/eligibility?target=CPL-000002&device_type=ESME",
    "/firmware/CPL-000002",
    "/firmware/CPL-000001/ways",
    "/estate?device_type=ESME",
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
    watched = r'hx-get="([^"]*)" hx-trigger="every 3s".* hx-headers=\'\{"FIR-Seen": "([^"]*)"\}\''
    found = re.search(watched, page.content.decode())
    assert found is not None
    url, mark = map(html.unescape, found.groups())
    request = page.wsgi_request
    return browser.get(
        url or request.get_full_path(), headers={"HX-Request": "true", "FIR-Seen": mark}
    )


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


def test_the_estate_comes_anew_with_how_far_its_newest_load_is(
    supplier: Party, browser: Client
) -> None:
    page = browser.get("/estate")
    data = make.inventory(make.device(1))
    load = receive_load(party=supplier, pieces=[data], by=make.actor(supplier), at=make.AT)
    queued = looked_again(browser, page)
    finish_loads(at=make.AT)
    swapped = looked_again(browser, queued)
    assess(at=timezone.now())
    assessed = looked_again(browser, swapped)

    assert f"load {load.pk}</a>: " in " ".join(queued.content.decode().split())
    assert b"QUEUED" in queued.content
    assert b"is being assessed" in swapped.content
    assert b"is being assessed" not in assessed.content
    assert b"1 Device, from" in assessed.content
    assert looked_again(browser, assessed).status_code == 204


def test_before_the_first_load_the_page_of_the_estate_waits_for_it(actors: Actors) -> None:
    new = make.party("new-power")
    browser = signed_in(new)
    page = browser.get("/estate")

    assert looked_again(browser, page).status_code == 204
    make.estate(new, make.device(1), at=timezone.now())
    assert b"1 Device, from" in looked_again(browser, page).content


def test_somebody_who_narrows_the_estate_gets_its_models_alone(browser: Client) -> None:
    answer = browser.get("/estate?device_type=ESME", headers={"HX-Request": "true"})

    assert answer.content.strip().startswith(b'<div id="results">')


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
