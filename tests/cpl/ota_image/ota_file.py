"""Files that are OTA Upgrade Images, or nearly: what the tests of reading them read."""

import struct
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st

from cpl.ota_image import read_ota_image
from cpl.ota_image.faults import NotAnUpgradeImage

SIGNATURE = bytes(range(100, 164))
TRAILER = b"\x00\x40" + SIGNATURE
_16_BITS = st.integers(min_value=0, max_value=0xFFFF)
_32_BITS = st.integers(min_value=0, max_value=0xFFFF_FFFF)


@dataclass(frozen=True)
class File:
    """A file to be written: an OTA Upgrade Image as far as its fields are left alone."""

    content: bytes = b"firmware" * 40
    maker: int = 0x10E0
    kind: int = 0x0084
    firmware: int = 0x0002012F
    stack: int = 2
    note: bytes = b"for a meter"
    version: int = 0x0100
    credential: int | None = None
    destination: int | None = None
    hardware: tuple[int, int] | None = (0x0100, 0x01FF)
    reserved: int = 0  # what field control says beyond its three known bits
    unknown: bytes = b""  # what a longer header holds behind the known fields
    header_length: int | None = None
    total: int | None = None

    def optional(self) -> bytes:
        parts = [
            struct.pack("<B", self.credential) if self.credential is not None else b"",
            struct.pack("<Q", self.destination) if self.destination is not None else b"",
            struct.pack("<HH", *self.hardware) if self.hardware is not None else b"",
        ]
        return b"".join(parts)

    def length(self) -> int:
        return 56 + len(self.optional()) + len(self.unknown)

    def control(self) -> int:
        present = (self.credential, self.destination, self.hardware)
        return (
            sum(1 << bit for bit, value in enumerate(present) if value is not None) + self.reserved
        )

    def written(self) -> bytes:
        size = self.length() + len(self.content)
        fixed = (
            b"\x1e\xf1\xee\x0b"
            + struct.pack("<HH", self.version, self.header_length or self.length())
            + struct.pack("<HHH", self.control(), self.maker, self.kind)
            + struct.pack("<IH", self.firmware, self.stack)
            + self.note.ljust(32, b"\0")
            + struct.pack("<I", size if self.total is None else self.total)
        )
        return fixed + self.optional() + self.unknown + self.content


FILES = st.builds(
    File,
    content=st.one_of(
        st.binary(min_size=1, max_size=200),
        st.binary(min_size=1, max_size=200).map(lambda image: image + TRAILER),
    ),
    maker=_16_BITS,
    kind=_16_BITS,
    firmware=_32_BITS,
    stack=_16_BITS,
    note=st.binary(max_size=32),
    version=st.integers(min_value=0x0100, max_value=0x01FF),
    credential=st.none() | st.integers(min_value=0, max_value=0xFF),
    destination=st.none() | st.integers(min_value=0, max_value=2**64 - 1),
    hardware=st.none() | st.tuples(_16_BITS, _16_BITS),
    reserved=st.integers(min_value=0, max_value=0x1FFF).map(lambda bits: bits * 8),
    unknown=st.binary(max_size=80),
)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """An image of which some bytes were altered, lost or put in, mostly in its header."""
    data = bytearray(draw(FILES).written())
    for _ in range(draw(st.integers(min_value=1, max_value=4))):
        start = draw(st.integers(min_value=0, max_value=min(len(data), 75)))
        end = start + draw(st.sampled_from([0, 1, 2, 4, 66, len(data)]))
        data[start:end] = draw(st.binary(max_size=8))
    return bytes(data)


ANY_BYTES = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=200).map(lambda rest: b"\x1e\xf1\xee\x0b\x00\x01" + rest),
    FILES.map(File.written),
    _damaged(),
)


def fault_of(*pieces: bytes) -> NotAnUpgradeImage:
    with pytest.raises(NotAnUpgradeImage) as raised:
        read_ota_image(pieces)
    return raised.value
