"""Which devices may take which release, as a Supplier's system asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.eligibility.operations import read_news
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


@pytest.mark.parametrize(
    "target",
    [
        "CPL-000001",  # overtaken
        "CPL-000002",  # overtaken by a declared successor
        "CPL-777777",  # listed nowhere
    ],
)
def test_a_target_that_nothing_is_kept_for_is_no_zero_but_a_fault(
    ask: Callable[[str], Any], target: str
) -> None:
    answer = ask(f"?target={target}")

    assert faults(answer) == [("target", "NOT_A_TARGET")]
    assert target in answer.json()["errors"][0]["message"]


def test_what_is_no_entry_id_is_another_fault(ask: Callable[[str], Any]) -> None:
    ((field, code),) = faults(ask("?target=CPL_1"))

    assert field == "target"
    assert code != "NOT_A_TARGET"


def test_a_target_that_was_removed_is_one_no_longer(ask: Callable[[str], Any]) -> None:
    latest = make.row(
        3,
        date_added=make.AT.date(),
        status="REMOVED",
        date_removed=make.AT.date(),
        removal_reason="Withdrawn.",
    )
    make.listed(latest)
    read_news(at=make.AT)

    assert faults(ask("?target=CPL-000003")) == [("target", "NOT_A_TARGET")]
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
