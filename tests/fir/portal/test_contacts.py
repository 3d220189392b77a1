"""Whoever holds a Manufacturer Identifier keeps its card: looks at it, confirms it, changes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq
from fir.parties.operations import operator
from fir.parties.permissions import Permission
from fir.portal.kept import WELCOME_BACK
from fir.portal.templatetags.days import ago
from fir.portal.views.contacts import NOTHING_CHANGED
from fir.records.contacts import change_contact
from fir.records.models import ManufacturerContact
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from django.test import Client

LIST, CARD = "/contacts", "/contacts/F1A1"
TASK = "/submissions/drafts/7/tasks"
SAID = {"role": "Release desk", "email": "release@fine-meters.example", "telephone": "0123 456"}
DAY = "j F Y"
pytestmark = pytest.mark.django_db


def given_card(days_ago: int = 60, identifier: str = make.MAKER) -> str:
    """A card that was given so many days ago; that day in words."""
    at = timezone.now() - timedelta(days=days_ago)
    change_contact(manufacturer_identifier=identifier, **SAID, by=operator(), at=at)
    return date_format(timezone.localdate(at), DAY)


@pytest.fixture
def browser() -> Client:
    """Somebody at a Manufacturer."""
    return signed_in(make.maker())


def card() -> ManufacturerContact:
    return ManufacturerContact.objects.get()


def rows(answer: Any) -> list[str]:
    found = html.fromstring(answer.content).xpath("//tbody/tr")
    return [" ".join(row.text_content().split()) for row in found]


def beside(answer: Any) -> set[str]:
    """The fields with an error beside them."""
    return set(html.fromstring(answer.content).xpath("//*[@aria-invalid='true']/@name"))


# How long ago


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 21), "today"),
        (date(2026, 11, 20), "today"),
        (date(2026, 11, 19), "yesterday"),
        (date(2026, 11, 18), "2 days ago"),
        (date(2026, 10, 21), "30 days ago"),
        (date(2026, 10, 20), "1 month ago"),
        (date(2026, 9, 20), "2 months ago"),
        (date(2024, 11, 21), "23 months ago"),
        (date(2024, 11, 20), "2 years ago"),
        (date(2020, 1, 1), "6 years ago"),
    ],
)
def test_how_long_ago_a_day_was(day: date, words: str) -> None:
    assert ago(day, date(2026, 11, 20)) == words


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(0, 9000))
def test_how_long_ago_is_never_said_longer_than_it_was(day: date, days: int) -> None:
    number, _, unit = ago(day, day + timedelta(days=days)).partition(" ")

    shortest = {"ago": 0, "days ago": 1, "month ago": 28, "months ago": 28, "years ago": 365}
    if number.isdigit():
        assert int(number) * shortest[unit] <= days
    else:
        assert (number, days) in {("today", 0), ("yesterday", 1)}


# The list


def test_the_list_shows_ones_own_with_what_is_to_be_done_first() -> None:
    party = make.party(
        "makers", "DEVICE_MANUFACTURER", manufacturer_identifiers=["F1A1", "F1A2", "F1A3"]
    )
    make.maker("other-meters", "F1A4")
    day, recent = given_card(60, "F1A1"), given_card(3, "F1A2")

    answer = signed_in(party).get(LIST)

    assert rows(answer) == [
        "Makers F1A3 Nobody yet Never Unconfirmed",
        f"Makers F1A1 Release desk release@fine-meters.example {day}, 1 month ago Unconfirmed",
        f"Makers F1A2 Release desk release@fine-meters.example {recent}, 3 days ago",
    ]


def test_the_administrator_who_keeps_the_list_sees_every_maker(browser: Client) -> None:
    make.maker("other-meters", "F1A2")
    administrator = make.administrator()

    answer = signed_in(administrator).get(LIST)

    assert len(rows(answer)) == 2
    assert len(rows(browser.get(LIST))) == 1


def test_who_holds_none_is_told_so() -> None:
    supplier = make.party()
    browser = signed_in(supplier, [Permission.SUBMIT_FIRMWARE])

    assert "Big Light holds no Manufacturer Identifier." in text(browser.get(LIST))


def test_many_makers_are_shown_page_by_page() -> None:
    numbers = [f"F1{n:02X}" for n in range(60)]
    make.party("makers", "DEVICE_MANUFACTURER", manufacturer_identifiers=numbers)
    browser = signed_in(make.administrator())

    assert [len(rows(browser.get(LIST, {"page": n}))) for n in (1, 2)] == [50, 10]
    assert browser.get(LIST, {"page": "9"}).status_code == 404


def test_a_maker_finds_it_from_its_submissions(browser: Client) -> None:
    (link,) = html.fromstring(browser.get("/submissions").content).xpath(
        "//a[normalize-space()='Whom to ask for your images']/@href"
    )

    assert link == LIST


# The card


@pytest.mark.parametrize(
    ("days", "words", "is_unconfirmed"),
    [(0, "today", False), (5, "5 days ago", False), (70, "2 months ago", True)],
)
def test_a_card_says_when_it_was_confirmed(
    browser: Client, days: int, words: str, is_unconfirmed: bool
) -> None:
    day = given_card(days)

    page = text(browser.get(CARD))

    assert f"Last confirmed {day}, {words}" in page
    assert ("Unconfirmed" in page) is is_unconfirmed
    assert ("one press is enough" in page) is is_unconfirmed
    assert "Release desk" in page


def test_the_form_begins_with_what_stands(browser: Client) -> None:
    given_card()

    page = html.fromstring(browser.get(CARD).content)

    assert {name: page.xpath(f"//input[@name='{name}']/@value") for name in SAID} == {
        name: [value] for name, value in SAID.items()
    }


def test_one_press_confirms_it(browser: Client) -> None:
    given_card()

    answer = browser.post(CARD, {"action": "confirm"}, follow=True)

    assert answer.redirect_chain == [(CARD, 302)]
    assert "The contact of F1A1 is confirmed as of today." in text(answer)
    assert ", today" in text(answer)
    event = LedgerEvent.objects.get(kind="CONTACT_CONFIRMED")
    assert event.by_party == "fine-meters"
    assert event.by_actor == card().confirmed_by


def test_a_card_that_there_is_not_is_given_and_cannot_be_confirmed(browser: Client) -> None:
    assert "Nobody has been named yet." in text(browser.get(CARD))
    refused = browser.post(CARD, {"action": "confirm"}, follow=True)
    assert "F1A1 has given no contact yet" in text(refused)

    answer = browser.post(CARD, SAID, follow=True)

    assert "The contact of F1A1 was saved." in text(answer)
    assert (card().role, card().email, card().telephone) == tuple(SAID.values())


def test_a_change_is_saved_and_confirms(browser: Client) -> None:
    given_card()

    answer = browser.post(CARD, {**SAID, "role": " Image desk ", "telephone": ""}, follow=True)

    assert answer.redirect_chain == [(CARD, 302)]
    assert (card().role, card().telephone) == ("Image desk", "")
    assert ", today" in text(answer)


def test_saving_what_stands_already_says_to_confirm_it(browser: Client) -> None:
    given_card()
    before = last_seq()

    answer = browser.post(CARD, {**SAID, "back": TASK}, follow=True)

    assert NOTHING_CHANGED in text(answer)
    assert answer.redirect_chain == [(f"{CARD}?back={TASK}", 302)]
    assert last_seq() == before


@pytest.mark.parametrize(
    ("said", "sentence", "field"),
    [
        ({"role": ""}, "Who is asked: Name a role", "role"),
        ({"role": "r" * 201}, "Who is asked: ", "role"),
        ({"role": "a\x07bell"}, "which cannot be seen", "role"),
        ({"role": "a\x00null"}, "Who is asked: ", "role"),
        ({"email": ""}, "Email: Give an email address.", "email"),
        ({"email": "nowhere"}, "Email: ‘nowhere’ is not an email address.", "email"),
        ({"email": f"a@{'b.' * 130}example"}, "Email: ", "email"),
        ({"telephone": "1" * 41}, "Telephone (optional): ", "telephone"),
    ],
)
def test_what_is_to_be_mended_stands_beside_its_field(
    browser: Client, said: dict[str, str], sentence: str, field: str
) -> None:
    given_card()
    before = last_seq()

    answer = browser.post(CARD, {**SAID, **said})

    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert beside(answer) == {field}
    assert html.fromstring(answer.content).xpath("string(//title)").startswith("To mend: ")
    assert last_seq() == before


# Whose it is


@pytest.mark.parametrize("named", ["F1A2", "0000", "maker", "F1A1%00", "F1A"])
def test_somebody_elses_card_is_not_there(browser: Client, named: str) -> None:
    make.maker("other-meters", "F1A2")
    given_card(identifier="F1A2")
    before = last_seq()

    for answer in (
        browser.get(f"/contacts/{named}"),
        browser.post(f"/contacts/{named}", SAID),
        browser.post(f"/contacts/{named}", {"action": "confirm"}),
    ):
        assert answer.status_code == 404

    assert last_seq() == before


def test_the_administrator_keeps_any_card() -> None:
    make.maker()
    given_card()
    keeper = signed_in(make.administrator())

    keeper.post(CARD, {**SAID, "role": "Image desk"})

    assert card().role == "Image desk"
    assert LedgerEvent.objects.latest("seq").by_party == "administrator"


def test_an_identifier_is_read_in_any_way_of_writing_it(browser: Client) -> None:
    assert "Manufacturer Identifier F1A1" in text(browser.get("/contacts/0xf1a1"))


# There and back


@pytest.mark.parametrize("form", [{"action": "confirm"}, {**SAID, "role": "Image desk"}])
def test_who_came_from_a_task_gets_back_to_it(browser: Client, form: dict[str, str]) -> None:
    given_card()
    page = html.fromstring(browser.get(CARD, {"back": TASK}).content)
    assert page.xpath("//main//input[@name='back']/@value") == [TASK, TASK]
    assert page.xpath("//a[@class='govuk-back-link']/@href") == [TASK]

    answer = browser.post(CARD, {**form, "back": TASK})

    assert (answer.status_code, answer.headers["Location"]) == (302, TASK)


def test_the_way_back_survives_a_mistake(browser: Client) -> None:
    answer = browser.post(CARD, {**SAID, "role": "", "back": TASK})

    page = html.fromstring(answer.content)
    assert page.xpath("//main//input[@name='back']/@value") == [TASK]


@pytest.mark.parametrize(
    "named",
    [
        "https://elsewhere.example/submissions/1",
        "//elsewhere.example/submissions/1",
        "/estate",
        "/submissions",
        "/submissions/../people",
        "/submissions/1?next=//elsewhere.example",
        "/submissions/1\n",
        "/submissions/\\elsewhere.example",
        "javascript:alert(1)",
        "/submissions/" + "a" * 300,
    ],
)
def test_nobody_is_sent_anywhere_else(browser: Client, named: str) -> None:
    given_card()

    page = html.fromstring(browser.get(CARD, {"back": named}).content)
    answer = browser.post(CARD, {"action": "confirm", "back": named})

    assert page.xpath("//input[@name='back']") == []
    assert answer.headers["Location"] == CARD


def test_what_was_typed_before_signing_in_again_is_not_lost() -> None:
    maker = make.maker()
    given_card()
    person = make.person(maker)
    browser = browser_of(person)
    browser.logout()
    typed = {**SAID, "role": "Image desk", "back": TASK, "acting_for": maker.slug}

    sent = browser.post(CARD, typed)
    browser.post(sent.headers["Location"], {"login": person.email, "password": make.PASSWORD})
    answer = browser.get(CARD)

    page = html.fromstring(answer.content)
    assert WELCOME_BACK in text(answer)
    assert page.xpath("//input[@name='role']/@value") == ["Image desk"]
    assert page.xpath("//main//input[@name='back']/@value") == [TASK, TASK]


def test_a_confirmation_that_was_asked_to_sign_in_shows_the_card_as_it_stands() -> None:
    maker = make.maker()
    given_card()
    person = make.person(maker)
    browser = browser_of(person)
    browser.logout()

    sent = browser.post(CARD, {"action": "confirm", "acting_for": maker.slug})
    browser.post(sent.headers["Location"], {"login": person.email, "password": make.PASSWORD})
    page = html.fromstring(browser.get(CARD).content)

    assert page.xpath("//input[@name='role']/@value") == ["Release desk"]


# What readers of records are shown


@pytest.mark.parametrize(
    ("days", "says", "hints"), [(4, "Last confirmed:", False), (95, "has not been confirmed", True)]
)
def test_a_record_says_when_its_contact_was_confirmed(days: int, says: str, hints: bool) -> None:
    make.listed(make.row(1))
    day = given_card(days)

    page = text(signed_in(make.party()).get("/firmware/CPL-000001"))

    assert says in page
    assert day in page
    assert ("It may be out of date." in page) is hints


def test_a_record_says_that_its_contact_was_never_confirmed() -> None:
    make.listed(make.row(1))
    given_card()
    ManufacturerContact.objects.update(confirmed_at=None, confirmed_by=None)

    page = text(signed_in(make.party()).get("/firmware/CPL-000001"))

    assert "This contact has never been confirmed. It may be out of date." in page
