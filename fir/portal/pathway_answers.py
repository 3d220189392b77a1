"""The question about a release's pathway: the boxes that it offers, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format

from cpl.identifiers import hardware_of
from cpl.sheet.row import CURRENT
from fir.portal.forms.drafts import NOT_KNOWN
from fir.portal.pathway import ToCome, upgrade_graph
from fir.submissions.claims import Kind
from fir.submissions.readers import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fir.records.models import RepositoryEntry
    from fir.submissions.offers import Ways

PATHWAY = "pathway"
MOST_BOXES = 100  # entries that have a box to tick; the others are named by their ids
OVER_NONE = (NOT_APPLICABLE, "None (N/A): no Device in the field may be updated to it")
UNKNOWN = (NOT_KNOWN, "Not known: nobody can say any more")


def pictured(ways: Ways) -> dict[str, Any]:
    """What the picture's template shows: the picture, and in words what it may be installed over
    and what cannot reach it."""
    over = ways.predecessors or ()
    to_come = ToCome(ways.firmware_version, over, ways.own or "")
    left = {entry.cpl_entry_id for entry in ways.stranded}
    listed = dict(_in_words(ways.family))
    return {
        "ways": ways,
        "picture": upgrade_graph(ways.releases, to_come, left),
        "over": [
            listed.get(one, f"{one}, which is not of its family or not listed") for one in over
        ],
        "stranded": [listed[entry.cpl_entry_id] for entry in ways.stranded],
    }


def boxes(kind: str, ways: Ways) -> list[tuple[str, str]]:
    """The family's entries, newest first, and what excludes them all."""
    others = [entry for entry in reversed(ways.family) if entry.cpl_entry_id != ways.own]
    ticked = set(ways.predecessors or ())
    shown = [e for n, e in enumerate(others) if n < MOST_BOXES or e.cpl_entry_id in ticked]
    return [*_in_words(shown), OVER_NONE, *([UNKNOWN] if kind == Kind.LEGACY_COMPLETION else [])]


def _in_words(entries: Sequence[RepositoryEntry]) -> Iterator[tuple[str, str]]:
    """Entries of a family, each with what is said of it; its hardware where there is other."""
    has_others = len({entry.device_model for entry in entries}) > 1
    for entry in entries:
        day = date_format(entry.date_added, "j M Y")
        hardware = f", hardware {hardware_of(entry.device_model)}" if has_others else ""
        removed = "" if entry.status == CURRENT else ", removed"
        words = f"{entry.firmware_version}: {entry.cpl_entry_id} of {day}{hardware}{removed}"
        yield entry.cpl_entry_id, words
