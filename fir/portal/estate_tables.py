"""The tables of an estate's pages, to keep as files: what each is called and what its rows say."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from cpl.sheet.cells import neutralise
from fir.eligibility.changes import DeviceFacts, changes_of
from fir.eligibility.parts import by_maker, by_model
from fir.eligibility.queries import estate_by_version
from fir.eligibility.summaries import listed_models
from fir.eligibility.trend import trend_of
from fir.estates.queries import standing_load_of
from fir.parties.scopes import Scope
from fir.records.queries import contacts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fir.eligibility.changes import GainedVersion
    from fir.eligibility.parts import Part
    from fir.eligibility.summaries import ListedModel
    from fir.parties.models import Party
    from fir.records.queries import Contact

MODEL = ("device_type", "manufacturer_identifier", "device_model")
VERSION = (*MODEL, "firmware_version")
POSITIONS = ("n", "n_1", "older", "unlisted")
GAINED = (*VERSION, "position", "devices", "suspended", "stranded", "reasons",
          "latest_version", "contact_role", "contact_email")  # fmt: skip
CHANGED = tuple(f"{when}_{name}" for when in ("former", "present") for name in DeviceFacts._fields)


class Table(NamedTuple):
    """A table: its headings, and its rows in the order of the page."""

    headings: Sequence[str]
    rows: Iterable[Sequence[object]]

    def as_csv(self) -> str:
        """The table as CSV. What a spreadsheet would run as a formula it shows instead: statuses
        and models of an inventory are free text."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.headings)
        for row in self.rows:
            writer.writerow(neutralise("" if cell is None else str(cell)) for cell in row)
        return text.getvalue()


def _makers(party: Party) -> Table:
    parts = by_maker(estate_by_version(Scope(party)))
    headings = (*MODEL[:2], "devices", *POSITIONS, "suspended", "percent_n_or_n_1")
    rows = [(part.device_type, part.manufacturer_identifier, *_figures(part)) for part in parts]
    return Table(headings, rows)


def _models(party: Party) -> Table:
    parts = by_model(estate_by_version(Scope(party)))
    listed = listed_models({part.listed_as for part in parts})
    headings = (*MODEL, "devices", *POSITIONS, "suspended", "percent_n_or_n_1", "latest_version")
    return Table(
        headings,
        [
            (
                *(getattr(part, name) for name in MODEL),
                *_figures(part),
                _latest(listed, part.listed_as),
            )
            for part in parts
        ],
    )


def _figures(part: Part) -> tuple[object, ...]:
    return part.devices, *part.by_position.values(), part.suspended, part.percent_n_or_n_1


def _latest(listed: Mapping[tuple[str, str, str], ListedModel], key: tuple[str, str, str]) -> str:
    latest = listed[key].latest if key in listed else None
    return latest.firmware_version if latest else ""


def _versions(party: Party) -> Table:
    headings = (*VERSION, "position", "devices", "suspended")
    rows = estate_by_version(Scope(party))
    return Table(headings, [[getattr(row, name) for name in headings] for row in rows])


def _loads(party: Party) -> Table:
    headings = ("load_id", "received_at", "devices", *POSITIONS, "gpf", "suspended",
                "percent_n_or_n_1")  # fmt: skip
    rows = [
        (
            one.load_id,
            one.received_at.isoformat(),
            one.summary.devices,
            *one.summary.by_position.values(),
            one.summary.gpf,
            one.summary.suspended,
            one.summary.percent_n_or_n_1,
        )
        for one in trend_of(Scope(party))
    ]
    return Table(headings, rows)


def _gained(party: Party) -> Table:
    changes = changes_of(party, standing_load_of(party))
    contacts = contacts_of({row.manufacturer_identifier for row in changes.gained})
    rows = [
        _gained_row(row, _latest(changes.listed, row.listed_as), contacts) for row in changes.gained
    ]
    return Table(GAINED, rows)


def _gained_row(
    row: GainedVersion, latest: str, contacts: Mapping[str, Contact]
) -> tuple[object, ...]:
    contact = contacts.get(row.manufacturer_identifier)
    return (
        *(getattr(row, name) for name in GAINED[:8]),
        "; ".join(f"{code} {devices}" for code, devices in sorted(row.reasons.items())),
        latest,
        contact.role if contact else "",
        contact.email if contact else "",
    )


def _changes(party: Party) -> Table:
    nothing = ("",) * len(DeviceFacts._fields)
    rows = [
        (moved.change, *(moved.former or nothing), *(moved.now or nothing), moved.devices)
        for moved in changes_of(party, standing_load_of(party)).moved
    ]
    return Table(("change", *CHANGED, "devices"), rows)


TABLES: Mapping[str, Callable[[Party], Table]] = {
    "makers": _makers,
    "models": _models,
    "versions": _versions,
    "loads": _loads,
    "gained": _gained,
    "changes": _changes,
}
