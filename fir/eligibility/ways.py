"""The ways to a release, with the devices of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.eligibility.planner import ways_to
from fir.eligibility.queries import devices_running, standing_of
from fir.records.queries import entries_of_models, key_of, path_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fir.eligibility.planner import Way
    from fir.eligibility.queries import Standing
    from fir.parties.scopes import Scope
    from fir.records.models import RepositoryEntry


@dataclass(frozen=True, slots=True)
class WaysTo:
    """The ways to an entry from every other of its Device Model, whose entries are `model`, by id.

    `running` are the devices that the asker sees by the entry they run, as far as `standing` says;
    where it sees none, `standing` is None.
    """

    model: Mapping[str, RepositoryEntry]
    ways: Sequence[Way]
    running: Mapping[str, int]
    standing: Standing | None

    def leads_over_recalled(self, way: Way) -> bool:
        """Whether a hop of a way, its end left out, is recalled."""
        return any(self.model[hop].recalled_at for hop in way.plan.route[:-1])


def ways_for(entry: RepositoryEntry, scope: Scope | None, *, at: datetime) -> WaysTo:
    """The ways to an entry that the asker may read, with the devices that it sees, if any."""
    model = entries_of_models([key_of(entry)])[key_of(entry)]
    standing = _standing(scope, at) if scope else None
    return WaysTo(
        model={one.cpl_entry_id: one for one in model},
        ways=ways_to(entry.cpl_entry_id, list(map(path_entry, model))),
        running=devices_running(scope, entry) if scope and standing else {},
        standing=standing,
    )


def _standing(scope: Scope, at: datetime) -> Standing | None:
    standing = standing_of(scope.supplier, at=at)
    return standing if standing.load_id else None
