"""The organisations of the demo world. Every one is of Nowhere, so that none is taken for real."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A Party of the demo world.

    `variable` is the shell variable under which its key is shown, empty for those that a newcomer
    does not need; `homes` is how many homes a Supplier has.
    """

    slug: str
    name: str
    category: str
    about: str = ""
    variable: str = ""
    user_roles: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    homes: int = 0

    def mailbox(self, role: str) -> str:
        """A role's mailbox, in a domain that can never exist."""
        return f"{role}@{self.slug}.invalid"


ADMINISTRATOR = Organisation(
    slug="code-administrator",
    name="Code Administrator of Nowhere",
    category="ADMINISTRATOR",
    about="decides what is published",
    variable="ADMIN",
)
METERS = Organisation(
    slug="wyvern-meters",
    name="Wyvern Meters of Nowhere",
    category="DEVICE_MANUFACTURER",
    about="a Manufacturer of meters",
    variable="MAKER",
    identifiers=("F0A1", "F0A2"),
)
HUBS = Organisation(
    slug="basilisk-hubs",
    name="Basilisk Hubs of Nowhere",
    category="DEVICE_MANUFACTURER",
    identifiers=("F0B1", "F0B2"),
)
DISPLAYS = Organisation(
    slug="cockatrice-displays",
    name="Cockatrice Displays of Nowhere",
    category="DEVICE_MANUFACTURER",
    identifiers=("F0C1", "F0C2"),
)
MANUFACTURERS = (METERS, HUBS, DISPLAYS)

LARGEST = Organisation(
    slug="gryphon-energy",
    name="Gryphon Energy of Nowhere",
    category="LARGE_SUPPLIER",
    about="a large Supplier, Import Supplier and Gas Supplier",
    variable="SUPPLIER",
    user_roles=("IS", "GS"),
    homes=4200,
)
IMPORT_ONLY = Organisation(
    slug="boggart-electric",
    name="Boggart Electric of Nowhere",
    category="SMALL_SUPPLIER",
    about="a small Supplier, Import Supplier only",
    variable="SMALL_SUPPLIER",
    user_roles=("IS",),
    homes=260,
)
SMALLEST = Organisation(
    slug="pixie-power",
    name="Pixie Power of Nowhere",
    category="SMALL_SUPPLIER",
    user_roles=("IS", "GS"),
    homes=140,
)
# Most of its homes change over to the largest Supplier.
GIVING_UP = Organisation(
    slug="gnome-energy",
    name="Gnome Energy of Nowhere",
    category="SMALL_SUPPLIER",
    user_roles=("IS", "GS"),
    homes=420,
)
SUPPLIERS = (
    LARGEST,
    Organisation(
        slug="hippogriff-power",
        name="Hippogriff Power of Nowhere",
        category="LARGE_SUPPLIER",
        user_roles=("IS", "GS"),
        homes=2800,
    ),
    Organisation(
        slug="manticore-gas-and-light",
        name="Manticore Gas and Light of Nowhere",
        category="LARGE_SUPPLIER",
        user_roles=("IS", "GS"),
        homes=1700,
    ),
    Organisation(
        slug="jackalope-energy",
        name="Jackalope Energy of Nowhere",
        category="LARGE_SUPPLIER",
        user_roles=("IS", "GS"),
        homes=1050,
    ),
    GIVING_UP,
    IMPORT_ONLY,
    SMALLEST,
)
NETWORK = Organisation(
    slug="leviathan-networks",
    name="Leviathan Networks of Nowhere",
    category="NETWORK_PARTY",
    about="a Network Party",
    variable="NETWORK",
    user_roles=("ED",),
)
AGENT = Organisation(
    slug="puck-and-partners",
    name="Puck and Partners of Nowhere",
    category="REGISTERED_SUPPLIER_AGENT",
    about="a Registered Supplier Agent",
    variable="AGENT",
    user_roles=("RSA",),
)
DCC = Organisation(
    slug="dcc-of-nowhere",
    name="Data Carriers of Nowhere",
    category="DCC",
    about="the DCC",
    variable="DCC",
)
OTHERS = (NETWORK, AGENT, DCC)


def all_organisations() -> Iterator[Organisation]:
    """Every organisation, in the order in which they are shown."""
    yield from MANUFACTURERS
    yield ADMINISTRATOR
    yield from SUPPLIERS
    yield from OTHERS


def maker_of(identifier: str) -> Organisation:
    """The Manufacturer that holds an identifier."""
    return next(maker for maker in MANUFACTURERS if identifier in maker.identifiers)
