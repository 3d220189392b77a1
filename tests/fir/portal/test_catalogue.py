"""The catalogue: for everybody to read, for the Administrator to keep."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from lxml import html

from cpl.models import DeviceTypeNeeds, SpecificationVersion
from fir.ledger.models import LedgerEvent
from fir.portal.kept import WELCOME_BACK
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import errors, text

NEW = "/list/catalogue/versions/new"
GBCS = "/list/catalogue/versions/GBCS/4.1"
ESME = "/list/catalogue/needs/ESME"
ANSWERS = {"source": "GBCS v4.1, its title page."}
pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Client:
    return signed_in(make.administrator())


def version(kind: str = "GBCS", number: str = "4.1") -> SpecificationVersion:
    return SpecificationVersion.objects.get(kind=kind, version=number)


def rows(answer: Any) -> dict[str, str]:
    """The rows of the tables, by what they begin with."""
    found = html.fromstring(answer.content).xpath("//tbody/tr")
    texts = [" ".join(row.text_content().split()) for row in found]
    return {line.split()[0]: line for line in texts}


def test_everybody_reads_what_is_taken_as_given() -> None:
    answer = Client().get("/catalogue")

    shown = rows(answer)
    assert shown["1.58"] == "1.58 Not known Not known Values in the DCC's public samples and tools."
    assert "Assumption" in shown["5.2"]
    assert shown["ESME"].startswith("ESME CPA The Import Supplier Assumption")
    assert shown["IHD"].startswith("IHD None Nobody is known to be Assumption")
    assert "/list/catalogue" not in answer.content.decode()


def test_versions_stand_in_the_order_of_their_numbers(keeper: Client) -> None:
    keeper.post(NEW, {"kind": "GBCS", "version": "10.0", "source": "A source."})

    page = html.fromstring(Client().get("/catalogue").content)
    (gbcs,) = page.xpath("//*[@aria-label='Versions of GBCS']")
    assert gbcs.xpath("string(.//tbody/tr[last()]/th)").strip() == "10.0"


def test_a_version_is_entered_with_its_days(keeper: Client) -> None:
    said = {
        "kind": "GBCS",
        "version": "4.3",
        "in_effect_from": "2026-11-05",
        "in_effect_until": "06/11/2030",
        "source": "GBCS v4.3.",
        "is_assumption": ["assumption"],
    }

    answer = keeper.post(NEW, said, follow=True)

    entered = version(number="4.3")
    assert (entered.in_effect_from, entered.in_effect_until) == (
        date(2026, 11, 5),
        date(2030, 11, 6),
    )
    assert (entered.source, entered.is_assumption) == ("GBCS v4.3.", True)
    assert "GBCS 4.3 was entered." in text(answer)
    assert LedgerEvent.objects.filter(kind="CATALOGUE_CHANGED").count() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": ""}, "Specification: Choose a specification."),
        ({"kind": "HTML"}, "Specification: "),
        ({"version": ""}, "Version: A version is numbers and dots alone"),
        ({"version": "V4"}, "Version: A version is numbers and dots alone"),
        ({"version": "4.2"}, "Version: GBCS 4.2 stands in the catalogue already."),
        ({"source": ""}, "Source: Say where this was read"),
        ({"source": "x" * 301}, "Source: "),
        ({"in_effect_from": "someday"}, "In effect from (optional): ‘someday’ is not a date"),
        (
            {"in_effect_from": "2026-01-02", "in_effect_until": "2026-01-01"},
            "In effect until (optional): It cannot end before it begins",
        ),
    ],
)
def test_what_is_wrong_with_a_version_is_said_beside_its_field(
    keeper: Client, said: dict[str, str], sentence: str
) -> None:
    before = SpecificationVersion.objects.count()

    answer = keeper.post(NEW, {"kind": "GBCS", "version": "4.3", "source": "A source.", **said})

    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert SpecificationVersion.objects.count() == before


def test_an_assumption_is_confirmed_by_naming_its_source(keeper: Client) -> None:
    assumed = version()

    refused = keeper.post(GBCS, {"source": assumed.source})
    assert refused.status_code == 422
    assert "Source: Name what confirms this" in errors(refused)
    assert version().is_assumption

    answer = keeper.post(GBCS, ANSWERS, follow=True)
    assert (version().source, version().is_assumption) == (ANSWERS["source"], False)
    assert "GBCS 4.1 was saved." in text(answer)
    shown = text(Client().get("/catalogue"))
    assert f"4.1 Not known Not known {ANSWERS['source']}" in shown


def test_the_form_holds_what_the_catalogue_has(keeper: Client) -> None:
    page = html.fromstring(keeper.get("/list/catalogue/versions/GBCS/1.0").content)

    form = page.xpath("//form[.//input[@name='source']]")[0]
    assert form.fields["in_effect_until"] == "2018-05-07"
    assert "GBCS v1.1" in form.fields["source"]
    assert not page.xpath("//input[@name='is_assumption'][@checked]")
    assumed = html.fromstring(keeper.get(GBCS).content)
    assert assumed.xpath("//input[@name='is_assumption'][@checked]")


def test_saving_what_stands_changes_nothing(keeper: Client) -> None:
    answer = keeper.post(
        GBCS, {"source": version().source, "is_assumption": ["assumption"]}, follow=True
    )

    assert "Nothing was changed." in text(answer)
    assert not LedgerEvent.objects.filter(kind="CATALOGUE_CHANGED").exists()


def test_a_version_is_dropped_once(keeper: Client) -> None:
    answer = keeper.post(GBCS, {"action": "drop"}, follow=True)
    assert "GBCS 4.1 was dropped." in text(answer)
    assert not SpecificationVersion.objects.filter(kind="GBCS", version="4.1").exists()

    again = keeper.post(GBCS, {"action": "drop"}, follow=True)
    assert "The catalogue holds no GBCS 4.1. Nothing was dropped." in text(again)


def test_a_version_that_was_dropped_meanwhile_is_not_entered_unawares(keeper: Client) -> None:
    keeper.post(GBCS, {"action": "drop"})

    answer = keeper.post(GBCS, ANSWERS)

    assert answer.status_code == 409
    assert "took GBCS 4.1 out of the catalogue meanwhile" in errors(answer)
    assert ANSWERS["source"] in html.fromstring(answer.content).xpath("//input/@value")
    assert keeper.get(GBCS).status_code == 404


def test_what_a_device_type_needs_is_changed(keeper: Client) -> None:
    said = {"certificates": ["needs_cpa", "needs_dlms"], "answerable": "GS", "source": "SEC F2."}

    answer = keeper.post(ESME, said, follow=True)

    needs = DeviceTypeNeeds.objects.get(device_type="ESME")
    assert (needs.needs_cpa, needs.needs_zigbee, needs.needs_dlms) == (True, False, True)
    assert (needs.answerable, needs.is_assumption) == ("GS", False)
    assert rows(answer)["ESME"] == "ESME CPA, DLMS The Gas Supplier SEC F2."


def test_needs_are_refused_in_words(keeper: Client) -> None:
    answer = keeper.post(ESME, {"answerable": "XX", "source": ""})
    assert answer.status_code == 422
    assert "XX" in errors(answer)

    unsourced = keeper.post(ESME, {"answerable": "IS", "source": ""})
    assert "Source: Say where this was read" in errors(unsourced)

    assumed = DeviceTypeNeeds.objects.get(device_type="ESME").source
    same = keeper.post(ESME, {"answerable": "IS", "source": assumed})
    assert "Source: Name what confirms this" in errors(same)


@pytest.mark.parametrize("named", ["GBCS/%00", "HTML/4.1", "GBCS/four", "%00/4.1"])
def test_an_address_that_names_no_version(keeper: Client, named: str) -> None:
    address = f"/list/catalogue/versions/{named}"

    assert keeper.get(address).status_code == 404
    assert keeper.post(address, ANSWERS).status_code == 404
    assert keeper.post(address, {"action": "drop"}).status_code == 404


def test_a_device_type_that_there_is_not(keeper: Client) -> None:
    assert keeper.get("/list/catalogue/needs/TOASTER").status_code == 404
    assert keeper.post("/list/catalogue/needs/TOASTER", ANSWERS).status_code == 404


def test_a_device_type_of_which_nothing_is_said_can_be_entered(keeper: Client) -> None:
    DeviceTypeNeeds.objects.filter(device_type="IHD").delete()
    assert "Not said" in rows(keeper.get("/catalogue"))["IHD"]

    keeper.post("/list/catalogue/needs/IHD", {"answerable": "", "source": "SEC F2."})

    assert rows(keeper.get("/catalogue"))["IHD"] == "IHD None Nobody is known to be SEC F2."


@pytest.mark.parametrize("address", [NEW, GBCS, ESME])
def test_what_was_typed_outlasts_a_session(address: str) -> None:
    person = make.person(make.administrator())
    stranger = Client()
    stranger.post(address, {"source": "Typed before.", "acting_for": "administrator"})
    stranger.post("/account/sign-in", {"login": person.email, "password": make.PASSWORD})

    answer = stranger.get(address)

    assert WELCOME_BACK in text(answer)
    assert "Typed before." in html.fromstring(answer.content).xpath("//input/@value")
    assert browser_of(person).get(address).status_code == 200
