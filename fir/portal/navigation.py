"""Where an Actor may go, as the frame of every page lists it. Pure but for the URLs' names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from fir.parties.permissions import Category, Permission

if TYPE_CHECKING:
    from fir.parties.models import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. `is_current` when the page asked for is it or lies below it."""

    label: str
    url: str
    is_current: bool


# label, name of its URL, permissions of which any one opens it; none: open to everybody
_PLACES: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Products List", "portal:cpl", ()),
    ("Firmware", "portal:records", (Permission.VIEW_RECORDS,)),
    (
        "Submissions",
        "portal:submissions",
        (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS),
    ),
    ("Keeping the list", "portal:keeping", (Permission.MANAGE_LIST, Permission.CONFIRM_LOADED)),
    ("Estate", "portal:estate", (Permission.VIEW_ESTATE,)),
    ("Eligibility", "portal:eligibility", (Permission.VIEW_ESTATE,)),
    ("Suppliers", "portal:suppliers", (Permission.VIEW_ESTATE,)),
    ("Agents", "portal:agents", (Permission.DELEGATE,)),
    ("Notices", "portal:notices", (Permission.VIEW_NOTICES,)),
    ("People and keys", "portal:people", (Permission.MANAGE_PEOPLE,)),
)
# What lies elsewhere and belongs to a place all the same.
_BELONGS = {
    "/keys/": "portal:people",
    "/catalogue": "portal:cpl",
    "/check": "portal:records",
    "/compare": "portal:records",
    "/contacts": "portal:submissions",
    "/census": "portal:submissions",
    "/own-decisions": "portal:eligibility",
}
# These pages show a Supplier's own devices; an agent comes to them by the Suppliers that let it.
_OF_A_SUPPLIER = ("portal:estate", "portal:eligibility")
_OF_AN_AGENT = ("portal:suppliers",)


def navigation(actor: Actor | None, path: str) -> list[Place]:
    """The places this Actor may go to; `path` is where it is now."""
    return [
        Place(label, reverse(name), _is_current(name, path))
        for label, name, wanted in _PLACES
        if not wanted or (actor and _is_open(actor, name, wanted))
    ]


def _is_current(name: str, path: str) -> bool:
    belongs = any(path.startswith(start) for start, to in _BELONGS.items() if to == name)
    return belongs or f"{path}/".startswith(f"{reverse(name)}/")


def _is_open(actor: Actor, name: str, wanted: tuple[Permission, ...]) -> bool:
    if name in _OF_A_SUPPLIER and not actor.party.is_supplier:
        return False
    is_agent = actor.party.category == Category.REGISTERED_SUPPLIER_AGENT
    if name in _OF_AN_AGENT and not is_agent:
        return False
    return any(map(actor.may, wanted))
