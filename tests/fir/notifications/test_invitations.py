"""An invited person gets one email, with a link that opens the invitation, while it is open."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from psycopg.sql import SQL, Identifier

from fir.ledger.models import Bookmark, ReaderFault
from fir.notifications import operations
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import WAITS, read_news, sweep_deliveries
from fir.parties.models import Invitation, Party
from fir.parties.operations import operator
from fir.parties.people import INVITATIONS_LAST, accept_invitation, withdraw_invitation
from fir.parties.permissions import Category, Permission
from fir.parties.queries import invitation_of_token
from tests import make
from tests.fir.submissions.at_once import at_once, elsewhere

if TYPE_CHECKING:
    from django.core.mail import EmailMessage

EMAIL = "ann@big-light.invalid"
END = make.AT + INVITATIONS_LAST
SECOND = timedelta(seconds=1)
LINK = re.compile(r"^ +(https://fir\.example\.org/invitations/(\S+))$", re.MULTILINE)
CHOSEN = [Permission.READ_FEED, Permission.LOAD_ESTATE]


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.BASE_URL = "https://fir.example.org"


def accepted(invitation: Invitation) -> None:
    accept_invitation(invitation=invitation, password=make.PASSWORD, at=make.AT)


@pytest.mark.django_db
def test_the_email_says_who_invites_to_what_until_when_and_opens_the_invitation(
    mailoutbox: list[EmailMessage],
) -> None:
    made = make.invitation(make.party(), EMAIL, CHOSEN)

    read_news(at=make.AT)
    assert sweep_deliveries(at=make.AT) == 1

    (email,) = mailoutbox
    text = str(email.body)
    assert email.to == [EMAIL]
    assert "invitation" in email.subject
    assert text.startswith("Big Light invites you")
    for permission in Permission:
        assert (permission.sentence in text) == (permission in CHOSEN)
    assert "4 December 2026, 09:00 (London time)" in text
    assert "did not expect this" in text
    link = LINK.search(text)
    assert link
    assert invitation_of_token(link[2], at=make.AT) == made
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_the_email_offers_what_accepting_would_give_and_a_name_as_it_is_written(
    mailoutbox: list[EmailMessage],
) -> None:
    party = make.party()
    make.invitation(party, EMAIL, CHOSEN)
    read_news(at=make.AT)

    Party.objects.filter(pk=party.pk).update(name="Wires & Sons", category=Category.NETWORK_PARTY)
    sweep_deliveries(at=make.AT)

    text = str(mailoutbox[0].body)
    assert "Wires & Sons" in text
    assert Permission.READ_FEED.sentence in text
    assert Permission.LOAD_ESTATE.sentence not in text


@pytest.mark.django_db
def test_it_is_sent_once_however_often_the_ledger_is_read(mailoutbox: list[EmailMessage]) -> None:
    make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    sweep_deliveries(at=make.AT)
    before = list(Delivery.objects.values())

    Bookmark.objects.update(seq=0)
    read_news(at=make.AT + SECOND)
    sweep_deliveries(at=END - SECOND)

    assert list(Delivery.objects.values()) == before
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_what_ended_before_it_was_read_is_not_even_queued() -> None:
    party = make.party()
    accepted(make.invitation(party, "a@x.org"))
    withdraw_invitation(invitation=make.invitation(party, "b@x.org"), by=operator(), at=make.AT)
    make.invitation(party, "c@x.org")

    read_news(at=END)
    assert not Delivery.objects.exists()
    Bookmark.objects.update(seq=0)
    read_news(at=END - SECOND)

    assert Delivery.objects.get().address == "c@x.org"
    assert not ReaderFault.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["accept", "withdraw", "replace"])
def test_an_invitation_that_ends_takes_its_email_along(
    end: str, mailoutbox: list[EmailMessage]
) -> None:
    made = make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    assert Delivery.objects.exists()

    if end == "accept":
        accepted(made)
    elif end == "withdraw":
        withdraw_invitation(invitation=made, by=operator(), at=make.AT)
    else:
        make.invitation(made.party, EMAIL)

    assert not Delivery.objects.exists()
    assert sweep_deliveries(at=make.AT) == 0
    assert mailoutbox == []


@pytest.mark.django_db
def test_an_expired_invitation_is_not_sent_and_holds_no_other_up(
    mailoutbox: list[EmailMessage],
) -> None:
    party = make.party()
    make.invitation(party, EMAIL)
    late = make.invitation(party, "late@x.org")
    read_news(at=make.AT)
    Invitation.objects.filter(pk=late.pk).update(expires_at=END + SECOND)

    assert sweep_deliveries(at=END) == 2

    assert [email.to for email in mailoutbox] == [["late@x.org"]]
    expired = Delivery.objects.get(address=EMAIL)
    assert (expired.state, expired.last_error) == ("GIVEN_UP", "The invitation is no longer open.")
    assert sweep_deliveries(at=END + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_a_failing_server_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    with monkeypatch.context() as broken:
        broken.setattr(operations, "send_email", lambda **_: 1 / 0)
        sweep_deliveries(at=make.AT)
    assert Delivery.objects.get().state == "DUE"

    sweep_deliveries(at=make.AT + timedelta(minutes=WAITS[0]))

    assert Delivery.objects.get().state == "SENT"
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_the_link_stands_in_no_column_of_the_database(mailoutbox: list[EmailMessage]) -> None:
    make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    sweep_deliveries(at=make.AT)
    link = LINK.search(str(mailoutbox[0].body))
    assert link
    signature = link[2].rpartition(":")[2]

    tables = [m._meta.db_table for m in apps.get_models() if m.__module__.startswith("fir.")]
    with connection.cursor() as cursor:
        for table in tables:
            query = SQL("SELECT count(*) FROM {} AS line WHERE position(%s IN line::text) > 0")
            cursor.execute(query.format(Identifier(table)), [signature])
            assert cursor.fetchone() == (0,), table
    assert len(signature) >= 43


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_accepted_while_it_is_sent_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    monkeypatch.setattr(operations, "send_email", lambda **_: elsewhere(lambda: accepted(made)))

    assert sweep_deliveries(at=make.AT) == 1

    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_accepted_between_claim_and_sending_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    made = make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    claim = operations._claim_next

    def claim_then_accept(**said: Any) -> Delivery | None:
        claimed = claim(**said)
        if claimed:
            accepted(made)
        return claimed

    monkeypatch.setattr(operations, "_claim_next", claim_then_accept)

    assert sweep_deliveries(at=make.AT) == 1
    assert mailoutbox == []
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_reading_and_accepting_at_once_hinder_neither() -> None:
    party = make.party()
    for number in range(5):
        made = make.invitation(party, f"ann{number}@x.org")
        outcomes = at_once(lambda: read_news(at=make.AT), partial(accepted, made))
        assert outcomes[1] is None, outcomes
        assert isinstance(outcomes[0], int), outcomes

    assert not Delivery.objects.exists()
    assert not ReaderFault.objects.exists()
    assert not Bookmark.objects.filter(failures__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_who_accepts_waits_for_the_reader_that_queues_the_email(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the acceptance would fail on a delivery that it could not see."""
    made = make.invitation(make.party(), EMAIL)
    queue = operations._queue_invitations
    accepting: list[Any] = []

    def queue_while_it_is_accepted(*events: Any, at: Any) -> None:
        queue(*events, at=at)
        accepting.append(elsewhere(lambda: _accept_impatiently(made)))

    monkeypatch.setattr(operations, "_queue_invitations", queue_while_it_is_accepted)
    read_news(at=make.AT)

    assert "lock timeout" in str(accepting[0])
    assert Delivery.objects.get().invitation == made
    accepted(made)
    assert not Delivery.objects.exists()


def _accept_impatiently(made: Invitation) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        accepted(made)


@pytest.mark.django_db
def test_the_database_holds_one_thing_a_delivery_and_one_email_an_invitation() -> None:
    made = make.invitation(make.party(), EMAIL)
    read_news(at=make.AT)
    notice = Notice.objects.create(
        party=made.party, seq=1, kind="K", subject_id="S", counts={}, raised_at=make.AT
    )
    about = "notifications_delivery_of_one_thing"

    for wrong, why in (
        ({}, about),
        ({"notice": notice, "invitation": make.invitation(made.party, "b@x.org")}, about),
        ({"invitation": made}, "invitation_id"),
    ):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            Delivery.objects.create(address=EMAIL, next_try_at=make.AT, **wrong)
