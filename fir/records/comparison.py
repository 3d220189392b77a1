"""Comparing a sheet with the list as it stands: what would change, and what contradicts it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from cpl.facts import (
    CERTIFICATE_FACTS,
    IDENTITY_FACTS,
    NAME_FACTS,
    PUBLISHED_FACTS,
    STATUS_FACTS,
)
from cpl.queries import listed_facts
from cpl.sheet.row import REMOVED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from cpl.sheet.row import SheetRow

ALL_FACTS = (
    "cpl_entry_id",
    *IDENTITY_FACTS,
    *PUBLISHED_FACTS,
    *NAME_FACTS,
    *CERTIFICATE_FACTS,
    *STATUS_FACTS,
)
CHANGES = ("new", "removed", "relisted", "revised", "corrected", "unchanged")


@dataclass(frozen=True, slots=True)
class RowConflict:
    """A row that contradicts what is listed under its entry id.

    `is_correctable` where the Administrator may confirm the row as a correction, with a reason.
    """

    line: int
    column: str
    cpl_entry_id: str
    listed: str
    said: str
    is_correctable: bool
    is_to_come: bool = False

    @property
    def message(self) -> str:
        """What contradicts what, and what to do."""
        if self.is_to_come:
            return (
                f"{self.said} is still to come: bring the row on that day, or write the day on "
                "which it happened."
            )
        return (
            f"{self.cpl_entry_id} is published with {self.listed or 'nothing'}, and the sheet says "
            f"{self.said or 'nothing'}. {self._remedy}"
        )

    @property
    def _remedy(self) -> str:
        if self.is_correctable:
            return "Take the listed value, or confirm the row as a correction, with a reason."
        if self.column == "date_added":
            return "Take the listed date: when an entry was added never changes."
        return (
            "Take the listed value. If the row is another entry, give it an id of its own; if this "
            "was listed wrongly, remove it and list it rightly under another id."
        )


@dataclass(slots=True)
class Reconciliation:
    """What a sheet changes: its rows by what happens to them, and the listed ids it lacks.

    A row may stand under two of them: revised or corrected, and removed or relisted. `numbers` are
    the entries' own, by entry id; `listed` is what the list says of those that change.
    """

    new: list[SheetRow] = field(default_factory=list)
    removed: list[SheetRow] = field(default_factory=list)
    relisted: list[SheetRow] = field(default_factory=list)
    revised: list[SheetRow] = field(default_factory=list)
    corrected: list[SheetRow] = field(default_factory=list)
    unchanged: list[SheetRow] = field(default_factory=list)
    conflicts: list[RowConflict] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    corrections: dict[str, list[str]] = field(default_factory=dict)
    listed: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: len(getattr(self, name)) for name in (*CHANGES, "absent")}

    @property
    def needs_another(self) -> bool:
        """Whether two people must want this: it removes, relists or corrects what is listed."""
        return bool(self.removed or self.relisted or self.corrected)

    def digest(self, reasons: Mapping[str, str]) -> str:
        """What tells this outcome from every other, to see whether it is still the one shown: what
        each changed row says, what the list says in its place, and why it is corrected."""
        changed = [
            (name, repr(row), self.listed.get(row.cpl_entry_id), reasons.get(row.cpl_entry_id))
            for name in CHANGES[:-1]
            for row in getattr(self, name)
        ]
        return hashlib.sha256(repr((changed, self.absent)).encode()).hexdigest()


def compare_list(
    rows: Sequence[SheetRow], *, today: date, may_correct: Collection[str] = ()
) -> Reconciliation:
    """What the sheet would change, without changing anything; `may_correct` are the ids of the
    entries whose published facts it may correct. Nothing is added or removed after `today`."""
    listed = {facts[1]: facts for facts in listed_facts(*ALL_FACTS)}
    outcome = Reconciliation(numbers={entry_id: facts[0] for entry_id, facts in listed.items()})
    said_of = attrgetter(*ALL_FACTS)
    for row in rows:
        facts = listed.pop(row.cpl_entry_id, None)
        if facts is None:
            _take_new(row, outcome, today)
        elif said_of(row) == facts[1:]:
            outcome.unchanged.append(row)
        else:
            outcome.listed[row.cpl_entry_id] = facts[1:]
            entry = dict(zip(ALL_FACTS, facts[1:], strict=True))
            may = row.cpl_entry_id in may_correct
            _compare_row(row, entry, outcome, today=today, may_correct=may)
    outcome.absent = sorted(listed)
    return outcome


def _take_new(row: SheetRow, outcome: Reconciliation, today: date) -> None:
    days = (("date_added", row.date_added), ("date_removed", row.date_removed))
    ahead = [_to_come(row, column, day) for column, day in days if day and day > today]
    outcome.conflicts += ahead
    if not ahead:
        outcome.new.append(row)


def _to_come(row: SheetRow, column: str, day: date) -> RowConflict:
    return RowConflict(
        row.line, column, row.cpl_entry_id, "", day.isoformat(), False, is_to_come=True
    )


def _compare_row(
    row: SheetRow,
    entry: dict[str, Any],
    outcome: Reconciliation,
    *,
    today: date,
    may_correct: bool,
) -> None:
    def differs(column: str) -> bool:
        return bool(getattr(row, column) != entry[column])

    identity = list(filter(differs, IDENTITY_FACTS))
    published = list(filter(differs, PUBLISHED_FACTS))
    if identity or (published and not may_correct):
        outcome.conflicts += [
            _conflict(row, entry, c, bool(identity)) for c in identity + published
        ]
        return
    changes_status = _changes_status(row, entry)
    if changes_status and row.date_removed and row.date_removed > today:
        outcome.conflicts.append(_to_come(row, "date_removed", row.date_removed))
        return
    renewed = any(map(differs, NAME_FACTS + CERTIFICATE_FACTS))
    if published:
        outcome.corrected.append(row)
        outcome.corrections[row.cpl_entry_id] = published
    elif renewed:
        outcome.revised.append(row)
    if changes_status:
        (outcome.removed if row.status == REMOVED else outcome.relisted).append(row)
    elif not (published or renewed):
        outcome.unchanged.append(row)


def _changes_status(row: SheetRow, entry: dict[str, Any]) -> bool:
    # What a Current row says of a removal means nothing.
    columns = STATUS_FACTS if row.status == REMOVED else STATUS_FACTS[:1]
    return any(getattr(row, column) != entry[column] for column in columns)


def _conflict(
    row: SheetRow, entry: dict[str, Any], column: str, is_another_entry: bool
) -> RowConflict:
    return RowConflict(
        line=row.line,
        column=column,
        cpl_entry_id=row.cpl_entry_id,
        listed=str(entry[column] or ""),
        said=str(getattr(row, column) or ""),
        is_correctable=not is_another_entry,
    )
