"""Reads of estates: loads, standing loads, cohorts, and what a model's cohorts are."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from fir.estates.models import (
    AT_WORK,
    QUEUED,
    Census,
    CensusFigure,
    Cohort,
    CohortMove,
    Estate,
    EstateLoad,
    LoadNote,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey
    from fir.parties.models import Party

    # Device Type, maker, Device Model and firmware version.
    VersionKey = tuple[str, str, str, str]

MODEL_COLUMNS = ("device_type", "manufacturer_identifier", "device_model")


def find_load(party: Party, load_id: int) -> EstateLoad | None:
    """One load of this Supplier, or None when it has no such load."""
    return EstateLoad.objects.filter(party=party, pk=load_id).first()


def waited_for(loads: Collection[EstateLoad]) -> dict[int, int]:
    """Which load of the same Supplier each of these waits for, by number: they are finished in
    turn. What waits for none is absent."""
    queued = [load for load in loads if load.state == QUEUED]
    parties = {load.party_id for load in queued}
    if not parties:
        return {}
    at_work = EstateLoad.objects.filter(party__in=parties, state__in=AT_WORK)
    places = sorted(at_work.values_list("party_id", "id"))
    before = {place: earlier for earlier, place in pairwise(places) if earlier[0] == place[0]}
    asked = {load.pk: before.get((load.party_id, load.pk)) for load in queued}
    return {load_id: earlier[1] for load_id, earlier in asked.items() if earlier}


def loads_of(party: Party) -> QuerySet[EstateLoad]:
    """The loads of this Supplier, newest first."""
    return EstateLoad.objects.filter(party=party).order_by("-id")


def notes_of(load: EstateLoad) -> QuerySet[LoadNote]:
    """What was noted of a load's rows, in the order of its lines, and of its files."""
    return LoadNote.objects.filter(load=load).order_by("member", "line", "id")


def notes_report(load: EstateLoad) -> Iterator[str]:
    """The lines of a CSV with everything that was noted of a load's rows, the headings first;
    values are masked unless hexadecimal."""
    columns = ("line", "column", "reason", "value", "kept", "member")
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in notes_of(load).values_list(*columns).iterator(chunk_size=2000):
        yield writer.writerow(row)


class _Echo:
    """A file that hands every line straight back, for the csv writer."""

    def write(self, line: str) -> str:
        return line


def standing_load_of(party: Party) -> EstateLoad | None:
    """The load that stands as this Supplier's estate, if it ever sent one."""
    estate = Estate.objects.select_related("standing_load").filter(party=party).first()
    return estate.standing_load if estate else None


def moves_of(load: EstateLoad) -> list[CohortMove]:
    """What became of Devices since the load before, with the cohorts they are in now."""
    return list(CohortMove.objects.filter(load=load).select_related("cohort").order_by("id"))


def standing_loads(parties: Collection[str] | None = None) -> list[EstateLoad]:
    """The standing load of every Supplier, or of those with these slugs."""
    estates = Estate.objects.select_related("standing_load__party").order_by("party_id")
    if parties is not None:
        estates = estates.filter(party__slug__in=parties)
    return [estate.standing_load for estate in estates]


def cohorts_of(
    loads: Collection[EstateLoad], models: Collection[ModelKey] | None = None
) -> QuerySet[Cohort]:
    """The cohorts of these loads; with `models`, those of these Device Models or behind such hubs.

    A GPF belongs to its hub's model: the two are one box, listed as a CHF.
    """
    cohorts = Cohort.objects.filter(load__in=loads)
    if models is not None:
        narrowed = Q()
        for device_type, manufacturer, model in models:
            types = ["CHF", "GPF"] if device_type == "CHF" else [device_type]
            narrowed |= Q(
                device_type__in=types, manufacturer_identifier=manufacturer, device_model=model
            )
            if device_type == "CHF":
                narrowed |= Q(hub_manufacturer=manufacturer, hub_model=model)
        cohorts = cohorts.filter(narrowed) if models else cohorts.none()
    return cohorts.order_by("id")


def cohorts_among(cohort_ids: Collection[int]) -> QuerySet[Cohort]:
    """The cohorts with these numbers."""
    return Cohort.objects.filter(pk__in=cohort_ids)


def devices_by_version(versions: Collection[VersionKey]) -> dict[int, dict[VersionKey, int]]:
    """How many Devices of each Supplier's estate (by Party number) run each of these firmware
    versions; who has none is absent. A Gas Proxy Function is no Device of its own here: it shares
    its hub's box and image."""
    running = (
        _standing_cohorts(models={version[:3] for version in versions})
        .filter(firmware_version__in={version[3] for version in versions})
        .values_list("load__party_id", *MODEL_COLUMNS, "firmware_version")
        .annotate(devices=Sum("device_count"))
    )
    found: dict[int, dict[VersionKey, int]] = defaultdict(dict)
    for party_id, *version, devices in running:
        if tuple(version) in versions:
            found[party_id][tuple(version)] = devices
    return dict(found)


def devices_in_all_estates() -> Iterator[tuple[tuple[str, ...], int]]:
    """Each listable firmware version that runs in some estate, with how many Devices of one
    Supplier run it: once for every Supplier. A Gas Proxy Function is no Device of its own here."""
    columns = (*MODEL_COLUMNS, "firmware_version")
    rows = (
        Cohort.objects.filter(load__estate__isnull=False, listable=True)
        .exclude(device_type="GPF")
        .order_by()
        .values_list(*columns, "load__party_id")
        .annotate(devices=Sum("device_count"))
    )
    for *version, _party_id, devices in rows:
        yield tuple(version), devices


def census_for(party: Party) -> QuerySet[CensusFigure]:
    """About how many Devices run each version, by the last census, as far as a Party is told. What
    is absent is too little to say."""
    return CensusFigure.objects.visible_to(party).order_by(*MODEL_COLUMNS, "firmware_version", "id")


def last_census() -> Census | None:
    """When all estates were last counted, if ever."""
    return Census.objects.order_by("-id").first()


def holders_of_models(models: Collection[ModelKey]) -> dict[ModelKey, set[int]]:
    """The Suppliers (by Party number) whose estates hold Devices of each of these Device Models;
    a model that nobody holds is absent."""
    held = _standing_cohorts(models).values_list("load__party_id", *MODEL_COLUMNS).distinct()
    found: dict[ModelKey, set[int]] = defaultdict(set)
    for party_id, *model in held:
        if tuple(model) in models:
            found[tuple(model)].add(party_id)
    return dict(found)


def _standing_cohorts(models: Collection[ModelKey]) -> QuerySet[Cohort]:
    """The cohorts of all standing loads that may be of these Device Models."""
    return Cohort.objects.filter(
        load__estate__isnull=False,
        device_type__in={model[0] for model in models},
        device_model__in={model[2] for model in models},
    ).order_by()
