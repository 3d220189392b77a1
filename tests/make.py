"""Makes what tests need, through the operations of the house. Plain functions with defaults."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cpl.sheet.row import SheetRow
from fir.eligibility.operations import read_news
from fir.estates.operations import finish_loads, receive_load
from fir.parties.delegating import delegate_to_agent
from fir.parties.operations import admit_party, issue_key, operator
from fir.parties.people import accept_invitation, invite_person
from fir.parties.permissions import LETS_IN, MAY, Category, Permission, usual_permissions
from fir.parties.queries import actor_of_key, holds_any_identifier
from fir.records.reconciling import reconcile_list
from fir.submissions.operations import (
    approve_submission,
    comment_on_submission,
    start_draft,
    submit_firmware,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from fir.estates.models import EstateLoad
    from fir.parties.models import Actor, Delegation, Invitation, Party, User
    from fir.submissions.models import Comment, Draft, Submission

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
MAKER = "F1A1"
PASSWORD = "a-password-for-tests"
CSV_HEADINGS = (
    "DeviceID,DeviceType,DeviceStatus,DeviceManufacturer,DeviceModel,DeviceFirmwareVersion,"
    "CHFDeviceID"
)


def image_hash(of: object) -> str:
    """A hash that nothing else has."""
    return hashlib.sha256(repr(of).encode()).hexdigest().upper()


def party(slug: str = "big-light", category: str = "LARGE_SUPPLIER", **more: Any) -> Party:
    """An admitted Party; a Supplier gets both roles unless told otherwise."""
    if category.endswith("SUPPLIER"):
        more.setdefault("user_roles", ["IS", "GS"])
    name = slug.replace("-", " ").title()
    return admit_party(slug=slug, name=name, category=category, by=operator(), at=AT, **more)


def maker(slug: str = "fine-meters", identifier: str = MAKER) -> Party:
    """A Manufacturer that holds an identifier."""
    return party(slug, "DEVICE_MANUFACTURER", manufacturer_identifiers=[identifier])


def administrator() -> Party:
    """The Administrator."""
    return party("administrator", "ADMINISTRATOR")


def everything(of: Party) -> frozenset[Permission]:
    """All that anybody could do for a Party."""
    category, holds = Category(of.category), holds_any_identifier(of)
    return usual_permissions(category, holds_identifier=holds) | (LETS_IN & MAY[category])


def key(of: Party, permissions: Iterable[Permission] | None = None) -> str:
    """A key of a Party."""
    return issue_key(party=of, name="test", permissions=permissions, by=operator(), at=AT)


def actor(of: Party) -> Actor:
    """Somebody who acts for a Party, by a key of its own."""
    found = actor_of_key(key(of))
    assert found is not None
    return found


def bearer(of: Party, permissions: Iterable[Permission] | None = None) -> dict[str, str]:
    """The header of a request by a new key of a Party."""
    return {"authorization": f"Bearer {key(of, permissions)}"}


def invitation(
    of: Party, email: str, permissions: Iterable[Permission] | None = None
) -> Invitation:
    """An open invitation of a Party."""
    return invite_person(party=of, email=email, permissions=permissions, by=operator(), at=AT)


def person(
    of: Party, email: str | None = None, permissions: Iterable[Permission] | None = None
) -> User:
    """Somebody who accepted a Party's invitation, and may do all that the Party may."""
    permissions = everything(of) if permissions is None else permissions
    invited = invitation(of, email or f"ann@{of.slug}.invalid", permissions)
    return accept_invitation(invitation=invited, password=PASSWORD, at=AT)


def agent(slug: str = "agent") -> Party:
    """A Registered Supplier Agent."""
    return party(slug, "REGISTERED_SUPPLIER_AGENT")


def delegated(
    by: Party,
    to: Party,
    *device_models: str,
    device_types: Collection[str] = ("ESME", "GSME"),
    days: int = 30,
    at: datetime = AT,
) -> Delegation:
    """A delegation from a time on, for so many days."""
    first = timezone.localdate(at)
    return delegate_to_agent(
        agent=to.slug,
        device_types=device_types,
        device_models=device_models,
        first_day=first.isoformat(),
        last_day=(first + timedelta(days=days - 1)).isoformat(),
        by=actor(by),
        at=at,
    )


def row(number: int = 1, **changes: Any) -> SheetRow:
    """A line of the list: an ESME, whose version is its number."""
    usual = SheetRow(
        line=number + 1,
        cpl_entry_id=f"CPL-{number:06d}",
        device_type="ESME",
        manufacturer_identifier=MAKER,
        manufacturer_name="Fine Meters",
        device_model="00010101",
        firmware_version=f"{number:08X}",
        smets_chts_version="SMETS V5.1",
        gbcs_version="4.2",
        esme_variant="A",
        manufacturer_image_hash=image_hash(number),
        cpa_certificate_id=f"CPA-{number}",
        cpa_expiry_date=None,
        cpa_renewal_date=date(2099, 1, 31),
        zigbee_certificate_id=f"ZIG-{number}",
        dlms_certificate_id=f"DLMS-{number}",
        status="CURRENT",
        date_added=date(2020, 1, 1) + timedelta(days=number - 1),
        date_removed=None,
        removal_reason="",
    )
    return replace(usual, **changes)


def listed(*rows: SheetRow) -> None:
    """Lines on the list, from before the repository."""
    reconcile_list(rows=rows, by=operator(), at=AT)


def release(number: int = 9, **changes: Any) -> dict[str, Any]:
    """What a Manufacturer says of a release, without a fault."""
    usual = {
        "device_type": "ESME",
        "manufacturer_identifier": MAKER,
        "device_model": "00010101",
        "firmware_version": f"{number:08X}",
        "manufacturer_image_hash": image_hash(number),
        "smets_chts_version": "SMETS V5.1",
        "gbcs_version": "4.2",
        "esme_variant": "A",
        "cpa_certificate_id": f"CPA-{number}",
        "cpa_renewal_date": "2099-01-31",
        "predecessors": "N/A",
        "release_notes": "Mends the clock.",
    }
    return usual | changes


def submitted(by: Actor, number: int = 9, **changes: Any) -> Submission:
    """A release in the queue."""
    return submit_firmware(said=release(number, **changes), by=by, at=AT).submission


def published(by: Actor, decider: Actor, number: int = 9, **changes: Any) -> Submission:
    """A release that was brought and approved."""
    submission = submitted(by, number, **changes)
    return approve_submission(submission_id=submission.pk, by=decider, at=AT)


def draft(by: Actor, number: int = 9, **changes: Any) -> Draft:
    """A release that is not brought yet."""
    said = release(number, **changes)
    return start_draft(kind=said.pop("kind", "NEW"), said=said, by=by, at=AT)


def commented(submission: Submission, by: Actor, text: str = "Which hubs is it for?") -> Comment:
    """Something that somebody said about a submission."""
    return comment_on_submission(submission_id=submission.pk, text=text, by=by, at=AT)


def device_id(number: int) -> str:
    """The Device ID with a number."""
    text = f"{number:016X}"
    return "-".join(text[i : i + 2] for i in range(0, 16, 2))


def device(number: int = 1, **changes: str) -> dict[str, str]:
    """A device of an inventory: an ESME on version 1, without a hub."""
    usual = {
        "DeviceID": device_id(number),
        "DeviceType": "ESME",
        "DeviceStatus": "Commissioned",
        "DeviceManufacturer": MAKER,
        "DeviceModel": "00010101",
        "DeviceFirmwareVersion": "00000001",
        "CHFDeviceID": "",
    }
    return usual | changes


def inventory(*devices: dict[str, str]) -> bytes:
    """An inventory as CSV."""
    lines = [",".join(one.values()) for one in devices]
    return "\n".join([CSV_HEADINGS, *lines, ""]).encode()


def estate(of: Party, *devices: dict[str, str], at: datetime = AT) -> EstateLoad:
    """A Supplier's estate, loaded and assessed."""
    load = receive_load(party=of, pieces=[inventory(*devices)], by=actor(of), at=at)
    finish_loads(at=at)
    read_news(at=at)
    load.refresh_from_db()
    return load
