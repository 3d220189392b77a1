"""Bodies of DUIS requests: held against what DUIS says of them, and read by the DCC's own parser.

That parser is a public npm package under the GPL: a tool of this test where `.ci/run` has put it
into a folder outside the checkout, and no part of FIR.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.duis.requests import IMAGE_PLACEHOLDER, activation_request, distribution_request
from tests import make
from tests.fir.duis.requests_read import read

FOLDERS = filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep))
HAS_PARSER = shutil.which("node") is not None and any(
    Path(folder, "@smartdcc", "duis-parser").is_dir() for folder in FOLDERS
)
IDS = [make.device_id(1), make.device_id(2**64 - 1), "00-DB-12-34-56-78-90-A0"]
HASH = make.image_hash("an image")
ZEROS = "00-00-00-00-00-00-00-00"
HEADER = [("RequestID", f"{ZEROS}:{ZEROS}:0")]
ELEMENTS = {"11.1": "UpdateFirmware", "11.4": "UpdatePPMIDFirmware"}


def header(service: str, variant: str) -> list[tuple[str, str]]:
    references = ("ServiceReference", "ServiceReferenceVariant")
    return [*HEADER, ("CommandVariant", variant), *((name, service) for name in references)]


@pytest.mark.parametrize("service", ELEMENTS)
def test_a_distribution_has_its_elements_in_their_order(service: str) -> None:
    found = read(distribution_request(service, firmware_version="0002012F", device_ids=IDS))

    assert found.attributes == {"schemaVersion": "5.4"}
    assert found.header == header(service, "8")
    assert found.service == ELEMENTS[service]
    assert found.holds == [
        ("FirmwareImage", IMAGE_PLACEHOLDER),
        ("FirmwareVersion", "0002012F"),
        *(("DeviceIDList", one) for one in IDS),
    ]


def test_an_activation_holds_the_hash_alone() -> None:
    found = read(activation_request(HASH))

    assert found.attributes == {"schemaVersion": "5.4"}
    assert found.header == header("11.3", "4")
    assert (found.service, found.holds) == ("ActivateFirmware", [("FirmwareHash", HASH)])


def test_the_placeholder_can_be_taken_for_no_image() -> None:
    with pytest.raises(binascii.Error):
        base64.b64decode(IMAGE_PLACEHOLDER, validate=True)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30), st.sampled_from([*ELEMENTS]))
def test_every_device_is_read_back_once_in_order(numbers: list[int], service: str) -> None:
    ids = list(map(make.device_id, numbers))

    found = read(distribution_request(service, firmware_version="00000001", device_ids=ids))

    assert [text for name, text in found.holds if name == "DeviceIDList"] == ids


def parsed(*documents: bytes) -> list[dict[str, Any]]:
    """What the DCC's parser reads in documents."""
    answer = subprocess.run(
        ["node", str(Path(__file__).with_name("parse.js"))],
        input=json.dumps([document.decode() for document in documents]),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(answer.stdout)
    return found


@pytest.mark.skipif(not HAS_PARSER, reason="NODE_PATH names no folder with the DCC's parser")
def test_the_parser_of_the_dcc_reads_every_request() -> None:
    first, second, third, single = parsed(
        distribution_request("11.1", firmware_version="0002012F", device_ids=IDS),
        distribution_request("11.4", firmware_version="00020002", device_ids=IDS),
        activation_request(HASH),
        distribution_request("11.1", firmware_version="0002012F", device_ids=IDS[:1]),
    )

    told = {"FirmwareImage": IMAGE_PLACEHOLDER, "FirmwareVersion": "0002012F"}
    assert first["body"] == {"UpdateFirmware": {**told, "DeviceIDList": IDS}}
    assert single["body"] == {"UpdateFirmware": {**told, "DeviceIDList": IDS[0]}}
    assert second["body"]["UpdatePPMIDFirmware"]["FirmwareVersion"] == "00020002"
    assert second["body"]["UpdatePPMIDFirmware"]["DeviceIDList"] == IDS
    assert third["body"] == {"ActivateFirmware": {"FirmwareHash": HASH}}
    for one, name, variant, critical in (
        (first, "Update Firmware", 8, "No"),
        (second, "Update PPMID Firmware", 8, "No"),
        (third, "Activate Firmware", 4, "Yes"),
    ):
        head = one["header"]
        assert one["isRequest"]
        assert head["commandVariant"]["number"] == variant
        assert head["serviceReferenceVariant"]["Service Request Name"] == name
        assert head["serviceReferenceVariant"]["Critical"] == critical
