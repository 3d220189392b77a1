"""Files of the whole list: the same as the list, and made once for each state of it."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from cpl.search import EntrySearch
from cpl.sheet import read_sheet
from fir.records.list_files import (
    ListState,
    WholeList,
    list_sheet,
    list_state,
    list_workbook,
)
from tests import make


@pytest.mark.django_db
def test_both_files_are_read_back_as_the_rows_that_were_listed() -> None:
    rows = [make.row(1, manufacturer_name="=Meters"), make.row(2, cpa_certificate_id="+1")]
    make.listed(*rows)
    state = list_state()

    sheet, workbook = list_sheet(EntrySearch(), state), list_workbook(state)

    assert read_sheet(sheet).rows == tuple(rows)
    assert read_sheet(workbook).rows == tuple(rows)
    assert b",'=Meters," in sheet


@pytest.mark.django_db
def test_a_file_follows_the_list() -> None:
    make.listed(make.row(1))
    before = list_sheet(EntrySearch(), list_state())
    make.listed(make.row(2))

    after = list_sheet(EntrySearch(), list_state())

    assert (before.count(b"CPL-"), after.count(b"CPL-")) == (1, 2)


@pytest.mark.django_db
def test_what_is_not_public_leaves_the_state_as_it_was() -> None:
    make.listed(make.row(1))
    before = list_state()

    make.submitted(make.actor(make.maker()))
    unchanged = list_state()
    make.listed(make.row(2))

    assert before == unchanged != list_state()


def test_a_file_is_made_anew_for_another_state_alone() -> None:
    made: list[int] = []

    def make_file() -> bytes:
        made.append(1)
        return b"%d" % len(made)

    whole = WholeList(make_file)
    states = [ListState(1, "a"), ListState(1, "a"), ListState(2, "b"), ListState(2, "b")]

    assert [whole.at(state) for state in states] == [b"1", b"1", b"2", b"2"]
    assert whole.at(ListState(2, "of another database")) == b"3"


def test_who_comes_while_a_file_is_being_made_waits_for_it() -> None:
    begun, may_end, made, got = Event(), Event(), [], []

    def make_file() -> bytes:
        made.append(1)
        begun.set()
        may_end.wait()
        return b"the list"

    whole = WholeList(make_file)
    askers = [Thread(target=lambda: got.append(whole.at(ListState(1, "a")))) for _ in range(3)]
    askers[0].start()
    begun.wait()
    for asker in askers[1:]:
        asker.start()
    may_end.set()
    for asker in askers:
        asker.join()

    assert got == [b"the list"] * 3
    assert made == [1]


def test_a_file_that_could_not_be_made_is_made_for_the_next_asker() -> None:
    made: list[int] = []

    def make_file() -> bytes:
        made.append(1)
        if len(made) == 1:
            raise RuntimeError("away")
        return b"the list"

    whole = WholeList(make_file)

    with pytest.raises(RuntimeError):
        whole.at(ListState(1, "a"))
    assert whole.at(ListState(1, "a")) == b"the list"
