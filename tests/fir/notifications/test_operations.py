"""Whom a release concerns is told once, with its own counts; and post is tried until sent."""

from __future__ import annotations

from datetime import timedelta
from smtplib import (
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction

from fir.eligibility import operations as eligibility
from fir.eligibility.models import Finding
from fir.eligibility.operations import read_news as assess_news
from fir.estates.operations import finish_loads, receive_load
from fir.ledger.models import Bookmark, LedgerEvent, ReaderFault
from fir.notifications import operations
from fir.notifications.models import Delivery, Notice, Subscription
from fir.notifications.operations import (
    WAITS,
    MailboxRefused,
    read_news,
    subscribe,
    sweep_deliveries,
)
from fir.notifications.queries import notices_of
from fir.parties.operations import admit_party, operator
from fir.records.contacts import change_contact
from tests import make
from tests.fir.submissions.at_once import at_once, elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.db.models import QuerySet

    from fir.parties.models import Party

MINUTE = timedelta(minutes=1)
OF_ANOTHER_MODEL = make.device(1, DeviceModel="00020101")


@pytest.fixture
def publish() -> Callable[..., str]:
    """Publishes a release over CPL-000001, not assessed yet, and answers its entry id."""
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1))

    def published(number: int = 9, **changes: Any) -> str:
        said = {"predecessors": ["CPL-000001"], **changes}
        return make.published(maker, administrator, number, **said).cpl_entry_id

    return published


def news() -> None:
    """The readers read on."""
    assess_news(at=make.AT)
    read_news(at=make.AT)


def mailbox(of: Party, email: str) -> Subscription:
    return subscribe(party=of, email=email, by=operator(), at=make.AT)


def releases() -> QuerySet[Notice]:
    """What was told of releases; whoever brings and decides is told of submissions besides."""
    return Notice.objects.filter(kind="FIRMWARE_PUBLISHED")


def told() -> dict[str, dict[str, int]]:
    """Who was told of a release, with which counts."""
    notices = releases().select_related("party")
    assert len({notice.party_id for notice in notices}) == len(notices)
    return {notice.party.slug: notice.counts for notice in notices}


def of_a_hub(device_type: str, number: int) -> dict[str, str]:
    """A half of the one box that CPL-000002 lists."""
    model, version = "00090101", "00000002"
    return make.device(
        number, DeviceType=device_type, DeviceModel=model, DeviceFirmwareVersion=version
    )


def delivery() -> Delivery:
    return Delivery.objects.get()


# Who is told


@pytest.mark.django_db
def test_each_recipient_gets_one_notice_with_its_own_counts(publish: Callable[..., str]) -> None:
    large, small = make.party("big-light"), make.party("small-gas", "SMALL_SUPPLIER")
    unlisted = make.device(3, DeviceFirmwareVersion="00000008")
    make.estate(large, make.device(1), make.device(2), unlisted)
    make.estate(small, make.device(4, DeviceStatus="Decommissioned"))

    entry_id = publish()
    news()

    assert told() == {"big-light": {"ELIGIBLE": 2, "NOT_LISTED": 1}, "small-gas": {"BLOCKED": 1}}
    (notice,) = notices_of(large)
    assert (notice.subject_id, notice.kind) == (entry_id, "FIRMWARE_PUBLISHED")
    assert notice.seq == LedgerEvent.objects.get(kind="FIRMWARE_PUBLISHED").seq


@pytest.mark.django_db
def test_suppliers_it_concerns_are_told_and_nobody_else(publish: Callable[..., str]) -> None:
    make.estate(make.party("has-the-model"), make.device(1))
    make.estate(make.party("has-other-models"), OF_ANOTHER_MODEL)
    make.party("has-no-estate", "SMALL_SUPPLIER")
    for slug, category in {
        "wires": "NETWORK_PARTY",
        "somebody": "OTHER_SEC_PARTY",
        "agent": "REGISTERED_SUPPLIER_AGENT",
        "assets": "METER_ASSET_PROVIDER",
        "dcc": "DCC",
    }.items():
        make.party(slug, category)

    publish()
    news()

    assert told() == {"has-the-model": {"ELIGIBLE": 1}, "has-no-estate": {}}


@pytest.mark.django_db
def test_a_gas_proxy_function_makes_its_supplier_a_holder_of_the_hubs_model(
    publish: Callable[..., str],
) -> None:
    make.listed(make.row(1), make.row(2, device_type="CHF", device_model="00090101"))
    make.estate(make.party(), of_a_hub("GPF", 1))

    publish(device_type="CHF", device_model="00090101", predecessors=["CPL-000002"])
    news()

    assert told() == {"big-light": {}}  # the proxy is no device of its own
    text = releases().get().text
    assert "Gas Proxy Functions" in text
    assert "not in the repository" not in text


@pytest.mark.django_db
def test_a_hubs_notice_counts_the_hub_and_not_its_gas_proxy_function(
    publish: Callable[..., str],
) -> None:
    make.listed(make.row(1), make.row(2, device_type="CHF", device_model="00090101"))
    boxes = [of_a_hub("CHF", 1), of_a_hub("GPF", 2), of_a_hub("CHF", 3), of_a_hub("GPF", 4)]
    make.estate(make.party(), *boxes)

    publish(device_type="CHF", device_model="00090101", predecessors=["CPL-000002"])
    news()

    assert told() == {"big-light": {"BLOCKED": 2}}
    assert "Of your 2 devices" in releases().get().text
    # Both are found all the same: the estate shows them.
    assert {finding.cohort.device_type for finding in Finding.objects.all()} == {"CHF", "GPF"}


@pytest.mark.django_db
def test_a_release_that_is_read_before_a_loads_own_event_is_told_with_the_new_loads_counts(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    supplier = make.party()
    receive_load(
        party=supplier,
        pieces=[make.inventory(make.device(1), make.device(2))],
        by=make.actor(supplier),
        at=make.AT,
    )
    publish()
    finish_loads(at=make.AT)

    monkeypatch.setattr(eligibility, "ELIGIBILITY_KINDS", {"FIRMWARE_PUBLISHED"})
    news()

    assert told() == {"big-light": {"ELIGIBLE": 2}}


@pytest.mark.django_db
def test_reading_again_tells_nobody_a_second_time(publish: Callable[..., str]) -> None:
    supplier = make.party()
    make.estate(supplier, make.device(1))
    mailbox(supplier, "firmware@big-light.invalid")
    publish()
    news()
    before = list(Notice.objects.values()), list(Delivery.objects.values())

    for readers in (["notifications"], ["eligibility", "notifications"]):
        Bookmark.objects.filter(reader__in=readers).update(seq=0)
        news()

    assert (list(Notice.objects.values()), list(Delivery.objects.values())) == before
    assert len(told()) == 1


@pytest.mark.django_db
def test_nothing_is_raised_before_the_assessment(publish: Callable[..., str]) -> None:
    make.party()
    publish()

    read_news(at=make.AT)
    assert told() == {}
    news()

    assert told() == {"big-light": {}}


@pytest.mark.django_db
def test_a_release_that_was_overtaken_is_told_to_its_models_holders_all_the_same(
    publish: Callable[..., str],
) -> None:
    holder = make.party()
    make.estate(holder, make.device(1))
    make.estate(make.party("other-models"), OF_ANOTHER_MODEL)
    first = publish(8)
    second = publish(9, predecessors=[first])

    news()

    notices = {notice.subject_id: notice for notice in notices_of(holder)}
    assert {one: notice.counts for one, notice in notices.items()} == {
        first: {},
        second: {"ELIGIBLE_IN_STEPS": 1},
    }
    assert "a later release" in notices[first].text
    assert "not in the repository" not in notices[first].text
    assert releases().count() == 2


@pytest.mark.django_db
def test_a_party_sees_its_own_notices_alone(publish: Callable[..., str]) -> None:
    first, second = make.party("big-light"), make.party("small-gas", "SMALL_SUPPLIER")

    publish()
    news()

    assert [notice.party for notice in notices_of(first)] == [first]
    assert [notice.party for notice in notices_of(second)] == [second]


@pytest.mark.django_db
def test_the_database_holds_one_notice_an_event_and_recipient(publish: Callable[..., str]) -> None:
    make.party()
    publish()
    news()
    twin = releases().get()
    twin.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


# What it says


@pytest.mark.django_db
def test_the_email_has_counts_the_way_to_the_record_and_whom_to_ask_and_no_device(
    publish: Callable[..., str], mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.BASE_URL = "https://fir.example.org"
    supplier = make.party()
    mailbox(supplier, "firmware@big-light.invalid")
    make.estate(
        supplier, make.device(1), make.device(2), make.device(3, DeviceStatus="Decommissioned")
    )
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Firmware images",
        email="images@fine-meters.invalid",
        by=operator(),
        at=make.AT,
    )

    entry_id = publish()
    news()
    sweep_deliveries(at=make.AT)

    (email,) = mailoutbox
    assert email.to == ["firmware@big-light.invalid"]
    assert "00000009" in email.subject
    text = str(email.body)
    for expected in (
        "Of your 3 devices",
        "2 may take it in one step",
        "1 are blocked",
        f"https://fir.example.org/firmware/{entry_id}",
        f"https://fir.example.org/eligibility?target={entry_id}",
        "Firmware images, images@fine-meters.invalid",
    ):
        assert expected in text
    for number in (1, 2, 3):
        assert make.device_id(number) not in text
        assert make.device_id(number).replace("-", "") not in text
    assert not any(str(finding.pk) in text for finding in Finding.objects.all())


@pytest.mark.django_db
def test_a_supplier_without_an_estate_is_told_what_to_do(
    publish: Callable[..., str], mailoutbox: list[EmailMessage]
) -> None:
    mailbox(make.party(), "firmware@big-light.invalid")

    publish()
    news()
    sweep_deliveries(at=make.AT)

    assert "Send in an inventory" in str(mailoutbox[0].body)
    assert "Fine Meters has given no contact" in str(mailoutbox[0].body)


@pytest.mark.django_db
def test_what_a_manufacturer_writes_arrives_as_it_was_written(publish: Callable[..., str]) -> None:
    make.party("big-light")
    make.party("ampere-sons", "SMALL_SUPPLIER")
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Images & <keys>",
        email="images@fine-meters.invalid",
        by=operator(),
        at=make.AT,
    )

    publish()
    news()

    assert all("Images & <keys>" in notice.text for notice in releases())


# Sending


def waiting(publish: Callable[..., str], *emails: str) -> None:
    """A delivery for each mailbox."""
    supplier = make.party()
    for email in emails:
        mailbox(supplier, email)
    publish()
    news()


@pytest.mark.django_db
def test_a_delivery_is_sent_once(
    publish: Callable[..., str], mailoutbox: list[EmailMessage]
) -> None:
    waiting(publish, "a@x.org", "b@x.org")

    assert sweep_deliveries(at=make.AT) == 2
    assert sweep_deliveries(at=make.AT + 9999 * MINUTE) == 0

    assert sorted(email.to[0] for email in mailoutbox) == ["a@x.org", "b@x.org"]
    assert set(Delivery.objects.values_list("state", "tries")) == {("SENT", 1)}


REFUSALS = [
    SMTPRecipientsRefused({"b@x.org": (550, b"nobody here")}),
    SMTPSenderRefused(550, b"not from you", "fir@x.org"),
    SMTPDataError(552, b"too much"),
]
NO_SERVER = [
    TimeoutError("no answer"),
    ConnectionRefusedError("nobody listens"),
    SMTPServerDisconnected("gone"),
    SMTPConnectError(421, b"busy"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [REFUSALS[0], NO_SERVER[1]], ids=repr)
def test_a_failing_server_is_tried_at_growing_intervals_and_given_up_after_the_last(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    waiting(publish, "a@x.org")
    ids: set[str] = set()

    def fail(**said: str) -> None:
        ids.add(said["message_id"])
        raise error

    monkeypatch.setattr(operations, "send_email", fail)
    at = make.AT
    for tries, wait in enumerate(WAITS, start=1):
        assert sweep_deliveries(at=at) == 1
        assert (delivery().state, delivery().tries) == ("DUE", tries)
        assert delivery().next_try_at == at + wait * MINUTE
        assert delivery().last_error == f"{type(error).__name__}: {error}"
        at += wait * MINUTE
        assert sweep_deliveries(at=at - timedelta(seconds=1)) == 0
    assert sweep_deliveries(at=at) == 1

    assert (delivery().state, delivery().tries) == ("GIVEN_UP", len(WAITS) + 1)
    assert sweep_deliveries(at=at + 99999 * MINUTE) == 0
    assert len(ids) == 1  # so that a mailbox can tell a repeat
    assert list(WAITS) == sorted(WAITS)


@pytest.mark.django_db
def test_a_server_that_comes_back_gets_what_waited(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    waiting(publish, "a@x.org")
    with monkeypatch.context() as broken:
        broken.setattr(operations, "send_email", lambda **_: 1 / 0)
        sweep_deliveries(at=make.AT)

    sweep_deliveries(at=make.AT + WAITS[0] * MINUTE)

    assert (delivery().state, delivery().tries, delivery().last_error) == ("SENT", 2, "")
    assert len(mailoutbox) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_one_mailboxs_trouble_holds_up_no_other(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    waiting(publish, "a@x.org", "broken@x.org", "c@x.org")
    sent: list[str] = []

    def send(*, address: str, **_: str) -> None:
        if address == "broken@x.org":
            raise error
        sent.append(address)

    monkeypatch.setattr(operations, "send_email", send)
    assert sweep_deliveries(at=make.AT) == 3

    assert sorted(sent) == ["a@x.org", "c@x.org"]
    states = dict(Delivery.objects.values_list("address", "state"))
    assert states == {"a@x.org": "SENT", "broken@x.org": "DUE", "c@x.org": "SENT"}


@pytest.mark.django_db
@pytest.mark.parametrize("error", NO_SERVER, ids=repr)
def test_a_server_that_cannot_be_talked_to_ends_the_sweep_and_the_others_stay_due(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    waiting(publish, "a@x.org", "b@x.org", "c@x.org")
    sent: list[str] = []

    def send(*, address: str, **_: str) -> None:
        if not sent and address == "a@x.org":
            raise error
        sent.append(address)

    monkeypatch.setattr(operations, "send_email", send)
    assert sweep_deliveries(at=make.AT) == 1

    assert sent == []
    tried, *others = Delivery.objects.order_by("id")
    assert (tried.state, tried.tries) == ("DUE", 1)
    assert tried.next_try_at == make.AT + WAITS[0] * MINUTE
    assert [(one.state, one.tries, one.next_try_at) for one in others] == [("DUE", 0, make.AT)] * 2

    # The next sweep goes on with those that were never tried.
    assert sweep_deliveries(at=make.AT) == 2
    assert sent == ["b@x.org", "c@x.org"]
    assert sweep_deliveries(at=make.AT + WAITS[0] * MINUTE) == 1
    assert sent == ["b@x.org", "c@x.org", "a@x.org"]


@pytest.mark.django_db(transaction=True)
def test_a_delivery_is_claimed_and_put_off_before_it_is_sent_and_no_transaction_stays_open(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(publish, "a@x.org")
    seen: list[Any] = []

    def send(**_: str) -> None:
        claimed = elsewhere(delivery)
        seen.append((connection.in_atomic_block, claimed.state, claimed.tries))
        seen.append((claimed.tried_at, claimed.next_try_at))

    monkeypatch.setattr(operations, "send_email", send)
    sweep_deliveries(at=make.AT)

    assert seen == [(False, "DUE", 1), (make.AT, make.AT + WAITS[0] * MINUTE)]


@pytest.mark.django_db(transaction=True)
def test_what_a_dying_worker_was_sending_is_tried_again_after_the_wait(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    waiting(publish, "a@x.org")

    def die(**_: str) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(operations, "send_email", die)
        with pytest.raises(SystemExit):
            sweep_deliveries(at=make.AT)

    assert (delivery().state, delivery().tries) == ("DUE", 1)
    assert sweep_deliveries(at=make.AT) == 0
    assert sweep_deliveries(at=make.AT + WAITS[0] * MINUTE) == 1
    assert (delivery().state, delivery().tries, len(mailoutbox)) == ("SENT", 2, 1)


@pytest.mark.django_db(transaction=True)
def test_a_sweep_passes_by_what_another_is_sending(
    publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(publish, "a@x.org")
    sent: list[str] = []
    other_sweeps: list[int] = []

    def send(*, address: str, **_: str) -> None:
        sent.append(address)
        other_sweeps.append(elsewhere(lambda: sweep_deliveries(at=make.AT)))

    monkeypatch.setattr(operations, "send_email", send)
    assert sweep_deliveries(at=make.AT) == 1

    assert (sent, other_sweeps) == (["a@x.org"], [0])
    assert (delivery().state, delivery().tries) == ("SENT", 1)


@pytest.mark.django_db(transaction=True)
def test_sweeps_and_readers_at_once_tell_and_send_once(
    publish: Callable[..., str], mailoutbox: list[EmailMessage]
) -> None:
    supplier = make.party()
    addresses = [f"{name}@x.org" for name in "abcdef"]
    for email in addresses:
        mailbox(supplier, email)
    publish()
    assess_news(at=make.AT)

    at_once(*[lambda: read_news(at=make.AT)] * 3)
    read_news(at=make.AT)
    swept = at_once(*[lambda: sweep_deliveries(at=make.AT)] * 3)

    assert releases().count() == 1
    assert sum(swept) == len(addresses)
    assert sorted(email.to[0] for email in mailoutbox) == addresses
    assert not ReaderFault.objects.exists()


# Mailboxes


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@", "@x.org", "a b@x.org", "a@x.org\nBcc: b@x.org", "a@x.org, b@x.org"],
)
def test_what_is_no_mailbox_is_refused(email: str) -> None:
    with pytest.raises(MailboxRefused):
        mailbox(make.party(), email)

    assert not Subscription.objects.exists()


@pytest.mark.django_db
def test_a_mailbox_is_subscribed_once_and_by_several_parties() -> None:
    first, second = make.party("big-light"), make.party("small-gas", "SMALL_SUPPLIER")

    assert mailbox(first, "a@x.org") == mailbox(first, "a@x.org")
    mailbox(second, "a@x.org")

    assert Subscription.objects.count() == 2


@pytest.mark.django_db
def test_a_mailbox_that_comes_later_hears_of_the_next_release(
    publish: Callable[..., str], mailoutbox: list[EmailMessage]
) -> None:
    supplier = make.party()
    publish(8)
    news()
    mailbox(supplier, "a@x.org")

    second = publish(9)
    news()
    sweep_deliveries(at=make.AT)

    assert [second in str(email.body) for email in mailoutbox] == [True]


@pytest.mark.django_db
def test_who_came_later_is_not_told_of_what_was_published_before_even_on_rereading(
    publish: Callable[..., str],
) -> None:
    make.party("early-light")
    publish()
    news()
    later = make.AT + timedelta(days=1)
    late = admit_party(
        slug="late-light",
        name="Late Light",
        category="LARGE_SUPPLIER",
        user_roles=["IS"],
        by=operator(),
        at=later,
    )
    subscribe(party=late, email="news@late-light.invalid", by=operator(), at=later)

    Bookmark.objects.update(seq=0)
    operations.read_news(at=later)

    assert set(told()) == {"early-light"}
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_what_a_slower_worker_says_of_an_earlier_try_changes_nothing(
    publish: Callable[..., str],
) -> None:
    waiting(publish, "news@big-light.invalid")
    slow = operations._claim_next(at=make.AT)
    assert slow
    sweep_deliveries(at=make.AT + timedelta(days=1))
    assert delivery().state == "SENT"

    operations._record_failure(slow, OSError("too late"))

    assert (delivery().state, delivery().last_error) == ("SENT", "")
