"""Whoever has Devices on an entry hears when it is removed: once for a whole import."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from cpl.facts import PUBLISHED_FACTS
from cpl.sheet import write_sheet
from fir.eligibility.operations import read_news as assess_news
from fir.ledger.models import Bookmark, LedgerEvent
from fir.ledger.operations import NewEvent, append_events
from fir.ledger.queries import last_seq, seq_read_by
from fir.notifications import wording, wording_of_changes
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import read_news, subscribe
from fir.parties.operations import operator
from fir.records.comparison import compare_list
from fir.records.importing import apply_sheet, bring_sheet
from fir.records.proposals import confirm_proposal, propose_relisting, propose_removal
from fir.records.reconciling import reconcile_list
from tests import make

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db
TODAY = make.AT.date()
ENTRY = "CPL-000001"
ON_TWO = {"DeviceFirmwareVersion": "00000002"}


@pytest.fixture
def two() -> tuple[Actor, Actor]:
    """Who proposes, and who confirms."""
    return make.actor(make.maker()), make.actor(make.administrator())


def remove(two: tuple[Actor, Actor], entry: str = ENTRY, propose: Any = propose_removal) -> None:
    """Two people remove an entry, or relist it, and the readers read on."""
    proposal = propose(cpl_entry_id=entry, reason="Withdrawn & gone.", by=two[0], at=make.AT)
    confirm_proposal(proposal_id=proposal.pk, by=two[1], at=make.AT)
    news()


def gone(number: int, **changes: Any) -> SheetRow:
    return make.row(number, status="REMOVED", date_removed=TODAY, **changes)


def imported(*rows: SheetRow) -> None:
    """A sheet is applied, and the readers read on."""
    make.listed(*rows)
    news()


def corrected(*rows: SheetRow, reasons: dict[str, str]) -> None:
    """A sheet is applied that corrects entries, and the readers read on."""
    reconcile_list(rows=rows, corrections=reasons, by=operator(), at=make.AT)
    news()


def news() -> None:
    assess_news(at=make.AT)
    read_news(at=make.AT)


def told() -> dict[str, Notice]:
    """The notices by Party, of which each has one at most."""
    notices = list(Notice.objects.select_related("party"))
    assert len({notice.party_id for notice in notices}) == len(notices)
    return {notice.party.slug: notice for notice in notices}


# A single entry


def test_a_removal_is_told_to_whoever_has_devices_on_the_entry_and_with_its_own_count(
    two: tuple[Actor, Actor],
) -> None:
    make.listed(make.row(1), make.row(2))
    make.estate(make.party("has-two"), *map(make.device, (1, 2)), make.device(3, **ON_TWO))
    make.estate(make.party("has-one"), make.device(4, DeviceStatus="Decommissioned"))
    make.estate(make.party("has-another-version"), make.device(5, **ON_TWO))
    make.estate(make.party("has-another-model"), make.device(6, DeviceModel="00010102"))
    make.party("has-no-estate")

    remove(two)

    notices = told()
    assert {slug: notice.counts for slug, notice in notices.items()} == {
        "has-two": {"DEVICES": 2},
        "has-one": {"DEVICES": 1},
    }
    notice = notices["has-two"]
    event = LedgerEvent.objects.get(kind="CPL_ENTRY_REMOVED")
    assert (notice.seq, notice.kind, notice.subject_id, notice.cpl_entry_id) == (
        event.seq,
        "CPL_ENTRY_REMOVED",
        ENTRY,
        ENTRY,
    )
    assert notice.title == "CPL-000001 was removed from the Central Products List"
    for expected in (
        "on 20 November 2026",
        "The reason given: Withdrawn & gone.",
        "2 of your Devices run this firmware",
        "Do not install it on others",
        f"/cpl/{ENTRY}",
        "Has Two is told of this",
    ):
        assert expected in notice.text
    assert "1 of your Devices runs" in notices["has-one"].text


def test_of_firmware_that_another_entry_lists_it_says_that_nothing_changes(
    two: tuple[Actor, Actor],
) -> None:
    make.listed(make.row(1), make.row(2, firmware_version="00000001"))
    make.estate(make.party(), make.device(1))

    remove(two)

    text = told()["big-light"].text
    assert "It is still listed as CPL-000002, so nothing changes" in text
    assert "Do not install" not in text


def test_an_entry_that_was_relisted_meanwhile_is_not_named_in_its_own_place(
    two: tuple[Actor, Actor],
) -> None:
    make.listed(make.row(1))
    make.estate(make.party(), make.device(1))
    for propose in (propose_removal, propose_relisting):
        proposal = propose(cpl_entry_id=ENTRY, reason="Withdrawn.", by=two[0], at=make.AT)
        confirm_proposal(proposal_id=proposal.pk, by=two[1], at=make.AT)

    news()

    removal, relisting = Notice.objects.order_by("seq")
    assert "It is still listed as" not in removal.text
    assert relisting.kind == "CPL_ENTRY_RELISTED"


def test_a_relisting_is_told_to_the_same(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1))
    make.estate(make.party(), make.device(1))
    remove(two)

    remove(two, propose=propose_relisting)

    removal, relisting = Notice.objects.order_by("id")
    assert removal.kind == "CPL_ENTRY_REMOVED"
    assert (relisting.kind, relisting.subject_id) == ("CPL_ENTRY_RELISTED", ENTRY)
    assert relisting.counts == {"DEVICES": 1}
    assert "stands on the Central Products List again since 20 November 2026" in relisting.text


def test_devices_of_an_earlier_load_are_nobodys_any_more(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1), make.row(2))
    supplier = make.party()
    make.estate(supplier, make.device(1))
    make.estate(supplier, make.device(1, **ON_TWO))

    remove(two)

    assert told() == {}


def test_a_hubs_removal_counts_the_hub_and_not_its_gas_proxy_function(
    two: tuple[Actor, Actor],
) -> None:
    model = {"DeviceModel": "00090101"}
    make.listed(make.row(1, device_type="CHF", device_model="00090101"))
    box = [make.device(n, DeviceType=kind, **model) for n, kind in ((1, "CHF"), (2, "GPF"))]
    make.estate(make.party(), *box)

    remove(two)

    assert told()["big-light"].counts == {"DEVICES": 1}


def test_who_was_admitted_after_the_removal_is_not_told_of_it(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1))
    supplier = make.party()
    make.estate(supplier, make.device(1))
    supplier.admitted_at = make.AT + timedelta(seconds=1)
    supplier.save()

    remove(two)

    assert told() == {}


def test_mailboxes_get_it_once_however_often_it_is_read(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1), make.row(2))
    supplier = make.party()
    make.estate(supplier, make.device(1), make.device(2, **ON_TWO))
    subscribe(party=supplier, email="a@big-light.invalid", by=operator(), at=make.AT)
    later = make.AT + timedelta(days=1)
    subscribe(party=supplier, email="later@big-light.invalid", by=operator(), at=later)
    remove(two)
    remove(two, propose=propose_relisting)
    imported(gone(2), make.row(1))
    before = list(Notice.objects.values()), list(Delivery.objects.values())
    assert (len(before[0]), len(before[1])) == (3, 3)
    assert {one["address"] for one in before[1]} == {"a@big-light.invalid"}

    for seq in (0, LedgerEvent.objects.latest("seq").seq // 2):
        Bookmark.objects.filter(reader="notifications").update(seq=seq)
        news()

    assert (list(Notice.objects.values()), list(Delivery.objects.values())) == before


# An import


def test_an_import_is_told_in_one_notice_of_all_its_removals() -> None:
    make.listed(*map(make.row, (1, 2, 3, 4)))
    devices = make.device(1), make.device(2, **ON_TWO), make.device(3, **ON_TWO)
    make.estate(make.party("has-both"), *devices)
    make.estate(make.party("has-neither"), make.device(4, DeviceFirmwareVersion="00000003"))

    imported(gone(1), gone(2, removal_reason="Withdrawn."), make.row(3), gone(4))

    (slug,) = notices = told()
    notice = notices[slug]
    event = LedgerEvent.objects.filter(kind="CPL_IMPORTED").latest("seq")
    assert slug == "has-both"
    assert (notice.kind, notice.seq, notice.cpl_entry_id) == ("CPL_IMPORTED", event.seq, None)
    assert notice.counts == {"DEVICES": 3}
    assert notice.title.startswith("2 entries that your Devices run were removed")
    lines = [line.strip() for line in notice.text.splitlines() if "CPL-" in line]
    assert lines == [
        "CPL-000002  ESME 00010101, firmware 00000002: 2 of your Devices. Withdrawn.",
        "CPL-000001  ESME 00010101, firmware 00000001: 1 of your Devices",
    ]
    assert "CPL-000004" not in notice.text


def test_an_import_that_removes_one_entry_names_it() -> None:
    make.listed(make.row(1))
    make.estate(make.party(), make.device(1))

    imported(gone(1))

    assert told()["big-light"].title == (
        "CPL-000001, which your Devices run, was removed from the Central Products List"
    )


def test_what_an_import_lists_or_finds_removed_before_is_no_removal() -> None:
    make.listed(make.row(1), gone(2))
    make.estate(
        make.party(),
        *(make.device(n, DeviceFirmwareVersion=f"{n:08X}") for n in (1, 2, 3)),
    )

    imported(gone(3), make.row(2))  # new and removed from the first; relisted
    imported(gone(1), gone(3, removal_reason="In other words."))

    relisting, removal = Notice.objects.order_by("seq")
    assert ("CPL-000001" in removal.text, "was removed" in removal.title) == (True, True)
    assert "CPL-000002, which your Devices run, stands on" in relisting.title
    assert not any("CPL-000003" in notice.text for notice in (relisting, removal))


def test_an_import_is_told_of_its_own_removals_and_not_of_those_before_it(
    two: tuple[Actor, Actor],
) -> None:
    make.listed(*map(make.row, (1, 2, 3)))
    make.estate(
        make.party(), *(make.device(n, DeviceFirmwareVersion=f"{n:08X}") for n in (1, 2, 3))
    )
    by, confirms = two[0], operator()
    # The same moment and the same hand as the import's: only the payload tells them apart.
    proposal = propose_removal(cpl_entry_id=ENTRY, reason="Withdrawn.", by=by, at=make.AT)
    make.listed(make.row(1), gone(2), make.row(3))
    confirm_proposal(proposal_id=proposal.pk, by=confirms, at=make.AT)
    make.listed(gone(1, removal_reason="Withdrawn."), gone(2), gone(3))
    news()

    texts: dict[str, list[list[str]]] = {}
    for notice in Notice.objects.order_by("seq"):
        ids = [f"CPL-{n:06d}" for n in (1, 2, 3) if f"CPL-{n:06d}" in notice.text]
        texts.setdefault(notice.kind, []).append(ids)
    assert texts == {
        "CPL_ENTRY_REMOVED": [["CPL-000001"]],
        "CPL_IMPORTED": [["CPL-000002"], ["CPL-000003"]],
    }


def test_a_sheet_of_the_portal_is_told_like_any_import(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1), make.row(2))
    make.estate(make.party(), make.device(1))
    rows = [gone(1), make.row(2)]
    content = "".join(write_sheet(rows)).encode()
    sheet = bring_sheet(filename="cpl.csv", content=content, by=two[0], at=make.AT)
    seen = compare_list(rows, today=make.AT.date()).digest({})

    apply_sheet(sheet_id=sheet.pk, seen=seen, by=two[1], at=make.AT)
    news()

    assert told()["big-light"].kind == "CPL_IMPORTED"


def test_a_long_list_of_removals_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "MOST_LISTED", 2)
    numbers = range(1, 6)
    make.listed(*map(make.row, numbers))
    make.estate(make.party(), *(make.device(n, DeviceFirmwareVersion=f"{n:08X}") for n in numbers))

    imported(*map(gone, numbers))

    text = told()["big-light"].text
    assert "CPL-000002" in text
    assert "CPL-000003" not in text
    assert "and 3 more" in text
    assert "5 of your Devices run firmware of these entries" in text


def test_an_import_that_changes_nothing_that_devices_run_tells_nobody() -> None:
    make.listed(make.row(1), gone(3), make.row(4))
    make.estate(make.party(), make.device(1))

    imported(make.row(1, cpa_renewal_date=date(2098, 1, 31)), make.row(2))
    corrected(make.row(3), row_corrected(4), reasons={"CPL-000004": "Mistyped."})

    assert told() == {}


# An import that relists or corrects


def row_corrected(number: int) -> SheetRow:
    return make.row(
        number, manufacturer_image_hash=make.image_hash("right"), smets_chts_version="SMETS V5.2"
    )


def has_versions(*numbers: int) -> None:
    """A Supplier with a Device on each of these versions."""
    make.estate(make.party(), *(make.device(n, DeviceFirmwareVersion=f"{n:08X}") for n in numbers))


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith("  ")]


def test_after_an_import_that_relists_an_entry_its_removal_is_not_the_last_word() -> None:
    make.listed(make.row(1), gone(2))
    has_versions(1)
    imported(gone(1, removal_reason="Withdrawn."))

    imported(make.row(1))

    removal, relisting = Notice.objects.order_by("seq")
    event = LedgerEvent.objects.filter(kind="CPL_IMPORTED").latest("seq")
    assert "was removed" in removal.title
    assert (relisting.seq, relisting.kind, relisting.counts) == (
        event.seq,
        "CPL_IMPORTED",
        {"DEVICES": 1},
    )
    assert relisting.title == (
        "CPL-000001, which your Devices run, stands on the Central Products List again"
    )
    assert "no longer holds" in relisting.text
    assert "Do not install" not in relisting.text
    assert "Removed from" not in relisting.text
    assert lines_of(relisting.text) == [
        "CPL-000001  ESME 00010101, firmware 00000001: 1 of your Devices"
    ]


def test_a_correction_is_told_with_its_columns_and_its_reason() -> None:
    make.listed(make.row(1), make.row(2))
    has_versions(1)
    make.party("has-none")

    corrected(row_corrected(1), make.row(2), reasons={ENTRY: "Mistyped & wrong."})

    (notice,) = told().values()
    assert notice.title == (
        "CPL-000001, which your Devices run, was corrected on the Central Products List"
    )
    assert lines_of(notice.text) == [
        "CPL-000001  ESME 00010101, firmware 00000001: 1 of your Devices. "
        "Corrected: SMETS or CHTS version, Manufacturer Image Hash. Mistyped & wrong."
    ]
    assert "Do not install" not in notice.text


def test_every_column_that_may_be_corrected_has_a_word_for_people() -> None:
    assert set(wording_of_changes.COLUMNS) == set(PUBLISHED_FACTS)


def test_several_corrections_are_counted_in_the_title() -> None:
    make.listed(make.row(1), make.row(2))
    has_versions(1, 2)

    corrected(
        *(make.row(n, gbcs_version="4.1") for n in (1, 2)),
        reasons={f"CPL-00000{n}": "Mistyped." for n in (1, 2)},
    )

    assert told()["big-light"].title == (
        "2 entries that your Devices run were corrected on the Central Products List"
    )


def test_an_import_of_every_kind_is_one_notice_in_sections() -> None:
    make.listed(make.row(1), make.row(2), gone(3), gone(4), make.row(5))
    has_versions(1, 2, 3, 5)

    corrected(
        gone(1),
        row_corrected(2),
        make.row(3),
        make.row(4),
        gone(5, gbcs_version="4.1", removal_reason="Withdrawn."),
        reasons={"CPL-000002": "Mistyped.", "CPL-000005": "Old."},
    )

    notice = told()["big-light"]
    assert notice.title == ("Entries that your Devices run: 2 removed, 1 listed again, 2 corrected")
    assert notice.counts == {"DEVICES": 4}
    assert [line.split()[0] for line in lines_of(notice.text)] == [
        "CPL-000001",
        "CPL-000005",
        "CPL-000003",
        "CPL-000002",
        "CPL-000005",
    ]
    places = [
        notice.text.index(heading)
        for heading in ("Removed from the list:", "Listed again:", "Corrected, as what")
    ]
    assert places == sorted(places)
    assert "4 of your Devices run firmware of these entries" in notice.text


def test_all_sections_together_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "MOST_LISTED", 3)
    make.listed(make.row(1), make.row(2), *map(gone, (3, 4, 5)), make.row(6))
    has_versions(1, 2, 3, 4, 5, 6)

    corrected(
        gone(1),
        gone(2),
        *map(make.row, (3, 4, 5)),
        row_corrected(6),
        reasons={"CPL-000006": "Mistyped."},
    )

    assert [line.split(" ")[0:3] for line in lines_of(told()["big-light"].text)] == [
        ["CPL-000001", "", "ESME"],
        ["CPL-000002", "", "ESME"],
        ["CPL-000003", "", "ESME"],
        ["and", "2", "more"],
        ["and", "1", "more"],
    ]


# Events from before the payloads said who proposed and which import it was


def appended_as_before(kind: str, dated: str, entry: str, by: Actor) -> None:
    """An event of an entry's status, with no more in it than was told once."""
    payload = {"cpl_entry_id": entry, dated: TODAY.isoformat(), "reason": "Withdrawn."}
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("fir.ledger.operations.check_payload", lambda *_: None)
        append_events([NewEvent(kind, "cpl_entry", entry, payload)], by=by.author, at=make.AT)


def test_events_from_before_are_passed_over_and_hold_up_nothing(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1), make.row(2))
    has_versions(1, 2)
    appended_as_before("CPL_ENTRY_REMOVED", "date_removed", ENTRY, two[0])
    appended_as_before("CPL_ENTRY_RELISTED", "date_relisted", ENTRY, two[0])

    remove(two, "CPL-000002")

    assert [notice.subject_id for notice in told().values()] == ["CPL-000002"]
    assert seq_read_by("notifications") == last_seq()


def test_an_event_from_before_is_no_sheets(two: tuple[Actor, Actor]) -> None:
    make.listed(make.row(1), make.row(2))
    has_versions(1, 2)
    rows = [make.row(1), gone(2)]
    content = "".join(write_sheet(rows)).encode()
    sheet = bring_sheet(filename="cpl.csv", content=content, by=two[0], at=make.AT)
    # The same moment and the same hand as the sheet's.
    appended_as_before("CPL_ENTRY_REMOVED", "date_removed", ENTRY, two[1])

    apply_sheet(
        sheet_id=sheet.pk,
        seen=compare_list(rows, today=make.AT.date()).digest({}),
        by=two[1],
        at=make.AT,
    )
    news()

    text = told()["big-light"].text
    assert "CPL-000002" in text
    assert ENTRY not in text
