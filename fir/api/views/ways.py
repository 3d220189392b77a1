"""Every way to a release."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from fir.api.door import Door
from fir.api.shapes import eligibility as shapes
from fir.eligibility.explanations import hops_of, way_in_words
from fir.eligibility.ways import ways_for
from fir.ledger.queries import last_seq
from fir.parties.permissions import Permission
from fir.records.queries import find_repository_entry

if TYPE_CHECKING:
    from rest_framework.request import Request

    from fir.eligibility.planner import Way
    from fir.eligibility.ways import WaysTo
    from fir.records.models import RepositoryEntry


class Ways(Door):
    """`GET /firmware/{cpl_entry_id}/ways`: how a device gets to a release from whatever it runs."""

    answers = {"GET": (200, shapes.Ways)}
    requires = {"GET": (Permission.VIEW_RECORDS,)}
    parameters = ("party",)

    def get(self, request: Request, cpl_entry_id: str) -> Response:
        """Every way, and how many of a Supplier's devices would begin it, where the asker sees
        them."""
        scope = self.scope_if_any()
        try:
            entry = find_repository_entry(self.actor.party, parse_cpl_entry_id(cpl_entry_id))
        except IdentifierFault:
            entry = None
        if entry is None:
            raise Http404
        found = ways_for(entry, scope, at=timezone.now())
        return Response(
            {
                "seq": last_seq(),
                "target": _listed(entry),
                "findings": found.standing and found.standing.told(),
                "results": [_way(way, entry.device_type, found) for way in found.ways],
            }
        )


def _listed(entry: RepositoryEntry) -> dict[str, str]:
    return {"cpl_entry_id": entry.cpl_entry_id, "firmware_version": entry.firmware_version}


def _way(way: Way, device_type: str, found: WaysTo) -> dict[str, Any]:
    versions = {
        hop: (found.model[hop].firmware_version, found.model[hop].manufacturer_image_hash)
        for hop in way.plan.route
    }
    return {
        "installed": _listed(found.model[way.installed]),
        "devices": found.running.get(way.installed, 0) if found.standing else None,
        "message": way_in_words(way.plan, over_recalled=found.leads_over_recalled(way)),
        **asdict(way.plan),
        "route": [asdict(hop) for hop in hops_of(device_type, way.plan.route, versions)],
        "alternatives": way.alternatives,
        "dead_ends": way.dead_ends,
    }
