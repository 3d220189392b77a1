"""The XML parts of a workbook: which worksheets it has, and which styles show a number plainly."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

Attributes = dict[str, str]
OnElement = Callable[[str, Attributes], object]

_PLAIN_FORMATS = {"0": "General", "1": "0", "49": "@"}  # in these, a number is shown as its digits


class NotReadable(Exception):
    """A part of the workbook is missing, or not the XML that it should be."""


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet of the workbook: its place among them, and the part of the archive that holds it."""

    index: int
    name: str
    part: str
    is_visible: bool


def worksheets(archive: zipfile.ZipFile) -> list[Worksheet]:
    """The sheets of a workbook, in the order in which people see them."""
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for name, attributes in _elements(archive, "xl/_rels/workbook.xml.rels")
        if name == "Relationship"
    }
    sheets = [found for name, found in _elements(archive, "xl/workbook.xml") if name == "sheet"]
    return [
        Worksheet(
            index=index,
            name=sheet.get("name", ""),
            part=_part(targets.get(_relation(sheet), "")),
            is_visible=sheet.get("state", "visible") == "visible",
        )
        for index, sheet in enumerate(sheets)
    ]


def _relation(sheet: Attributes) -> str:
    return next((value for name, value in sheet.items() if name.endswith(":id")), "")


def _part(target: str) -> str:
    part = target.removeprefix("/")
    return part if part.startswith("xl/") else f"xl/{part}"


def plain_styles(archive: zipfile.ZipFile) -> set[str]:
    """The numbers of the cell styles that show a number as its digits."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    formats = dict(_PLAIN_FORMATS)
    of_cells: list[str] = []
    group = ""
    for name, attributes in _elements(archive, "xl/styles.xml"):
        if name in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            group = name
        elif name == "numFmt" and group == "":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and group == "cellXfs":
            of_cells.append(attributes.get("numFmtId", "0"))
    plain = {code.casefold() for code in _PLAIN_FORMATS.values()}
    return {
        str(style)
        for style, number in enumerate(of_cells)
        if formats.get(number, "").casefold() in plain
    }


def parser(on_element: OnElement) -> expat.XMLParserType:
    """An XML parser that calls with the name, without a prefix, and attributes of each element."""

    def take(name: str, attributes: Attributes) -> None:
        on_element(name.rpartition(":")[2] if ":" in name else name, attributes)

    made = expat.ParserCreate()
    made.StartElementHandler = take
    made.StartDoctypeDeclHandler = _refuse_doctype
    return made


def parse(archive: zipfile.ZipFile, part: str, by: expat.XMLParserType) -> None:
    """Reads one part of the archive through a parser, piece by piece, or raises `NotReadable`."""
    try:
        with archive.open(part) as file:
            by.ParseFile(file)
    except (KeyError, zipfile.BadZipFile, expat.ExpatError) as error:
        raise NotReadable(part) from error


def _refuse_doctype(*_: object) -> None:
    # No workbook has one: it can only be there for the entities that it may declare.
    raise NotReadable("DOCTYPE")


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, Attributes]]:
    found: list[tuple[str, Attributes]] = []
    parse(archive, part, parser(lambda name, attributes: found.append((name, attributes))))
    return found
