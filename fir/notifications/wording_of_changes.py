"""What a notice says of the entries that an import removed, relisted or corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string

from fir.notifications import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cpl.models import ListedEntry
    from fir.estates.queries import VersionKey
    from fir.parties.models import Party

LISTS_NAME = "Central Products List"


@dataclass(frozen=True, slots=True)
class Change:
    """What an event of this kind `said` of an entry."""

    kind: str
    entry: ListedEntry
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A section of the notice: how the title says it of one entry, of several, and beside others;
    and what stands above the lines."""

    of_one: str
    of_several: str
    in_short: str
    heading: str


# In the order of the sections.
_KINDS = {
    "CPL_ENTRY_REMOVED": _Kind(
        f"was removed from the {LISTS_NAME}",
        f"were removed from the {LISTS_NAME}",
        "removed",
        "Removed from the list: do not install this firmware on other Devices, unless another "
        "entry lists it, and see which releases those that run it may take.",
    ),
    "CPL_ENTRY_RELISTED": _Kind(
        f"stands on the {LISTS_NAME} again",
        f"stand on the {LISTS_NAME} again",
        "listed again",
        "Listed again: what was said when they were removed no longer holds.",
    ),
    "CPL_ENTRY_CORRECTED": _Kind(
        f"was corrected on the {LISTS_NAME}",
        f"were corrected on the {LISTS_NAME}",
        "corrected",
        "Corrected, as what was published of them was wrong: compare what you have kept of it.",
    ),
}
# What may be corrected, in words for people.
COLUMNS = {
    "smets_chts_version": "SMETS or CHTS version",
    "gbcs_version": "GBCS version",
    "esme_variant": "ESME variant",
    "manufacturer_image_hash": "Manufacturer Image Hash",
}


def changes_title(changes: Sequence[Change]) -> str:
    """What happened to one entry, to several, or how often each thing happened."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in _KINDS}
    found = {kind: number for kind, number in counts.items() if number}
    if len(found) > 1:
        each = ", ".join(f"{number} {_KINDS[kind].in_short}" for kind, number in found.items())
        return f"Entries that your Devices run: {each}"
    kind = _KINDS[changes[0].kind]
    if len(changes) == 1:
        return f"{changes[0].entry.cpl_entry_id}, which your Devices run, {kind.of_one}"
    return f"{len(changes)} entries that your Devices run {kind.of_several}"


def changes_text(
    changes: Sequence[Change],
    running: Mapping[VersionKey, int],
    party: Party,
    imported_at: datetime,
) -> str:
    """What a Supplier is told of the entries that an import changed and that its Devices run: a
    section for each kind of change, and in all of them together so many lines at most."""
    sections, room = [], wording.MOST_LISTED
    for kind, worded in _KINDS.items():
        if of_kind := [change for change in changes if change.kind == kind]:
            lines = [
                (one.entry, running[wording.version_of(one.entry)], _why(one))
                for one in of_kind[:room]
            ]
            room -= len(lines)
            more = len(of_kind) - len(lines)
            sections.append({"heading": worded.heading, "lines": lines, "more": more})
    context = {
        "sections": sections,
        "devices": sum(running.values()),
        "imported_at": imported_at,
        "party": party,
        "base_url": settings.BASE_URL,
    }
    return render_to_string("emails/entries_changed.txt", context)


def _why(change: Change) -> str:
    """The reason given, if one was; before it, the columns that were corrected."""
    columns = ", ".join(COLUMNS[column] for column in change.said.get("corrected", ()))
    return " ".join(filter(None, (columns and f"Corrected: {columns}.", change.said["reason"])))
