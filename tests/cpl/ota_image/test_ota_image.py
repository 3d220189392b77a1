"""OTA Upgrade Images: their facts are read as they stream by, however they are cut."""

import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise, repeat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cpl.ota_image import OtaImage, read_ota_image
from cpl.ota_image.faults import LARGEST_IMAGE, ImageTooLarge, NotAnUpgradeImage
from tests.cpl.ota_image.ota_file import ANY_BYTES, FILES, SIGNATURE, TRAILER, File, fault_of


def hash_of(data: bytes) -> str:
    return sha256(data).hexdigest().upper()


def outcome_of(*pieces: bytes) -> OtaImage | tuple[str, str]:
    try:
        return read_ota_image(pieces)
    except NotAnUpgradeImage as fault:
        return fault.code, str(fault)


def test_a_meters_image_is_read_without_its_trailer() -> None:
    data = File(content=b"firmware" + TRAILER).written()
    image = read_ota_image([data])
    assert image.header.manufacturer_identifier == "10E0"
    assert image.header.image_type == "0084"
    assert image.header.firmware_version == "0002012F"
    assert image.header.stack_version == "0002"
    assert image.header.header_string == "for a meter"
    assert (image.header.header_length, image.header.total_size) == (60, 60 + 8 + 66)
    assert image.header.minimum_hardware_version == "0100"
    assert image.header.maximum_hardware_version == "01FF"
    assert image.file_hash == hash_of(data)
    assert image.image_hash_for("ESME") == hash_of(b"firmware")


def test_the_same_firmware_has_one_hash_whoever_signed_it() -> None:
    signed = read_ota_image([File(content=b"firmware" + TRAILER).written()])
    by_another = read_ota_image([File(content=b"firmware\x01\x40" + b"s" * 64).written()])
    unsigned = read_ota_image([File(content=b"firmware").written()])
    assert len({image.image_hash_for("ESME") for image in (signed, by_another, unsigned)}) == 1
    assert len({image.file_hash for image in (signed, by_another, unsigned)}) == 3


@given(file=FILES)
def test_an_image_of_any_shape_is_read_back(file: File) -> None:
    data = file.written()
    image = read_ota_image([data])
    assert image.header.manufacturer_identifier == f"{file.maker:04X}"
    assert image.header.image_type == f"{file.kind:04X}"
    assert image.header.firmware_version == f"{file.firmware:08X}"
    assert image.header.stack_version == f"{file.stack:04X}"
    assert image.header.header_length == len(data) - len(file.content)
    assert image.header.total_size == len(data)
    hardware = (image.header.minimum_hardware_version, image.header.maximum_hardware_version)
    assert hardware == ((None, None) if not file.hardware else tuple(map(four_hex, file.hardware)))
    assert image.file_hash == hash_of(data)
    assert image.hash_behind_header == hash_of(file.content)
    if len(file.content) > 66 and file.content[-65] == 0x40:
        assert image.hash_before_trailer == hash_of(file.content[:-66])
    else:
        assert image.hash_before_trailer is None


def four_hex(number: int) -> str:
    return f"{number:04X}"


@pytest.mark.parametrize(
    ("device_type", "content"),
    [
        ("ESME", b"firmware"),
        ("GSME", b"firmware"),
        ("HCALCS", b"firmware"),
        ("PPMID", b"firmware" + TRAILER),
    ],
)
def test_the_device_type_says_whether_the_trailer_is_one(device_type: str, content: bytes) -> None:
    image = read_ota_image([File(content=b"firmware" + TRAILER).written()])
    assert image.image_hash_for(device_type) == hash_of(content)


@pytest.mark.parametrize("device_type", ["", "CHF", "GPF", "SAPC", "IHD"])
def test_where_the_type_does_not_decide_both_readings_are_offered(device_type: str) -> None:
    image = read_ota_image([File(content=b"firmware" + TRAILER).written()])
    assert image.image_hash_for(device_type) is None
    assert image.image_hashes == (hash_of(b"firmware"), hash_of(b"firmware" + TRAILER))


@pytest.mark.parametrize(
    "content",
    [
        b"firmware",
        b"firmware\x00\x41" + SIGNATURE,
        b"firmware" + TRAILER + b"\n",
        TRAILER,  # with it gone, no Manufacturer Image would be left
    ],
    ids=["none", "another length", "not at the end", "alone"],
)
def test_without_the_looks_of_a_trailer_there_is_one_reading(content: bytes) -> None:
    image = read_ota_image([File(content=content).written()])
    assert image.image_hashes == (hash_of(content),)
    for device_type in ("ESME", "PPMID", "CHF", ""):
        assert image.image_hash_for(device_type) == hash_of(content)


def test_one_byte_before_a_trailer_is_a_manufacturer_image() -> None:
    image = read_ota_image([File(content=b"f" + TRAILER).written()])
    assert image.image_hash_for("GSME") == hash_of(b"f")


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (b"", ""),
        (b"x" * 32, "x" * 32),
        (b"seen\0unseen", "seen"),
        (b"  padded ", "padded"),
        (b"a\x1b[2J\xe9\n", "a�[2J��"),
    ],
)
def test_the_header_string_is_text_that_can_be_shown(note: bytes, said: str) -> None:
    assert read_ota_image([File(note=note).written()]).header.header_string == said


@example(data=b"A" * 100 + b"\0", cuts=[80])  # what it looks like changes behind the opening
@given(data=ANY_BYTES, cuts=st.lists(st.integers(min_value=0, max_value=300), max_size=12))
def test_where_the_pieces_are_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert outcome_of(*(data[a:b] for a, b in pairwise(edges))) == outcome_of(data)


@given(data=ANY_BYTES)
def test_single_bytes_make_no_difference(data: bytes) -> None:
    assert outcome_of(*(data[i : i + 1] for i in range(len(data)))) == outcome_of(data)


@given(data=ANY_BYTES)
def test_any_bytes_are_an_image_or_a_named_fault(data: bytes) -> None:
    try:
        image = read_ota_image([data])
    except NotAnUpgradeImage as raised:
        fault = raised
    else:
        assert image.header.total_size == len(data)
        assert image.file_hash == hash_of(data)
        assert image.hash_behind_header == hash_of(data[image.header.header_length :])
        return
    assert type(fault) is not NotAnUpgradeImage
    assert fault.code.isupper()
    assert str(fault).isprintable()
    assert str(fault).endswith(".")


def test_an_image_may_be_as_large_as_the_limit_and_no_larger() -> None:
    content = bytes(LARGEST_IMAGE - 60)
    assert read_ota_image([File(content=content).written()]).hash_behind_header == hash_of(content)
    largest = File(content=content, total=LARGEST_IMAGE).written()
    for pieces in ([largest, b"\0"], [largest + b"\0"]):
        assert isinstance(fault_of(*pieces), ImageTooLarge)


def test_a_stream_that_does_not_end_is_left_at_the_limit() -> None:
    def stream() -> Iterator[bytes]:
        yield File().written()
        yield from repeat(bytes(65536), LARGEST_IMAGE // 65536)
        pytest.fail("The stream was read beyond the limit.")

    with pytest.raises(ImageTooLarge):
        read_ota_image(stream())


def test_what_the_stream_raises_goes_on() -> None:
    def broken() -> Iterator[bytes]:
        yield File().written()[:100]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        read_ota_image(broken())


def test_a_large_image_takes_no_more_memory_than_its_pieces() -> None:
    header = File(content=b"", total=LARGEST_IMAGE).written()
    rest = LARGEST_IMAGE - len(header)
    pieces = (bytes(min(4096, rest - start)) for start in range(0, rest, 4096))

    def stream() -> Iterator[bytes]:
        yield header
        yield from pieces

    tracemalloc.start()
    try:
        read_ota_image(stream())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024


def test_no_text_of_a_read_image_stands_in_its_repr() -> None:
    image = read_ota_image([File(note=b"UNPUBLISHED", content=b"UNPUBLISHED").written()])
    assert image.header.header_string == "UNPUBLISHED"
    assert "UNPUBLISHED" not in repr(image)
