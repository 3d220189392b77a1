"""The list as files: the sheet that `import_cpl` takes back unchanged, and a workbook of it.

Everybody may ask, and a long list takes seconds of computing. So a file is made once for each state
of the list, one of a kind at a time in a process, and nobody waits for one that is being made.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from cpl.history import sheet_rows
from cpl.search import EntrySearch
from cpl.sheet import write_sheet
from cpl.workbook.writing import write_workbook
from fir.ledger.audiences import EVERYONE
from fir.ledger.kinds import LIST_KINDS
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import newest_seq_of

if TYPE_CHECKING:
    from collections.abc import Callable

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARTS_KEPT = 4
WHOLE_LIST = EntrySearch()


class ListState(NamedTuple):
    """The newest event that touched the list, by seq and leaf hash: the list is the same for as
    long as it is."""

    seq: int
    leaf_hash: str


class ListFile(NamedTuple):
    """What a file holds, and of which entries and which state of the list it is."""

    search: EntrySearch
    state: ListState
    content: bytes


class FileInTheMaking(RuntimeError):
    """The file cannot be had at this moment, since one is being made; soon it can."""


class PartsOfTheList:
    """Files of the entries that somebody asks for, of which the `most` made last are kept."""

    def __init__(self, make: Callable[[EntrySearch], bytes], *, most: int) -> None:
        self._make = make
        self._most = most
        self._making = Lock()
        # Replaced and never changed, so that whoever reads it needs no lock.
        self._kept: tuple[ListFile, ...] = ()

    def at(self, state: ListState, search: EntrySearch = WHOLE_LIST) -> ListFile:
        """The file of this state, which is the one that the asker's transaction sees.

        Raises FileInTheMaking while another is being made.
        """
        kept = self._find(state, search)
        if kept is not None:
            return kept
        if not self._making.acquire(blocking=False):
            return self._meanwhile(self._kept)
        try:
            return self._find(state, search) or self._made(state, search)
        finally:
            self._making.release()

    def _find(self, state: ListState, search: EntrySearch) -> ListFile | None:
        return next((f for f in self._kept if (f.search, f.state) == (search, state)), None)

    def _made(self, state: ListState, search: EntrySearch) -> ListFile:
        file = ListFile(search, state, self._make(search))
        self._kept = (*self._kept, file)[-self._most :]
        return file

    def _meanwhile(self, kept: tuple[ListFile, ...]) -> ListFile:
        """What is had while another file is being made."""
        raise FileInTheMaking(
            "The file of another part of the list is being made. Ask again in a few seconds, or "
            "take the whole list."
        )


class WholeList(PartsOfTheList):
    """A file of the whole list. While that of a new state is being made, it is the one before it,
    which says of which state it is."""

    def __init__(self, make: Callable[[EntrySearch], bytes]) -> None:
        super().__init__(make, most=1)

    def _meanwhile(self, kept: tuple[ListFile, ...]) -> ListFile:
        if not kept:
            raise FileInTheMaking("The file is being made. Ask again in a few seconds.")
        return kept[-1]


def list_state() -> ListState:
    """The state of the list that this transaction sees."""
    seq = newest_seq_of(LIST_KINDS, [EVERYONE])
    newest = LedgerEvent.objects.filter(seq=seq).values_list("leaf_hash", flat=True).first()
    return ListState(seq, newest or "")


def list_sheet(search: EntrySearch, state: ListState) -> ListFile:
    """The entries that fit as CSV. Read it in the transaction that told the state.

    Of the whole list it may be the file of an earlier state. Raises FileInTheMaking.
    """
    return (_whole_sheet if search == WHOLE_LIST else _parts).at(state, search)


def list_workbook(state: ListState) -> ListFile:
    """The whole list as a workbook (XLSX); as `list_sheet`."""
    return _whole_workbook.at(state)


def _sheet(search: EntrySearch) -> bytes:
    return write_sheet(sheet_rows(search)).encode()


def _workbook(search: EntrySearch) -> bytes:
    return write_workbook(sheet_rows(search))


_whole_sheet = WholeList(_sheet)
_whole_workbook = WholeList(_workbook)
_parts = PartsOfTheList(_sheet, most=PARTS_KEPT)
