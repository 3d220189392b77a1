"""CPL sheets for tests: a sample, one good row, rows as they come, CSV and XLSX made of them."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from cpl.sheet.cells import NONCHARACTERS
from cpl.sheet.row import COLUMNS, SheetRow

SAMPLE = (Path(__file__).parents[2] / "data" / "cpl-sample.csv").read_bytes()
HASH = "A" * 64
GOOD = {
    "cpl_entry_id": "CPL-1",
    "device_type": "ESME",
    "manufacturer_identifier": "1063",
    "manufacturer_name": "Maker",
    "device_model": "00050203",
    "firmware_version": "38040404",
    "smets_chts_version": "SMETS V4.2",
    "gbcs_version": "3.2",
    "manufacturer_image_hash": HASH,
    "status": "Current",
    "date_added": "2022-04-15",
}

DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 12, 31))
# Unassigned and private characters are text like any other; what cannot be seen is refused.
TEXTS = st.one_of(
    st.text(
        alphabet=st.characters(
            exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"),
            exclude_characters=sorted(NONCHARACTERS),
        ),
        max_size=30,
    ),
    st.text(alphabet="'=+-@ \",;a", max_size=8),
).map(str.strip)


def hexadecimal(digits: int) -> st.SearchStrategy[str]:
    return st.text(alphabet="0123456789ABCDEF", min_size=digits, max_size=digits)


@st.composite
def rows_of_a_sheet(draw: st.DrawFn) -> SheetRow:
    removed = draw(st.booleans())
    added, later = sorted((draw(DATES), draw(DATES)))
    return SheetRow(
        line=0,
        cpl_entry_id=draw(st.from_regex(r"[A-Z0-9-]{1,32}", fullmatch=True)),
        device_type=draw(st.sampled_from(["ESME", "GSME", "CHF", "PPMID", "HCALCS", "IHD"])),
        manufacturer_identifier=draw(hexadecimal(4)),
        manufacturer_name=draw(TEXTS.filter(bool)),
        device_model=draw(hexadecimal(8)),
        firmware_version=draw(hexadecimal(8)),
        smets_chts_version=draw(TEXTS),
        gbcs_version=draw(TEXTS),
        esme_variant=draw(TEXTS),
        manufacturer_image_hash="" if removed and draw(st.booleans()) else draw(hexadecimal(64)),
        cpa_certificate_id=draw(TEXTS),
        cpa_expiry_date=draw(st.none() | DATES),
        cpa_renewal_date=draw(st.none() | DATES),
        zigbee_certificate_id=draw(TEXTS),
        dlms_certificate_id=draw(TEXTS),
        status="REMOVED" if removed else "CURRENT",
        date_added=added,
        date_removed=later if removed else None,
        removal_reason=draw(TEXTS),
    )


def sheet_of(*rows: dict[str, str], headings: Iterable[str] = COLUMNS) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(headings), restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def workbook_of(fill: Callable[[Any], object], **options: object) -> bytes:
    """A workbook of XlsxWriter's, filled by `fill`."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as workbook:
        fill(workbook)
    return file.getvalue()


def list_in(workbook: Any, cells: Mapping[str, str] = GOOD) -> Any:
    """A worksheet with the headings and one row, on lines 1 and 2."""
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    for column, text in cells.items():
        sheet.write_string(1, COLUMNS.index(column), text)
    return sheet
