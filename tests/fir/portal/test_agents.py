"""The pages on which a Supplier lets agents see its Devices, and those that an agent sees then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from lxml import html

from fir.eligibility.deciding import decide_release
from fir.eligibility.operations import read_news
from fir.ledger.models import LedgerEvent
from fir.parties.delegating import note_refusal, revoke_delegation
from fir.parties.models import Delegation
from fir.parties.permissions import Permission
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db

LOOKS = ("/estate", "/eligibility", "/own-decisions", "/firmware/CPL-000002/own-decision")
WAYS = "/firmware/CPL-000002/ways"  # for many to read, with Devices for whoever sees any


@pytest.fixture
def supplier() -> Party:
    """A Supplier with Devices of two Device Models, for one of which there is a newer release."""
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.listed(make.row(20, device_model="00020101"))
    supplier = make.party()
    other = make.device(3, DeviceModel="00020101", DeviceFirmwareVersion="00000020")
    make.estate(supplier, make.device(1), make.device(2), other, at=timezone.now())
    return supplier


@pytest.fixture
def agent() -> Party:
    return make.agent()


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def links(answer: Any, beginning: str) -> list[str]:
    found = html.fromstring(answer.content).xpath("//main//a/@href")
    return [str(link) for link in found if str(link).startswith(beginning)]


def answers(**changes: str | list[str]) -> dict[str, str | list[str]]:
    today = timezone.localdate()
    return {
        "agent": "agent",
        "device_types": ["ESME"],
        "device_models": "F1A1/00010101\n\n",
        "first_day": today.isoformat(),
        "last_day": f"{today + timedelta(days=9):%d/%m/%Y}",
        **changes,
    }


def test_a_supplier_lets_an_agent_see_devices_and_ends_it(
    supplier: Party, agent: Party, browser: Client
) -> None:
    assert "Nothing: no agent sees any of your Devices." in text(browser.get("/agents"))
    sent = browser.post("/agents/delegate", answers(), follow=True)

    assert "Agent was let see what you chose." in text(sent)
    assert "ESME of 1 Device Model (F1A1/00010101), from" in text(sent)
    (revoke,) = links(sent, "/agents/")[1:]
    watching = signed_in(agent)
    assert watching.get("/eligibility?party=big-light").status_code == 200
    assert "Revoke what Agent may see?" in text(browser.get(revoke))

    ended = browser.post(revoke, follow=True)

    assert "Agent sees nothing by that delegation any more." in text(ended)
    assert "Revoked" in text(ended)
    assert watching.get("/eligibility?party=big-light").status_code == 403
    again = browser.post(revoke, follow=True)
    assert "It was revoked already" in text(again)
    assert "It is over already" in text(browser.get(revoke))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"agent": ""}, "Say which Registered Supplier Agent"),
        ({"agent": "big-light"}, "Choose one of these agents."),
        ({"device_types": []}, "Choose at least one Device Type"),
        ({"device_types": ["PPMID"]}, "Agents may be let see none of the type PPMID."),
        ({"device_models": "F1A1/00990101"}, "The list has no ESME of the Device Model F1A1/0099"),
        ({"first_day": "2020-01-01"}, "2020-01-01 is over"),
        ({"last_day": "2020-01-01"}, "before it begins"),
        ({"last_day": "soon"}, "‘soon’ is not a date"),
    ],
)
def test_what_is_to_be_mended_is_said_and_what_was_typed_stays(
    supplier: Party, agent: Party, browser: Client, changes: dict[str, Any], sentence: str
) -> None:
    answer = browser.post("/agents/delegate", answers(**changes))

    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "To mend:" in answer.content.decode().partition("</title>")[0]
    models = str(answers(**changes)["device_models"]).strip()
    assert models in html.fromstring(answer.content).xpath("string(//textarea)")
    assert not Delegation.objects.exists()


def test_the_very_same_twice_is_said_to_be_there(
    supplier: Party, agent: Party, browser: Client
) -> None:
    browser.post("/agents/delegate", answers())

    again = browser.post("/agents/delegate", answers())

    assert again.status_code == 422
    assert "You have delegated the very same to Agent" in text(again)


def test_the_supplier_reads_who_asked_in_vain(
    supplier: Party, agent: Party, browser: Client
) -> None:
    for _ in range(2):
        note_refusal(supplier="big-light", by=make.actor(agent), at=make.AT)

    assert "Agent, on 20 November 2026: 2 times" in text(browser.get("/agents"))
    assert "Agent, on" not in text(signed_in(make.party("third")).get("/agents"))


def test_delegating_takes_a_permission_of_its_own(supplier: Party, agent: Party) -> None:
    reader = signed_in(supplier, [Permission.VIEW_ESTATE])

    for address in ("/agents", "/agents/delegate"):
        assert reader.get(address).status_code == 403
    assert reader.post("/agents/delegate", answers()).status_code == 403
    assert not Delegation.objects.exists()


# What the agent sees


def test_an_agent_begins_at_the_suppliers_that_let_it(supplier: Party, agent: Party) -> None:
    browser = signed_in(agent)
    for address in LOOKS:
        assert browser.get(address).headers["Location"] == "/suppliers"
    assert "No Supplier lets you see any of its Devices today." in text(browser.get("/suppliers"))

    make.delegated(supplier, agent, "F1A1/00010101", at=timezone.now())

    page = browser.get("/suppliers")
    assert "Big Light" in text(page)
    assert [browser.get(link).status_code for link in links(page, "/")] == [200] * 3


def test_an_agent_sees_its_part_and_every_link_stays_with_it(supplier: Party, agent: Party) -> None:
    make.delegated(supplier, agent, "F1A1/00010101", at=timezone.now())
    browser = signed_in(agent)

    found = browser.get("/eligibility?party=big-light")
    assert "Of its 2 Devices that this is about:" in text(found)
    assert "00020101" not in text(found)
    estate = browser.get("/estate?party=big-light")
    assert "00010101" in text(estate)
    assert "00020101" not in text(estate)
    assert "load" not in text(estate)
    for page in (found, estate):
        inward = [*links(page, "/eligibility"), *links(page, "/estate"), *links(page, "/own-")]
        assert inward
        assert all("party=big-light" in link for link in inward)
        (kept,) = html.fromstring(page.content).xpath("//main//form//input[@name='party']/@value")
        assert kept == "big-light"
        assert {browser.get(link).status_code for link in inward} == {200}


def test_an_agent_reads_decisions_and_makes_none(supplier: Party, agent: Party) -> None:
    make.delegated(supplier, agent, "F1A1/00010101", at=timezone.now())
    for entry in ("CPL-000002", "CPL-000020"):
        decide_release(
            cpl_entry_id=entry,
            state="HELD",
            reason="It stops the clock.",
            by=make.actor(supplier),
            at=make.AT,
        )
    read_news(at=timezone.now())
    browser = signed_in(agent)

    page = browser.get("/own-decisions?party=big-light")
    assert "CPL-000002" in text(page)
    assert "CPL-000020" not in text(page)
    one = browser.get("/firmware/CPL-000002/own-decision?party=big-light")
    assert "It stops the clock." in text(one)
    assert not html.fromstring(one.content).xpath("//main//form")
    outside = browser.get("/firmware/CPL-000020/own-decision?party=big-light")
    assert outside.status_code == 404
    found = text(browser.get("/eligibility?party=big-light&own_decision=HELD"))
    assert "The Supplier itself decided to hold back the target" in found
    sent = browser.post(
        "/firmware/CPL-000002/own-decision?party=big-light", {"state": "APPROVED", "reason": "x"}
    )
    assert sent.status_code == 403


def test_an_agent_sees_what_it_may_see_of_the_devices_on_the_ways_too(
    supplier: Party, agent: Party
) -> None:
    make.delegated(supplier, agent, "F1A1/00010101", at=timezone.now())
    browser = signed_in(agent)

    plain, named = browser.get(WAYS), browser.get(f"{WAYS}?party=big-light")

    assert "Devices that you see" not in text(plain)
    assert "Devices that you see" in text(named)
    assert "2 In one step." in text(named)
    assert "The Devices are those of Big Light that it lets you see, and no others." in text(named)
    stays = [*links(named, "/eligibility"), *links(named, "/firmware/CPL-000002/ways")]
    assert len(stays) == 2 - ("In the picture." in text(named))
    assert all("party=big-light" in link for link in stays)
    found = browser.get("/eligibility?party=big-light&target=CPL-000002")
    assert links(found, WAYS) == [f"{WAYS}?party=big-light&"]


def test_no_more_than_is_delegated_is_counted_on_the_ways(supplier: Party, agent: Party) -> None:
    make.delegated(supplier, agent, "F1A1/00020101", at=timezone.now())

    page = text(signed_in(agent).get(f"{WAYS}?party=big-light"))

    assert "0 In one step." in page


def test_whoever_may_not_look_at_an_estate_is_refused_on_the_ways(
    supplier: Party, agent: Party
) -> None:
    make.delegated(supplier, agent, at=timezone.now())
    browser = signed_in(agent, [Permission.VIEW_RECORDS])

    assert browser.get(WAYS).status_code == 200
    assert browser.get(f"{WAYS}?party=big-light").status_code == 403


@pytest.mark.parametrize("address", [*LOOKS, WAYS])
def test_the_refusal_reads_the_same_whichever_supplier_is_named(
    supplier: Party, agent: Party, address: str
) -> None:
    given = make.delegated(supplier, agent, at=timezone.now())
    revoke_delegation(delegation=given, by=make.actor(supplier), at=timezone.now())
    make.party("third", "SMALL_SUPPLIER")
    browser = signed_in(agent)

    said = {slug: browser.get(f"{address}?party={slug}") for slug in ("big-light", "third", "x")}

    assert {answer.status_code for answer in said.values()} == {403}
    assert len({text(answer) for answer in said.values()}) == 1
    assert "No Supplier has delegated this to Agent." in text(said["x"])
    assert LedgerEvent.objects.filter(kind="AGENT_REFUSED").count() == 2


@pytest.mark.parametrize("address", [*LOOKS, WAYS])
def test_another_supplier_naming_it_is_refused_and_nothing_is_noted(
    supplier: Party, address: str
) -> None:
    other = signed_in(make.party("third", "SMALL_SUPPLIER"))

    assert other.get(f"{address}?party=big-light").status_code == 403
    assert not LedgerEvent.objects.filter(kind="AGENT_REFUSED").exists()
