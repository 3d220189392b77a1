"""Which cohort each received row belongs to, as far as that can be told while rows stream in.

Most rows belong where they themselves say. Where a cohort depends on the hub's facts too, a row is
placed if its hub was read a moment ago, as in a file that goes home by home; else it waits until
all hubs are in. That a hub stands twice is noticed later, and then such rows are placed anew.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from cpl.bulk import next_ids
from fir.estates.models import Cohort
from fir.estates.rules import READ_THEIR_HUB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.estates.models import EstateLoad
    from fir.estates.quick import Array, Rows
    from fir.estates.rules import Configuration

    # What rules read of a hub: its maker, Device Model and firmware version.
    HubFacts = tuple[str, str, str]

NO_HUB: HubFacts = ("", "", "")
NEARBY = 2  # so many times hubs came among the rows: these are known
MOST_BEHIND_HUBS = 10_000  # cohorts that are made here; other rows wait
NOWHERE, NOT_MET = -1, -2


class Placing:
    """The cohorts of a load that is received, and how many rows were placed in each. `numbers` are
    those of its configurations, in order; they may become more between calls.

    Places are counted here: a configuration's own cohort has the configuration's number, and those
    with a hub's facts come after all of these.
    """

    def __init__(self, numbers: dict[Configuration, int]) -> None:
        self._numbers = numbers
        self._first_behind = settings.ESTATE_MOST_CONFIGURATIONS
        self._ids = np.array(next_ids(Cohort, self._first_behind + MOST_BEHIND_HUBS), np.int64)
        self._counts = np.zeros(len(self._ids), np.int64)
        self._known: list[Configuration] = []
        self._reads_hub = self._is_hub = np.zeros(0, np.bool_)
        self._hubs = _HubsNearby()
        self._behind: dict[tuple[int, HubFacts], int] = {}
        self._met: dict[int, int] = {}
        self._sort_met()

    def own(self, rows: Rows) -> Array:
        """The cohort of what each row says itself."""
        own: Array = self._ids[rows.configurations]
        return own

    def place(self, rows: Rows) -> tuple[Array, Array]:
        """The cohort of each row, and whether the row has to wait: then it is that of what the row
        says itself. What need not wait is counted."""
        self._learn()
        said = rows.configurations
        is_hub = self._is_hub[said]
        self._hubs.remember(rows.devices[is_hub], said[is_hub])
        places, waits = said.copy(), self._reads_hub[said] & rows.has_hub
        asking = np.flatnonzero(waits)
        found, hubs = self._hubs.find(rows.hubs[asking])
        asking = asking[found]
        behind = self._behind_hubs(said[asking], hubs)
        is_placed = behind != NOWHERE
        places[asking[is_placed]] = behind[is_placed]
        waits[asking[is_placed]] = False
        self._counts += np.bincount(places[~waits], minlength=len(self._counts))
        return self._ids[places], waits

    def _learn(self) -> None:
        if new := list(islice(self._numbers, len(self._known), None)):
            self._known += new
            types = [configuration.device_type for configuration in self._known]
            self._reads_hub = np.array([one in READ_THEIR_HUB for one in types], np.bool_)
            self._is_hub = np.array([one == "CHF" for one in types], np.bool_)

    def _behind_hubs(self, own: Array, hubs: Array) -> Array:
        """The places of what rows say together with what their hubs do, both by configuration;
        NOWHERE where no more can be made."""
        pairs = own << 32 | hubs
        places = self._places_of(pairs)
        new = np.unique(pairs[places == NOT_MET]).tolist()
        if new:
            self._met.update({pair: self._place_behind(pair >> 32, pair % 2**32) for pair in new})
            self._sort_met()
            places = self._places_of(pairs)
        return places

    def _place_behind(self, own: int, hub: int) -> int:
        said = self._known[hub]
        facts = (said.manufacturer_identifier, said.device_model, said.firmware_version)
        if facts == NO_HUB:
            return own
        if (own, facts) not in self._behind:
            if len(self._behind) == MOST_BEHIND_HUBS:
                return NOWHERE
            self._behind[own, facts] = self._first_behind + len(self._behind)
        return self._behind[own, facts]

    def _sort_met(self) -> None:
        pairs = sorted(self._met)
        self._pairs = np.array([*pairs, 2**63 - 1], np.int64)
        self._places = np.array([*map(self._met.__getitem__, pairs), NOT_MET], np.int64)

    def _places_of(self, pairs: Array) -> Array:
        at = np.searchsorted(self._pairs, pairs)
        return np.where(self._pairs[at] == pairs, self._places[at], NOT_MET)

    def cohorts(self, load: EstateLoad) -> Iterator[Cohort]:
        """Every cohort, with how many rows were placed there."""
        for configuration, place in self._numbers.items():
            yield self._cohort(load, place, configuration, NO_HUB)
        for (own, hub), place in self._behind.items():
            yield self._cohort(load, place, self._known[own], hub)

    def _cohort(
        self, load: EstateLoad, place: int, configuration: Configuration, hub: HubFacts
    ) -> Cohort:
        maker, model, version = hub
        return Cohort(
            id=int(self._ids[place]),
            load=load,
            device_count=int(self._counts[place]),
            hub_manufacturer=maker,
            hub_model=model,
            hub_version=version,
            **asdict(configuration),
        )


class _HubsNearby:
    """The hubs among the rows that came last, and what they said, by configuration."""

    def __init__(self) -> None:
        self._last: deque[tuple[Array, Array]] = deque(maxlen=NEARBY)

    def remember(self, hubs: Array, configurations: Array) -> None:
        """These came now, if any did; what came long before is forgotten."""
        if len(hubs):
            self._last.append((hubs, configurations))

    def find(self, hubs: Array) -> tuple[Array, Array]:
        """Which of these hubs are nearby, and the configurations of those that are."""
        if not self._last:
            return np.zeros(len(hubs), np.bool_), np.zeros(0, np.int64)
        ids, configurations = (np.concatenate(part) for part in zip(*self._last, strict=True))
        order = np.argsort(ids, kind="stable")
        at = np.minimum(np.searchsorted(ids, hubs, sorter=order), len(ids) - 1)
        found = ids[order[at]] == hubs
        return found, configurations[order[at[found]]]
