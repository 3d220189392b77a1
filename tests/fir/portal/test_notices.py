"""A Party reads what it was told, and where the emails went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fir.eligibility.operations import read_news as assess
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import read_news, subscribe, sweep_deliveries
from fir.notifications.queries import notices_of
from fir.parties.permissions import Permission
from fir.records.certificates import tell_of_certificates
from fir.records.proposals import confirm_proposal, propose_removal
from fir.submissions.operations import approve_submission, submit_firmware
from tests import make
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier() -> Party:
    return make.party("big-light")


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def publish(*numbers: int) -> None:
    """Publish releases over CPL-000001, and tell of them."""
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    for number in numbers:
        make.published(maker, administrator, number, predecessors=["CPL-000001"])
        assess(at=make.AT)
    read_news(at=make.AT)


@pytest.fixture
def notice(supplier: Party) -> Notice:
    """What the Supplier was told of CPL-000002: two Devices eligible, one blocked, one mailbox."""
    make.listed(make.row(1))
    subscribe(
        party=supplier, email="firmware@big-light.invalid", by=make.actor(supplier), at=make.AT
    )
    make.estate(
        supplier, make.device(1), make.device(2), make.device(3, DeviceStatus="Decommissioned")
    )
    publish(2)
    return Notice.objects.get(party=supplier)


def test_whoever_was_told_nothing_reads_when_it_will_be(browser: Client) -> None:
    assert "None yet. A Supplier is told of every release" in text(browser.get("/notices"))


def test_notices_are_listed_newest_first_with_their_counts(
    supplier: Party, browser: Client
) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1), make.device(2, DeviceStatus="Decommissioned"))
    publish(2, 3)

    page = text(browser.get("/notices"))

    assert page.index("Firmware 00000003 published") < page.index("Firmware 00000002 published")
    assert ": 1 eligible, 1 blocked</span>" in page
    assert "2 notices" in page


def test_a_notice_is_shown_with_text_counts_record_and_emails(
    notice: Notice, browser: Client
) -> None:
    sweep_deliveries(at=make.AT)

    page = text(browser.get(f"/notices/{notice.pk}"))

    assert "Your 3 Devices of this Device Model" in page
    assert "?target=CPL-000002&amp;outcome=ELIGIBLE" in page
    assert 'href="/firmware/CPL-000002">The record, CPL-000002' in page
    assert "2 may take it in one step" in page
    assert "firmware@big-light.invalid</th>" in page
    assert "Sent</strong>" in page
    assert "20 November 2026, 09:00</td>" in page


def test_the_links_in_a_notice_lead_to_pages_that_are_there(
    notice: Notice, browser: Client, settings: Any
) -> None:
    said = [word for word in notice.text.split() if word.startswith(settings.BASE_URL)]

    statuses = [browser.get(link.removeprefix(settings.BASE_URL)).status_code for link in said]

    assert statuses == [200, 200]
    for link in said:
        assert f'<a href="{link}"' in text(browser.get(f"/notices/{notice.pk}"))


@pytest.mark.parametrize(
    ("state", "error", "sentence"),
    [
        ("DUE", "", "Next try: 20 November 2026, 09:00"),
        ("GIVEN_UP", "The mailbox is full.", "The mailbox is full."),
    ],
)
def test_an_email_that_did_not_go_out_says_why_and_what_follows(
    notice: Notice, browser: Client, state: str, error: str, sentence: str
) -> None:
    Delivery.objects.update(state=state, last_error=error, tried_at=make.AT)

    assert sentence in text(browser.get(f"/notices/{notice.pk}"))


def test_without_a_mailbox_no_email_is_promised(supplier: Party, browser: Client) -> None:
    make.listed(make.row(1))
    publish(2)

    page = text(browser.get(f"/notices/{notices_of(supplier).get().pk}"))

    assert "None: Big Light has no mailbox for notices." in page
    assert "Your estate is not in the repository" in page
    assert "of this Device Model, as they stood then" not in page


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "9" * 5000, "abc", "-1"])
def test_a_notice_that_there_is_not_is_answered_in_words(browser: Client, number: str) -> None:
    assert browser.get(f"/notices/{number}").status_code == 404


def test_somebody_elses_notice_does_not_exist(notice: Notice) -> None:
    other = signed_in(make.party("other"))

    answer = other.get(f"/notices/{notice.pk}")

    assert answer.status_code == 404
    assert "CPL-000002" not in text(answer)


def test_whoever_may_not_read_notices_is_told_what_it_takes(supplier: Party) -> None:
    answer = signed_in(supplier, [Permission.VIEW_ESTATE]).get("/notices")

    assert answer.status_code == 403
    assert Permission.VIEW_NOTICES.sentence in text(answer)


# Notices about the list


def removed(supplier: Party) -> Notice:
    """What the Supplier was told of an entry's removal."""
    make.listed(make.row(1))
    make.estate(supplier, make.device(1), make.device(2))
    proposer, confirmer = make.actor(make.maker()), make.actor(make.administrator())
    proposal = propose_removal(
        cpl_entry_id="CPL-000001", reason="Withdrawn.", by=proposer, at=make.AT
    )
    confirm_proposal(proposal_id=proposal.pk, by=confirmer, at=make.AT)
    read_news(at=make.AT)
    return Notice.objects.get()


def test_a_notice_of_a_removal_leads_to_the_entry(supplier: Party, browser: Client) -> None:
    notice = removed(supplier)

    page = text(browser.get(f"/notices/{notice.pk}"))

    assert 'href="/cpl/CPL-000001">The entry, CPL-000001' in page
    assert "2 of your Devices run this firmware" in page
    assert "as they stood then" not in page  # no outcomes were counted
    assert "The record, " not in page
    assert notice.title in text(browser.get("/notices"))


def test_the_links_in_a_notice_of_a_removal_lead_to_pages_that_are_there(
    supplier: Party, browser: Client, settings: Any
) -> None:
    notice = removed(supplier)
    said = [word for word in notice.text.split() if word.startswith(settings.BASE_URL)]

    statuses = [browser.get(link.removeprefix(settings.BASE_URL)).status_code for link in said]

    assert statuses == [200, 200]


@pytest.mark.parametrize("certificates", [1, 6])
def test_a_notice_of_certificates_leads_to_nothing_but_what_it_says(
    supplier: Party, browser: Client, certificates: int
) -> None:
    lapses = make.AT.date()
    make.listed(*(make.row(n + 1, cpa_renewal_date=lapses) for n in range(certificates)))
    tell_of_certificates(at=make.AT)
    read_news(at=make.AT)

    page = text(browser.get(f"/notices/{Notice.objects.get().pk}"))

    assert "CPA-1 is to be renewed by 20 November 2026" in page
    assert ">The entry, " not in page
    assert ">The record, " not in page


# Notices about submissions and records


@pytest.mark.parametrize("number", [1, 2])
def test_a_notice_of_submissions_leads_to_them(number: int) -> None:
    maker, administrator = make.actor(make.maker()), make.administrator()
    submissions = [make.submitted(maker, n + 1) for n in range(number)]
    read_news(at=make.AT)
    (notice,) = notices_of(administrator)
    browser = signed_in(administrator)

    page = text(browser.get(f"/notices/{notice.pk}"))

    if number == 1:
        link = f"/submissions/{submissions[0].pk}"
        assert f'href="{link}">The submission</a>' in page
    else:
        link = "/submissions"
        assert f'href="{link}">The submissions</a>' in page
    assert browser.get(link).status_code == 200
    assert f"{link}\n" in notice.text
    assert "as they stood then" not in page


def test_whoever_may_not_read_submissions_is_led_to_none() -> None:
    administrator = make.administrator()
    make.submitted(make.actor(make.maker()))
    read_news(at=make.AT)
    (notice,) = notices_of(administrator)

    page = text(signed_in(administrator, [Permission.VIEW_NOTICES]).get(f"/notices/{notice.pk}"))

    assert notice.title in page
    assert ">The submission" not in page


def test_a_notice_of_a_correction_leads_to_the_record(supplier: Party, browser: Client) -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 1)
    make.estate(supplier, make.device(1))
    said = {**make.release(1), "kind": "CORRECTION", "of_entry": "CPL-000001", "reason": "Wrong."}
    submission = submit_firmware(said=said, by=maker, at=make.AT).submission
    approve_submission(submission_id=submission.pk, by=administrator, at=make.AT)
    read_news(at=make.AT)
    notice = notices_of(supplier).get(kind="FIRMWARE_SUPERSEDED")

    page = text(browser.get(f"/notices/{notice.pk}"))

    assert 'href="/firmware/CPL-000001">The record, CPL-000001' in page
    assert "The reason given: Wrong." in page
