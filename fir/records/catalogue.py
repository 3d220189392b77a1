"""Keeping the catalogue: versions of the specifications, and what each Device Type needs."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cpl.identifiers import DEVICE_TYPES, IdentifierFault
from cpl.models import ANSWERABLE, SPECIFICATIONS, DeviceTypeNeeds, SpecificationVersion
from cpl.operations import lock_list
from cpl.sheet.cells import parse_text
from fir.ledger.operations import NewEvent, append_events

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from fir.parties.models import Actor

VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}")
LONGEST_SOURCE = 300


class CatalogueRefused(ValueError):
    """The catalogue cannot say this; `field` is what to mend."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NotInCatalogue(LookupError):
    """The catalogue holds no such version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What is said of one version of GBCS, SMETS or CHTS. It is in effect on both days; None: no
    day is known. `is_assumption` as long as nobody has confirmed it from a source."""

    kind: str
    version: str
    in_effect_from: date | None = None
    in_effect_until: date | None = None
    source: str
    is_assumption: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is said of one Device Type: the certificates it needs, and who answers for a
    replacement of the CPA certificate (DCC, IS, GS or '')."""

    device_type: str
    needs_cpa: bool
    needs_zigbee: bool
    needs_dlms: bool
    answerable: str
    source: str
    is_assumption: bool


@transaction.atomic
def set_version(*, says: Version, by: Actor, at: datetime) -> bool:
    """Enter a version, or what is now known of it; whether that changed anything.

    Raises CatalogueRefused.
    """
    if says.kind not in SPECIFICATIONS:
        raise CatalogueRefused("kind", f"One of {', '.join(SPECIFICATIONS)} is wanted here.")
    if not VERSION.fullmatch(says.version):
        raise CatalogueRefused("version", "A version is numbers and dots alone, such as 4.2.")
    if says.in_effect_from and says.in_effect_until and says.in_effect_until < says.in_effect_from:
        raise CatalogueRefused(
            "in_effect_until", "It cannot end before it begins; correct one of the two dates."
        )
    _check_source(says.source)
    lock_list()
    facts = asdict(says)
    key = {name: facts.pop(name) for name in ("kind", "version")}
    standing = SpecificationVersion.objects.filter(**key).first()
    if _says_so_already(standing, facts):
        return False
    SpecificationVersion.objects.update_or_create(
        **key, defaults={**facts, "changed_at": at, "changed_by": by.actor_id}
    )
    _tell(says.kind, says.version, facts, by=by, at=at)
    return True


@transaction.atomic
def drop_version(*, kind: str, version: str, by: Actor, at: datetime) -> None:
    """Take out a version that was entered by mistake. Raises NotInCatalogue."""
    lock_list()
    gone, _ = SpecificationVersion.objects.filter(kind=kind, version=version).delete()
    if not gone:
        raise NotInCatalogue(f"The catalogue holds no {kind} {version}.")
    _tell(kind, version, {}, by=by, at=at)


@transaction.atomic
def set_needs(*, says: Needs, by: Actor, at: datetime) -> bool:
    """Enter what a Device Type needs; whether that changed anything.

    Raises CatalogueRefused.
    """
    if says.device_type not in DEVICE_TYPES:
        raise CatalogueRefused("device_type", f"One of {', '.join(DEVICE_TYPES)} is wanted here.")
    if says.answerable not in ("", *ANSWERABLE):
        raise CatalogueRefused("answerable", f"One of {', '.join(ANSWERABLE)}, or nobody.")
    _check_source(says.source)
    lock_list()
    facts = asdict(says)
    device_type = facts.pop("device_type")
    standing = DeviceTypeNeeds.objects.filter(device_type=device_type).first()
    if _says_so_already(standing, facts):
        return False
    DeviceTypeNeeds.objects.update_or_create(
        device_type=device_type, defaults={**facts, "changed_at": at, "changed_by": by.actor_id}
    )
    _tell("NEEDS", device_type, facts, by=by, at=at)
    return True


def _says_so_already(
    standing: SpecificationVersion | DeviceTypeNeeds | None, facts: Mapping[str, Any]
) -> bool:
    """Whether the catalogue holds just this. Raises CatalogueRefused where an assumption would be
    confirmed by the source of the assumption itself."""
    if standing is None:
        return False
    if all(getattr(standing, name) == value for name, value in facts.items()):
        return True
    is_confirmed = standing.is_assumption and not facts["is_assumption"]
    if is_confirmed and facts["source"] == standing.source:
        raise CatalogueRefused(
            "source", "Name what confirms this: so far it says where the assumption came from."
        )
    return False


def _check_source(source: str) -> None:
    try:
        text = parse_text(source, LONGEST_SOURCE)
    except IdentifierFault as fault:
        raise CatalogueRefused("source", str(fault)) from fault
    if not text:
        raise CatalogueRefused("source", "Say where this was read, or that it is an assumption.")


def _tell(kind: str, name: str, facts: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    says = {
        field: value.isoformat() if hasattr(value, "isoformat") else value
        for field, value in facts.items()
    }
    payload = {"kind": kind, "name": name, "says": says}
    event = NewEvent("CATALOGUE_CHANGED", "catalogue", f"{kind} {name}", payload)
    append_events([event], by=by.author, at=at)
