"""Reading one record of the CPL sheet: every cell typed, and everything wrong with it named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TypeVar

from cpl.identifiers import (
    IdentifierFault,
    parse_cpl_entry_id,
    parse_date,
    parse_device_model,
    parse_firmware_version,
    parse_hardware_revision,
    parse_hardware_version,
    parse_image_hash,
    parse_manufacturer_identifier,
    parse_model_identifier,
    shown,
)
from cpl.sheet.cells import (
    content,
    contents_of,
    parse_listed_type,
    parse_name,
    parse_reason,
    parse_status,
    parse_text,
)
from cpl.sheet.header import Header
from cpl.sheet.row import (
    CURRENT,
    DATE_COLUMNS,
    MODEL_PARTS,
    REMOVED,
    Record,
    RowFault,
    SheetRow,
    cut_off,
)
from cpl.sheet.spoilt import Spoilt

T = TypeVar("T")

# A list says the same types, makers, models, specifications and days in row after row.
_SAID_OFTEN = lru_cache(maxsize=4096)
_read_type = _SAID_OFTEN(parse_listed_type)
_read_maker = _SAID_OFTEN(parse_manufacturer_identifier)
_read_name = _SAID_OFTEN(parse_name)
_read_model = _SAID_OFTEN(parse_device_model)
_read_specification = _SAID_OFTEN(parse_text)
_read_status = _SAID_OFTEN(parse_status)
_read_day = _SAID_OFTEN(parse_date)

_REMOVAL_COLUMNS = ("date_removed", "removal_reason")
# A value of these, cut short, no longer has its form: the others may be cut without a trace.
_FIXED_FORM_COLUMNS = (
    "device_type",
    "manufacturer_identifier",
    "device_model",
    *MODEL_PARTS,
    "firmware_version",
    "manufacturer_image_hash",
    "status",
    *DATE_COLUMNS,
)


@dataclass(slots=True)
class RowReading:
    """Reads one record and collects everything that is wrong with it."""

    record: Record
    header: Header
    is_last: bool
    faults: list[RowFault] = field(default_factory=list)
    cells: Mapping[str, str] = field(default_factory=dict)

    def read(self, first_lines: dict[str, int]) -> SheetRow | None:
        """The typed row, or None with `faults`; notes its entry id for the rows that follow."""
        if not self._has_its_cells():
            return None
        padded = self._padded()
        contents = contents_of(padded)
        self.cells = {column: contents[place] for column, place in self.header.places.items()}
        if not self._is_whole():
            self.faults.append(cut_off(self.record.line, self.record.cells[-1]))
            return None
        row = self._typed()
        self._check_removal(row)
        self._check_unique(row, first_lines)
        self._check_spoilt()
        if self.faults and len(self.record.cells) > self.header.full_width:
            # The cells stand one too far to the right: naming each would hide the reason.
            self.faults = [self._too_many_cells()]
        return None if self.faults else row

    def required(self, column: str, parse: Callable[[str], T], otherwise: T) -> T:
        try:
            return parse(self.cells[column])
        except IdentifierFault as fault:
            self._fault(column, fault.code, str(fault))
            return otherwise

    def optional(self, column: str, parse: Callable[[str], T], otherwise: T) -> T:
        return self.required(column, parse, otherwise) if self.cells[column] else otherwise

    def _fault(self, column: str, code: str, message: str) -> None:
        value = shown(self.cells.get(column, ""))
        self.faults.append(RowFault(self.record.line, column, value, message, code))

    def _has_its_cells(self) -> bool:
        cells, line = self.record.cells, self.record.line
        if any(cell.strip() for cell in cells[self.header.full_width :]):
            self.faults.append(self._too_many_cells())
        elif len(self._padded()) >= self.header.width:
            return True
        elif self.is_last:
            self.faults.append(cut_off(line, cells[-1]))
        else:
            message = (
                f"The row has {len(cells)} cells, but the header has {self.header.width}. Likely "
                "cause: a line break inside a cell, or commas missing at the end."
            )
            self.faults.append(RowFault(line, "", "", message, "TOO_FEW_CELLS"))
        return False

    def _padded(self) -> Sequence[str]:
        """The cells, with those that Excel leaves out at the end of a row when they are empty.

        Only where nothing may come: the removal columns of a Current entry, in a row that ended.
        """
        cells, places = self.record.cells, self.header.places
        if len(cells) >= self.header.width:
            return cells
        absent = {column for column, place in places.items() if place >= len(cells)}
        if not absent or not self.record.ended or not absent.issubset(_REMOVAL_COLUMNS):
            return cells
        if content(cells[places["status"]]).casefold() != "current":
            return cells
        return [*cells, *[""] * (self.header.width - len(cells))]

    def _too_many_cells(self) -> RowFault:
        message = (
            f"The row has {len(self.record.cells)} cells, but the header has "
            f"{self.header.full_width}. Likely cause: a comma inside a cell; put the cell in "
            "quotation marks."
        )
        return RowFault(self.record.line, "", "", message, "TOO_MANY_CELLS")

    def _is_whole(self) -> bool:
        """False when the file may stop in the middle of this row's last cell."""
        column = self.header.last_column
        if self.record.ended or not column or len(self.record.cells) > self.header.width:
            return True
        if self.cells[column]:
            return column in _FIXED_FORM_COLUMNS
        # Nothing is to come in a removal column of an entry that is on the list; a reason left
        # over there from an earlier removal means nothing, so to lose it loses nothing.
        return column in _REMOVAL_COLUMNS and self.cells["status"].casefold() == "current"

    def _typed(self) -> SheetRow:
        return SheetRow(
            line=self.record.line,
            cpl_entry_id=self.required("cpl_entry_id", parse_cpl_entry_id, ""),
            device_type=self.required("device_type", _read_type, ""),
            manufacturer_identifier=self.required("manufacturer_identifier", _read_maker, ""),
            manufacturer_name=self.required("manufacturer_name", _read_name, ""),
            device_model=self._device_model(),
            firmware_version=self.required("firmware_version", parse_firmware_version, ""),
            smets_chts_version=self.required("smets_chts_version", _read_specification, ""),
            gbcs_version=self.required("gbcs_version", _read_specification, ""),
            esme_variant=self.required("esme_variant", _read_specification, ""),
            manufacturer_image_hash=self._image_hash(),
            cpa_certificate_id=self.required("cpa_certificate_id", parse_text, ""),
            cpa_expiry_date=self.optional("cpa_expiry_date", _read_day, None),
            cpa_renewal_date=self.optional("cpa_renewal_date", _read_day, None),
            zigbee_certificate_id=self.required("zigbee_certificate_id", parse_text, ""),
            dlms_certificate_id=self.required("dlms_certificate_id", parse_text, ""),
            status=self.required("status", _read_status, ""),
            date_added=self.required("date_added", _read_day, date.min),
            date_removed=self.optional("date_removed", _read_day, None),
            removal_reason=self.required("removal_reason", parse_reason, ""),
        )

    def _image_hash(self) -> str:
        # Old entries left the list before anybody recorded their hash.
        listed = self.cells["status"].casefold() == "current"
        read = self.required if listed else self.optional
        return read("manufacturer_image_hash", parse_image_hash, "")

    def _device_model(self) -> str:
        if "device_model" not in self.cells:
            return self._model_of_parts()
        model = self.required("device_model", _read_model, "")
        if model and all(self.cells.get(part) for part in MODEL_PARTS):
            parts = self._model_of_parts()
            if len(parts) == len(model) and parts != model:
                message = f"The Device Model is {model}, but its three columns say {parts}."
                self._fault("device_model", "MODEL_CONTRADICTED", message)
        return model

    def _model_of_parts(self) -> str:
        return (
            self.required("model_identifier", parse_model_identifier, "")
            + self.required("hardware_version", parse_hardware_version, "")
            + self.required("hardware_revision", parse_hardware_revision, "")
        )

    def _check_removal(self, row: SheetRow) -> None:
        given = self.cells["date_removed"]
        if row.status == REMOVED and not given:
            message = "The entry is Removed, so the date on which it was removed is needed."
            self._fault("date_removed", "DATE_REMOVED_MISSING", message)
        elif row.status == CURRENT and given:
            message = (
                "The entry is Current, so it has no date of removal. Empty this cell, or write "
                "Removed as its status."
            )
            self._fault("date_removed", "DATE_REMOVED_UNWANTED", message)
        elif row.date_removed is not None and row.date_removed < row.date_added:
            message = (
                f"The entry cannot be removed on {row.date_removed}, before it was added on "
                f"{row.date_added}. Correct one of the two dates."
            )
            self._fault("date_removed", "REMOVED_BEFORE_ADDED", message)

    def _check_unique(self, row: SheetRow, first_lines: dict[str, int]) -> None:
        if not row.cpl_entry_id:
            return
        first = first_lines.setdefault(row.cpl_entry_id, row.line)
        if first != row.line:
            message = (
                f"{row.cpl_entry_id} stands on line {first} and again on line {row.line}. Leave "
                "one row for each entry."
            )
            self._fault("cpl_entry_id", "ENTRY_TWICE", message)

    def _check_spoilt(self) -> None:
        """Says of each cell that cannot be taken at its text why, whatever else is said of it."""
        if not self.record.spoilt:
            return
        for column, place in self.header.places.items():
            spoilt = self.record.spoilt.get(place)
            if spoilt is None or (spoilt is Spoilt.DATE and column in DATE_COLUMNS):
                continue
            said = [fault for fault in self.faults if fault.column == column]
            if said and spoilt in (Spoilt.DATE, Spoilt.CELL_ERROR):
                continue  # the fault of its form shows the value, and says what was wanted
            self.faults = [fault for fault in self.faults if fault not in said]
            self._fault(column, spoilt.value, spoilt.message(shown(self.cells[column])))
