"""Filters for the words and marks of the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html_join

from fir.eligibility.explanations import Reason, reason_of
from fir.parties.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.safestring import SafeString

register = template.Library()

TAG_COLOURS = {
    "N": "green",
    "N-1": "teal",
    "OLDER": "yellow",
    "UNLISTED": "grey",
    "CURRENT": "green",
    "REMOVED": "red",
    "DRAFT": "grey",
    "SUBMITTED": "blue",
    "APPROVED": "teal",
    "RETURNED": "yellow",
    "PUBLISHED": "green",
    "CLOSED": "grey",
    "UP_TO_DATE": "green",
    "ELIGIBLE": "teal",
    "ELIGIBLE_IN_STEPS": "blue",
    "UNCONFIRMED": "yellow",
    "BLOCKED": "red",
    "NOT_LISTED": "grey",
    "HELD": "yellow",
    "TESTING": "blue",
    "NOT_YET": "grey",
    "LIVE": "green",
    "ENDED": "grey",
    "REVOKED": "red",
    "DONE": "green",
    "REFUSED": "red",
    "INTERRUPTED": "red",
    "SENT": "green",
    "DUE": "blue",
    "GIVEN_UP": "red",
    "MUST_FIX": "red",
    "WAIVABLE": "yellow",
    "WAIVED": "grey",
    "WAITING": "blue",
    "CONFIRMED": "green",
    "DROPPED": "grey",
    "ASSUMPTION": "yellow",
    "NEW": "green",
    "CORRECTION": "yellow",
    "LEGACY_COMPLETION": "teal",
    "WITHDRAWAL": "red",
    "RECALL_LIFT": "teal",
    "RECALLED": "red",
    "ARCHIVED": "grey",
}
WORDS = {
    "N": "Latest (N)",
    "N-1": "N-1",
    "OLDER": "Older than N-1",
    # The Code's own spelling of Party Categories.
    "LARGE_SUPPLIER": "Large Supplier",
    "SMALL_SUPPLIER": "Small Supplier",
    "NETWORK_PARTY": "Network Party",
    "OTHER_SEC_PARTY": "Other SEC Party",
    "DEVICE_MANUFACTURER": "Device Manufacturer",
    "REGISTERED_SUPPLIER_AGENT": "Registered Supplier Agent",
    "METER_ASSET_PROVIDER": "Meter Asset Provider",
    "DCC": "DCC",
    "MUST_FIX": "Must be fixed",
    "WAIVABLE": "May be waived",
    "REMOVE": "Removal",
    "RELIST": "Relisting",
    "WAIVE": "Waiver",
    "ARCHIVE": "Archival",
    "RESTORE": "Restoration",
    "NEW": "New release",
    "LEGACY_COMPLETION": "Completion",
    "WITHDRAWAL": "Withdrawal of a release",
    "RECALL_LIFT": "End of a recall",
    "DEFECT": "A defect",
    "REGULATORY": "The Code or a specification",
    "FEATURE": "Something new",
}
CAUSES_IN_WORDS = {
    "REMOVED": "It was removed from the Central Products List",
    "REPLACED": "Another release took its place",
    "WITHDRAWN": "Its Manufacturer withdrew it",
    "END_OF_SUPPORT": "Nobody supports it any more",
}
LETTERS_BETWEEN_BREAKS = 8
SMALLEST_SHARE = 0.1


@register.filter
def words(code: object) -> str:
    """A stored word as people read it: ELIGIBLE_IN_STEPS becomes Eligible in steps."""
    text = str(code)
    return WORDS.get(text, text.replace("_", " ").capitalize())


@register.filter
def cause_in_words(cause: str) -> str:
    """Why a release was archived, as a sentence without its full stop."""
    return CAUSES_IN_WORDS.get(cause, words(cause))


@register.filter
def tag_colour(code: object) -> str:
    """The colour of a tag; it only repeats what the word says."""
    return f"govuk-tag--{TAG_COLOURS.get(str(code).upper(), 'blue')}"


@register.filter
def breakable(text: object) -> SafeString:
    """A long hexadecimal text that may break every eight letters, and copies as one."""
    whole = str(text)
    pieces = [
        (whole[at : at + LETTERS_BETWEEN_BREAKS],)
        for at in range(0, len(whole), LETTERS_BETWEEN_BREAKS)
    ]
    return format_html_join("", "{}<wbr>", pieces)


@register.filter
def may(permissions: frozenset[Permission], name: str) -> bool:
    """Whether a permission is among those that an Actor holds."""
    return Permission[name] in permissions


@register.filter
def in_order(permissions: Iterable[str]) -> list[Permission]:
    """Permissions, or their code names, in the order in which forms offer them."""
    given = set(permissions)
    return [each for each in Permission if each in given]


@register.filter
def share_of(part: int, whole: int) -> float:
    """A part of a whole in percent; 0 of nothing. Never 0 for some, nor 100 for less than all."""
    share = round(100 * part / whole, 1) if whole else 0.0
    return min(max(share, SMALLEST_SHARE), 100 - SMALLEST_SHARE) if 0 < part < whole else share


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar: which part, how many, its colour, and where it lies on 0 to 1000."""

    code: str
    number: int
    colour: str
    start: int
    width: int


@register.simple_tag
def outcome_shares(totals: Mapping[str, int]) -> list[Share]:
    """The parts of a bar, in the order of `totals`; what is nought is left out."""
    return shares_of((str(code), number) for code, number in totals.items())


def shares_of(parts: Iterable[tuple[str, int]]) -> list[Share]:
    """Parts of a whole laid side by side from 0 to 1000, without a gap."""
    present = [(code, number) for code, number in parts if number]
    whole = sum(number for _, number in present)
    shares, before = [], 0
    for code, number in present:
        start, end = 1000 * before // whole, 1000 * (before + number) // whole
        shares.append(Share(code, number, TAG_COLOURS.get(code, "grey"), start, end - start))
        before += number
    return shares


@register.simple_tag
def reasons_in_words(reasons: Mapping[str, int]) -> list[tuple[Reason, int]]:
    """Reasons with how many devices each holds back, the commonest first."""
    commonest = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return [(reason_of(code), devices) for code, devices in commonest]
