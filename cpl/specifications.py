"""The versions of the technical specifications, as the list writes them in many ways. Pure."""

import re
from functools import lru_cache

from cpl.catalogue import SpecificationKey

# ASCII alone: with IGNORECASE the long s would be read as an s.
_FLAGS = re.IGNORECASE | re.ASCII
_NUMBER = r"(?:version|v)?\.?[\s_]*(?P<version>[0-9]{1,3}(?:\.[0-9]{1,3}){1,2})"
# The digit of SMETS1 and SMETS2 is the generation, and the version follows it.
_SMETS_OR_CHTS = re.compile(
    rf"\s*(?:(?P<kind>SMETS|CHTS)(?:[\s_-]*[12](?![0-9.]))?[\s_-]*)?{_NUMBER}\s*", _FLAGS
).fullmatch
_GBCS = re.compile(rf"\s*(?:GBCS[\s_-]*)?{_NUMBER}\s*", _FLAGS).fullmatch
_SMETS1 = re.compile(r"\s*SMETS[\s_-]*1\s*", _FLAGS).fullmatch


def specification_of(device_type: str) -> str:
    """Which specification a Device Type keeps to: CHTS in a Communications Hub, else SMETS."""
    return "CHTS" if device_type in ("CHF", "GPF") else "SMETS"


@lru_cache(maxsize=4096)
def parse_specification(text: str, device_type: str) -> SpecificationKey | None:
    """The kind and version meant by a cell such as `SMETS2 v5.1`, `CHTS V1.3` or `V4.2`.

    A version alone is one of the Device Type's own specification; `SMETS1` alone is version 1 of
    SMETS. None where no version can be read.
    """
    if match := _SMETS_OR_CHTS(text):
        return (match["kind"] or specification_of(device_type)).upper(), match["version"]
    return ("SMETS", "1") if _SMETS1(text) else None


def is_smets1(text: str, device_type: str) -> bool:
    """Whether a cell names the first generation: `SMETS1`, or version 1 of SMETS."""
    meant = parse_specification(text, device_type)
    return meant is not None and meant[0] == "SMETS" and meant[1].split(".")[0] == "1"


@lru_cache(maxsize=4096)
def parse_gbcs(text: str) -> SpecificationKey | None:
    """The version meant by a cell such as `GBCS v1.0` or `3.2`, as `("GBCS", "3.2")`; None where
    no version can be read."""
    match = _GBCS(text)
    return ("GBCS", match["version"]) if match else None
