"""Keeping the demo world's list: what the DCC loaded, what was waived, and what waits for a second
person at the Administrator."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cpl.sheet import write_sheet
from cpl.sheet.row import REMOVED
from fir.management.demo.parties import ADMINISTRATOR, DCC
from fir.management.demo.people import FIRST_EYES, SECOND_EYES
from fir.records.importing import bring_sheet
from fir.records.loading import confirm_loaded
from fir.records.proposals import confirm_proposal, propose_removal, propose_waiver
from fir.records.quality import read_news
from fir.records.recalling import propose_archival

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from cpl.sheet.row import SheetRow
    from fir.management.demo.world import World

# Model and version of what is waived, archived, and proposed to be removed; and of what a sheet
# would remove, and renew.
WAIVED = ("1A300100", "02000001")
ARCHIVED = ("4C100001", "11000000")
TO_REMOVE = ("1A100100", "01010001")
REMOVED_BY_SHEET = ("4A100100", "01000003")
RENEWED_BY_SHEET = ("1A200100", "00050207")


def load_since(world: World, cpl_entry_ids: Iterable[str], *, at: datetime) -> None:
    """Let the DCC record that it loaded these entries, each the day after it was added."""
    added = {row.cpl_entry_id: row.date_added for row in world.rows.values()}
    by_day: dict[date, list[str]] = defaultdict(list)
    for cpl_entry_id in cpl_entry_ids:
        by_day[added[cpl_entry_id] + timedelta(days=1)].append(cpl_entry_id)
    for day, entries in sorted(by_day.items()):
        confirm_loaded(cpl_entry_ids=entries, loaded_on=day, by=world.actor(DCC), at=at)


def keep_list(world: World, *, at: datetime) -> None:
    """Judge the list, waive a finding and archive a release by two people, and leave a removal and
    a sheet waiting."""
    first, second = (world.person(name, ADMINISTRATOR) for name in (FIRST_EYES, SECOND_EYES))
    read_news(at=at)
    waiver = propose_waiver(
        cpl_entry_id=world.rows[WAIVED].cpl_entry_id,
        code="GBCS_UNKNOWN",
        reason="The Manufacturer's declaration names this draft; a final version replaces it.",
        by=first,
        at=at,
    )
    confirm_proposal(proposal_id=waiver.pk, by=second, at=at + timedelta(minutes=40))
    archival = propose_archival(
        cpl_entry_id=world.rows[ARCHIVED].cpl_entry_id,
        cause="END_OF_SUPPORT",
        reason="Its Manufacturer supported it for six years, which are over.",
        by=first,
        at=at + timedelta(minutes=50),
    )
    confirm_proposal(proposal_id=archival.pk, by=second, at=at + timedelta(minutes=55))
    propose_removal(
        cpl_entry_id=world.rows[TO_REMOVE].cpl_entry_id,
        reason="The Manufacturer has withdrawn it.",
        by=first,
        at=at + timedelta(hours=1),
    )
    content = write_sheet(_next_sheet(world)).encode()
    bring_sheet(filename="next-list.csv", content=content, by=first, at=at + timedelta(hours=2))


def _next_sheet(world: World) -> Iterable[SheetRow]:
    """The list as it stands, but for an entry that is removed and a certificate that is renewed."""
    changes: dict[tuple[str, str], dict[str, Any]] = {
        REMOVED_BY_SHEET: {
            "status": REMOVED,
            "date_removed": world.now.date(),
            "removal_reason": "Superseded.",
        },
        RENEWED_BY_SHEET: {"cpa_certificate_id": "NW-CPA-RENEWED"},
    }
    return [replace(row, **changes.get(place, {})) for place, row in world.rows.items()]
