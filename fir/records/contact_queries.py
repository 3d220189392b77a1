"""Reads of Manufacturers' cards: whose they are, and which nobody has confirmed for too long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Max, Min, Q
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault, parse_manufacturer_identifier
from cpl.models import Manufacturer
from fir.ledger.models import LedgerEvent
from fir.parties.models import ManufacturerHolding
from fir.records.assumptions import ASSUMPTIONS
from fir.records.certificates import add_months
from fir.records.models import ManufacturerContact
from fir.records.queries import contact_on

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from fir.parties.models import Party
    from fir.records.queries import Contact

SHORTEST_MONTH = timedelta(days=28)


def is_unconfirmed(confirmed_on: date | None, today: date) -> bool:
    """Whether nobody has confirmed a card for so many months that somebody should."""
    return confirmed_on is None or add_months(confirmed_on, ASSUMPTIONS.months_confirmed) <= today


def find_maker(said: str, *, held_by: Party | None = None) -> Manufacturer | None:
    """The Manufacturer of this identifier, in any way of writing it; with `held_by`, only where
    that Party holds it. None where there is none."""
    try:
        makers = Manufacturer.objects.filter(identifier=parse_manufacturer_identifier(said))
    except IdentifierFault:
        return None
    if held_by is not None:
        makers = makers.filter(manufacturerholding__party=held_by)
    return makers.first()


def makers_by_card(held_by: Party | None = None) -> QuerySet[Manufacturer]:
    """The Manufacturers of the identifiers that a Party holds, or all of them: those without a card
    first, then those whose card was confirmed longest ago."""
    makers = Manufacturer.objects.all()
    if held_by is not None:
        makers = makers.filter(manufacturerholding__party=held_by)
    longest_ago = F("manufacturercontact__confirmed_at").asc(nulls_first=True)
    return makers.order_by(longest_ago, "identifier")


def cards_held_by(party: Party) -> dict[str, Contact | None]:
    """The card of each Manufacturer Identifier that a Party holds, None where there is none. One
    query."""
    makers = makers_by_card(party).select_related("manufacturercontact")
    return {
        maker.identifier: contact_on(card) if card else None
        for maker in makers
        for card in [getattr(maker, "manufacturercontact", None)]
    }


def cards_to_remind(today: date) -> list[ManufacturerContact]:
    """The cards that nobody has confirmed, or asked about, for too long; held so until the caller's
    transaction ends, so that nobody else asks about them meanwhile."""
    # The database narrows it down by the shortest months there are, and the calendar decides.
    before = today - SHORTEST_MONTH * ASSUMPTIONS.months_confirmed + timedelta(days=1)
    cards = (
        ManufacturerContact.objects.select_for_update(of=("self",))
        .select_related("manufacturer")
        .filter(Q(confirmed_at__isnull=True) | Q(confirmed_at__date__lt=before))
        .filter(Q(reminded_at__isnull=True) | Q(reminded_at__date__lt=before))
        .order_by("pk")
    )
    return [
        card
        for card in cards
        if _is_long_ago(card.confirmed_at, today) and _is_long_ago(card.reminded_at, today)
    ]


def makers_to_remind(today: date) -> list[str]:
    """The held Manufacturer Identifiers without a card whose holders nobody has asked for one for
    too long, since they were given the identifier; held as above."""
    without = ManufacturerHolding.objects.filter(manufacturer__manufacturercontact__isnull=True)
    held = without.select_for_update(of=("self",)).order_by("pk")
    # Read after the lock was given: what another asked about meanwhile is known by now.
    pks = [holding.pk for holding in held]
    given = dict(
        ManufacturerHolding.objects.filter(pk__in=pks)
        .values_list("manufacturer__identifier")
        .annotate(Min("given_at"))
    )
    asked = dict(
        LedgerEvent.objects.filter(
            kind="CONTACT_UNCONFIRMED", subject_type="manufacturer", subject_id__in=given
        )
        .values_list("subject_id")
        .annotate(Max("at"))
    )
    return [one for one in given if _is_long_ago(asked.get(one, given[one]), today)]


def _is_long_ago(moment: datetime | None, today: date) -> bool:
    return is_unconfirmed(moment and localdate(moment), today)
