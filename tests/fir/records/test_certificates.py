"""The ends of CPA certificates are told in time, by stages, and each stage once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.models import DeviceTypeNeeds
from fir.celery import app as application
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records import tasks
from fir.records.certificates import LAPSED, add_months, stage_of, tell_of_certificates
from fir.records.models import CertificateReminder
from tests import make
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow

TODAY = make.AT.date()
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


def on(day: date) -> datetime:
    """Nine o'clock of a day."""
    return make.AT + (day - TODAY)


def certified(number: int, lapses: date, **changes: Any) -> SheetRow:
    """A line whose certificate is to be renewed on a day."""
    return make.row(number, cpa_renewal_date=lapses, **changes)


def told() -> list[tuple[str, str, int]]:
    """Certificate, day and months of everything that was told, 0 for a lapse."""
    events = LedgerEvent.objects.filter(kind__startswith="CERTIFICATE_").order_by("seq")
    said = [(event, payload_of(event)) for event in events]
    assert all((event.kind == "CERTIFICATE_LAPSED") == ("months" not in one) for event, one in said)
    return [
        (str(one["cpa_certificate_id"]), str(one["lapses_on"]), int(str(one.get("months", 0))))
        for _, one in said
    ]


# The calendar


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 2, 28), -3, date(2026, 11, 28)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 1, 31), -12, date(2026, 1, 31)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(day=DAYS, months=st.integers(-240, 240))
def test_months_later_lies_in_that_month_and_on_that_day_where_it_has_one(
    day: date, months: int
) -> None:
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    last = (later + timedelta(days=1)).month != later.month
    assert later.day == day.day or (later.day < day.day and last)


@given(lapses_on=DAYS, today=DAYS)
def test_a_stage_is_the_last_one_that_was_reached(lapses_on: date, today: date) -> None:
    begins = {12: add_months(lapses_on, -12), 6: add_months(lapses_on, -6),
              1: add_months(lapses_on, -1), LAPSED: lapses_on + timedelta(days=1)}  # fmt: skip
    reached = [months for months, day in begins.items() if day <= today]

    assert stage_of(lapses_on, today) == min(reached, default=None)


# Stages


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lapses", "months"),
    [
        (date(2027, 11, 21), None),
        (date(2027, 11, 20), 12),
        (date(2027, 5, 21), 12),
        (date(2027, 5, 20), 6),
        (date(2027, 4, 20), 6),  # first seen five months before: told at 6, not at 12
        (date(2026, 12, 20), 1),
        (date(2026, 11, 20), 1),  # its last day
        (date(2026, 11, 19), 0),
        (date(2019, 1, 1), 0),
    ],
)
def test_only_the_last_stage_that_was_reached_is_told(lapses: date, months: int | None) -> None:
    make.listed(certified(1, lapses))

    count = tell_of_certificates(at=make.AT)

    assert count == (months is not None)
    assert told() == ([] if months is None else [("CPA-1", lapses.isoformat(), months)])


@pytest.mark.django_db
def test_each_stage_is_told_once_as_the_days_go_by() -> None:
    lapses = date(2027, 11, 30)
    make.listed(certified(1, lapses))
    day = date(2026, 11, 20)

    found: dict[int, str] = {}
    while day < date(2027, 12, 5):
        if tell_of_certificates(at=on(day)):
            found[told()[-1][2]] = day.isoformat()
        day += timedelta(days=1)

    assert found == {12: "2026-11-30", 6: "2027-05-30", 1: "2027-10-30", 0: "2027-12-01"}
    assert len(told()) == 4
    assert CertificateReminder.objects.count() == 4


@pytest.mark.django_db
def test_a_renewed_certificate_is_told_by_its_new_date() -> None:
    make.listed(certified(1, date(2026, 12, 1)))
    tell_of_certificates(at=make.AT)

    make.listed(certified(1, date(2027, 12, 1)))
    assert tell_of_certificates(at=make.AT) == 0
    tell_of_certificates(at=on(date(2026, 12, 2)))

    assert told() == [("CPA-1", "2026-12-01", 1), ("CPA-1", "2027-12-01", 12)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_nobody_twice() -> None:
    make.listed(*(certified(number, TODAY) for number in range(1, 6)))

    answers = at_once(*[lambda: tell_of_certificates(at=make.AT)] * 4)

    assert sorted(answers) == [0, 0, 0, 5]
    assert len(told()) == len(set(told())) == 5


# What is told


@pytest.mark.django_db
def test_a_certificate_is_told_with_all_that_stands_on_it_and_who_answers_for_it() -> None:
    shared = {"cpa_certificate_id": "CPA-S"}
    gone = {"status": "REMOVED", "date_removed": TODAY}
    make.listed(
        certified(3, TODAY, **shared),
        certified(1, TODAY, **shared, device_type="CHF", device_model="00090101"),
        certified(2, TODAY, **shared, device_type="GSME", device_model="00020101"),
        certified(4, TODAY, **shared, **gone),
        certified(5, TODAY, cpa_certificate_id=""),
    )

    assert tell_of_certificates(at=make.AT) == 1

    event = LedgerEvent.objects.latest("seq")
    assert (event.kind, event.subject_type, event.subject_id) == (
        "CERTIFICATE_DUE",
        "certificate",
        "CPA-S",
    )
    assert (event.by_party, event.audience) == ("fir", ["everyone"])
    assert payload_of(event) == {
        "cpa_certificate_id": "CPA-S",
        "lapses_on": "2026-11-20",
        "date_kind": "renewal",
        "cpl_entry_ids": ["CPL-000001", "CPL-000002", "CPL-000003"],
        "device_types": ["CHF", "ESME", "GSME"],
        "manufacturer_identifiers": ["F1A1"],
        "answerable": ["DCC", "GS", "IS"],
        "months": 1,
    }


@pytest.mark.django_db
def test_two_makers_certificates_of_the_same_id_are_two() -> None:
    shared = {"cpa_certificate_id": "TBC"}
    make.listed(
        certified(1, TODAY, **shared),
        certified(2, TODAY, **shared, device_type="GSME", manufacturer_identifier="F1A2"),
        certified(3, TODAY, **shared),
    )

    assert [tell_of_certificates(at=make.AT) for _ in range(2)] == [2, 0]

    events = LedgerEvent.objects.filter(kind="CERTIFICATE_DUE").order_by("seq")
    columns = ("manufacturer_identifiers", "cpl_entry_ids", "device_types", "answerable")
    assert [[payload_of(event)[column] for column in columns] for event in events] == [
        [["F1A1"], ["CPL-000001", "CPL-000003"], ["ESME"], ["IS"]],
        [["F1A2"], ["CPL-000002"], ["GSME"], ["GS"]],
    ]
    assert {event.subject_id for event in events} == {"TBC"}


@pytest.mark.django_db
def test_another_makers_certificate_of_an_id_that_was_told_is_told_when_it_comes() -> None:
    make.listed(certified(1, TODAY, cpa_certificate_id="TBC"))
    tell_of_certificates(at=make.AT)
    make.listed(
        certified(2, TODAY, cpa_certificate_id="TBC", manufacturer_identifier="F1A2"),
    )

    assert tell_of_certificates(at=make.AT) == 1

    said = payload_of(LedgerEvent.objects.latest("seq"))
    assert (said["manufacturer_identifiers"], said["cpl_entry_ids"]) == (["F1A2"], ["CPL-000002"])


@pytest.mark.django_db
def test_who_answers_is_what_the_catalogue_says() -> None:
    DeviceTypeNeeds.objects.filter(device_type="ESME").update(answerable="DCC")
    make.listed(certified(1, TODAY), certified(2, TODAY, device_type="PPMID"))

    tell_of_certificates(at=make.AT)

    events = LedgerEvent.objects.filter(kind="CERTIFICATE_DUE").order_by("seq")
    assert [payload_of(event)["answerable"] for event in events] == [["DCC"], []]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("expiry", "renewal", "expected"),
    [
        (date(2027, 1, 1), date(2026, 12, 1), ("2026-12-01", "renewal")),
        (date(2026, 12, 1), date(2027, 1, 1), ("2026-12-01", "expiry")),
        (date(2026, 12, 1), date(2026, 12, 1), ("2026-12-01", "expiry")),
        (date(2026, 12, 1), None, ("2026-12-01", "expiry")),
    ],
)
def test_the_earlier_of_the_two_dates_counts(
    expiry: date, renewal: date | None, expected: tuple[str, str]
) -> None:
    make.listed(make.row(1, cpa_expiry_date=expiry, cpa_renewal_date=renewal))

    tell_of_certificates(at=make.AT)

    said = payload_of(LedgerEvent.objects.latest("seq"))
    assert (said["lapses_on"], said["date_kind"]) == expected


@pytest.mark.django_db
def test_without_a_date_nothing_is_told() -> None:
    make.listed(make.row(1, cpa_expiry_date=None, cpa_renewal_date=None))

    assert tell_of_certificates(at=make.AT) == 0


@pytest.mark.django_db
def test_one_certificate_with_two_dates_is_told_of_each() -> None:
    shared = {"cpa_certificate_id": "CPA-S"}
    make.listed(certified(1, TODAY, **shared), certified(2, date(2020, 1, 1), **shared))

    assert tell_of_certificates(at=make.AT) == 2

    assert told() == [("CPA-S", "2020-01-01", 0), ("CPA-S", "2026-11-20", 1)]


@pytest.mark.django_db
def test_a_long_certificate_id_is_told_whole_under_a_shortened_subject() -> None:
    name = "C" * 200
    make.listed(certified(1, TODAY, cpa_certificate_id=name))

    tell_of_certificates(at=make.AT)

    event = LedgerEvent.objects.latest("seq")
    assert (event.subject_id, payload_of(event)["cpa_certificate_id"]) == ("C" * 64, name)


def test_the_timetable_looks_for_certificates() -> None:
    assert tasks.tell_of_certificates.name in application.conf.beat_schedule
    assert tasks.tell_of_certificates.name in application.tasks


@pytest.mark.django_db
def test_the_worker_tells_of_them() -> None:
    make.listed(certified(1, date(2019, 1, 1)))

    tasks.tell_of_certificates()

    assert told() == [("CPA-1", "2019-01-01", 0)]
