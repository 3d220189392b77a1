"""The devices of the demo world's Suppliers, home by home, as the CSV that a Supplier sends. Pure.

The same organisation always gets the same devices. They are shaped as GB's are: most on the latest
release or the one before it, and a few of everything that real inventories hold besides.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, count

from fir.management.demo.families import Family
from fir.management.demo.parties import SUPPLIERS, Organisation
from fir.management.demo.products import FAMILIES, removed_now

SEED = "the demo world of Nowhere"
HEADINGS = (
    "DeviceID,DeviceType,DeviceStatus,DeviceManufacturer,DeviceModel,DeviceFirmwareVersion,"
    "CHFDeviceID,ResponsibleRole\n"
)
HOMES_IN_A_PIECE = 500

# A locally administered EUI-64: no maker was ever given it. The maker's identifier follows.
LOCALLY_ADMINISTERED = "0A"
# How many of a model's devices run its newest release in the field, the one before it, and so on.
STANDING = (0.63, 0.31, 0.035, 0.015, 0.006, 0.003, 0.001, 0.001)
STANDING_BEHIND_A_FRESH_RELEASE = (0.94, 0.045, 0.01, 0.005)
REACHES_THE_FIELD_AFTER_DAYS = 10
OF_A_REMOVED_RELEASE = 0.004
OF_A_TRIAL_RELEASE, TRIAL_VERSION = 0.008, "DE000001"

STATUSES = ("COMMISSIONED", "InstalledNotCommissioned", "Suspended", "Pending", "Decommissioned")
OF_STATUS = (0.967, 0.014, 0.006, 0.004, 0.009)
SUSPENDED = "Suspended"
ROLES, OF_ROLE = ("", "IS", "GS"), (0.95, 0.04, 0.01)

HAS = {"GSME": 0.80, "PPMID": 0.55, "HCALCS": 0.03}
HUB_IS_NOT_IN_THE_FILE = 0.015
HAS_A_DEVICE_OF_FREE_TEXT = 0.008
ROW_IS_BAD = 0.003


@dataclass(frozen=True, slots=True)
class Firmware:
    """What a device is and runs; `suspends` when its release was removed from the list."""

    maker: str
    device_model: str
    version: str
    suspends: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """The firmware that a Supplier's devices of one type run, with how common each is."""

    firmware: list[Firmware]
    weights: list[float]

    def drawn(self, chance: random.Random, homes: int) -> list[Firmware]:
        """One for each home."""
        return chance.choices(self.firmware, cum_weights=list(accumulate(self.weights)), k=homes)


def homes_of(supplier: Organisation) -> list[list[str]]:
    """A Supplier's homes, each told as the rows of its devices."""
    homes = _Homes(supplier)
    return [list(homes.rows(home)) for home in range(supplier.homes)]


def inventory(supplier: Organisation) -> Iterator[bytes]:
    """A Supplier's whole inventory as CSV, in pieces."""
    return as_csv(homes_of(supplier))


def as_csv(homes: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """The inventory of these homes as CSV, in pieces."""
    yield HEADINGS.encode()
    for start in range(0, len(homes), HOMES_IN_A_PIECE):
        piece = homes[start : start + HOMES_IN_A_PIECE]
        yield "".join(row for home in piece for row in home).encode()


def _stock(device_type: str, chance: random.Random) -> Stock:
    """What a Supplier has of a type: the market's shares, tilted by what it once bought."""
    stock = Stock([], [])
    for family in FAMILIES:
        if family.device_type == device_type:
            _add_family(stock, family, family.share * chance.uniform(0.3, 1.7))
    return stock


def _add_family(stock: Stock, family: Family, share: float) -> None:
    versions = _versions(family)
    for place, hardware in enumerate(family.hardware):
        of_hardware = share / (place + 1.5)
        for version, weight in versions.items():
            removed = removed_now(family.model, version)
            firmware = Firmware(family.maker, family.model + hardware, version, suspends=removed)
            stock.firmware.append(firmware)
            stock.weights.append(of_hardware * weight)


def _versions(family: Family) -> dict[str, float]:
    """A family's versions in the field with how common each is."""
    newest_first = list(reversed(family.releases))
    fielded = [r for r in newest_first if r.days_ago > REACHES_THE_FIELD_AFTER_DAYS]
    standing = [r.version for r in fielded if not removed_now(family.model, r.version)]
    removed = [r.version for r in fielded if removed_now(family.model, r.version)]
    is_settled = len(fielded) == len(newest_first)
    weights = STANDING if is_settled else STANDING_BEHIND_A_FRESH_RELEASE
    return {
        **dict(zip(standing, weights, strict=False)),
        # A model without a standing release still hangs on walls.
        **dict.fromkeys(removed, OF_A_REMOVED_RELEASE if standing else 1.0),
        TRIAL_VERSION: OF_A_TRIAL_RELEASE,
    }


@dataclass(slots=True)
class _Homes:
    """A Supplier's homes, each told as the rows of its devices."""

    supplier: Organisation
    chance: random.Random = field(init=False)
    stock: dict[str, list[Firmware]] = field(init=False)
    numbers: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        # Not a secret: the same world must come out every time.
        self.chance = random.Random(f"{SEED}, {self.supplier.slug}")  # noqa: S311
        types = sorted({family.device_type for family in FAMILIES})
        self.stock = {
            kind: _stock(kind, self.chance).drawn(self.chance, self.supplier.homes)
            for kind in types
        }
        self.numbers = count(1)

    def rows(self, home: int) -> Iterator[str]:
        """The rows of one home: its hub, the hub's Gas Proxy Function, and what hangs on it."""
        hub = self.stock["CHF"][home]
        hub_id = self._device_id(hub.maker)
        role = self._role()
        if self.chance.random() >= HUB_IS_NOT_IN_THE_FILE:
            yield self._row(hub_id, "CHF", hub, "", role)
        yield self._row(self._device_id(hub.maker), "GPF", hub, hub_id, role)
        for kind in ("ESME", *(kind for kind in HAS if self.chance.random() < HAS[kind])):
            firmware = self.stock[kind][home]
            yield self._row(self._device_id(firmware.maker), kind, firmware, hub_id, role)
        if self.chance.random() < HAS_A_DEVICE_OF_FREE_TEXT:
            oddity = Firmware("NOWHERE", "Type 2", "rev C")
            yield self._row(self._device_id("FFFF"), "IHD", oddity, hub_id, role)
        if self.chance.random() < ROW_IS_BAD * 5:
            yield self._bad_row(hub, hub_id)

    def _role(self) -> str:
        """Whom the home's supplies belong to: mostly whatever roles the Supplier has."""
        if len(self.supplier.user_roles) == 1:
            return ""
        return self.chance.choices(ROLES, OF_ROLE)[0]

    def _row(self, device_id: str, kind: str, firmware: Firmware, hub_id: str, role: str) -> str:
        status = SUSPENDED if firmware.suspends else self.chance.choices(STATUSES, OF_STATUS)[0]
        identity = f"{firmware.maker},{firmware.device_model},{firmware.version}"
        return f"{device_id},{kind},{status},{identity},{hub_id},{role}\n"

    def _device_id(self, maker: str) -> str:
        """A Device ID of its own: Supplier and number, the number scattered without collisions."""
        place = SUPPLIERS.index(self.supplier)
        scattered = next(self.numbers) * 2654435761 % 2**32
        digits = f"{LOCALLY_ADMINISTERED}{maker}{place:02X}{scattered:08X}"
        return "-".join(digits[at : at + 2] for at in range(0, 16, 2))

    def _bad_row(self, hub: Firmware, hub_id: str) -> str:
        """A row that no device can be made of, in one of the ways that inventories hold."""
        short_id = hub_id[:-6]
        rows = (
            self._row(short_id, "ESME", hub, hub_id, ""),
            self._row(self._device_id(hub.maker), "METER", hub, hub_id, ""),
            self._row(self._device_id(hub.maker), "ESME", hub, hub_id, "Landlord"),
            f"{self._device_id(hub.maker)},ESME\n",
        )
        return self.chance.choice(rows)
