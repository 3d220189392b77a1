"""Pages that say what went wrong, and what to do about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from fir.parties.permissions import Permission

TEMPLATES = {
    HTTPStatus.BAD_REQUEST: "portal/errors/bad_request.html",
    HTTPStatus.FORBIDDEN: "portal/errors/forbidden.html",
    HTTPStatus.NOT_FOUND: "portal/errors/not_found.html",
    HTTPStatus.METHOD_NOT_ALLOWED: "portal/errors/bad_request.html",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "portal/errors/too_large.html",
}


def error_page(
    request: HttpRequest,
    status: HTTPStatus,
    *,
    template: str = "",
    lacks: Sequence[Permission] = (),
) -> HttpResponse:
    """A page in the frame of all pages; `lacks` names the permissions of which one was needed."""
    page = template or TEMPLATES[status]
    return render(request, page, {"lacks": lacks, "status": status}, status=status)


def not_found(request: HttpRequest) -> HttpResponse:
    """The page for an address that FIR does not have, or that is not the asker's to see."""
    return error_page(request, HTTPStatus.NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that could not be read, or was not, since it is too large."""
    is_large = isinstance(exception, RequestDataTooBig)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_large else HTTPStatus.BAD_REQUEST
    return error_page(request, status)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token does not fit the browser's cookie."""
    return error_page(request, HTTPStatus.FORBIDDEN, template="portal/errors/form_too_old.html")


def server_error() -> HttpResponse:
    """The page for a fault of FIR's own. It asks nothing of the database, which may be the fault;
    the particulars are in the log."""
    return HttpResponse(
        render_to_string("portal/errors/server_error.html"),
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
    )
