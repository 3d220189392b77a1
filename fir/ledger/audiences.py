"""Who may read an event: tags that are fixed on it when it is appended.

An event carries tags; a Party reads it when one of its own tags is among them. A Party's tags are
its slug, its category and "everyone". Categories and their reading are data in this file.
"""

from collections.abc import Sequence

EVERYONE = "everyone"

# Categories that read Firmware Records (assumption: "all Parties responsible for the management of
# SMETS1 and/or SMETS2 meters", SECMP0009 Modification Decision, 21 November 2018).
RECORD_READERS = (
    "LARGE_SUPPLIER",
    "SMALL_SUPPLIER",
    "NETWORK_PARTY",
    "REGISTERED_SUPPLIER_AGENT",
    "METER_ASSET_PROVIDER",
    "DCC",
    "ADMINISTRATOR",
)


def category_tag(category: str) -> str:
    """The tag that every Party of a category reads by."""
    return f"category:{category}"


def party_tag(slug: str) -> str:
    """The tag that one Party reads by."""
    return f"party:{slug}"


def tags_of(*, slug: str, category: str) -> list[str]:
    """All tags that a Party reads by; an event is visible when it carries one of them."""
    return [EVERYONE, category_tag(category), party_tag(slug)]


def everyone() -> list[str]:
    """Public facts: every Party reads them."""
    return [EVERYONE]


def record_readers(parties: Sequence[str] = ()) -> list[str]:
    """The categories that read Firmware Records, and the named Parties (the makers) beside them."""
    return sorted({*map(category_tag, RECORD_READERS), *map(party_tag, parties)})


def administrator_and(parties: Sequence[str]) -> list[str]:
    """The Administrator and the named Parties."""
    return sorted({category_tag("ADMINISTRATOR"), *map(party_tag, parties)})


def only(parties: Sequence[str]) -> list[str]:
    """The named Parties and nobody else, not even the Administrator."""
    return sorted(map(party_tag, parties))
