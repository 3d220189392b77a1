"""Whatever is sent in instead of an inventory is refused with a sentence, and nothing is kept."""

from __future__ import annotations

import gzip
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fir.estates.models import Cohort, LoadNote
from fir.estates.operations import EstateRefused
from fir.estates.queries import loads_of, standing_load_of
from tests import make
from tests.fir.estates.loads import HUB, devices_of, loaded, numbers, received, tables_of_loads

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
RESPONSE = (Path(__file__).parents[2] / "data" / "read-inventory-response.xml").read_bytes()
CSV = make.inventory(make.device(1), make.device(2))
DTD = b'<!DOCTYPE a [<!ENTITY b "c">]>'
PACKED = gzip.compress(CSV, mtime=0)
BOMB = gzip.compress(CSV + (b"x" * 98_000 + b"\n") * 400, mtime=0)


def zipped(**members: bytes) -> bytes:
    """A ZIP of these files, in whose names two underscores are dots and three a slash."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("___", "/").replace("__", "."), data)
    return held.getvalue()


BAD = {
    "empty": (b"", "The inventory is empty."),
    "no row": (CSV.splitlines()[0] + b"\n", "The inventory holds no device."),
    "a heading missing": (CSV.replace(b"DeviceModel", b"Model"), "Headings missing: DeviceModel."),
    "a heading doubled": (b"Device ID," + CSV, "Headings that stand twice: DeviceID."),
    "a heading in the place of another": (
        CSV.replace(b"DeviceModel", b"DeviceType"),
        "Headings missing: DeviceModel. Headings that stand twice: DeviceType.",
    ),
    "semicolons": (CSV.replace(b",", b";"), "separated by semicolons"),
    "tabs": (CSV.replace(b",", b"\t"), "separated by tabs"),
    "UTF-16": (CSV.decode().encode("utf-16"), "UTF-16"),
    "a gzip cut off": (PACKED[:-9], "cut off"),
    "a small gzip of blank lines": (gzip.compress(CSV + b"\n" * (1 << 20)), "blank lines"),
    "blank lines after a quotation mark": (CSV + b'""\n' + b"\n" * 200_000, "blank lines"),
    "a gzip bomb": (BOMB, "more than 1,000 times its size"),
    "ten megabytes in a field": (
        CSV + make.inventory(make.device(3, DeviceStatus="x" * (10 << 20))).split(b"\n", 1)[1],
        "longer than 100,000 bytes",
    ),
    "a DTD": (RESPONSE.replace(b"?>", b"?>" + DTD, 1), "has a DTD or declares entities"),
    "a workbook": (zipped(**{"[Content_Types]__xml": b"<a/>"}), "workbook"),
    "an empty ZIP": (zipped(), "empty"),
    "a ZIP cut off": (zipped(a__xml=RESPONSE)[:-30], "cut off or damaged"),
    "a ZIP with a way out": (zipped(**{"____" + "___a__xml": RESPONSE}), "outside the ZIP"),
    "a ZIP in a ZIP": (zipped(a__zip=zipped(a__xml=RESPONSE)), "packed itself"),
    "a ZIP in a ZIP by another name": (zipped(a__xml=zipped(a__xml=RESPONSE)), "packed itself"),
    "a bad file in a ZIP": (zipped(a__xml=RESPONSE, b__xml=RESPONSE[:500]), "Member 2, line"),
}


@pytest.mark.parametrize("what", BAD)
def test_it_is_refused_with_its_reason_and_leaves_nothing(supplier: Party, what: str) -> None:
    data, why = BAD[what]

    with pytest.raises(EstateRefused) as refusal:
        received(supplier, data=data)

    assert why in str(refusal.value)
    (load,) = loads_of(supplier)
    assert (load.state, load.refusal) == ("REFUSED", str(refusal.value))
    assert not Cohort.objects.exists()
    assert not LoadNote.objects.exists()
    assert tables_of_loads() == set()


@pytest.mark.parametrize(
    ("limit", "most", "data", "why"),
    [
        ("ESTATE_MOST_BYTES", 100, CSV, "The file has more than 100 bytes"),
        (
            "ESTATE_MOST_BYTES_UNPACKED",
            100,
            gzip.compress(CSV, mtime=0),
            "unpacks to more than 100",
        ),
        ("ESTATE_MOST_BYTES_UNPACKED", 100, zipped(a__xml=RESPONSE), "unpacks to more than 100"),
        ("ESTATE_MOST_FILES", 1, zipped(a__xml=RESPONSE, b__xml=RESPONSE), "more than 1 files"),
        ("ESTATE_LONGEST_LINE", 20, CSV, "longer than 20 bytes"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_by_that_limit(
    supplier: Party, settings: Any, limit: str, most: int, data: bytes, why: str
) -> None:
    setattr(settings, limit, most)

    with pytest.raises(EstateRefused, match=why):
        received(supplier, data=data)

    assert tables_of_loads() == set()


def test_a_zip_of_responses_is_one_inventory(supplier: Party) -> None:
    other = re.sub(rb"(DeviceID>)[0-9A-F]{2}", rb"\g<1>77", RESPONSE)
    alone = loaded(make.party("other"), data=RESPONSE)

    load = loaded(supplier, data=zipped(a__xml=RESPONSE, b__xml=other))

    assert load.state == "DONE"
    assert load.devices == 2 * alone.devices


def test_a_device_in_two_files_of_a_zip_is_named_with_its_file(supplier: Party) -> None:
    load = loaded(supplier, data=zipped(a__xml=RESPONSE, b__xml=RESPONSE + b"\n"))

    assert load.state == "HELD"
    assert set(load.notes_by_reason) >= {"DEVICE_REPEATED"}
    repeated = LoadNote.objects.filter(load=load, reason="DEVICE_REPEATED")
    assert {note.member for note in repeated} == {2}


def test_a_nul_is_one_rows_trouble(supplier: Party) -> None:
    load = loaded(supplier, make.device(1), make.device(2, DeviceStatus="a\0b"))

    assert (load.state, load.devices) == ("DONE", 2)
    assert load.notes_by_reason == {"STATUS_UNREADABLE": 1}


def test_a_hub_that_is_not_in_the_file_or_another_suppliers_is_no_hub(supplier: Party) -> None:
    loaded(make.party("other"), HUB)
    behind = {"DeviceType": "PPMID", "CHFDeviceID": make.device_id(9)}

    load = loaded(supplier, make.device(1, **behind))

    assert set(devices_of(load)) == numbers(1)
    (cohort,) = Cohort.objects.filter(load=load)
    assert (cohort.hub_model, cohort.hub_version) == ("", "")
    assert standing_load_of(supplier) == load
