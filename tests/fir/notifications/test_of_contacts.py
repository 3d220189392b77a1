"""Who holds an identifier is asked whether its card is still right, and nobody else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fir.ledger.models import Bookmark, LedgerEvent
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import read_news, subscribe
from fir.parties.operations import operator
from fir.records.contacts import change_contact, confirm_contact, remind_of_contacts
from tests import make

pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(days=40)
MAILBOX = "metering@big-light.invalid"


def card(**changes: Any) -> None:
    """A card of the day on which everything begins."""
    usual = {"manufacturer_identifier": make.MAKER, "role": "Release desk"}
    said = {**usual, "email": "images@fine-meters.example", **changes}
    change_contact(**said, by=operator(), at=make.AT)


def news() -> None:
    """Somebody looks for cards forty days later, and what came of it is read."""
    remind_of_contacts(at=LATER)
    read_news(at=LATER)


def told() -> list[tuple[str, str]]:
    """Whom what was told: Party and identifier."""
    notices = Notice.objects.order_by("seq", "party__slug")
    return list(notices.values_list("party__slug", "subject_id"))


def test_every_holder_is_asked_and_nobody_else() -> None:
    make.maker()
    make.maker("fine-gas", make.MAKER)
    make.party("big-light", manufacturer_identifiers=[make.MAKER])  # a Supplier that holds it too
    make.party("other-light")
    make.administrator()
    make.maker("other-meters", "F1A2")
    card()
    card(manufacturer_identifier="F1A2")
    confirm_contact(manufacturer_identifier="F1A2", by=operator(), at=LATER)

    news()

    assert told() == [(slug, "F1A1") for slug in ("big-light", "fine-gas", "fine-meters")]


def test_the_notice_says_since_when_and_leads_to_the_card(settings: Any) -> None:
    settings.BASE_URL = "https://fir.example.org"
    make.maker()
    make.listed(make.row(1, manufacturer_name="Finer Meters & Sons"))
    card()

    news()

    notice = Notice.objects.get()
    assert (notice.kind, notice.counts, notice.cpl_entry_id) == ("CONTACT_UNCONFIRMED", {}, None)
    assert notice.title == (
        "Confirm whom to ask for images of Finer Meters & Sons (F1A1): last confirmed on "
        "20 November 2026"
    )
    for expected in (
        "Nobody has confirmed that contact since 20 November 2026.",
        "https://fir.example.org/contacts/F1A1\n",
        "Fine Meters is told of this because it holds the Manufacturer Identifier.",
    ):
        assert expected in notice.text
    assert "images@" not in notice.text
    assert "Release desk" not in notice.text


def test_a_maker_without_a_card_is_asked_for_one() -> None:
    make.maker()

    news()

    notice = Notice.objects.get()
    assert notice.title == "Say whom to ask for images of Fine Meters (F1A1)"
    assert "nobody has said it" in notice.text


def test_a_long_name_still_fits_the_title() -> None:
    make.maker()
    make.listed(make.row(1, manufacturer_name="M" * 200))
    card()

    news()

    notice = Notice.objects.get()
    assert notice.title.endswith("(F1A1): last confirmed on 20 November 2026")
    assert "M" * 200 in notice.text


def test_it_goes_to_the_holders_mailboxes_and_read_again_is_the_same() -> None:
    subscribe(party=make.maker(), email=MAILBOX, by=operator(), at=make.AT)
    card()
    news()
    before = list(Notice.objects.values()), list(Delivery.objects.values())
    assert [one["address"] for one in before[1]] == [MAILBOX]

    Bookmark.objects.filter(reader="notifications").update(seq=0)
    read_news(at=LATER + timedelta(days=1))

    assert (list(Notice.objects.values()), list(Delivery.objects.values())) == before


def test_who_was_admitted_later_is_not_asked() -> None:
    make.listed(make.row(1))
    card()
    remind_of_contacts(at=LATER)
    late = make.maker()
    late.admitted_at = LATER + timedelta(seconds=1)
    late.save()

    read_news(at=LATER)

    assert told() == []


def test_a_change_and_a_confirmation_are_no_news() -> None:
    make.maker()
    make.party()
    card()
    confirm_contact(manufacturer_identifier=make.MAKER, by=operator(), at=LATER)

    read_news(at=LATER)

    kinds = set(LedgerEvent.objects.values_list("kind", flat=True))
    assert {"CONTACT_CHANGED", "CONTACT_CONFIRMED"} <= kinds
    assert told() == []
