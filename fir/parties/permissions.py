"""Every permission in FIR, and which a Party's category may have at all."""

from collections.abc import Mapping
from enum import StrEnum


class Category(StrEnum):
    """What a Party is under the Code (SEC Section M, Party Categories; the DCC stands apart)."""

    LARGE_SUPPLIER = "LARGE_SUPPLIER"
    SMALL_SUPPLIER = "SMALL_SUPPLIER"
    NETWORK_PARTY = "NETWORK_PARTY"
    OTHER_SEC_PARTY = "OTHER_SEC_PARTY"
    DEVICE_MANUFACTURER = "DEVICE_MANUFACTURER"
    REGISTERED_SUPPLIER_AGENT = "REGISTERED_SUPPLIER_AGENT"
    METER_ASSET_PROVIDER = "METER_ASSET_PROVIDER"
    DCC = "DCC"
    ADMINISTRATOR = "ADMINISTRATOR"


SUPPLIERS = frozenset({Category.LARGE_SUPPLIER, Category.SMALL_SUPPLIER})

# User Roles of the DCC's interface (DUIS); a Supplier acts as IS, GS or both.
USER_ROLES = ("IS", "GS", "ES", "ED", "GT", "OU", "RSA")


class Permission(StrEnum):
    """What a person or a key may do for its Party. The value is the grant's code name."""

    READ_FEED = "read_feed"
    VIEW_RECORDS = "view_records"
    SUBMIT_FIRMWARE = "submit_firmware"
    REVIEW_SUBMISSIONS = "review_submissions"
    MANAGE_LIST = "manage_list"
    CONFIRM_LOADED = "confirm_loaded"
    LOAD_ESTATE = "load_estate"
    VIEW_ESTATE = "view_estate"
    VIEW_NOTICES = "view_notices"
    DECIDE_RELEASES = "decide_releases"
    DELEGATE = "delegate"
    MANAGE_PEOPLE = "manage_people"

    @property
    def sentence(self) -> str:
        """What the permission lets its holder do, as people read it."""
        return SENTENCES[self]


SENTENCES: Mapping[Permission, str] = {
    Permission.READ_FEED: "Pull the feed of everything that happens.",
    Permission.VIEW_RECORDS: "Read the Firmware Records that the Party may see.",
    Permission.SUBMIT_FIRMWARE: "Bring firmware releases for the Party's Manufacturer Identifiers.",
    Permission.REVIEW_SUBMISSIONS: "Read the queue; approve, return or close submissions.",
    Permission.MANAGE_LIST: (
        "Bring sheets of the Central Products List, propose and confirm removals and waivers, and "
        "keep the catalogue."
    ),
    Permission.CONFIRM_LOADED: "Record when the DCC loaded entries of the Central Products List.",
    Permission.LOAD_ESTATE: "Send in the Supplier's inventory of Devices, or delete its estate.",
    Permission.VIEW_ESTATE: "Read the Supplier's estate and which of its Devices are eligible.",
    Permission.VIEW_NOTICES: "Read the notices raised for the Party.",
    Permission.DECIDE_RELEASES: (
        "Say whether the Supplier itself is testing, has approved or holds a release."
    ),
    Permission.DELEGATE: (
        "Let Registered Supplier Agents see some of the Supplier's Devices, and end that."
    ),
    Permission.MANAGE_PEOPLE: (
        "Invite people, change what they may do, and make or revoke keys for the Party."
    ),
}

P = Permission
_READER = {P.READ_FEED, P.VIEW_RECORDS, P.VIEW_NOTICES}
_MANAGED = {P.MANAGE_PEOPLE}
# Nobody gets these unasked: each lets others in.
LETS_IN = frozenset({P.MANAGE_PEOPLE, P.DELEGATE})
_SUPPLIER = _READER | {P.LOAD_ESTATE, P.VIEW_ESTATE, P.DECIDE_RELEASES, P.DELEGATE} | _MANAGED

# What each category may be granted. Bringing firmware needs a Manufacturer Identifier besides.
MAY: Mapping[Category, frozenset[Permission]] = {
    Category.LARGE_SUPPLIER: frozenset(_SUPPLIER | {P.SUBMIT_FIRMWARE}),
    Category.SMALL_SUPPLIER: frozenset(_SUPPLIER | {P.SUBMIT_FIRMWARE}),
    Category.NETWORK_PARTY: frozenset(_READER | _MANAGED),
    Category.OTHER_SEC_PARTY: frozenset(_READER | _MANAGED | {P.SUBMIT_FIRMWARE}),
    Category.DEVICE_MANUFACTURER: frozenset(_READER | _MANAGED | {P.SUBMIT_FIRMWARE}),
    Category.REGISTERED_SUPPLIER_AGENT: frozenset(_READER | _MANAGED | {P.VIEW_ESTATE}),
    Category.METER_ASSET_PROVIDER: frozenset(_READER | _MANAGED | {P.SUBMIT_FIRMWARE}),
    Category.DCC: frozenset(_READER | _MANAGED | {P.SUBMIT_FIRMWARE, P.CONFIRM_LOADED}),
    Category.ADMINISTRATOR: frozenset(
        _READER
        | _MANAGED
        | {P.SUBMIT_FIRMWARE, P.REVIEW_SUBMISSIONS, P.MANAGE_LIST, P.CONFIRM_LOADED}
    ),
}


def usual_permissions(category: Category, *, holds_identifier: bool) -> frozenset[Permission]:
    """What a new key carries when nobody says otherwise: all its Party may read, bring or decide.

    What lets others in, people or agents, is never given unasked; bringing firmware only where
    there is a Manufacturer Identifier to bring it for.
    """
    unasked = MAY[category] - LETS_IN
    return unasked if holds_identifier else unasked - {P.SUBMIT_FIRMWARE}
