"""Pages that look again by themselves, and are told when there is nothing newer than they show."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

SEEN = "FIR-Seen"  # as in templates/components/watch.html


def looks_again(request: HttpRequest) -> bool:
    """Whether it is a page that asks by itself, and not somebody who uses it."""
    return SEEN in request.headers


def nothing_newer(request: HttpRequest, mark: Callable[[], object]) -> HttpResponse | None:
    """An answer without content where a page that looks again shows `mark` already, so that what
    somebody is reading stays as it is; None where there is something newer, and for whoever else
    asks. Of all that the page reads, only its mark is read here."""
    seen = request.headers.get(SEEN, "")
    if seen and seen == str(mark()):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return None
