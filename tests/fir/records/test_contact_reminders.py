"""Who keeps a card is asked about it once for each month in which nobody confirmed it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fir.celery import app as application
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.models import ManufacturerHolding
from fir.parties.operations import operator
from fir.records import tasks
from fir.records.certificates import add_months
from fir.records.contact_queries import is_unconfirmed
from fir.records.contacts import change_contact, confirm_contact, remind_of_contacts
from fir.records.models import ManufacturerContact
from tests import make
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = make.AT.date()


def on(day: date, hour: int = 9) -> datetime:
    """An hour of a day."""
    return make.AT + (day - TODAY) + timedelta(hours=hour - 9)


def card(identifier: str = make.MAKER, day: date = TODAY) -> None:
    """A card, given on a day."""
    change_contact(
        manufacturer_identifier=identifier,
        role="Release desk",
        email="images@fine-meters.example",
        by=operator(),
        at=on(day),
    )


def confirm(day: date, identifier: str = make.MAKER) -> None:
    confirm_contact(manufacturer_identifier=identifier, by=operator(), at=on(day))


def asked() -> list[tuple[str, object, date]]:
    """Identifier, day of confirmation and day of every reminder."""
    events = LedgerEvent.objects.filter(kind="CONTACT_UNCONFIRMED").order_by("seq")
    return [
        (event.subject_id, payload_of(event)["confirmed_on"], event.at.date()) for event in events
    ]


@pytest.mark.parametrize(
    ("confirmed_on", "today", "expected"),
    [
        (None, TODAY, True),
        (TODAY, TODAY, False),
        (date(2026, 10, 21), TODAY, False),
        (date(2026, 10, 20), TODAY, True),
        (date(2027, 1, 31), date(2027, 2, 27), False),
        (date(2027, 1, 31), date(2027, 2, 28), True),
        (date(2019, 1, 1), TODAY, True),
    ],
)
def test_a_confirmation_holds_for_a_month_of_the_calendar(
    confirmed_on: date | None, today: date, expected: bool
) -> None:
    assert is_unconfirmed(confirmed_on, today) is expected


@pytest.mark.django_db
def test_a_card_is_asked_about_when_the_month_is_over_and_each_month_again() -> None:
    make.maker()
    card()
    day = TODAY

    while day < date(2027, 4, 1):
        for hour in (9, 10):
            remind_of_contacts(at=on(day, hour))
        day += timedelta(days=1)

    assert asked() == [
        (make.MAKER, "2026-11-20", date(2026, 12, 20)),
        (make.MAKER, "2026-11-20", date(2027, 1, 20)),
        (make.MAKER, "2026-11-20", date(2027, 2, 20)),
        (make.MAKER, "2026-11-20", date(2027, 3, 20)),
    ]


@pytest.mark.django_db
def test_a_confirmation_ends_the_asking_for_a_month() -> None:
    make.maker()
    card()
    assert remind_of_contacts(at=on(date(2026, 12, 20))) == 1

    confirm(date(2027, 1, 10))

    days = [date(2027, 1, 20), date(2027, 2, 9), date(2027, 2, 10)]
    assert [remind_of_contacts(at=on(day)) for day in days] == [0, 0, 1]
    assert asked()[-1] == (make.MAKER, "2027-01-10", date(2027, 2, 10))


@pytest.mark.django_db
def test_a_reminder_is_read_by_the_holders_and_the_administrator_alone() -> None:
    first, second = make.maker(), make.maker("fine-gas", make.MAKER)
    others = [make.party(), make.maker("other-meters", "F1A2")]
    administrator = make.administrator()
    card()

    remind_of_contacts(at=on(date(2026, 12, 20)))

    event = LedgerEvent.objects.get(kind="CONTACT_UNCONFIRMED", subject_id=make.MAKER)
    tags = set(event.audience)
    assert all(tags & set(party.tags) for party in (first, second, administrator))
    assert not any(tags & set(party.tags) for party in others)
    assert (event.by_party, event.subject_type) == ("fir", "manufacturer")
    assert payload_of(event) == {
        "manufacturer_identifier": make.MAKER,
        "confirmed_on": "2026-11-20",
    }
    assert "fine-meters.example" not in event.canonical


@pytest.mark.django_db
def test_a_card_of_a_maker_that_nobody_holds_is_the_administrators_to_ask_for() -> None:
    make.listed(make.row(1))
    card()

    assert remind_of_contacts(at=on(date(2026, 12, 20))) == 1

    event = LedgerEvent.objects.get(kind="CONTACT_UNCONFIRMED")
    assert event.audience == ["category:ADMINISTRATOR"]


@pytest.mark.django_db
def test_a_card_without_a_day_is_asked_about_at_once() -> None:
    make.maker()
    card()
    ManufacturerContact.objects.update(confirmed_at=None, confirmed_by=None)

    assert [remind_of_contacts(at=on(TODAY, hour)) for hour in (9, 10)] == [1, 0]

    assert asked() == [(make.MAKER, None, TODAY)]


@pytest.mark.django_db
def test_a_maker_without_a_card_is_asked_for_one_each_month_after_it_was_admitted() -> None:
    make.maker()
    make.maker("fine-gas", make.MAKER)
    make.listed(make.row(1, manufacturer_identifier="F1A2"))  # nobody holds it: nobody to ask
    days = [date(2026, 12, 19), date(2026, 12, 20), date(2027, 1, 19), date(2027, 1, 20)]

    assert [remind_of_contacts(at=on(day)) for day in days] == [0, 1, 0, 1]
    card(day=date(2027, 1, 21))
    assert remind_of_contacts(at=on(date(2027, 2, 20))) == 0

    assert asked() == [
        (make.MAKER, None, date(2026, 12, 20)),
        (make.MAKER, None, date(2027, 1, 20)),
    ]


@pytest.mark.django_db
def test_where_nothing_is_due_nothing_is_appended() -> None:
    make.maker()
    card()
    before = last_seq()

    assert remind_of_contacts(at=on(date(2026, 12, 19))) == 0

    assert last_seq() == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_nobody_twice() -> None:
    for number in range(1, 5):
        make.maker(f"maker-{number}", f"F1A{number}")
    card("F1A1")
    card("F1A2")

    answers = at_once(*[lambda: remind_of_contacts(at=on(date(2026, 12, 20)))] * 4)

    assert sorted(answers) == [0, 0, 0, 4]
    assert [identifier for identifier, *_ in asked()] == ["F1A1", "F1A2", "F1A3", "F1A4"]


# What happens on some day of three months: a worker looks, or somebody confirms.
STEPS = st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=30).map(sorted)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(given_on=st.dates(date(2027, 1, 1), date(2027, 12, 31)), steps=STEPS)
def test_it_is_asked_exactly_once_in_each_month_without_a_confirmation(
    given_on: date, steps: Sequence[tuple[int, bool]]
) -> None:
    expected: list[tuple[str, object, date]] = []
    confirmed, last_asked = given_on, None
    with transaction.atomic():
        make.maker()
        card(day=given_on)
        for days, confirms in steps:
            day = given_on + timedelta(days=days)
            if confirms:
                confirm(day)
                confirmed = day
                continue
            is_due = add_months(confirmed, 1) <= day and (
                last_asked is None or add_months(last_asked, 1) <= day
            )
            assert remind_of_contacts(at=on(day)) == is_due
            assert remind_of_contacts(at=on(day, 10)) == 0
            if is_due:
                expected.append((make.MAKER, confirmed.isoformat(), day))
                last_asked = day
        assert asked() == expected
        transaction.set_rollback(True)


def test_the_timetable_looks_for_cards() -> None:
    assert tasks.remind_of_contacts.name in application.conf.beat_schedule
    assert tasks.remind_of_contacts.name in application.tasks


@pytest.mark.django_db
def test_the_worker_asks_for_them() -> None:
    make.maker()
    card(day=date(2019, 1, 1))
    ManufacturerHolding.objects.update(given_at=on(date(2019, 1, 1)))

    tasks.remind_of_contacts()

    assert [identifier for identifier, *_ in asked()] == [make.MAKER]
