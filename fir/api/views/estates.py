"""A Supplier's estate: sending it in, and watching it load."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.response import Response

from fir.api.answers import load_answers
from fir.api.door import PAGING, Door
from fir.api.shapes import estates as shapes
from fir.estates.bodies import Body
from fir.estates.models import FULL, MODES
from fir.estates.operations import accept_load, drop_load, receive_load
from fir.estates.queries import find_load, loads_of, notes_report
from fir.parties.permissions import Permission

if TYPE_CHECKING:
    from rest_framework.request import Request

    from fir.estates.models import EstateLoad

PIECE = 1 << 18


class EstateLoads(Door):
    """`POST /estate/loads` sends an inventory in; `GET` lists the loads."""

    answers = {"GET": (200, shapes.EstateLoadPage), "POST": (202, shapes.EstateLoad)}
    takes = {
        "POST": {
            "text/csv": OpenApiTypes.STR,
            "application/gzip": OpenApiTypes.BINARY,
            "application/xml": OpenApiTypes.STR,
            "application/zip": OpenApiTypes.BINARY,
        }
    }
    requires = {"GET": (Permission.VIEW_ESTATE,), "POST": (Permission.LOAD_ESTATE,)}
    reads_as_it_streams = True
    parameters = ("mode", *PAGING)

    def get(self, request: Request) -> Response:
        """The loads, newest first."""
        loads = loads_of(self.supplier())
        answered = partial(load_answers, at=timezone.now())
        return Response(self.page(loads, answered, "-id"))

    def post(self, request: Request) -> Response:
        """Take in the body as it streams: 202 when it is in, 422 when it cannot be read."""
        body = Body(request._request)
        load = receive_load(
            party=self.actor.party,
            pieces=body.pieces(PIECE),
            by=self.actor,
            at=timezone.now(),
            mode=self.choice("mode", MODES) or FULL,
            size=body.expected,
        )
        where = reverse("estate-load", kwargs={"load_id": load.pk})
        return Response(_answered(load), status=HTTPStatus.ACCEPTED, headers={"Location": where})


def _answered(load: EstateLoad) -> dict[str, Any]:
    return load_answers([load], at=timezone.now())[0]


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
        return Response(_answered(self.load(load_id)))


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
        return Response(_answered(load))


class DropLoad(_OneLoad):
    """`POST /estate/loads/{id}/drop`: let a held load go."""

    answers = {"POST": (200, shapes.EstateLoad)}
    requires = {"POST": (Permission.LOAD_ESTATE,)}

    def post(self, request: Request, load_id: int) -> Response:
        """The load, refused; 409 when it is not held."""
        load = drop_load(load=self.load(load_id), by=self.actor, at=timezone.now())
        return Response(_answered(load))
