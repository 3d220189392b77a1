"""The end of a certificate is told to whoever answers for it, and a great many at one go."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from fir.ledger.models import Bookmark, LedgerEvent
from fir.ledger.operations import read_ledger
from fir.notifications import operations, wording
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import read_news, subscribe
from fir.parties.operations import operator
from fir.records.certificates import tell_of_certificates
from tests import make

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow

pytestmark = pytest.mark.django_db
SOON = date(2026, 12, 10)
GAS = {"DeviceType": "GSME", "DeviceModel": "00020101"}


def certified(number: int, lapses: date = SOON, **changes: Any) -> SheetRow:
    """A line whose certificate is to be renewed on a day."""
    return make.row(number, cpa_renewal_date=lapses, **changes)


def news(days: int = 0) -> None:
    """A day comes, and is read of."""
    at = make.AT + timedelta(days=days)
    tell_of_certificates(at=at)
    read_news(at=at)


def told() -> dict[str, list[str]]:
    """Whom each certificate was told to, by Party."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.select_related("party").order_by("seq"):
        found.setdefault(notice.party.slug, []).append(notice.subject_id)
    return found


def texts_by_party() -> dict[str, list[str]]:
    """What each Party's notices say."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.select_related("party").order_by("seq"):
        found.setdefault(notice.party.slug, []).append(notice.text)
    return found


def parties() -> None:
    """One Party of each kind that could be concerned, and some that never are."""
    make.party("light", user_roles=["IS"])
    make.party("gas", user_roles=["GS"])
    make.party("no-role", user_roles=[])
    make.party("dcc", "DCC")
    make.party("wires", "NETWORK_PARTY", user_roles=["ED"])
    make.administrator()
    make.maker()
    make.maker("other-meters", "F1A2")


# Who is told


@pytest.mark.parametrize(
    ("device_type", "recipients"),
    [
        ("ESME", {"light", "fine-meters"}),
        ("HCALCS", {"light", "fine-meters"}),
        ("GSME", {"gas", "fine-meters"}),
        ("CHF", {"dcc", "fine-meters"}),
        ("PPMID", {"fine-meters"}),
    ],
)
def test_it_is_told_to_whoever_answers_for_it_and_to_its_maker(
    device_type: str, recipients: set[str]
) -> None:
    parties()
    make.listed(certified(1, device_type=device_type))

    news()

    assert told() == {slug: ["CPA-1"] for slug in recipients}


def test_of_suppliers_with_a_known_estate_those_that_hold_the_model_are_told() -> None:
    make.listed(certified(1), certified(2, device_model="00010102"))
    old = make.device(1, DeviceFirmwareVersion="00000009")  # the model counts, not the version
    make.estate(make.party("holder"), old)
    make.estate(make.party("of-others"), make.device(2, DeviceModel="00010199"))
    make.estate(make.party("of-another-maker"), make.device(3, DeviceManufacturer="F1A2"))
    make.estate(make.party("of-gas"), make.device(4, **GAS))
    make.party("unknown")

    news()

    assert told() == {"holder": ["CPA-1"], "unknown": ["CPA-1", "CPA-2"]}


def test_of_an_id_that_two_makers_use_each_reads_of_its_own_alone() -> None:
    parties()
    shared: dict[str, Any] = {"cpa_certificate_id": "TBC"}
    other: dict[str, Any] = {"manufacturer_identifier": "F1A2", **shared}
    make.listed(
        certified(1, **shared),
        certified(2, device_type="GSME", device_model="00020101", **other),
        certified(3, device_type="CHF", device_model="00090101", **other),
    )
    make.estate(make.party("of-one"), make.device(1))
    make.estate(make.party("of-the-other"), make.device(2, DeviceManufacturer="F1A2", **GAS))

    news()

    read = {
        party: {n for n in (1, 2, 3) if any(f"CPL-{n:06d}" in text for text in texts)}
        for party, texts in texts_by_party().items()
    }
    own, others = {1}, {2, 3}
    assert read == {
        "light": own,
        "gas": others,
        "dcc": others,
        "fine-meters": own,
        "other-meters": others,
        "of-one": own,
        "of-the-other": others,
    }
    (title,) = Notice.objects.filter(party__slug="fine-meters").values_list("title", flat=True)
    assert title == "CPA certificate TBC is to be renewed by 10 December 2026"
    assert "(ESME of F1A1)" in texts_by_party()["fine-meters"][0]
    assert "(CHF, GSME of F1A2)" in texts_by_party()["other-meters"][0]


def test_in_a_summary_too_each_reads_of_its_own_alone() -> None:
    make.maker()
    make.maker("other-meters", "F1A2")
    make.listed(
        *(certified(n, cpa_certificate_id=f"TBC-{n % 7}") for n in range(1, 8)),
        *(
            certified(n, cpa_certificate_id=f"TBC-{n % 7}", manufacturer_identifier="F1A2")
            for n in range(8, 14)
        ),
    )

    news()

    texts = texts_by_party()
    assert {party: len(of) for party, of in texts.items()} == {"fine-meters": 1, "other-meters": 1}
    assert texts["fine-meters"][0].count("(ESME of F1A1, 1 entry)") == 7
    assert texts["other-meters"][0].count("(ESME of F1A2, 1 entry)") == 6
    assert "F1A2" not in texts["fine-meters"][0]


def test_who_was_admitted_later_is_not_told() -> None:
    make.listed(certified(1))
    tell_of_certificates(at=make.AT)
    late = make.party()
    late.admitted_at = make.AT + timedelta(seconds=1)
    late.save()

    read_news(at=make.AT)

    assert told() == {}


# What it says


def test_a_notice_says_what_ends_when_and_what_stands_on_it(settings: Any) -> None:
    settings.BASE_URL = "https://fir.example.org"
    make.party()
    shared: dict[str, Any] = {"cpa_certificate_id": "CPA-<S> & sons"}
    make.listed(certified(1, **shared), certified(2, device_type="HCALCS", **shared))

    news()

    notice = Notice.objects.get()
    assert notice.title == "CPA certificate CPA-<S> & sons is to be renewed by 10 December 2026"
    assert (notice.kind, notice.counts, notice.cpl_entry_id) == ("CERTIFICATE_DUE", {}, None)
    for expected in (
        "CPA-<S> & sons is to be renewed by 10 December 2026.",
        "(ESME, HCALCS of F1A1)",
        "https://fir.example.org/cpl/CPL-000001",
        "https://fir.example.org/cpl/CPL-000002",
        "From the day after, no Device may be updated",
        "for the Import Supplier to see to",
        "Big Light is told of this",
    ):
        assert expected in notice.text


@pytest.mark.parametrize(
    ("dates", "days", "ending"),
    [
        ({"cpa_expiry_date": SOON, "cpa_renewal_date": None}, 0, "expires on"),
        ({"cpa_expiry_date": SOON, "cpa_renewal_date": None}, 21, "expired on"),
        ({"cpa_renewal_date": SOON}, 21, "was to be renewed by"),
    ],
)
def test_an_end_is_worded_as_what_it_is(dates: dict[str, Any], days: int, ending: str) -> None:
    make.party()
    make.listed(make.row(1, **dates))

    news(days)

    notice = Notice.objects.get()
    assert notice.title == f"CPA certificate CPA-1 {ending} 10 December 2026"
    assert notice.kind == ("CERTIFICATE_LAPSED" if days else "CERTIFICATE_DUE")
    assert ("until a certificate in date is listed" in notice.text) == bool(days)


def test_a_long_name_and_many_entries_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "MOST_LISTED", 2)
    make.party()
    make.listed(*(certified(n, cpa_certificate_id="C" * 200) for n in (1, 2, 3)))

    news()

    notice = Notice.objects.get()
    assert "C" * 200 in notice.text
    assert "C" * 65 not in notice.title
    assert "CPL-000003" not in notice.text
    assert "and 1 more" in notice.text


# Many at one go


def test_up_to_five_are_told_apart_and_more_in_one_notice() -> None:
    make.party()
    make.maker("other-meters", "F1A2")
    make.listed(*(certified(n) for n in range(1, 6)), certified(6, manufacturer_identifier="F1A2"))

    news()

    assert told() == {"big-light": [""], "other-meters": ["CPA-6"]}
    summary = Notice.objects.get(party__slug="big-light")
    assert summary.title == "6 CPA certificates lapse soon, or have lapsed"
    assert summary.seq == LedgerEvent.objects.filter(kind="CERTIFICATE_DUE").earliest("seq").seq
    assert summary.kind == "CERTIFICATE_DUE"
    assert all(f"CPA-{n} is to be renewed by" in summary.text for n in range(1, 7))


def test_five_are_five_notices() -> None:
    make.party()
    make.listed(*(certified(n) for n in range(1, 6)))

    news()

    assert told() == {"big-light": [f"CPA-{n}" for n in range(1, 6)]}


def test_a_summary_lists_first_what_ends_first_and_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wording, "MOST_LISTED", 3)
    make.party()
    make.listed(*(certified(n, SOON - timedelta(days=10 * n)) for n in range(1, 8)))

    news()

    summary = Notice.objects.get()
    lines = [line.split()[0] for line in summary.text.splitlines() if line.startswith("  CPA-")]
    assert lines == ["CPA-7", "CPA-6", "CPA-5"]
    assert "and 4 more" in summary.text
    assert summary.kind == "CERTIFICATE_LAPSED"


def test_what_was_told_at_different_times_is_no_one_go() -> None:
    make.party()
    make.listed(*(certified(n) for n in (1, 2, 3)))
    tell_of_certificates(at=make.AT)
    make.listed(*(certified(n) for n in range(1, 7)))
    tell_of_certificates(at=make.AT)  # the same moment, and other events between

    read_news(at=make.AT)

    assert told() == {"big-light": [f"CPA-{n}" for n in range(1, 7)]}


def test_read_in_small_pieces_it_is_still_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "read_ledger", partial(read_ledger, batch=2))
    make.party()
    make.listed(*(certified(n) for n in range(1, 8)))

    news()

    assert told() == {"big-light": [""]}


def test_it_is_told_when_its_first_event_is_read_and_not_in_part() -> None:
    make.party()
    make.listed(*(certified(n) for n in range(1, 4)))
    tell_of_certificates(at=make.AT)
    first = LedgerEvent.objects.filter(kind="CERTIFICATE_DUE").earliest("seq").seq

    Bookmark.objects.update_or_create(reader="notifications", defaults={"seq": first})
    read_news(at=make.AT)
    assert told() == {}
    Bookmark.objects.filter(reader="notifications").update(seq=first - 1)
    read_news(at=make.AT)

    assert told() == {"big-light": ["CPA-1", "CPA-2", "CPA-3"]}


@pytest.mark.parametrize("number", [3, 7])
def test_read_again_it_gives_the_same_notices_whatever_was_learnt_since(number: int) -> None:
    supplier = make.party()
    subscribe(party=supplier, email="a@big-light.invalid", by=operator(), at=make.AT)
    models = {n: f"0001{n:02}01" for n in range(1, number + 1)}
    make.listed(*(certified(n, device_model=models[n]) for n in models))
    news()
    before = list(Notice.objects.values()), list(Delivery.objects.values())
    assert len(before[0]) == len(before[1]) == (3 if number == 3 else 1)

    Bookmark.objects.filter(reader="notifications").update(seq=0)
    read_news(at=make.AT)
    assert (list(Notice.objects.values()), list(Delivery.objects.values())) == before

    # By now the Supplier is known to hold two of the models alone.
    make.estate(supplier, *(make.device(n, DeviceModel=models[n]) for n in (2, 3)))
    Bookmark.objects.filter(reader="notifications").update(seq=0)
    read_news(at=make.AT)
    assert (list(Notice.objects.values()), list(Delivery.objects.values())) == before
