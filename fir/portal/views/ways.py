"""Every way to a release: from each version that a Device of its model may run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone

from fir.eligibility.explanations import way_in_words
from fir.eligibility.planner import ways_to
from fir.eligibility.queries import devices_running, standing_of
from fir.parties.permissions import Permission
from fir.parties.scopes import Scope
from fir.portal.page import Page
from fir.portal.pathway import ways_picture
from fir.portal.views.listed import entry_id_in_url
from fir.records.queries import entries_of_models, find_repository_entry, key_of, path_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.eligibility.planner import Way
    from fir.eligibility.queries import Standing
    from fir.records.models import RepositoryEntry


@dataclass(frozen=True, slots=True)
class WayInWords:
    """The way from one installed release as the page shows it; `devices` of the asker's run it."""

    installed: RepositoryEntry
    devices: int
    sentence: str
    hops: Sequence[RepositoryEntry]
    alternatives: Sequence[Sequence[RepositoryEntry]]
    dead_ends: Sequence[RepositoryEntry]


class Ways(Page):
    """The way to a release from every other release of its Device Model, in words and as a picture
    with the asker's own Devices, where the asker is a Supplier."""

    requires = {"GET": (Permission.VIEW_RECORDS,)}

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The ways; `from` names the release whose way the picture marks."""
        entry = find_repository_entry(self.party, entry_id_in_url(cpl_entry_id))
        if entry is None:
            raise Http404
        model = entries_of_models([key_of(entry)])[key_of(entry)]
        standing = self._standing()
        running = devices_running(Scope(self.party), entry) if standing else {}
        ways = ways_to(entry.cpl_entry_id, list(map(path_entry, model)))
        marked = _marked(ways, request.GET.get("from", ""), running)
        way = (marked.installed, *marked.plan.route) if marked and marked.plan.route else ()
        template = "_ways.html" if self.wants_fragment else "ways.html"
        return self.show(
            f"ways/{template}",
            entry=entry,
            standing=standing,
            picture=ways_picture(model, entry.cpl_entry_id, way, running),
            rows=_in_words(ways, model, running),
            marked=marked.installed if marked else "",
            here=running.get(entry.cpl_entry_id, 0),
        )

    def _standing(self) -> Standing | None:
        """How far the asker's findings are; None where it may see none."""
        if not (self.party.is_supplier and self.actor.may(Permission.VIEW_ESTATE)):
            return None
        standing = standing_of(self.party, at=timezone.now())
        return standing if standing.load_id else None


def _marked(ways: Sequence[Way], named: str, running: Mapping[str, int]) -> Way | None:
    """The way that is marked: the one that was named, or else that of most Devices, or else the
    longest. Raises Http404 for a release that is none of the model's others."""
    if named:
        found = next((way for way in ways if way.installed == named), None)
        if found is None:
            raise Http404
        return found
    leading = [way for way in ways if way.plan.route]
    return max(
        leading,
        key=lambda way: (running.get(way.installed, 0), len(way.plan.route)),
        default=None,
    )


def _in_words(
    ways: Sequence[Way], model: Sequence[RepositoryEntry], running: Mapping[str, int]
) -> list[WayInWords]:
    """The ways, those of the newest entries first."""
    known = {entry.cpl_entry_id: entry for entry in model}
    return [_one_in_words(way, known, running) for way in reversed(ways)]


def _one_in_words(
    way: Way, known: Mapping[str, RepositoryEntry], running: Mapping[str, int]
) -> WayInWords:
    hops = [known[hop] for hop in way.plan.route]
    over_recalled = any(hop.recalled_at for hop in hops[:-1])
    return WayInWords(
        installed=known[way.installed],
        devices=running.get(way.installed, 0),
        sentence=way_in_words(way.plan, over_recalled=over_recalled),
        hops=hops,
        alternatives=[[known[hop] for hop in other] for other in way.alternatives],
        dead_ends=[known[end] for end in way.dead_ends],
    )
