"""Which devices may take which release, as a Supplier's system asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.eligibility.operations import read_news
from fir.ledger.queries import last_seq
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
ELIGIBILITY = "/api/v1/eligibility"


@pytest.fixture
def supplier() -> Party:
    """A Supplier with a device of CPL-000001, over which two releases were published."""
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    make.estate(supplier, make.device(1), at=timezone.now())
    return supplier


@pytest.fixture
def ask(client: Client, supplier: Party) -> Callable[[str], Any]:
    """Asks as the Supplier."""
    headers = make.bearer(supplier)
    return lambda query: client.get(f"{ELIGIBILITY}{query}", headers=headers)


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("target", ["CPL-000003", "cpl-000003"])
def test_the_findings_for_a_target_are_told(ask: Callable[[str], Any], target: str) -> None:
    body = ask(f"?target={target}").json()

    (finding,) = body["results"]
    assert finding["target"]["cpl_entry_id"] == "CPL-000003"
    assert (finding["outcome"], body["complete"]) == ("ELIGIBLE_IN_STEPS", True)
    assert body["totals"]["ELIGIBLE_IN_STEPS"] == 1


def told(body: Any) -> list[tuple[str, list[str], list[str]]]:
    """Outcome, the reasons' codes and the route of each finding."""
    return [
        (
            finding["outcome"],
            [reason["code"] for reason in finding["reasons"]],
            [hop["cpl_entry_id"] for hop in finding["route"]],
        )
        for finding in body["results"]
    ]


def test_any_other_entry_may_be_the_target_and_is_answered_as_of_the_newest_event(
    ask: Callable[[str], Any],
) -> None:
    body = ask("?target=CPL-000002").json()

    assert told(body) == [("ELIGIBLE", [], ["CPL-000002"])]
    assert body["results"][0]["target"]["latest"] is False
    assert body["totals"]["ELIGIBLE"] == 1
    assert body["load_id"] == ask("?target=CPL-000003").json()["load_id"]
    assert (body["seq"], body["complete"]) == (last_seq(), True)


def test_what_is_worked_out_on_request_is_paged_and_narrowed_as_what_is_kept(
    ask: Callable[[str], Any], supplier: Party
) -> None:
    statuses = [f"Status{letter}" for letter in "ABCDEFGHIJKL"]
    devices = [make.device(n, DeviceStatus=status) for n, status in enumerate(statuses, 2)]
    make.estate(supplier, make.device(1), *devices, at=timezone.now())

    first = ask("?target=CPL-000002&limit=5").json()
    pages, page = [first], first
    while page["next"]:
        page = ask(page["next"].partition(ELIGIBILITY)[2]).json()
        pages.append(page)

    found = [finding["id"] for page in pages for finding in page["results"]]
    assert (len(found), len(set(found)), len(pages)) == (13, 13, 3)
    assert first["reasons"] == {"STATUS_FORBIDS": 12}
    assert len(ask("?target=CPL-000002&outcome=BLOCKED").json()["results"]) == 12
    assert len(ask("?target=CPL-000002&outcome=ELIGIBLE").json()["results"]) == 1
    assert ask("?target=CPL-000002&outcome=UP_TO_DATE").json()["results"] == []


def test_what_runs_the_target_or_a_later_release_is_told_so(
    ask: Callable[[str], Any], supplier: Party
) -> None:
    assert told(ask("?target=CPL-000001").json()) == [("UP_TO_DATE", [], [])]

    later = make.device(1, DeviceFirmwareVersion="00000003")
    make.estate(supplier, later, at=timezone.now())

    assert told(ask("?target=CPL-000001").json()) == [("BLOCKED", ["LATER_THAN_TARGET"], [])]


@pytest.mark.parametrize("query", ["", "&device_type=ESME"])
def test_a_target_that_is_listed_nowhere_is_no_zero_but_a_fault(
    ask: Callable[[str], Any], query: str
) -> None:
    answer = ask(f"?target=CPL-777777{query}")

    assert faults(answer) == [("target", "NOT_A_TARGET")]
    assert "CPL-777777" in answer.json()["errors"][0]["message"]


def test_a_target_of_another_device_type_than_was_asked_for_is_a_fault(
    ask: Callable[[str], Any],
) -> None:
    answer = ask("?target=CPL-000003&device_type=GSME")

    assert faults(answer) == [("device_type", "NOT_OF_THE_TARGET")]
    assert "CPL-000003 is an entry for ESME" in answer.json()["errors"][0]["message"]


def test_what_is_no_entry_id_is_another_fault(ask: Callable[[str], Any]) -> None:
    ((field, code),) = faults(ask("?target=CPL_1"))

    assert field == "target"
    assert code != "NOT_A_TARGET"


def test_a_target_that_was_removed_is_answered_with_that_reason(ask: Callable[[str], Any]) -> None:
    latest = make.row(
        3,
        date_added=make.AT.date(),
        status="REMOVED",
        date_removed=make.AT.date(),
        removal_reason="Withdrawn.",
    )
    make.listed(latest)
    read_news(at=make.AT)

    removed = ask("?target=CPL-000003").json()
    assert told(removed) == [("BLOCKED", ["TARGET_REMOVED"], ["CPL-000002", "CPL-000003"])]
    assert ask("?target=CPL-000002").json()["totals"]["ELIGIBLE"] == 1


def test_a_target_of_a_model_that_the_estate_lacks_has_no_findings(
    ask: Callable[[str], Any],
) -> None:
    make.listed(make.row(7, device_model="00020101"))

    answer = ask("?target=CPL-000007")

    assert answer.status_code == 200
    assert (answer.json()["results"], sum(answer.json()["totals"].values())) == ([], 0)


@pytest.mark.parametrize("target", ["CPL-000003", "CPL-777777"])
def test_who_may_not_ask_is_refused_alike_for_a_target_and_for_none(
    client: Client, supplier: Party, target: str
) -> None:
    headers = make.bearer(make.party("wires", "NETWORK_PARTY"))

    assert client.get(f"{ELIGIBILITY}?target={target}", headers=headers).status_code == 403
