"""A Supplier's people delete its estate, by the portal or by its system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fir.eligibility.operations import read_news
from fir.eligibility.queries import READER
from fir.estates.models import EstateLoad
from fir.estates.queries import standing_load_of
from fir.ledger.models import LedgerEvent
from fir.ledger.operations import reading
from fir.ledger.queries import payload_of
from fir.parties.permissions import Permission
from tests import make
from tests.fir.api.asking import Asker
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors, text
from tests.fir.submissions.at_once import elsewhere

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

SURE = {"sure": "sure"}


@pytest.fixture
def supplier() -> Party:
    return make.party("big-light")


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


@pytest.mark.django_db
def test_it_says_what_goes_and_asks_before_it_does(supplier: Party, browser: Client) -> None:
    make.estate(supplier, make.device(1))
    make.estate(supplier, make.device(1), make.device(2))

    page = text(browser.get("/estate/delete"))
    answer = browser.post("/estate/delete")

    assert "You are about to delete 2 Devices and 2 loads" in page
    assert answer.status_code == 422
    assert "Tick the box if you mean it" in errors(answer)
    assert standing_load_of(supplier)


@pytest.mark.django_db
def test_when_it_is_meant_everything_goes(supplier: Party, browser: Client) -> None:
    make.estate(supplier, make.device(1), make.device(2))

    page = text(browser.post("/estate/delete", SURE, follow=True))

    assert "The estate is deleted" in page
    assert "Send in an inventory" in page
    assert not EstateLoad.objects.exists()
    assert "no inventory was ever sent in" in text(browser.get("/estate"))
    (event,) = LedgerEvent.objects.filter(kind="ESTATE_DELETED")
    assert payload_of(event) == {"devices": 2, "loads": 1}
    assert event.audience == ["party:big-light"]
    assert read_news(at=make.AT) == 0


@pytest.mark.django_db
def test_where_there_is_nothing_it_says_so(supplier: Party, browser: Client) -> None:
    assert "There is nothing to delete" in text(browser.get("/estate/delete"))
    assert "There is nothing to delete" in text(browser.post("/estate/delete", SURE, follow=True))
    assert not LedgerEvent.objects.filter(kind="ESTATE_DELETED").exists()


@pytest.mark.django_db(transaction=True)
def test_while_it_is_being_assessed_it_says_to_come_back(supplier: Party) -> None:
    make.estate(supplier, make.device(1))
    browser, asker = signed_in(supplier), Asker(supplier)

    with reading(READER):
        answers = elsewhere(lambda: (browser.post("/estate/delete", SURE), asker.delete("/estate")))

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "nothing was deleted" in text(answers[0])
    assert standing_load_of(supplier)


@pytest.mark.django_db
def test_looking_at_an_estate_is_not_enough_to_delete_it(supplier: Party) -> None:
    make.estate(supplier, make.device(1))
    reader = signed_in(supplier, [Permission.VIEW_ESTATE])

    assert reader.get("/estate/delete").status_code == 403
    assert reader.post("/estate/delete", SURE).status_code == 403
    assert "Delete the estate" not in text(reader.get("/estate"))
    assert standing_load_of(supplier)


@pytest.mark.django_db
def test_a_system_deletes_its_suppliers_estate_and_no_other(supplier: Party) -> None:
    make.estate(supplier, make.device(1))
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(other, make.device(1))

    assert Asker(supplier).delete("/estate").status_code == 204

    assert standing_load_of(supplier) is None
    assert standing_load_of(other)
    again = Asker(supplier).delete("/estate")
    assert again.status_code == 404
    assert again.headers["Content-Type"] == "application/problem+json"
    assert Asker(supplier).delete("/estate?party=small-gas").status_code == 422
    assert standing_load_of(other)


@pytest.mark.django_db
def test_after_it_was_deleted_another_may_be_sent_in(supplier: Party) -> None:
    make.estate(supplier, make.device(1))
    Asker(supplier).delete("/estate")

    load = make.estate(supplier, make.device(1), make.device(2))

    assert (load.state, load.devices, load.former) == ("DONE", 2, None)
