"""Files of the whole list: the same as the list, and made once for each state of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import pytest

from cpl.search import EntrySearch
from cpl.sheet import read_sheet
from fir.ledger.audiences import EVERYONE
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import newest_seq_of
from fir.parties.operations import operator
from fir.records.list_files import (
    FileInTheMaking,
    ListFile,
    ListState,
    PartsOfTheList,
    WholeList,
    list_sheet,
    list_state,
    list_workbook,
)
from fir.records.loading import confirm_loaded
from fir.records.reconciling import reconcile_list
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.django_db
def test_both_files_are_read_back_as_the_rows_that_were_listed() -> None:
    rows = [make.row(1, manufacturer_name="=Meters"), make.row(2, cpa_certificate_id="+1")]
    make.listed(*rows)
    state = list_state()

    sheet, workbook = list_sheet(EntrySearch(), state), list_workbook(state)

    assert read_sheet(sheet.content).rows == tuple(rows)
    assert read_sheet(workbook.content).rows == tuple(rows)
    assert b",'=Meters," in sheet.content
    assert sheet.state == workbook.state == state


@pytest.mark.django_db
def test_a_file_follows_the_list() -> None:
    make.listed(make.row(1))
    before = list_sheet(EntrySearch(), list_state()).content
    make.listed(make.row(2))

    after = list_sheet(EntrySearch(), list_state()).content

    assert (before.count(b"CPL-"), after.count(b"CPL-")) == (1, 2)


@pytest.mark.django_db
def test_what_does_not_touch_the_list_leaves_its_state_as_it_was() -> None:
    make.listed(make.row(1))
    before = list_state()

    make.submitted(make.actor(make.maker()))
    confirm_loaded(
        cpl_entry_ids=["CPL-000001"], loaded_on=make.AT.date(), by=operator(), at=make.AT
    )
    assert newest_seq_of(["CPL_LOAD_CONFIRMED"], [EVERYONE]) > before.seq
    unchanged = list_state()

    assert unchanged == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("CPL_ENTRY_LISTED", {"number": 3}),
        ("CPL_ENTRY_REMOVED", {"status": "REMOVED", "date_removed": make.AT.date()}),
        ("CPL_ENTRY_RELISTED", {"number": 2}),
        ("CPL_ENTRY_REVISED", {"cpa_certificate_id": "CPA-NEW"}),
        ("CPL_ENTRY_CORRECTED", {"gbcs_version": "3.2"}),
    ],
)
def test_whatever_touches_the_list_changes_its_state(kind: str, changes: dict[str, Any]) -> None:
    make.listed(make.row(1), make.row(2, status="REMOVED", date_removed=make.AT.date()))
    before = list_state()

    row = make.row(changes.pop("number", 1), **changes)
    reconcile_list(rows=[row], by=operator(), at=make.AT, corrections={"CPL-000001": "Mistyped."})

    newest = LedgerEvent.objects.get(seq=newest_seq_of([kind], [EVERYONE]))
    assert before != list_state() == ListState(newest.seq, newest.leaf_hash)


# Made once, one at a time, and nobody waits

FIRST, SECOND = ListState(1, "a"), ListState(2, "b")
PATIENCE = 10.0  # seconds


class Slow:
    """Makes files, each as soon as it may; `made` says of what."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.made: list[EntrySearch] = []
        self.begun, self.may_end = Event(), Event()
        if at_once:
            self.may_end.set()

    def __call__(self, search: EntrySearch) -> bytes:
        self.made.append(search)
        self.begun.set()
        if not self.may_end.wait(PATIENCE):
            raise TimeoutError("Nobody let this file end.")
        return b"%d" % len(self.made)


@contextmanager
def while_making(slow: Slow, ask: Callable[[], object]) -> Iterator[None]:
    """While another thread asks for a file that is being made."""
    slow.begun.clear()
    slow.may_end.clear()
    maker = Thread(target=ask)
    maker.start()
    assert slow.begun.wait(PATIENCE)
    try:
        yield
    finally:
        slow.may_end.set()
        maker.join(PATIENCE)


def in_time(ask: Callable[[], ListFile]) -> ListFile | Exception:
    """What another thread is answered, which must not wait for anything."""
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask)
        try:
            return asked.result(PATIENCE / 2)
        except FileInTheMaking as refusal:
            return refusal


def test_a_file_is_made_anew_for_another_state_alone() -> None:
    whole = WholeList(Slow(at_once=True))
    states = [FIRST, FIRST, SECOND, SECOND, ListState(2, "of another database")]

    files = [whole.at(state) for state in states]

    assert [file.content for file in files] == [b"1", b"1", b"2", b"2", b"3"]
    assert [file.state for file in files] == states


def test_who_comes_while_the_first_file_is_being_made_is_told_to_come_again() -> None:
    slow = Slow()
    whole = WholeList(slow)

    with while_making(slow, lambda: whole.at(FIRST)):
        refused = in_time(lambda: whole.at(FIRST))

    assert isinstance(refused, FileInTheMaking)
    assert whole.at(FIRST).content == b"1"


def test_who_comes_while_a_file_is_made_anew_is_given_the_one_before() -> None:
    slow = Slow(at_once=True)
    whole = WholeList(slow)
    before = whole.at(FIRST)

    with while_making(slow, lambda: whole.at(SECOND)):
        meanwhile = in_time(lambda: whole.at(SECOND))

    assert meanwhile == before
    assert before.state == FIRST
    assert whole.at(SECOND) == ListFile(EntrySearch(), SECOND, b"2")


def test_of_many_who_ask_at_once_one_makes_the_file() -> None:
    slow = Slow(at_once=True)
    whole = WholeList(slow)
    whole.at(FIRST)

    with while_making(slow, lambda: whole.at(SECOND)), ThreadPoolExecutor(8) as threads:
        askers = [threads.submit(whole.at, SECOND) for _ in range(20)]
        states = {asker.result(PATIENCE / 2).state for asker in askers}

    assert states == {FIRST}
    assert len(slow.made) == len((FIRST, SECOND))


def test_parts_are_made_one_at_a_time_and_nobody_waits() -> None:
    slow = Slow()
    parts = PartsOfTheList(slow, most=4)
    one, other = EntrySearch(q="1"), EntrySearch(q="2")

    with while_making(slow, lambda: parts.at(FIRST, one)):
        refused = [in_time(partial(parts.at, FIRST, search)) for search in (one, other)]

    assert all(isinstance(refusal, FileInTheMaking) for refusal in refused)
    assert slow.made == [one]
    assert parts.at(FIRST, other).content == b"2"


def test_a_part_that_is_kept_is_had_while_another_is_being_made() -> None:
    slow = Slow(at_once=True)
    parts = PartsOfTheList(slow, most=4)
    kept = parts.at(FIRST, EntrySearch(q="1"))

    with while_making(slow, lambda: parts.at(FIRST, EntrySearch(q="2"))):
        again = in_time(lambda: parts.at(FIRST, EntrySearch(q="1")))
        later = in_time(lambda: parts.at(SECOND, EntrySearch(q="1")))

    assert again == kept
    assert isinstance(later, FileInTheMaking)


def test_the_last_few_parts_are_kept() -> None:
    slow = Slow(at_once=True)
    parts = PartsOfTheList(slow, most=4)
    searches = [EntrySearch(q=str(n)) for n in range(5)]

    for search in [*searches, *searches[1:]]:
        parts.at(FIRST, search)
    assert slow.made == searches
    parts.at(FIRST, searches[0])
    parts.at(SECOND, searches[4])

    assert slow.made == [*searches, searches[0], searches[4]]


@pytest.mark.parametrize("kind", [WholeList, lambda make_file: PartsOfTheList(make_file, most=4)])
def test_a_file_that_could_not_be_made_is_made_for_the_next_asker(
    kind: Callable[..., PartsOfTheList],
) -> None:
    tried: list[EntrySearch] = []

    def make_file(search: EntrySearch) -> bytes:
        tried.append(search)
        if len(tried) == 1:
            raise RuntimeError("away")
        return b"the list"

    files = kind(make_file)

    with pytest.raises(RuntimeError, match="away"):
        files.at(FIRST)
    assert files.at(FIRST).content == b"the list"
