"""Every way to a release: from each version that a Device of its model may run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone

from fir.eligibility.explanations import way_in_words
from fir.eligibility.queries import standing_of
from fir.eligibility.ways import ways_for
from fir.parties.permissions import Permission
from fir.portal.pathway import ways_picture
from fir.portal.scoped import PageWithDevices
from fir.portal.views.listed import entry_id_in_url
from fir.portal.watching import nothing_newer
from fir.records.queries import find_repository_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.eligibility.planner import Way
    from fir.eligibility.ways import WaysTo
    from fir.records.models import RepositoryEntry


@dataclass(frozen=True, slots=True)
class WayInWords:
    """The way from one installed release as the page shows it; so many `devices` that the asker
    sees run it."""

    installed: RepositoryEntry
    devices: int
    sentence: str
    hops: Sequence[RepositoryEntry]
    alternatives: Sequence[Sequence[RepositoryEntry]]
    dead_ends: Sequence[RepositoryEntry]


class Ways(PageWithDevices):
    """The way to a release from every other release of its Device Model, in words and as a picture
    with a Supplier's Devices, for itself and, as far as it lets them, for its agents."""

    requires = {"GET": (Permission.VIEW_RECORDS,)}

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The ways; `from` names the release whose way the picture marks."""
        entry = find_repository_entry(self.party, entry_id_in_url(cpl_entry_id))
        if entry is None:
            raise Http404
        now = timezone.now()
        whose = self.scope.supplier if self.scope else self.party
        answer = nothing_newer(request, lambda: standing_of(whose, at=now).mark)
        if answer is not None:
            return answer
        found = ways_for(entry, self.scope, at=now)
        marked = _marked(found, request.GET.get("from", ""))
        way = (marked.installed, *marked.plan.route) if marked and marked.plan.route else ()
        template = "_ways.html" if self.wants_fragment else "ways.html"
        return self.show(
            f"ways/{template}",
            entry=entry,
            standing=found.standing,
            picture=ways_picture(
                list(found.model.values()), entry.cpl_entry_id, way, found.running
            ),
            rows=[_in_words(way, found) for way in reversed(found.ways)],
            marked=marked.installed if marked else "",
            here=found.running.get(entry.cpl_entry_id, 0),
        )


def _marked(found: WaysTo, named: str) -> Way | None:
    """The way that is marked: the one that was named, or else that of most Devices, or else the
    longest. Raises Http404 for a release that is none of the model's others."""
    if named:
        marked = next((way for way in found.ways if way.installed == named), None)
        if marked is None:
            raise Http404
        return marked
    leading = [way for way in found.ways if way.plan.route]
    return max(
        leading,
        key=lambda way: (found.running.get(way.installed, 0), len(way.plan.route)),
        default=None,
    )


def _in_words(way: Way, found: WaysTo) -> WayInWords:
    return WayInWords(
        installed=found.model[way.installed],
        devices=found.running.get(way.installed, 0),
        sentence=way_in_words(way.plan, over_recalled=found.leads_over_recalled(way)),
        hops=[found.model[hop] for hop in way.plan.route],
        alternatives=[[found.model[hop] for hop in other] for other in way.alternatives],
        dead_ends=[found.model[end] for end in way.dead_ends],
    )
