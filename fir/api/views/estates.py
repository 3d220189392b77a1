"""A Supplier's estate: sending it in, watching it load, and its summary."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.response import Response

from fir.api.answers import load_answer
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import estates as shapes
from fir.eligibility.queries import estate_by_version, standing_of, summary_of
from fir.estates.bodies import Body
from fir.estates.operations import accept_load, receive_load
from fir.estates.queries import find_load, loads_of, notes_report
from fir.parties.permissions import Permission
from fir.records.rules import Position
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from rest_framework.request import Request

    from fir.estates.models import EstateLoad

PIECE = 1 << 18


class EstateLoads(Door):
    """`POST /estate/loads` sends an inventory in; `GET` lists the loads."""

    answers = {"GET": (200, shapes.EstateLoadPage), "POST": (202, shapes.EstateLoad)}
    takes = {"POST": {"text/csv": OpenApiTypes.STR, "application/xml": OpenApiTypes.STR}}
    requires = {"GET": (Permission.VIEW_ESTATE,), "POST": (Permission.LOAD_ESTATE,)}
    reads_as_it_streams = True
    parameters = ("mode", *PAGING)

    def get(self, request: Request) -> Response:
        """The loads, newest first."""
        loads = loads_of(self.supplier())
        return Response(self.page(loads, lambda rows: list(map(load_answer, rows)), "-id"))

    def post(self, request: Request) -> Response:
        """Take in the body as it streams: 202 when it is in, 422 when it cannot be read."""
        if self.choice("mode", ("FULL", "DELTA")) == "DELTA":
            message = "Only whole inventories are taken in so far; send mode=full."
            raise InputRefused([Fault("mode", "NOT_OFFERED", message)])
        pieces = Body(request._request).pieces(PIECE)
        load = receive_load(party=self.actor.party, pieces=pieces, by=self.actor, at=timezone.now())
        where = reverse("estate-load", kwargs={"load_id": load.pk})
        return Response(load_answer(load), status=HTTPStatus.ACCEPTED, headers={"Location": where})


class _OneLoad(Door):
    def load(self, load_id: int) -> EstateLoad:
        """The asker's own load; anybody else's does not exist here."""
        load = find_load(self.supplier(), load_id)
        if load is None:
            raise Http404
        return load


class EstateLoadDoor(_OneLoad):
    """`GET /estate/loads/{id}`: how far a load is."""

    answers = {"GET": (200, shapes.EstateLoad)}
    requires = {"GET": (Permission.VIEW_ESTATE, Permission.LOAD_ESTATE)}

    def get(self, request: Request, load_id: int) -> Response:
        """The load."""
        return Response(load_answer(self.load(load_id)))


class EstateLoadErrors(_OneLoad):
    """`GET /estate/loads/{id}/errors.csv`: what was noted of its rows."""

    answers = {"GET": ((200, "text/csv"), OpenApiTypes.STR)}
    requires = {"GET": (Permission.VIEW_ESTATE, Permission.LOAD_ESTATE)}

    def get(self, request: Request, load_id: int) -> StreamingHttpResponse:
        """The report, a row a note; values are masked unless hexadecimal."""
        lines = notes_report(self.load(load_id))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


class AcceptLoad(_OneLoad):
    """`POST /estate/loads/{id}/accept`: take a held load without its bad rows."""

    answers = {"POST": (200, shapes.EstateLoad)}
    requires = {"POST": (Permission.LOAD_ESTATE,)}

    def post(self, request: Request, load_id: int) -> Response:
        """The load, swapped in; 409 when it is not held."""
        load = accept_load(load=self.load(load_id), by=self.actor, at=timezone.now())
        return Response(load_answer(load))


class EstateSummary(Door):
    """`GET /estate/summary`: the estate by Device Model and version, with N, N-1 and older."""

    answers = {"GET": (200, shapes.EstateSummary)}
    requires = {"GET": (Permission.VIEW_ESTATE,)}
    parameters = ("party",)

    def get(self, request: Request) -> Response:
        """Counts by version; the percentage leaves out GPF and unlisted devices and says so."""
        scope = self.scope()
        versions = estate_by_version(scope)
        summary = summary_of(versions)
        return Response(
            {
                **asdict(standing_of(scope.supplier, at=timezone.now())),
                "devices": summary.devices,
                "by_position": summary.by_position,
                "left_out": {
                    "gpf": summary.gpf,
                    "unlisted": summary.by_position[Position.UNLISTED],
                },
                "percent_n_or_n_1": summary.percent_n_or_n_1,
                "versions": [asdict(row) for row in versions],
            }
        )
