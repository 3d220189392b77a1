"""Reads of the catalogue as people look at it: with its sources, and what is only assumed."""

from __future__ import annotations

from cpl.models import SPECIFICATIONS, DeviceTypeNeeds, SpecificationVersion


def versions_by_kind() -> dict[str, list[SpecificationVersion]]:
    """Every known version of GBCS, SMETS and CHTS, by kind, in the order of their numbers."""
    known = sorted(
        SpecificationVersion.objects.all(),
        key=lambda one: [int(number) for number in one.version.split(".")],
    )
    return {kind: [one for one in known if one.kind == kind] for kind in SPECIFICATIONS}


def find_version(kind: str, version: str) -> SpecificationVersion | None:
    """What the catalogue says of one version."""
    return SpecificationVersion.objects.filter(kind=kind, version=version).first()


def needs_by_type() -> dict[str, DeviceTypeNeeds]:
    """What is said of each Device Type's needs, by Device Type; of some nothing may be said."""
    return {needs.device_type: needs for needs in DeviceTypeNeeds.objects.order_by("device_type")}


def count_assumptions() -> int:
    """How much of the catalogue nobody has confirmed from a source yet."""
    versions = SpecificationVersion.objects.filter(is_assumption=True).values_list("pk")
    needs = DeviceTypeNeeds.objects.filter(is_assumption=True).values_list("pk")
    return versions.union(needs, all=True).count()
