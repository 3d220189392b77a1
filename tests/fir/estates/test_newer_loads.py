"""An estate goes forward only, and never to what is another Supplier's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from fir.estates.models import Estate, EstateLoad
from fir.estates.operations import NewerLoadStands, accept_load, finish_load, finish_loads
from fir.estates.queries import standing_load_of
from fir.estates.sweep import sweep_loads
from fir.ledger.models import LedgerEvent
from tests import make
from tests.fir.estates.loads import devices_of, homes, loaded, numbers, received, tables_of_loads

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db


def stands(load: EstateLoad, *devices: int) -> None:
    """The load is its Supplier's estate, with these devices, as the one event said."""
    assert standing_load_of(load.party) == load
    assert set(devices_of(load)) == numbers(*devices)
    assert LedgerEvent.objects.filter(kind="ESTATE_LOADED").count() == 1


def test_an_older_load_that_finishes_after_a_newer_one_is_refused(supplier: Party) -> None:
    older, newer = received(supplier, make.device(1)), received(supplier, make.device(2))
    assert finish_load(load=newer, at=make.AT)

    assert finish_loads(at=make.AT) == 1

    older.refresh_from_db()
    assert (older.state, older.failures) == ("REFUSED", 0)
    assert older.finished_at
    assert "after this one" in older.refusal
    stands(newer, 2)
    sweep_loads(at=make.AT)
    assert tables_of_loads() == {f"device_{newer.pk}"}
    stands(newer, 2)


def test_an_older_load_is_not_accepted_after_a_newer_one_stands(supplier: Party) -> None:
    held = loaded(supplier, *homes(10, bad=2))
    newer = loaded(supplier, make.device(2))
    assert (held.state, newer.state) == ("HELD", "DONE")

    with pytest.raises(NewerLoadStands):
        accept_load(load=held, by=make.actor(supplier), at=make.AT)

    held.refresh_from_db()
    assert (held.state, held.accepted) == ("HELD", False)
    stands(newer, 2)


def test_over_the_api_that_is_a_conflict(supplier: Party, client: Client) -> None:
    held = loaded(supplier, *homes(10, bad=2))
    newer = loaded(supplier, make.device(2))

    answer = client.post(f"/api/v1/estate/loads/{held.pk}/accept", headers=make.bearer(supplier))

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:fir:problem:NewerLoadStands"
    stands(newer, 2)


def test_an_older_load_may_be_accepted_while_a_newer_one_only_waits(supplier: Party) -> None:
    held = loaded(supplier, *homes(10, bad=2))
    newer = received(supplier, make.device(2))

    accept_load(load=held, by=make.actor(supplier), at=make.AT)
    assert standing_load_of(supplier) == held
    finish_loads(at=make.AT)

    assert standing_load_of(supplier) == newer


def test_another_suppliers_newer_load_is_no_newer_load(supplier: Party) -> None:
    older = received(supplier, make.device(1))
    loaded(make.party("small-gas", "SMALL_SUPPLIER"), make.device(2))

    older.refresh_from_db()
    assert older.state == "DONE"
    assert standing_load_of(supplier) == older


def test_the_database_refuses_an_estate_of_another_partys_load(supplier: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    own, foreign = loaded(supplier, make.device(1)), loaded(other, make.device(2))
    stranger = make.party("new-power")

    with pytest.raises(IntegrityError, match="estates_estate_own_load"), transaction.atomic():
        Estate.objects.filter(party=supplier).update(standing_load=foreign)
    with pytest.raises(IntegrityError, match="estates_estate_own_load"), transaction.atomic():
        Estate.objects.create(party=stranger, standing_load=foreign)
    with pytest.raises(IntegrityError, match="estates_estate_own_load"), transaction.atomic():
        EstateLoad.objects.filter(pk=own.pk).update(party=stranger)

    assert standing_load_of(supplier) == own
    assert standing_load_of(stranger) is None
