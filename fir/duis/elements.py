"""The elements of an 8.2 response that FIR enters; whatever is not here is stepped over unread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NAMESPACE: Final = "http://www.dccinterface.co.uk/ServiceUserGateway"


@dataclass(frozen=True, slots=True)
class Element:
    """A place in the response: the elements worth entering, or a field whose text is kept."""

    children: Mapping[str, "Element"]
    field: str = ""


def _field(name: str) -> Element:
    return Element({}, name)


DEVICE: Final = Element(
    {
        name: _field(name)
        for name in (
            "DeviceID",
            "DeviceType",
            "DeviceStatus",
            "DeviceManufacturer",
            "DeviceModel",
            "DeviceFirmwareVersion",
        )
    }
)
INVENTORY: Final = Element({"Device": DEVICE})
_MESSAGE: Final = Element(
    {
        "ServiceReference": _field("ServiceReference"),
        "ServiceReferenceVariant": _field("ServiceReferenceVariant"),
        "DSPInventory": INVENTORY,
    }
)
RESPONSE: Final = Element(
    {
        "Header": Element({"ResponseCode": _field("ResponseCode")}),
        "Body": Element({"ResponseMessage": _MESSAGE}),
    }
)
