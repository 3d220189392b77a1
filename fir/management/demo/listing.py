"""From a release of the demo world to its line of the list, and to what its maker says. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from cpl.sheet.row import CURRENT, REMOVED, SheetRow
from fir.management.demo.families import Family, Over, Release
from fir.management.demo.parties import maker_of
from fir.management.demo.products import Amendment, all_releases
from fir.submissions.claims import LISTED_FACTS

CERTIFIED_FOR = timedelta(days=6 * 365)
WITHOUT_CPA = ("PPMID",)
# Makers whose certificates are renewed rather than expire: either date may stand on a line.
RENEW = ("F0C1", "F0C2")
NOTES = (
    "Mends the clock's drift after a long loss of power.",
    "Shortens the time that a meter takes to join the Home Area Network.",
    "Corrects the order of entries in the event log.",
    "Answers alerts sooner when several fall due at once.",
    "Keeps the tariff on display after a restart.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A release for one hardware version: what the list has one entry of."""

    family: Family
    hardware: str
    release: Release

    @property
    def device_model(self) -> str:
        """The Device Model: model, hardware version and revision."""
        return self.family.model + self.hardware


def lines_of(family: Family, release: Release) -> list[Line]:
    """A release's lines, one for each hardware version."""
    return [Line(family, hardware, release) for hardware in family.hardware]


def first_sheet(*, today: date) -> list[SheetRow]:
    """The list as it stood before the repository, oldest first, under ids from CPL-000001."""
    unsaid = [(f, r) for f, r in all_releases() if r.over is Over.UNSAID]
    unsaid.sort(key=lambda pair: -pair[1].days_ago)
    lines = [line for family, release in unsaid for line in lines_of(family, release)]
    rows = [sheet_row(line, entry_id=_id(n), today=today) for n, line in enumerate(lines, start=1)]
    rivals = [row for row, line in zip(rows, lines, strict=True) if line.release.twice][:1]
    return rows + [_rival(row, _id(len(rows) + n)) for n, row in enumerate(rivals, start=1)]


def _id(number: int) -> str:
    return f"CPL-{number:06d}"


def _rival(row: SheetRow, entry_id: str) -> SheetRow:
    """The same release listed again under another hash: an error that real lists hold."""
    other = _hash("listed twice", row.manufacturer_image_hash)
    return replace(row, cpl_entry_id=entry_id, manufacturer_image_hash=other)


def _hash(*words: str) -> str:
    return hashlib.sha256("/".join(words).encode()).hexdigest().upper()


def sheet_row(line: Line, *, entry_id: str, today: date) -> SheetRow:
    """The line as a sheet would give it. A family's hardware shares one image, so one hash."""
    family, release = line.family, line.release
    return SheetRow(
        line=0,
        cpl_entry_id=entry_id,
        device_type=family.device_type,
        manufacturer_identifier=family.maker,
        manufacturer_name=maker_of(family.maker).name,
        device_model=line.device_model,
        firmware_version=release.version,
        smets_chts_version=family.specification,
        gbcs_version=family.gbcs,
        esme_variant=family.variant,
        manufacturer_image_hash=_hash("Nowhere", family.maker, family.model, release.version),
        **_certificates(family, release, today),
        status=CURRENT,
        date_added=_added(release, today),
        date_removed=None,
        removal_reason="",
    )


def _certificates(family: Family, release: Release, today: date) -> dict[str, Any]:
    mark = f"{family.model}-{release.version}"
    certified = family.device_type not in WITHOUT_CPA
    lapses = _lapses(release, today) if certified else None
    renews = family.maker in RENEW
    return {
        "cpa_certificate_id": f"NW-CPA-{mark}" if certified else "",
        "cpa_expiry_date": None if renews else lapses,
        "cpa_renewal_date": lapses if renews else None,
        "zigbee_certificate_id": f"NW-ZIG-{mark}",
        "dlms_certificate_id": f"NW-DLMS-{mark}" if family.device_type == "ESME" else "",
    }


def _added(release: Release, today: date) -> date:
    return today - timedelta(days=release.days_ago)


def _lapses(release: Release, today: date) -> date:
    if release.lapses is not None:
        return today + timedelta(days=release.lapses)
    return _added(release, today) + CERTIFIED_FOR


def amended(row: SheetRow, amendment: Amendment, *, today: date) -> SheetRow:
    """The row as the later sheet gives it."""
    if amendment.lapses is not None:
        lapses = today + timedelta(days=amendment.lapses)
        renewed = replace(row, cpa_certificate_id=f"{row.cpa_certificate_id}-R")
        if row.cpa_renewal_date:
            return replace(renewed, cpa_renewal_date=lapses)
        return replace(renewed, cpa_expiry_date=lapses)
    if amendment.removed_for:
        removed = today - timedelta(days=amendment.days_ago)
        return replace(
            row, status=REMOVED, date_removed=removed, removal_reason=amendment.removed_for
        )
    return replace(row, status=CURRENT, date_removed=None, removal_reason="")


def claim(line: Line, predecessors: Sequence[str], *, today: date) -> dict[str, Any]:
    """What the maker says when it brings the release, fields without a value left out."""
    row = sheet_row(line, entry_id="", today=today)
    facts = {name: getattr(row, name) for name in LISTED_FACTS}
    said = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
        if value
    }
    said["predecessors"] = list(predecessors) or "N/A"
    said["release_notes"] = NOTES[int(line.release.version, 16) % len(NOTES)]
    if line.release.carries is not None:
        said["carries_updates"] = line.release.carries
    return said
