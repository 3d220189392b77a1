"""A Supplier looks up which of its Devices may take which release, and why the others may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from fir.parties.operations import operator
from fir.parties.permissions import Permission
from fir.portal.forms.filters import TOO_LONG, UNPRINTABLE
from fir.records.contacts import change_contact
from tests import make
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
PAGE = "/eligibility"
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def supplier() -> Party:
    """A Supplier with Devices in every outcome, for CPL-000003 over CPL-000002 over CPL-000001."""
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Image desk",
        email="images@fine-meters.invalid",
        by=operator(),
        at=make.AT,
    )
    make.estate(
        supplier,
        *(make.device(n, DeviceStatus="Suspended") for n in (1, 2, 3)),
        *(make.device(n, DeviceFirmwareVersion="00000002") for n in (4, 5)),
        make.device(6, DeviceFirmwareVersion="00000003"),
        make.device(7, DeviceStatus="Decommissioned"),
        make.device(8, DeviceFirmwareVersion="0000FFFF"),
    )
    return supplier


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def rows(page: str) -> list[str]:
    """The rows of the table of findings."""
    return page.partition("<tbody")[2].partition("</tbody>")[0].split("</tr>")[:-1]


def test_totals_reasons_and_findings_are_shown(browser: Client) -> None:
    page = text(browser.get(PAGE))

    assert "Of your 8 Devices:" in page
    for number, outcome in ((1, "up to date"), (2, "eligible"), (3, "eligible in steps")):
        assert f"<strong>{number}</strong> {outcome}</a>" in page
    assert "<strong>1</strong>: The device&#x27;s status in the Smart Metering Inventory" in page
    assert "5 findings" in page
    assert len(rows(page)) == 5


def test_a_finding_says_where_it_stands_how_to_get_there_and_whom_to_ask(browser: Client) -> None:
    commonest = rows(text(browser.get(PAGE)))[0]

    for expected in (
        "ESME",
        "00010101",
        "Fine Meters",
        make.MAKER,
        "00000001</span>",
        "Older than N-1",
        "SUSPENDED",
        'href="/firmware/CPL-000003"',
        ">3</td>",
        "Eligible in steps",
        "The device is Suspended: updating it is the way out.",
        "Ask the contact for the image of 00000002 (CPL-000002) and send 11.1 then 11.3.",
        'Image desk: <a class="govuk-link" href="mailto:images@fine-meters.invalid">',
    ):
        assert expected.upper() in commonest.upper()
    hops = commonest.partition("<ol")[2].partition("</ol>")[0]
    assert hops.index("CPL-000002") < hops.index("CPL-000003")
    assert hops.count("by 11.1, then 11.3") == 2


def test_an_outcome_narrows_the_findings_and_not_the_totals(browser: Client) -> None:
    page = text(browser.get(f"{PAGE}?outcome=BLOCKED"))

    (row,) = rows(page)
    assert "Decommissioned".upper() in row.upper()
    assert "Settle the reasons first." in row
    assert "<strong>3</strong> eligible in steps" in page
    assert "What holds the blocked Devices back" in page
    assert "What holds" not in text(browser.get(f"{PAGE}?outcome=ELIGIBLE"))


def test_filters_that_fit_no_finding_say_so(browser: Client) -> None:
    page = text(browser.get(f"{PAGE}?device_type=GSME"))

    assert "Nothing fits." in page
    assert rows(page) == []


@pytest.mark.parametrize("target", ["CPL-000003", " cpl-000003 "])
def test_a_target_is_looked_up_as_people_write_it(browser: Client, target: str) -> None:
    page = text(browser.get(PAGE, {"target": target}))

    assert "To be installed:" in page
    assert "?target=CPL-000003&amp;outcome=ELIGIBLE" in page
    assert len(rows(page)) == 5


def test_a_target_of_which_the_supplier_has_no_device_is_a_target(browser: Client) -> None:
    make.listed(make.row(1), make.row(20, device_type="GSME", device_model="00020101"))

    answer = browser.get(f"{PAGE}?target=CPL-000020")

    assert "Nothing fits." in text(answer)
    assert "is not an entry" not in text(answer)


def test_any_entry_may_be_the_target(browser: Client) -> None:
    page = text(browser.get(f"{PAGE}?target=CPL-000002"))

    assert len(rows(page)) == 5
    for number, outcome in ((3, "eligible"), (2, "up to date"), (2, "blocked"), (1, "not listed")):
        assert f"<strong>{number}</strong> {outcome}</a>" in page
    assert "The device runs a later release than the target" in page
    (row,) = rows(text(browser.get(f"{PAGE}?target=CPL-000002&outcome=ELIGIBLE")))
    assert "send 11.1 then 11.3." in row


def test_a_target_and_a_device_type_that_do_not_fit_are_said_to_be_so(browser: Client) -> None:
    page = text(browser.get(f"{PAGE}?target=CPL-000002&device_type=PPMID"))

    assert "CPL-000002 is an entry for ESME: leave the Device Type out" in page
    assert rows(page) == []


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("CPL-999999", "CPL-999999 is not an entry of the Central Products List."),
        ("what is this", "is not a CPL Entry ID"),
        ("A" * 33, "it is 33 characters long"),
        ("CPL%00", UNPRINTABLE),
        ("%1B[31m", UNPRINTABLE),
        ("a" * 10_000, TOO_LONG),
    ],
)
@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["page", "fragment"])
def test_a_target_that_is_none_is_said_and_nothing_is_shown_in_its_place(
    browser: Client, target: str, sentence: str, headers: dict[str, str]
) -> None:
    page = text(browser.get(f"{PAGE}?target={target}", headers=headers))

    assert sentence in page
    assert page.count("There is something to mend") == 1
    assert "Nothing is shown until the filters are mended." in page
    assert rows(page) == []
    assert "up to date" not in page.partition('id="results"')[2]


@pytest.mark.parametrize("query", ["outcome=FINE", "device_type=TOASTER"])
def test_a_filter_that_there_is_not_is_said(browser: Client, query: str) -> None:
    page = text(browser.get(f"{PAGE}?{query}"))

    assert "There is something to mend" in page
    assert rows(page) == []


def test_htmx_gets_the_results_alone(browser: Client) -> None:
    page = text(browser.get(PAGE, headers=FRAGMENT))

    assert page.startswith('<div id="results" hx-get="/eligibility"')
    assert len(rows(page)) == 5


def test_findings_stand_on_pages_of_fifty_the_commonest_first(
    supplier: Party, browser: Client
) -> None:
    many = [make.device(n, DeviceModel=f"{n % 55:08X}") for n in range(1, 56 + 3)]
    make.estate(supplier, *many)

    first, second = (text(browser.get(f"{PAGE}?page={page}")) for page in (1, 2))

    assert "55 findings, page 1 of 2" in first
    assert [">2</td>" in row for row in rows(first)] == [True] * 3 + [False] * 47
    assert len(rows(second)) == 5


def test_a_supplier_without_an_estate_is_sent_to_its_estate() -> None:
    page = text(signed_in(make.party("new-power")).get(PAGE))

    assert "No estate of yours has been worked out." in page
    assert 'href="/estate"' in page


def test_another_suppliers_devices_are_never_counted(supplier: Party) -> None:
    other = make.party("other")
    make.estate(other, make.device(50))

    page = text(signed_in(other).get(f"{PAGE}?target=CPL-000003"))

    assert "Of your 1 Device" in page


@pytest.mark.parametrize("has_estate", [True, False])
def test_an_agent_reads_the_same_refusal_whatever_there_is(
    request: pytest.FixtureRequest, has_estate: bool
) -> None:
    if has_estate:
        request.getfixturevalue("supplier")
    agent = signed_in(make.party("agent", "REGISTERED_SUPPLIER_AGENT"))

    answer = agent.get(f"{PAGE}?party=big-light&target=CPL-000003")

    assert answer.status_code == 403
    assert "No Supplier has delegated this to Agent." in text(answer)


def test_whoever_may_not_look_reads_which_permission_it_takes(supplier: Party) -> None:
    answer = signed_in(supplier, [Permission.VIEW_RECORDS]).get(PAGE)

    assert answer.status_code == 403
    assert escape(Permission.VIEW_ESTATE.sentence) in text(answer)


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 12),
        ("?target=CPL-000003", 14),
        ("?target=CPL-000003&outcome=BLOCKED", 14),
        ("?target=CPL-000002", 14),  # worked out on request
    ],
)
@pytest.mark.parametrize("devices", [1, 60])
def test_it_costs_as_many_queries_at_any_size(
    supplier: Party, browser: Client, query: str, queries: int, devices: int
) -> None:
    status = [f"S{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(devices)]
    make.estate(supplier, *(make.device(n + 1, DeviceStatus=s) for n, s in enumerate(status)))

    with CaptureQueriesContext(connection) as held:
        answer = browser.get(f"{PAGE}{query}")

    assert len(rows(text(answer))) == min(devices, 50)
    assert len(held) == queries
