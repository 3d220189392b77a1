"""The 8.2 response: read whole or refused, and its address never comes out."""

import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.duis.faults import InventoryFault
from fir.duis.inventory import MOST_DEVICES, InventoryDevice, read_inventory

SAMPLE = (Path(__file__).parents[2] / "data" / "read-inventory-response.xml").read_bytes()
HUB = "00-0B-6B-01-00-1D-B8-46"
NAMESPACE = b"http://www.dccinterface.co.uk/ServiceUserGateway"


def read(*chunks: bytes) -> list[InventoryDevice]:
    return list(read_inventory(chunks))


def fault_of(*chunks: bytes) -> InventoryFault:
    with pytest.raises(InventoryFault) as raised:
        read(*chunks)
    return raised.value


def response(inside: bytes) -> bytes:
    """A response with `inside` where the devices stand."""
    return (
        b'<Response xmlns="' + NAMESPACE + b'"><Header><ResponseCode>I0</ResponseCode></Header>'
        b"<Body><ResponseMessage><ServiceReference>8.2</ServiceReference><DSPInventory>"
        + inside
        + b"</DSPInventory></ResponseMessage></Body></Response>"
    )


def device(**fields: str) -> bytes:
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<Device>{inside}</Device>".encode()


def test_the_sample_gives_its_devices_with_their_hub() -> None:
    devices = read(SAMPLE)
    assert [d.device_type for d in devices] == ["CHF", "ESME", "GPF", "GSME", "PPMID", "ESME"]
    assert [d.chf_device_id for d in devices] == ["", *[HUB] * 5]
    assert devices[1] == InventoryDevice(
        line=31,
        device_id="30-EB-5A-FF-FF-08-DD-11",
        device_type="ESME",
        device_status="COMMISSIONED",
        device_manufacturer="1063",
        device_model="00050203",
        device_firmware_version="38040404",
        chf_device_id=HUB,
    )


def test_a_device_of_forbidden_forms_is_kept_as_it_is() -> None:
    odd = read(SAMPLE)[-1]
    assert (odd.device_manufacturer, odd.device_model) == ("GFI", "9001")
    assert odd.device_status == "InstalledNotCommissioned"


def test_no_address_comes_out() -> None:
    out = repr(read(SAMPLE))
    for private in ("123456789012", "ZZ1 1ZZ", "Central"):
        assert private.encode() in SAMPLE
        assert private not in out
    assert not any("1" in (d.device_id, d.device_model, d.device_status) for d in read(SAMPLE))


@given(secret=st.from_regex(r"SECRET[A-Z0-9]{0,20}", fullmatch=True))
def test_nothing_of_an_ignored_element_comes_out_even_where_names_repeat(secret: str) -> None:
    hidden = (
        f"<DeviceID>{secret}</DeviceID>{secret}<Device><DeviceType>{secret}</DeviceType></Device>"
    )
    inside = (
        f"<Device><UPRN>{secret}</UPRN><DeviceID>A<b>{secret}</b>B</DeviceID>"
        f"<PropertyFilter a='{secret}'>{hidden}</PropertyFilter><ImportMPxN>{secret}</ImportMPxN>"
        f"<DeviceType>ESME</DeviceType><!-- {secret} -->{secret}</Device>{hidden}"
    )
    devices = read(response(inside.encode()))
    assert (devices[0].device_id, devices[0].device_type) == ("AB", "ESME")
    assert secret not in repr(devices[0])


@given(cuts=st.lists(st.integers(min_value=0, max_value=len(SAMPLE)), max_size=30))
def test_where_the_chunks_are_cut_makes_no_difference(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(SAMPLE)]
    assert read(*(SAMPLE[a:b] for a, b in pairwise(edges))) == read(SAMPLE)


def test_single_octets_give_the_same_devices_and_the_same_faults() -> None:
    assert read(*(SAMPLE[i : i + 1] for i in range(len(SAMPLE)))) == read(SAMPLE)
    csv = b"DeviceID,DeviceType\n"
    assert str(fault_of(*(csv[i : i + 1] for i in range(len(csv))))) == str(fault_of(csv))


@pytest.mark.parametrize(
    "rewritten",
    [
        SAMPLE.replace(b"sr:", b"duis:").replace(b"xmlns:sr", b"xmlns:duis"),
        SAMPLE.replace(b"sr:", b"").replace(b"xmlns:sr", b"xmlns"),
        SAMPLE.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        b"\xef\xbb\xbf" + SAMPLE,
    ],
)
def test_prefix_and_encoding_make_no_difference(rewritten: bytes) -> None:
    assert read(rewritten) == read(SAMPLE)


def test_text_is_stripped_and_cut_to_200_characters() -> None:
    long = device(DeviceID=" \n A ", DeviceModel=" " * 300 + "x" * 500)
    (only,) = read(response(long))
    assert (only.device_id, only.device_model) == ("A", "x" * 200)


def test_absent_fields_are_empty() -> None:
    (only,) = read(response(b"<Device/>"))
    assert only == InventoryDevice(1, "", "", "", "", "", "", "")


def test_two_hubs_leave_the_hub_open_for_every_device() -> None:
    hubs = device(DeviceID="1", DeviceType="CHF") + device(DeviceID="2", DeviceType="CHF")
    devices = read(response(hubs + device(DeviceID="3", DeviceType="ESME")))
    assert [d.chf_device_id for d in devices] == ["", "", ""]


def test_a_response_without_a_hub_or_without_devices_is_read() -> None:
    assert read(response(device(DeviceType="ESME")))[0].chf_device_id == ""
    assert read(response(b"")) == []


def test_a_response_cut_off_anywhere_is_refused() -> None:
    end = SAMPLE.rindex(b">")
    for cut in range(end + 1):
        fault = fault_of(SAMPLE[:cut])
        assert 1 <= fault.line <= SAMPLE[:cut].count(b"\n") + 1
    assert read(SAMPLE[: end + 1]) == read(SAMPLE)


def test_a_cut_response_names_the_line_of_the_cut() -> None:
    fault = fault_of(SAMPLE[: SAMPLE.index(b"<sr:DeviceType>GSME")])
    assert "cut off" in fault.message
    assert fault.line == SAMPLE[: SAMPLE.index(b"<sr:DeviceType>GSME")].count(b"\n") + 1
    assert str(fault).startswith(f"Line {fault.line}: ")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"", "empty"),
        (b"DeviceID,DeviceType\n", "CSV"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x1f\x8brest", "gzip"),
        (response(b"<a><b></a>"), "not well-formed"),
        (SAMPLE + b"<again/>", "not well-formed"),
        (SAMPLE.replace(NAMESPACE, b"http://example.org/"), "namespace"),
        (SAMPLE.replace(b"sr:Response>", b"sr:Request>").replace(b"<sr:Response ", b"<sr:Request "),
         "request"),
        (SAMPLE.replace(b"sr:Response>", b"sr:Alert>").replace(b"<sr:Response ", b"<sr:Alert "),
         "another DUIS message"),
        (SAMPLE.replace(b">I0<", b">E65<"), "E65"),
        (SAMPLE.replace(b">I0<", b"><"), "code"),
        (SAMPLE.replace(b">8.2<", b">11.1<"), "11.1"),
        (SAMPLE.replace(b"DSPInventory", b"Other"), "no DSPInventory"),
        (SAMPLE.replace(b"UTF-8", b"x-made-up"), "encoding"),
        (response(b"<a>" * 30 + b"</a>" * 30), "deep"),
        (response(b"<Device><DeviceID>1</DeviceID><DeviceID>2</DeviceID></Device>"), "twice"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_reason(data: bytes, hint: str) -> None:
    assert hint in fault_of(data).message


@pytest.mark.parametrize(
    "dtd",
    [
        b"<!DOCTYPE Response>",
        b'<!DOCTYPE Response SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE Response [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE Response [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>',
    ],
)
def test_a_dtd_is_refused_before_anything_in_it_is_used(dtd: bytes) -> None:
    fault = fault_of(SAMPLE.replace(b"?>\n", b"?>\n" + dtd, 1))
    assert (fault.line, "DTD" in fault.message) == (2, True)


def test_a_fault_repeats_no_private_text() -> None:
    for data in (
        SAMPLE.replace(b">I0<", b">1 Secret Street<"),
        SAMPLE.replace(b">8.2<", b">1 Secret Street<"),
        SAMPLE.replace(b"<sr:UPRN>", b"<sr:UPRN>1 Secret Street & Sons"),
    ):
        assert "Secret" not in str(fault_of(data))


@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_the_fault(data: bytes) -> None:
    fault_of(data)


@given(data=st.data())
def test_a_damaged_response_raises_nothing_but_the_fault(data: st.DataObject) -> None:
    at = data.draw(st.integers(min_value=0, max_value=len(SAMPLE)))
    junk = data.draw(st.binary(max_size=6))
    with suppress(InventoryFault):
        read(SAMPLE[:at] + junk + SAMPLE[at + data.draw(st.integers(0, 9)) :])


@pytest.mark.parametrize("name", ["punycode", "idna", "zlib", "rot13", "shift_jis", "undefined"])
def test_an_odd_encoding_raises_nothing_but_the_fault(name: str) -> None:
    with suppress(InventoryFault):
        read(SAMPLE.replace(b"UTF-8", name.encode()))


def test_more_devices_than_any_home_has_are_refused() -> None:
    most = read(response(b"<Device/>" * MOST_DEVICES))
    assert len(most) == MOST_DEVICES
    assert "more than 100,000" in fault_of(response(b"<Device/>" * (MOST_DEVICES + 1))).message


def flood(opening: bytes, filling: bytes, times: int) -> Iterator[bytes]:
    yield opening
    for _ in range(times):
        yield filling


@pytest.mark.parametrize("opening", [b"<a b='", b"<!-- ", b"<?x "])
def test_an_endless_tag_is_refused_before_it_fills_the_memory(opening: bytes) -> None:
    start = response(b"").split(b"</DSPInventory>")[0] + opening
    with pytest.raises(InventoryFault, match="longer than"):
        list(read_inventory(flood(start, b"x" * 65536, 1000)))


def peak_of(chunks: Iterable[bytes]) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(InventoryFault):
            list(read_inventory(chunks))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("element", [b"<UPRN>", b"<Device><DeviceID>"])
def test_an_endless_element_is_not_gathered(element: bytes) -> None:
    start = response(b"").split(b"</DSPInventory>")[0] + element
    assert peak_of(flood(start, b"x" * 65536, 500)) < 1_000_000
