"""Lists of Devices as archives: batches that are the list, and bodies of its next step."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fir.eligibility.archives import (
    ActivationRefused,
    activation_body,
    batches,
    contents_of_batches,
    contents_of_requests,
    requests,
)
from fir.eligibility.lists import CSV, list_asked, written_list
from fir.estates.devices import LoadGone
from fir.parties.operations import operator
from fir.parties.scopes import Part, Scope
from fir.records.operations import declare_hub_capability
from tests import make
from tests.fir.duis.requests_read import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.eligibility.lists import DeviceList
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
HUB, DISPLAY = "00090101", "00030101"
DISTRIBUTED = {"11.1": "UpdateFirmware", "11.4": "UpdatePPMIDFirmware"}


@pytest.fixture
def supplier(settings: Any) -> Party:
    """A Supplier with meters that may take CPL-000003 in two steps or in one, that run it, or whose
    version is not listed. Two Devices make a batch."""
    settings.DEVICES_IN_A_REQUEST = 2
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    make.estate(
        supplier,
        *(make.device(n) for n in (1, 2, 3, 2**64 - 1, 2**63)),
        *(make.device(n, DeviceFirmwareVersion="00000002") for n in (20, 21)),
        *(make.device(n, DeviceFirmwareVersion="00000003") for n in (30, 31, 32)),
        make.device(40, DeviceFirmwareVersion="0BADF00D"),
    )
    return supplier


def asked(supplier: Party, **narrowed: Any) -> DeviceList:
    return list_asked(Scope(supplier), **narrowed, at=make.AT)


def files(pieces: Iterator[bytes]) -> dict[str, bytes]:
    """The files of an archive, by name; each name once."""
    archive = ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(names) == len(set(names))
    return {name: archive.read(name) for name in names}


def manifest(held: dict[str, bytes]) -> dict[str, Any]:
    """What an archive says of itself, and that it holds just the files that it names."""
    said: dict[str, Any] = json.loads(held["manifest.json"])
    named = [file["name"] for group in said["groups"] for file in group["files"]]
    assert sorted([*named, "manifest.json"]) == sorted(held)
    return said


def ids(found: DeviceList) -> list[str]:
    return b"".join(written_list(found, CSV)).decode().split()[1:]


def test_batches_are_the_list_and_no_more_than_a_request_takes(supplier: Party) -> None:
    found = asked(supplier)
    held = files(batches(found, at=make.AT))
    said = manifest(held)

    rows = {name: text.decode().split() for name, text in held.items() if name.endswith(".csv")}
    assert sorted(one for lines in rows.values() for one in lines[1:]) == sorted(ids(found))
    assert all(lines[0] == "DeviceID" and 1 < len(lines) <= 3 for lines in rows.values())
    told = {file["name"]: file["devices"] for group in said["groups"] for file in group["files"]}
    assert told == {name: len(lines) - 1 for name, lines in rows.items()}
    assert said["devices"] == 11


def test_no_batch_mixes_what_is_not_handled_alike(supplier: Party) -> None:
    held = files(batches(asked(supplier), at=make.AT))
    folders = {
        "ELIGIBLE_IN_STEPS/ESME-CPL-000002": (1, 2, 3, 2**63, 2**64 - 1),
        "ELIGIBLE/ESME-CPL-000003": (20, 21),
        "UP_TO_DATE/ESME-CPL-000003": (30, 31, 32),
        "NOT_LISTED/ESME-CPL-000003": (40,),
    }

    found: dict[str, list[str]] = {}
    for name in sorted(held):
        if name.endswith(".csv"):
            found.setdefault(name.rpartition("-")[0], []).extend(held[name].decode().split()[1:])

    assert {name: sorted(some) for name, some in found.items()} == {
        name: sorted(map(make.device_id, numbers)) for name, numbers in folders.items()
    }


def test_requests_are_the_next_step_of_each(supplier: Party) -> None:
    held = files(requests(asked(supplier), at=make.AT))
    said = manifest(held)

    assert [group["installs"] for group in said["groups"]] == ["CPL-000003", "CPL-000002"]
    assert "signs nothing" in said["what_is_left"]
    for group, version, numbers in zip(
        said["groups"],
        ("00000003", "00000002"),
        ((20, 21), (1, 2, 3, 2**63, 2**64 - 1)),
        strict=True,
    ):
        named = []
        activations = []
        for file in group["files"]:
            body = read(held[file["name"]])
            if body.service == "ActivateFirmware":
                activations.append(body.holds)
                continue
            assert body.service == DISTRIBUTED["11.1"]
            assert ("FirmwareVersion", version) in body.holds
            some = [text for name, text in body.holds if name == "DeviceIDList"]
            assert len(some) == file["devices"] <= 2
            named += some
        assert sorted(named) == sorted(map(make.device_id, numbers))
        assert activations == [[("FirmwareHash", group["manufacturer_image_hash"])]]
    hashes = {group["installs"]: group["manufacturer_image_hash"] for group in said["groups"]}
    assert hashes == {"CPL-000003": make.image_hash(3), "CPL-000002": make.image_hash(2)}


def test_a_display_takes_one_request_for_both_stages() -> None:
    supplier = make.party("big-light")
    make.listed(
        make.row(4, device_type="CHF", device_model=HUB),
        make.row(5, device_type="PPMID", device_model=DISPLAY, esme_variant=""),
    )
    declare_hub_capability(
        cpl_entry_id="CPL-000004", carries_updates=True, by=operator(), at=make.AT
    )
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(
        maker, administrator, 6, predecessors=["CPL-000005"], device_type="PPMID",
        device_model=DISPLAY, esme_variant=None,
    )  # fmt: skip
    make.estate(
        supplier,
        make.device(9, DeviceType="CHF", DeviceModel=HUB, DeviceFirmwareVersion="00000004"),
        make.device(
            3,
            DeviceType="PPMID",
            DeviceModel=DISPLAY,
            DeviceFirmwareVersion="00000005",
            CHFDeviceID=make.device_id(9),
        ),
    )

    held = files(requests(asked(supplier), at=make.AT))

    manifest(held)
    (name,) = set(held) - {"manifest.json"}
    body = read(held[name])
    assert (name, body.service) == ("11.4-PPMID-CPL-000006-00001.xml", DISTRIBUTED["11.4"])
    assert body.holds[1:] == [("FirmwareVersion", "00000006"), ("DeviceIDList", make.device_id(3))]
    widened = Scope(supplier, (Part(frozenset({"PPMID"})),))
    withheld = files(requests(list_asked(widened, at=make.AT), at=make.AT))
    assert list(withheld) == ["manifest.json"]  # it would activate too
    assert manifest(withheld)["devices"] == 1


def test_what_may_not_be_sent_to_is_in_no_request(supplier: Party) -> None:
    for outcome in ("UP_TO_DATE", "NOT_LISTED", "BLOCKED"):
        found = asked(supplier, outcome=outcome)

        assert contents_of_requests(found) == []
        assert list(files(requests(found, at=make.AT))) == ["manifest.json"]


def test_nobody_but_the_supplier_gets_an_activation(supplier: Party) -> None:
    found = list_asked(Scope(supplier, (Part(frozenset({"ESME"})),)), at=make.AT)

    held = files(requests(found, at=make.AT))

    assert {name[:4] for name in held if name.endswith(".xml")} == {"11.1"}
    assert "11.3" in manifest(held)["withheld"]
    with pytest.raises(ActivationRefused):
        activation_body(found, make.image_hash(3))


def test_what_is_told_beforehand_is_what_comes(supplier: Party) -> None:
    found = asked(supplier)
    for contents, held in (
        (contents_of_batches(found), files(batches(found, at=make.AT))),
        (
            contents_of_requests(found),
            files(requests(found, at=make.AT)),
        ),
    ):
        names = {file.name for one in contents for file in one.files}
        assert names == set(held) - {"manifest.json"}


def test_a_finding_that_is_worked_out_when_asked_is_found_with_its_target(supplier: Party) -> None:
    (group,) = asked(supplier, target="CPL-000002", outcome="ELIGIBLE").groups
    (finding,) = group.findings

    with_target = asked(supplier, finding=UUID(finding), target="CPL-000002")

    assert ids(with_target) == ids(asked(supplier, target="CPL-000002", outcome="ELIGIBLE"))
    assert len(ids(with_target)) == 5
    assert asked(supplier, finding=UUID(finding)).devices == 0


def test_an_archive_whose_load_goes_breaks_off_and_opens_nowhere(supplier: Party) -> None:
    found = asked(supplier)
    pieces = batches(found, at=make.AT)
    begun = next(pieces) + next(pieces)

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE loads.device_{found.load_id}")

    with pytest.raises(LoadGone):
        list(pieces)
    with pytest.raises(BadZipFile):
        ZipFile(io.BytesIO(begun))


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(size=st.integers(1, 6), outcome=st.sampled_from(["", "ELIGIBLE_IN_STEPS", "UP_TO_DATE"]))
def test_batches_of_any_size_divide_the_list_among_them(
    supplier: Party, settings: Any, size: int, outcome: str
) -> None:
    settings.DEVICES_IN_A_REQUEST = size
    found = asked(supplier, outcome=outcome)

    held = files(batches(found, at=make.AT))

    lists = [text.decode().split()[1:] for name, text in held.items() if name.endswith(".csv")]
    assert sorted(one for some in lists for one in some) == sorted(ids(found))
    assert all(len(some) <= size for some in lists)
    sizes = [-(-group.devices // size) for group in found.groups]
    assert len(lists) == sum(sizes)  # no more files than needed


def test_an_archive_asks_as_often_whatever_the_number_of_devices(
    supplier: Party, settings: Any
) -> None:
    settings.DEVICES_IN_A_REQUEST = 50_000
    spent = []
    for number in (10, 400):
        make.estate(supplier, *(make.device(n) for n in range(1, number + 1)))
        with CaptureQueriesContext(connection) as held:
            files(requests(asked(supplier), at=make.AT))
        spent.append(len(held))
    assert spent[0] == spent[1]
