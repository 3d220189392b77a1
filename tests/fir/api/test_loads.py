"""How far a Supplier's loads are, as its system asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fir.estates import building
from fir.estates.operations import finish_loads
from tests import make
from tests.fir.api.asking import Asker
from tests.fir.estates.loads import received
from tests.fir.submissions.at_once import elsewhere

if TYPE_CHECKING:
    from fir.estates.models import EstateLoad

LOADS = "/estate/loads"


@pytest.mark.django_db
def test_a_load_says_which_one_it_waits_for_until_its_turn_has_come() -> None:
    supplier, other = Asker(make.party()), make.party("other", "SMALL_SUPPLIER")
    received(other, make.device(9))
    first = received(supplier.party, make.device(1))
    second = received(supplier.party, make.device(2))
    third = received(supplier.party, make.device(3))

    def waits() -> dict[int, int | None]:
        loads = supplier.get(LOADS).json()["results"]
        assert loads == [supplier.get(f"{LOADS}/{load['id']}").json() for load in loads]
        return {load["id"]: load["waits_for"] for load in loads}

    assert waits() == {first.pk: None, second.pk: first.pk, third.pk: second.pk}
    finish_loads(at=make.AT)
    assert waits() == {first.pk: None, second.pk: None, third.pk: None}


@pytest.mark.django_db(transaction=True)
def test_inside_a_phase_percent_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    supplier = Asker(make.party())
    load = received(supplier.party, make.device(1), make.device(2))
    told: list[int] = []

    def telling(step: Any) -> Any:
        def takes_the_step(of: EstateLoad) -> Any:
            taken = step(of)
            answer = elsewhere(lambda: supplier.get(f"{LOADS}/{load.pk}").json())
            assert answer["state"] == "INDEXING"
            told.append(answer["percent"])
            return taken

        return takes_the_step

    for name in ("no_device_twice", "index_devices"):
        monkeypatch.setattr(building, name, telling(getattr(building, name)))
    finish_loads(at=make.AT)

    assert told == [55, 83]


@pytest.mark.django_db
def test_a_load_ends_when_it_is_done_and_not_when_somebody_began_to_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    supplier = Asker(make.party())
    load = received(supplier.party, make.device(1))
    build = building.build_devices
    hours = [0]
    monkeypatch.setattr("fir.estates.clock.time.monotonic", lambda: hours[0] * 3600.0)

    def takes_an_hour(of: EstateLoad) -> None:
        build(of)
        hours[0] += 1

    monkeypatch.setattr(building, "build_devices", takes_an_hour)
    finish_loads(at=make.AT)

    ended = datetime.fromisoformat(supplier.get(f"{LOADS}/{load.pk}").json()["finished_at"])
    assert ended == make.AT + timedelta(hours=1)
