"""The list as files: the sheet that `import_cpl` takes back unchanged, and a workbook of it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from cpl.history import sheet_rows
from cpl.search import EntrySearch
from cpl.sheet import write_sheet
from cpl.workbook.writing import write_workbook
from fir.ledger.audiences import EVERYONE
from fir.ledger.models import LedgerEvent

if TYPE_CHECKING:
    from collections.abc import Callable

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListState(NamedTuple):
    """The newest public event, by seq and leaf hash: the list is the same for as long as it is."""

    seq: int
    leaf_hash: str


class WholeList:
    """A file of the whole list, made once in this process for each state of it.

    A long list takes seconds of computing, and everybody may ask: whoever comes while it is being
    made waits for it. Only the state asked for last is kept.
    """

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make
        self._making = Lock()
        self._state: ListState | None = None
        self._content = b""

    def at(self, state: ListState) -> bytes:
        """The file of this state, which is the one that the asker's transaction sees."""
        with self._making:
            if self._state != state:
                self._content = self._make()
                self._state = state
            return self._content


def list_state() -> ListState:
    """The state of the list that this transaction sees."""
    public = LedgerEvent.objects.filter(audience__contains=[EVERYONE]).order_by("-seq")
    newest = public.values_list("seq", "leaf_hash").first()
    return ListState(*newest) if newest else ListState(0, "")


def list_sheet(search: EntrySearch, state: ListState) -> bytes:
    """The entries that fit as CSV. Read it in the transaction that told the state."""
    return _whole_sheet.at(state) if search == EntrySearch() else _sheet(search)


def list_workbook(state: ListState) -> bytes:
    """The whole list as a workbook (XLSX); as `list_sheet`."""
    return _whole_workbook.at(state)


def _sheet(search: EntrySearch) -> bytes:
    return write_sheet(sheet_rows(search)).encode()


_whole_sheet = WholeList(lambda: _sheet(EntrySearch()))
_whole_workbook = WholeList(lambda: write_workbook(sheet_rows(EntrySearch())))
