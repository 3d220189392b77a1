"""What stands beside the subjects: the index and the health check."""

from __future__ import annotations

import os
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib.auth.middleware import get_user
from django.db import OperationalError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from rest_framework.response import Response

from fir.api.docs import doors_of, shapes_of
from fir.api.door import Door
from fir.ledger.queries import last_seq

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

DOORS = {
    "docs": "/api/v1/docs",
    "schema": "/api/v1/schema",
    "feed": "/api/v1/feed?after=0",
    "firmware": "/api/v1/firmware",
    "cpl": "/api/v1/cpl",
    "submissions": "/api/v1/submissions",
    "drafts": "/api/v1/drafts",
    "estate_loads": "/api/v1/estate/loads",
    "estate_summary": "/api/v1/estate/summary",
    "estate_changes": "/api/v1/estate/changes",
    "census": "/api/v1/census",
    "eligibility": "/api/v1/eligibility",
    "notices": "/api/v1/notices",
    "reader_faults": "/api/v1/reader-faults",
}


class Index(Door):
    """`GET /api/v1/`: where everything is. Public."""

    is_public = True
    answers = {"GET": (200, OpenApiTypes.OBJECT)}

    def get(self, request: Request) -> Response:
        """The doors of the API."""
        about = "The Firmware Information Repository. Send your key as: Authorization: Bearer <key>"
        return Response({"about": about, **DOORS})


class Schema(Door):
    """`GET /api/v1/schema`: this API as an OpenAPI 3.1 document. Public."""

    is_public = True
    answers = {"GET": (200, OpenApiTypes.OBJECT)}

    def get(self, request: Request) -> JsonResponse:
        """The document."""
        return JsonResponse(_document())


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return document


class Docs(Door):
    """`GET /api/v1/docs`: the same document for people. Public."""

    is_public = True
    answers = {"GET": ((200, "text/html"), OpenApiTypes.STR)}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, having looked first who is signed in."""
        get_user(request)  # deletes a session that a new password ended; a read could not
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: Request) -> HttpResponse:
        """The page."""
        document = _document()
        context = {"doors": list(doors_of(document)), "shapes": list(shapes_of(document))}
        # The browser's own request: the frame of the page is for whoever is signed in there.
        return render(request._request, "api/docs.html", context)


class Health(Door):
    """`GET /health`: whether this process can answer from its database. Public."""

    is_public = True
    authentication_classes = ()
    answers = {"GET": (200, OpenApiTypes.OBJECT)}

    def get(self, request: Request) -> Response:
        """200 with this start's token, or 503 when the database is away."""
        last_seq()
        return Response({"state": "ok", **_start_token()})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer even when there is no database to read from."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except OperationalError:
            state = {"state": "The database is away.", **_start_token()}
            return JsonResponse(state, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _start_token() -> dict[str, str]:
    """How the launcher tells its own web process from another's."""
    return {"start_token": os.environ.get("FIR_START_TOKEN", "")}
