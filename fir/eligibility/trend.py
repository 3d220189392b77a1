"""How an estate went on from load to load: a few figures of each, kept when its cohorts go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.eligibility.models import LoadFigure
from fir.eligibility.queries import estate_by_version, summary_of
from fir.parties.scopes import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from fir.eligibility.queries import EstateSummary
    from fir.estates.models import EstateLoad

LOADS_TOLD = 24


def keep_figures(load: EstateLoad, *, at: datetime) -> None:
    """Keep how the standing load stood when it was first assessed; later assessments leave that as
    it is. A step."""
    if LoadFigure.objects.filter(load=load).exists():
        return
    devices, suspended = defaultdict[tuple[str, str], int](int), defaultdict[object, int](int)
    for row in estate_by_version(Scope(load.party)):
        devices[row.device_type, row.position] += row.devices
        suspended[row.device_type, row.position] += row.suspended
    LoadFigure.objects.bulk_create(
        LoadFigure(
            load=load,
            device_type=device_type,
            position=position,
            devices=count,
            suspended=suspended[device_type, position],
            assessed_at=at,
        )
        for (device_type, position), count in devices.items()
    )


@dataclass(frozen=True, slots=True)
class LoadInFigures:
    """A load as it stood when it was first assessed."""

    load_id: int
    received_at: datetime
    summary: EstateSummary


def trend_of(scope: Scope) -> list[LoadInFigures]:
    """The newest loads that became the Supplier's estate, oldest first; nothing to whoever sees
    only some of it, since figures are kept of the whole. One query."""
    if not scope.is_whole:
        return []
    kept = LoadFigure.objects.filter(load__party=scope.supplier)
    newest = kept.order_by("-load_id").values("load_id").distinct()[:LOADS_TOLD]
    by_load = defaultdict[int, list[LoadFigure]](list)
    for figure in kept.filter(load_id__in=newest).select_related("load").order_by("load_id"):
        by_load[figure.load_id].append(figure)
    return [
        LoadInFigures(load_id, figures[0].load.received_at, summary_of(figures))
        for load_id, figures in by_load.items()
    ]
