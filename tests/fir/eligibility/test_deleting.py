"""A Supplier deletes its estate: everything of it goes, whatever is at work; the events stay."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from psycopg.sql import SQL

from fir.eligibility.deleting import EstateInUse, delete_estate
from fir.eligibility.models import Assessment, Finding, LoadFigure
from fir.eligibility.operations import read_news
from fir.eligibility.queries import READER, standing_of
from fir.estates import building, tables
from fir.estates.deleting import NoEstate
from fir.estates.models import (
    Cohort,
    CohortMove,
    Estate,
    EstateLoad,
    LoadNote,
)
from fir.estates.operations import EstateRefused, finish_loads, receive_load
from fir.estates.queries import standing_load_of
from fir.ledger.models import LedgerEvent
from fir.ledger.operations import reading
from fir.ledger.queries import payload_of
from tests import make
from tests.fir.estates.changes import estate_after
from tests.fir.estates.loads import homes, loaded, received, tables_of_loads
from tests.fir.submissions.at_once import elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.parties.models import Party

KEPT = (
    Assessment,
    Cohort,
    CohortMove,
    Estate,
    EstateLoad,
    Finding,
    LoadFigure,
    LoadNote,
)


@pytest.fixture
def supplier() -> Party:
    return make.party()


def delete(of: Party) -> None:
    delete_estate(party=of, by=make.actor(of), at=make.AT)


def rows() -> dict[str, list[Any]]:
    """Everything that is kept of estates."""
    return {kind.__name__: list(kind._default_manager.values_list()) for kind in KEPT}


@pytest.mark.django_db
def test_everything_of_it_goes_and_the_event_holds_counts_alone(supplier: Party) -> None:
    make.listed(make.row(1))
    make.estate(supplier, *homes(3))
    estate_after(supplier, *homes(5))
    loaded(supplier, *homes(50, bad=2))  # held, with notes
    received(supplier, *homes(2))  # waits

    delete(supplier)

    assert rows() == {kind.__name__: [] for kind in KEPT}
    assert tables_of_loads() == set()
    event = LedgerEvent.objects.get(kind="ESTATE_DELETED")
    assert payload_of(event) == {"devices": 5, "loads": 4}
    assert event.audience == [f"party:{supplier.slug}"]
    assert LedgerEvent.objects.filter(kind="ESTATE_LOADED").count() == 2
    assert standing_of(supplier, at=make.AT).load_id is None


@pytest.mark.django_db
def test_nobody_elses_estate_is_touched(supplier: Party) -> None:
    other = make.party("other")
    make.estate(other, *homes(3))
    estate_after(other, *homes(4))
    theirs, standing = rows(), tables_of_loads()
    make.estate(supplier, *homes(3))

    delete(supplier)

    assert {kind: set(map(str, found)) for kind, found in rows().items()} == {
        kind: set(map(str, found)) for kind, found in theirs.items()
    }
    assert tables_of_loads() == standing


@pytest.mark.django_db
def test_where_there_is_nothing_nothing_happens(supplier: Party) -> None:
    with pytest.raises(NoEstate):
        delete(supplier)

    assert not LedgerEvent.objects.filter(kind="ESTATE_DELETED").exists()


@pytest.mark.django_db
def test_a_new_inventory_may_be_sent_afterwards(supplier: Party) -> None:
    make.listed(make.row(1))
    make.estate(supplier, *homes(3))
    delete(supplier)
    read_news(at=make.AT)

    load = make.estate(supplier, *homes(2))

    assert standing_load_of(supplier) == load
    assert standing_of(supplier, at=make.AT).complete
    assert Finding.objects.count() == 1


# While something is at work


@pytest.mark.django_db(transaction=True)
def test_an_inventory_that_is_being_received_is_not_kept(supplier: Party) -> None:
    data = make.inventory(*homes(3))

    def slow() -> Iterator[bytes]:
        yield data[:150]
        assert elsewhere(lambda: delete(supplier)) is None
        yield data[150:]

    with pytest.raises(EstateRefused, match="deleted while this inventory was being received"):
        receive_load(party=supplier, pieces=slow(), by=make.actor(supplier), at=make.AT)

    assert rows() == {kind.__name__: [] for kind in KEPT}
    assert tables_of_loads() == set()


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_being_built_is_broken_off(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    received(supplier, *homes(3))
    other = received(make.party("other"), *homes(2))
    build = building.build_devices

    def build_slowly(load: EstateLoad) -> None:
        build(load)
        if load != other:
            # The worker is in the middle of its statement when the estate is deleted.
            deleting = elsewhere_soon(lambda: delete(supplier))
            with connection.cursor() as cursor, deleting:
                cursor.execute("SELECT pg_sleep(30)")

    monkeypatch.setattr(building, "build_devices", build_slowly)
    finish_loads(at=make.AT)

    assert not EstateLoad.objects.filter(party=supplier).exists()
    assert not Cohort.objects.filter(load__party=supplier).exists()
    assert tables_of_loads() == {f"device_{other.pk}"}
    assert standing_load_of(other.party) == other


@contextmanager
def elsewhere_soon(call: Any) -> Iterator[None]:
    """A call on a connection of its own, which is answered before what follows is over."""
    answers: list[Any] = []
    hand = threading.Thread(target=lambda: answers.append(elsewhere(call)))
    hand.start()
    try:
        yield
    finally:
        hand.join()
        assert answers == [None]


@pytest.mark.django_db(transaction=True)
def test_while_somebody_reads_its_devices_nothing_is_deleted(supplier: Party) -> None:
    load = make.estate(supplier, *homes(3))
    before = rows()

    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(SQL("SELECT * FROM {}").format(tables.device_table(load.pk)))
        answer = elsewhere(lambda: delete(supplier))
        cursor.execute("COMMIT")

    assert isinstance(answer, EstateInUse)
    assert rows() == before
    assert not LedgerEvent.objects.filter(kind="ESTATE_DELETED").exists()
    delete(supplier)


@pytest.mark.django_db(transaction=True)
def test_while_it_is_being_assessed_nothing_is_deleted(supplier: Party) -> None:
    make.estate(supplier, *homes(3))

    with reading(READER):
        answer = elsewhere(lambda: delete(supplier))

    assert isinstance(answer, EstateInUse)
    assert EstateLoad.objects.exists()
