"""What the rules about the list's quality take as given, as they read it. Pure.

The Administrator keeps it: which versions of the specifications there are and when they are in
effect, and which certificates a Device Type needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# Kind (GBCS, SMETS or CHTS) and version, such as ("SMETS", "5.1").
SpecificationKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Specification:
    """A version of GBCS, SMETS or CHTS. It is in effect on both days; None: no day is known."""

    kind: str
    version: str
    in_effect_from: date | None = None
    in_effect_until: date | None = None


@dataclass(frozen=True, slots=True)
class DeviceTypeNeeds:
    """Which certificates a Device Type needs, and who answers for a replacement of the CPA one.

    `answerable` is DCC, IS or GS, or '' where nobody is known to.
    """

    device_type: str
    needs_cpa: bool
    needs_zigbee: bool
    needs_dlms: bool
    answerable: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every known version, by kind and version, and the needs of every Device Type."""

    specifications: Mapping[SpecificationKey, Specification]
    needs: Mapping[str, DeviceTypeNeeds]
