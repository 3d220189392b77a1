"""Many releases at once: a sheet is taken in, its good rows are brought, what is left is mended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from cpl.sheet.row import file_fault
from fir.ledger.operations import append_events
from fir.parties.queries import holders_of
from fir.submissions.claims import Kind
from fir.submissions.models import Draft, ReleaseSheet, Submission
from fir.submissions.operations.bringing import columns_of, lock_queue, submission_event
from fir.submissions.sheet_queries import judge_rows, rows_of, sheets_left
from fir.submissions.sheets import read_releases

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from cpl.sheet.row import RowFault
    from fir.ledger.operations import NewEvent
    from fir.parties.models import Actor
    from fir.submissions.sheet_queries import JudgedRow
    from fir.submissions.sheets import ReleaseRow

# Decisions, not the Code's: for how long rows that nobody touches wait to be mended, and of how
# many sheets of one Party rows may wait at a time.
SHEETS_WAIT = timedelta(days=90)
MOST_SHEETS = 50
LONGEST_FILENAME = 200


class SheetRefused(ValueError):
    """The file cannot be taken; all that is wrong with it is in `faults`, but for `left_out` more,
    and nothing was kept."""

    def __init__(self, faults: Sequence[RowFault], left_out: int = 0) -> None:
        self.faults = tuple(faults)
        self.left_out = left_out
        super().__init__(" ".join(str(fault) for fault in faults))


class BroughtRows(NamedTuple):
    """How many rows of a sheet were brought, and how many stay to be mended."""

    brought: int
    left: int


def bring_sheet(*, filename: str, content: bytes, by: Actor, at: datetime) -> ReleaseSheet:
    """Take in a sheet: each of its rows becomes a draft of the actor's Party. None is brought yet.

    Raises SheetRefused.
    """
    read = read_releases(content)  # takes seconds, in which no transaction need be open
    if read.faults:
        raise SheetRefused(read.faults, read.faults_left_out)
    return _keep(filename, read.rows, by=by, at=at)


@transaction.atomic
def _keep(filename: str, rows: Sequence[ReleaseRow], *, by: Actor, at: datetime) -> ReleaseSheet:
    if sheets_left(by.party).count() >= MOST_SHEETS:
        message = (
            f"Of {MOST_SHEETS} sheets rows are left to be mended. Mend or drop some of them before "
            "you bring another."
        )
        raise SheetRefused([file_fault("TOO_MANY_SHEETS", message)])
    printable = "".join(letter for letter in filename if letter.isprintable())
    sheet = ReleaseSheet.objects.create(
        party=by.party,
        filename=printable[:LONGEST_FILENAME],
        rows=len(rows),
        brought_at=at,
        brought_by=by.actor_id,
    )
    Draft.objects.bulk_create(_draft(sheet, row, by=by, at=at) for row in rows)
    return sheet


def _draft(sheet: ReleaseSheet, row: ReleaseRow, *, by: Actor, at: datetime) -> Draft:
    return Draft(
        party=by.party,
        kind=Kind(row.said.get("kind", Kind.NEW)).value,
        said={name: value for name, value in row.said.items() if name != "kind"},
        row_faults=[[fault.field, fault.code, fault.message] for fault in row.faults],
        sheet=sheet,
        line=row.line,
        made_at=at,
        made_by=by.actor_id,
        changed_at=at,
        changed_by=by.actor_id,
    )


@transaction.atomic
def bring_good_rows(*, sheet_id: uuid.UUID, by: Actor, at: datetime) -> BroughtRows:
    """Bring every row that is left of a sheet and has no fault; each submission has the id of its
    draft, which is gone. Asked for again, it brings what has become good since.

    Raises ReleaseSheet.DoesNotExist, for another Party's too.
    """
    sheet = _locked(sheet_id, by)
    drafts = list(rows_of(sheet).select_for_update(of=("self",)))
    lock_queue(by.party)  # after the drafts, in the same order as when one alone is brought
    rows = judge_rows(drafts, party=by.party, today=localdate(at))
    good = [row for row in rows if not row.faults]
    if good:
        append_events(_bring(good, by=by, at=at), by=by.author, at=at)
    return BroughtRows(len(good), len(rows) - len(good))


def _bring(rows: Sequence[JudgedRow], *, by: Actor, at: datetime) -> list[NewEvent]:
    """Put rows into the queue; what there is to tell of it."""
    submissions = Submission.objects.bulk_create(
        Submission(
            id=row.draft.pk,
            entry_state=row.entry_state,
            **columns_of(row.claim, by=by, at=at),
        )
        for row in rows
    )
    Draft.objects.filter(pk__in=[row.draft.pk for row in rows]).delete()
    makers = {submission.manufacturer_identifier for submission in submissions}
    holders = {maker: holders_of(maker) for maker in makers}
    return [
        submission_event("SUBMISSION_RECEIVED", one, holders[one.manufacturer_identifier])
        for one in submissions
    ]


@transaction.atomic
def drop_sheet(*, sheet_id: uuid.UUID, by: Actor, at: datetime) -> int:
    """Do without what is left of a sheet: its drafts are gone. How many there were.

    Raises ReleaseSheet.DoesNotExist, for another Party's too.
    """
    sheet = _locked(sheet_id, by)
    count, _ = rows_of(sheet).delete()
    sheet.delete()
    return count


def _locked(sheet_id: uuid.UUID, by: Actor) -> ReleaseSheet:
    return ReleaseSheet.objects.select_for_update().get(pk=sheet_id, party=by.party)


@transaction.atomic
def forget_sheets(*, at: datetime) -> int:
    """Drop the sheets of which nothing is left, and those, with their rows, that nobody has mended
    for too long; how many."""
    touched = Draft.objects.filter(sheet=OuterRef("pk"), changed_at__gte=at - SHEETS_WAIT)
    # The sheets first, as everybody locks them; then what was mended meanwhile stays after all.
    old = ReleaseSheet.objects.select_for_update(skip_locked=True).exclude(Exists(touched))
    _, deleted = (
        ReleaseSheet.objects.filter(pk__in=[sheet.pk for sheet in old])
        .exclude(Exists(touched))
        .delete()
    )
    return deleted.get(ReleaseSheet._meta.label, 0)
