"""Writes what a Supplier's own tools make Service Requests of: 11.1, 11.3 and 11.4. Pure.

Nothing here is complete: the image, the RequestID and the signature are the Supplier's, whose tools
put them in. What stands in their place can be taken for neither: the image's placeholder is no
base64, and the RequestID is all zeros.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from fir.duis.elements import NAMESPACE

SCHEMA_VERSION: Final = "5.4"
IMAGE_PLACEHOLDER: Final = "PUT-THE-OTA-UPGRADE-IMAGE-HERE-IN-BASE64"
NO_ID: Final = "00-00-00-00-00-00-00-00"
REQUEST_ID_PLACEHOLDER: Final = f"{NO_ID}:{NO_ID}:0"

# Which element distributes an image, by Service Request.
DISTRIBUTES: Final[Mapping[str, str]] = {"11.1": "UpdateFirmware", "11.4": "UpdatePPMIDFirmware"}
ACTIVATES: Final = "11.3"
_NOT_FOR_A_DEVICE: Final = 8
_SIGNED_FOR_A_DEVICE: Final = 4


def distribution_request(
    service: str, *, firmware_version: str, device_ids: Sequence[str]
) -> bytes:
    """An 11.1 or 11.4 that sends one version to these Devices, without its image.

    `DeviceIDList` is repeated for each Device: public examples name one Device in it, as its text.
    """
    element = DISTRIBUTES[service]
    listed = "".join(f"      <sr:DeviceIDList>{one}</sr:DeviceIDList>\n" for one in device_ids)
    body = (
        f"    <sr:{element}>\n"
        f"      <sr:FirmwareImage>{IMAGE_PLACEHOLDER}</sr:FirmwareImage>\n"
        f"      <sr:FirmwareVersion>{firmware_version}</sr:FirmwareVersion>\n"
        f"{listed}"
        f"    </sr:{element}>\n"
    )
    return _request(service, _NOT_FOR_A_DEVICE, body)


def activation_request(manufacturer_image_hash: str) -> bytes:
    """An 11.3 that activates the image with this hash at once. It names no Device: each gets one of
    its own, whose RequestID names it, signed by its Supplier."""
    body = (
        "    <sr:ActivateFirmware>\n"
        f"      <sr:FirmwareHash>{manufacturer_image_hash}</sr:FirmwareHash>\n"
        "    </sr:ActivateFirmware>\n"
    )
    return _request(ACTIVATES, _SIGNED_FOR_A_DEVICE, body)


def _request(service: str, command_variant: int, body: str) -> bytes:
    """A whole request but for its signature. Every value was checked where it was taken in, and is
    digits, capitals, hyphens and full stops alone, so nothing needs to be escaped."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sr:Request xmlns:sr="{NAMESPACE}" schemaVersion="{SCHEMA_VERSION}">\n'
        "  <sr:Header>\n"
        f"    <sr:RequestID>{REQUEST_ID_PLACEHOLDER}</sr:RequestID>\n"
        f"    <sr:CommandVariant>{command_variant}</sr:CommandVariant>\n"
        f"    <sr:ServiceReference>{service}</sr:ServiceReference>\n"
        f"    <sr:ServiceReferenceVariant>{service}</sr:ServiceReferenceVariant>\n"
        "  </sr:Header>\n"
        "  <sr:Body>\n"
        f"{body}"
        "  </sr:Body>\n"
        "</sr:Request>\n"
    ).encode()
