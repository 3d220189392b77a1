"""Receptions have limits, so that slow senders cannot take up every thread of the web process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fir.estates.models import EstateLoad
from fir.estates.operations import ReceptionUnderWay, finish_loads, receive_load
from fir.estates.queries import loads_of
from tests import make
from tests.fir.estates.loads import homes, received, tables_of_loads, whole
from tests.fir.submissions.at_once import elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db(transaction=True)

DATA = make.inventory(*homes(3))


@pytest.fixture
def other() -> Party:
    return make.party("small-gas", "SMALL_SUPPLIER")


def while_receiving(party: Party, call: Callable[[], Any]) -> tuple[EstateLoad, Any]:
    """The load of a slow reception, and what the call answered in the middle of it."""
    answers: list[Any] = []

    def slow() -> Iterator[bytes]:
        yield DATA[:150]
        answers.append(elsewhere(call))
        yield DATA[150:]

    load = receive_load(party=party, pieces=slow(), by=make.actor(party), at=make.AT)
    return load, answers[0]


def refused_untouched(party: Party, answer: Any) -> None:
    """It was refused before a byte of it was read, and its load says so."""
    assert isinstance(answer, ReceptionUnderWay)
    load = EstateLoad.objects.get(party=party, state="REFUSED")
    assert load.refusal == str(answer)
    assert load.finished_at
    assert (load.bytes_read, load.rows_read) == (0, 0)


def test_one_inventory_of_a_supplier_is_received_at_a_time(supplier: Party) -> None:
    load, answer = while_receiving(supplier, lambda: received(supplier, make.device(9)))

    refused_untouched(supplier, answer)
    finish_loads(at=make.AT)
    whole(load, devices=3)
    assert received(supplier, make.device(9)).state == "QUEUED"


def test_another_suppliers_inventory_is_received_meanwhile(supplier: Party, other: Party) -> None:
    load, answer = while_receiving(supplier, lambda: received(other, make.device(9)))

    assert (load.state, answer.state, answer.party) == ("QUEUED", "QUEUED", other)


def test_so_many_inventories_are_received_at_once_and_no_more(
    supplier: Party, other: Party, settings: Any
) -> None:
    settings.ESTATE_RECEPTIONS_AT_ONCE = 2
    third = make.party("new-power")

    first, (second, answer) = while_receiving(
        supplier, lambda: while_receiving(other, lambda: received(third, make.device(9)))
    )

    refused_untouched(third, answer)
    assert (first.state, second.state) == ("QUEUED", "QUEUED")
    assert received(third, make.device(9)).state == "QUEUED"


@pytest.mark.parametrize("fault", [b"no inventory", DATA[:-20]])
def test_a_reception_that_failed_gives_its_place_back(
    supplier: Party, other: Party, fault: bytes, settings: Any
) -> None:
    settings.ESTATE_RECEPTIONS_AT_ONCE = 1

    assert isinstance(elsewhere(lambda: received(supplier, data=fault)), ValueError)

    assert received(other, make.device(9)).state == "QUEUED"
    assert received(supplier, make.device(9)).state == "QUEUED"


@pytest.mark.parametrize("places", [1, 3])
def test_over_the_api_it_is_told_to_come_again(
    supplier: Party, other: Party, client: Client, settings: Any, places: int
) -> None:
    settings.ESTATE_RECEPTIONS_AT_ONCE = places
    sender = other if places == 1 else supplier
    headers = make.bearer(sender)

    def send() -> Any:
        return client.post("/api/v1/estate/loads", DATA, content_type="text/csv", headers=headers)

    load, answer = while_receiving(supplier, send)

    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:fir:problem:ReceptionUnderWay"
    refused = loads_of(sender).get(state="REFUSED")
    assert refused.refusal == answer.json()["detail"]
    assert tables_of_loads() == {f"device_{load.pk}", f"received_{load.pk}"}
    assert send().status_code == (202 if sender == other else 409)  # it is the same file
