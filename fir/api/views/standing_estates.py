"""A Supplier's estate as it stands: in figures, what changed with it, and deleting it; and what
runs in the field over all estates."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from fir.api.answers import moment
from fir.api.door import PAGING, Door
from fir.api.estate_answers import (
    census_answers,
    gained_answers,
    moved_answer,
    part_answer,
    trend_answer,
)
from fir.api.shapes import standing_estates as shapes
from fir.eligibility.changes import changes_of
from fir.eligibility.changes_in_words import headline
from fir.eligibility.deleting import delete_estate
from fir.eligibility.parts import by_maker, by_model
from fir.eligibility.queries import estate_by_version, standing_of, summary_of
from fir.eligibility.summaries import listed_models
from fir.eligibility.trend import trend_of
from fir.estates.queries import census_for, last_census, standing_load_of
from fir.parties.permissions import Permission
from fir.records.rules import Position

if TYPE_CHECKING:
    from rest_framework.request import Request


class EstateDoor(Door):
    """`DELETE /estate`: everything that is kept of the Supplier's inventories goes."""

    answers = {"DELETE": (204, None)}
    requires = {"DELETE": (Permission.LOAD_ESTATE,)}

    def delete(self, request: Request) -> Response:
        """204 when it is gone; 404 when there was none, 409 while somebody reads it."""
        delete_estate(party=self.supplier(), by=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


class EstateSummary(Door):
    """`GET /estate/summary`: the estate by Device Model and version, with N, N-1 and older."""

    answers = {"GET": (200, shapes.EstateSummary)}
    requires = {"GET": (Permission.VIEW_ESTATE,)}
    parameters = ("party",)

    def get(self, request: Request) -> Response:
        """Counts by version, and added up by Device Type and Manufacturer, by Device Model and by
        load; percentages leave out GPF and unlisted devices, and it is said how many those are."""
        scope = self.scope()
        versions = estate_by_version(scope)
        summary = summary_of(versions)
        models = by_model(versions)
        listed = listed_models({model.listed_as for model in models})
        return Response(
            {
                **standing_of(scope.supplier, at=timezone.now()).told(),
                "devices": summary.devices,
                "by_position": summary.by_position,
                "left_out": {
                    "gpf": summary.gpf,
                    "unlisted": summary.by_position[Position.UNLISTED],
                },
                "suspended": summary.suspended,
                "measured": summary.measured,
                "percent_n_or_n_1": summary.percent_n_or_n_1,
                "versions": [asdict(row) for row in versions],
                "makers": [part_answer(part) for part in by_maker(versions)],
                "models": [
                    part_answer(part, with_model=True, listed=listed.get(part.listed_as))
                    for part in models
                ],
                "trend": list(map(trend_answer, trend_of(scope))),
            }
        )


class EstateChanges(Door):
    """`GET /estate/changes`: what changed with the load that stands, against the one before it."""

    answers = {"GET": (200, shapes.EstateChanges)}
    requires = {"GET": (Permission.VIEW_ESTATE,)}

    def get(self, request: Request) -> Response:
        """Every change with its number of devices, and what arrived by version: how far behind it
        is, whether it may be updated, and whom to ask. Nothing before the second load."""
        supplier = self.supplier()
        load = standing_load_of(supplier)
        changes = changes_of(supplier, load)
        return Response(
            {
                **standing_of(supplier, at=timezone.now()).told(),
                "compared_load_id": load.pk if load and load.compared_at else None,
                "former_load_id": load.former_id if load else None,
                "compared_at": moment(load.compared_at) if load else None,
                "headline": headline(changes) if load and load.compared_at else None,
                "totals": changes.totals,
                "outcomes": changes.outcomes,
                "reasons": changes.reasons,
                "stranded": changes.stranded,
                "gained": gained_answers(changes),
                "changes": list(map(moved_answer, changes.moved)),
            }
        )


class CensusDoor(Door):
    """`GET /census`: about how many devices run each version, over all estates, where that tells
    nothing of any one Supplier: a Manufacturer's own versions, or all for the Administrator."""

    answers = {"GET": (200, shapes.CensusPage)}
    requires = {"GET": (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)}
    parameters = PAGING

    def get(self, request: Request) -> Response:
        """The figures of the last census; what is absent is too little to say."""
        if self.actor.party.is_supplier:
            raise PermissionDenied(
                "A Supplier is told none of it: it could take its own Devices off a number and be "
                "left with those of others."
            )
        census = last_census()
        order = ("manufacturer_identifier", "device_model", "device_type", "firmware_version", "id")
        return Response(
            {
                "counted_at": moment(census.counted_at) if census else None,
                **self.page(census_for(self.actor.party), census_answers, *order),
            }
        )
