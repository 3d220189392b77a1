"""Telling in time of the ends of CPA certificates (SEC Section F2, MP209).

A certificate has an expiry date or, since MP209, a renewal date; the earlier of the two counts.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Least
from django.utils.timezone import localdate

from cpl.models import DeviceTypeNeeds, ListedEntry
from cpl.sheet.row import CURRENT
from fir.ledger.models import MACHINE
from fir.ledger.operations import NewEvent, append_events
from fir.records.assumptions import ASSUMPTIONS
from fir.records.models import CertificateReminder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

LAPSED = 0
LONGEST_MONTH = timedelta(days=31)
LONGEST_SUBJECT = 64

EXPIRY, RENEWAL = "expiry", "renewal"
# What tells a certificate's end from every other.
KEY = ("cpa_certificate_id", "manufacturer_identifier", "lapses_on")


@dataclass(frozen=True, slots=True)
class _Certificate:
    """A maker's CPA certificate with the day on which it ends, and the Current lines that stand on
    it. Two makers may use the same id, or write the same word in its place."""

    name: str
    manufacturer_identifier: str
    lapses_on: date
    lines: Sequence[ListedEntry]

    @property
    def date_kind(self) -> str:
        """Which date it is, and where the lines say both, the one that ends it for good."""
        expires = any(line.cpa_expiry_date == self.lapses_on for line in self.lines)
        return EXPIRY if expires else RENEWAL


def tell_of_certificates(*, at: datetime) -> int:
    """Tell of each CPA certificate of a Current entry whose end comes near or is past; how many.

    Only the last stage that was reached is told, and each stage of a certificate once: whoever
    runs this again, or at the same moment, tells nobody twice.
    """
    try:
        return _tell(at=at)
    except IntegrityError as error:
        if "records_told_once" not in str(error):
            raise
        return 0  # another worker has just told of them


@transaction.atomic
def _tell(*, at: datetime) -> int:
    today = localdate(at)
    told = set(CertificateReminder.objects.values_list(*KEY, "months"))
    reached = [(one, stage_of(one.lapses_on, today)) for one in _near_their_end(today)]
    due = [
        (one, months)
        for one, months in reached
        if months is not None
        and (one.name, one.manufacturer_identifier, one.lapses_on, months) not in told
    ]
    if not due:
        return 0
    CertificateReminder.objects.bulk_create(
        [
            CertificateReminder(
                cpa_certificate_id=one.name,
                manufacturer_identifier=one.manufacturer_identifier,
                lapses_on=one.lapses_on,
                months=months,
                told_at=at,
            )
            for one, months in due
        ]
    )
    answerable = dict(DeviceTypeNeeds.objects.values_list("device_type", "answerable"))
    events = [_event(one, months, answerable) for one, months in due]
    append_events(events, by=MACHINE, at=at)
    return len(due)


def stage_of(lapses_on: date, today: date) -> int | None:
    """The last stage that a certificate has reached: so many months before its end, `LAPSED` once
    that is past, None while it is far off. On the day itself it still holds."""
    if today > lapses_on:
        return LAPSED
    stages = ASSUMPTIONS.months_before
    return next((m for m in stages if add_months(lapses_on, -m) <= today), None)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or earlier when negative; where that month is
    too short, its last day: three months after 30 November is the end of February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _near_their_end(today: date) -> list[_Certificate]:
    """The certificates of Current entries that end within the longest stage, or have ended, in a
    stable order."""
    furthest = today + LONGEST_MONTH * ASSUMPTIONS.months_before[-1]
    lines = (
        ListedEntry.objects.filter(status=CURRENT)
        .exclude(cpa_certificate_id="")
        .annotate(lapses_on=Least("cpa_expiry_date", "cpa_renewal_date"))
        .filter(lapses_on__lte=furthest)
        .order_by(*KEY, "entry_id")
    )
    certificates = groupby(lines, key=attrgetter(*KEY))
    return [_Certificate(*key, tuple(standing)) for key, standing in certificates]


def _event(one: _Certificate, months: int, answerable: Mapping[str, str]) -> NewEvent:
    types = sorted({line.device_type for line in one.lines})
    payload: dict[str, Any] = {
        "cpa_certificate_id": one.name,
        "lapses_on": one.lapses_on.isoformat(),
        "date_kind": one.date_kind,
        "cpl_entry_ids": sorted(line.cpl_entry_id for line in one.lines),
        "device_types": types,
        "manufacturer_identifiers": [one.manufacturer_identifier],
        "answerable": sorted({answerable.get(kind, "") for kind in types} - {""}),
    }
    subject = one.name[:LONGEST_SUBJECT]
    if months == LAPSED:
        return NewEvent("CERTIFICATE_LAPSED", "certificate", subject, payload)
    return NewEvent("CERTIFICATE_DUE", "certificate", subject, {**payload, "months": months})
