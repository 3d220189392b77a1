"""One row of the CPL sheet: as a file gives it, as FIR types it, and what may be wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cpl.identifiers import shown
from cpl.sheet.spoilt import Spoilt

CURRENT = "CURRENT"
REMOVED = "REMOVED"

COLUMNS = (
    "cpl_entry_id",
    "device_type",
    "manufacturer_identifier",
    "manufacturer_name",
    "device_model",
    "firmware_version",
    "smets_chts_version",
    "gbcs_version",
    "esme_variant",
    "manufacturer_image_hash",
    "cpa_certificate_id",
    "cpa_expiry_date",
    "cpa_renewal_date",
    "zigbee_certificate_id",
    "dlms_certificate_id",
    "status",
    "date_added",
    "date_removed",
    "removal_reason",
)
MODEL_PARTS = ("model_identifier", "hardware_version", "hardware_revision")
DATE_COLUMNS = ("cpa_expiry_date", "cpa_renewal_date", "date_added", "date_removed")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One entry as the sheet gives it: every identifier in its stored form, text stripped.

    `line` is where its record begins in the file. Text that the sheet leaves empty is ''.
    """

    line: int
    cpl_entry_id: str
    device_type: str
    manufacturer_identifier: str
    manufacturer_name: str
    device_model: str
    firmware_version: str
    smets_chts_version: str
    gbcs_version: str
    esme_variant: str
    manufacturer_image_hash: str
    cpa_certificate_id: str
    cpa_expiry_date: date | None
    cpa_renewal_date: date | None
    zigbee_certificate_id: str
    dlms_certificate_id: str
    status: str
    date_added: date
    date_removed: date | None
    removal_reason: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """Something wrong with one cell, row or file, told to the person who made the sheet.

    `column` is '' when the fault is of the whole row or file; `value` is cut to 80 characters;
    `message` says what is wrong and what to do, `str()` also where.
    """

    line: int
    column: str
    value: str
    message: str
    code: str

    def __str__(self) -> str:
        where = f"Line {self.line}, {self.column}" if self.column else f"Line {self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row as the file gives them, before anything is known of columns.

    `ended` is False when the file stops without showing that the last cell is whole. `spoilt` says
    by place which cells of a workbook cannot be taken at their text.
    """

    line: int
    cells: Sequence[str]
    ended: bool = True
    spoilt: Mapping[int, Spoilt] | None = None


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A place in the file where no cells can be told apart: why, and the text that stands there.

    Of a text without end only the beginning is kept.
    """

    fault: RowFault
    text: str


def file_fault(code: str, message: str) -> RowFault:
    """A fault of the file as a whole."""
    return RowFault(1, "", "", message, code)


def cut_off(line: int, value: str) -> RowFault:
    """The fault of a row in whose middle the file may stop."""
    message = (
        f"The sheet seems cut off at line {line}. Likely cause: an export or a transfer that did "
        "not finish; export it again. If the row is whole, end it with a line break."
    )
    return RowFault(line, "", shown(value), message, "CUT_OFF")
