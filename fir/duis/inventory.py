"""Reads the DCC's answer to Service Request 8.2, Read Inventory, one piece at a time.

A response describes the devices of one home. Only the elements that name a device, its state and
its firmware are ever made into text: the address, the UPRN and the MPxN that stand beside them are
stepped over inside the XML parser, so that no part of FIR can keep or log them by mistake.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from xml.parsers import expat

from fir.duis.elements import DEVICE, INVENTORY, NAMESPACE, RESPONSE, Element
from fir.duis.faults import InventoryFault, plain, xml_fault

SERVICE_REFERENCE: Final = "8.2"

DEEPEST: Final = 20
LONGEST_FIELD: Final = 200
MOST_DEVICES: Final = 100_000
# The parser holds one tag or comment as a whole; a real one has a few hundred octets.
LARGEST_TAG: Final = 1 << 20

_IN_NAMESPACE: Final = f"{NAMESPACE} "


@dataclass(frozen=True, slots=True)
class InventoryDevice:
    """One `Device` of a response, as raw text: stripped, cut to 200 characters, '' when absent.

    `chf_device_id` is the Device ID of the one CHF in the same response; '' for the CHF itself,
    and for every device when the response holds no CHF or several.
    """

    line: int
    device_id: str
    device_type: str
    device_status: str
    device_manufacturer: str
    device_model: str
    device_firmware_version: str
    chf_device_id: str


def read_inventory(chunks: Iterable[bytes]) -> Iterator[InventoryDevice]:
    """The devices of one 8.2 response, yielded once its end has been read and found whole.

    Where the chunks are cut makes no difference, nor does the namespace prefix. Raises
    `InventoryFault` when the input is cut off, is not XML, has a DTD, has another namespace, is
    another message, carries a response code other than an `I` code, or is beyond the limits above.
    """
    reader = _ResponseReader()
    for chunk in chunks:
        reader.feed(chunk)
    yield from reader.finish()


class _ResponseReader:
    """Follows one response through the parser's events and keeps its devices."""

    def __init__(self) -> None:
        self._fed = 0
        self._opening = b""
        self._path: list[Element] = []
        self._ignored_depth = 0
        self._kept = ""
        self._device_line = 0
        self._device: dict[str, str] = {}
        self._message: dict[str, tuple[int, str]] = {}
        self._has_inventory = False
        self._devices: list[InventoryDevice] = []
        self._parser = self._new_parser()

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.EntityDeclHandler = self._refuse_dtd
        parser.ExternalEntityRefHandler = self._refuse_dtd
        return parser

    def feed(self, chunk: bytes) -> None:
        if len(self._opening) < 4:
            self._opening = (self._opening + chunk)[:4]
        self._parse(chunk, last=False)
        self._fed += len(chunk)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > LARGEST_TAG + len(chunk):
            raise self._fault(
                f"one tag or comment is longer than {LARGEST_TAG:,} octets, which no 8.2 response "
                "needs. Export the response again."
            )

    def finish(self) -> Iterator[InventoryDevice]:
        if not self._fed:
            raise InventoryFault(1, "the file is empty. Export the response again.")
        self._parse(b"", last=True)
        self._check_answer()
        self._check_service()
        return self._with_hub()

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except InventoryFault:
            raise
        except expat.ExpatError as error:
            raise xml_fault(error, self._opening, last=last) from None
        except (LookupError, ValueError):
            # Python's codecs complain so about an encoding that the XML declaration made up.
            raise InventoryFault(
                1, "the XML declaration names an unknown encoding. Save the response as UTF-8."
            ) from None

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if len(self._path) + self._ignored_depth >= DEEPEST:
            raise self._fault(
                f"elements lie more than {DEEPEST} deep, which they never do in an 8.2 response."
            )
        element = None if self._ignored_depth else self._wanted(name)
        if element is None:
            self._ignored_depth += 1
            self._parser.CharacterDataHandler = None
            return
        self._path.append(element)
        self._enter(element)

    def _end(self, _name: str) -> None:
        if self._ignored_depth:
            self._ignored_depth -= 1
            if not self._ignored_depth and self._path[-1].field:
                self._parser.CharacterDataHandler = self._text
            return
        element = self._path.pop()
        if element.field:
            self._keep_field(element.field)
        elif element is DEVICE:
            self._keep_device()

    def _wanted(self, name: str) -> Element | None:
        if not self._path:
            return self._root(name)
        if not name.startswith(_IN_NAMESPACE):
            return None
        return self._path[-1].children.get(name[len(_IN_NAMESPACE) :])

    def _root(self, name: str) -> Element:
        namespace, _, local = name.rpartition(" ")
        if namespace != NAMESPACE:
            raise self._fault(
                f"the root element is not of the DUIS namespace {NAMESPACE}. Give a DUIS 8.2 "
                "response as the DCC sent it."
            )
        if local == "Request":
            raise self._fault("this is a DUIS request. Give the DCC's response to it.")
        if local != "Response":
            raise self._fault(
                "this is another DUIS message. Give the response to Service Request 8.2."
            )
        return RESPONSE

    def _enter(self, element: Element) -> None:
        if element.field:
            self._kept = ""
            self._parser.CharacterDataHandler = self._text
        elif element is DEVICE:
            self._device_line = self._parser.CurrentLineNumber
            self._device = {}
        elif element is INVENTORY:
            self._has_inventory = True

    def _text(self, text: str) -> None:
        if len(self._kept) < LONGEST_FIELD:
            self._kept = (self._kept + text).lstrip()[:LONGEST_FIELD]

    def _keep_field(self, field: str) -> None:
        self._parser.CharacterDataHandler = None
        text = self._kept.rstrip()
        of_device = self._path[-1] is DEVICE
        if field in (self._device if of_device else self._message):
            raise self._fault(
                f"{field} stands twice in one element, so which one holds is unknown. Export the "
                "response again."
            )
        if of_device:
            self._device[field] = text
        else:
            self._message[field] = (self._parser.CurrentLineNumber, text)

    def _keep_device(self) -> None:
        if len(self._devices) >= MOST_DEVICES:
            raise self._fault(
                f"the response holds more than {MOST_DEVICES:,} devices, but a home has a few. "
                "Give one response per home, many of them in a ZIP, or a CSV file."
            )
        found = self._device.get
        self._devices.append(
            InventoryDevice(
                line=self._device_line,
                device_id=found("DeviceID", ""),
                device_type=found("DeviceType", ""),
                device_status=found("DeviceStatus", ""),
                device_manufacturer=found("DeviceManufacturer", ""),
                device_model=found("DeviceModel", ""),
                device_firmware_version=found("DeviceFirmwareVersion", ""),
                chf_device_id="",
            )
        )

    def _with_hub(self) -> Iterator[InventoryDevice]:
        hubs = list(islice((d for d in self._devices if d.device_type.upper() == "CHF"), 2))
        if len(hubs) != 1:
            return iter(self._devices)
        (hub,) = hubs
        return (
            device if device is hub else replace(device, chf_device_id=hub.device_id)
            for device in self._devices
        )

    def _check_answer(self) -> None:
        line, code = self._message.get("ResponseCode", (1, "I"))
        if not code.startswith("I"):
            raise InventoryFault(
                line,
                f"the DCC answered with {plain(code)}, not with an inventory. Only a response "
                "whose ResponseCode begins with I, such as I0, can be read.",
            )

    def _check_service(self) -> None:
        for field in ("ServiceReference", "ServiceReferenceVariant"):
            line, reference = self._message.get(field, (1, SERVICE_REFERENCE))
            if reference != SERVICE_REFERENCE:
                raise InventoryFault(
                    line,
                    f"{field} is {plain(reference)}: this answers another Service Request. Give "
                    "the response to 8.2, Read Inventory.",
                )
        if not self._has_inventory:
            raise InventoryFault(
                1,
                "the response holds no DSPInventory. Give the response to Service Request 8.2, "
                "not its acknowledgement.",
            )

    def _refuse_dtd(self, *_: object) -> int:
        raise self._fault(
            "the document has a DTD or declares entities, which no DUIS message does. Give the "
            "response as the DCC sent it."
        )

    def _fault(self, message: str) -> InventoryFault:
        return InventoryFault(self._parser.CurrentLineNumber, message)
