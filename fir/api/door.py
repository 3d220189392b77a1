"""What every door of the API shares: who may pass, which parameters it knows, answers and pages."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from fir.api.problems import BodyTooLarge, InputRefused
from fir.parties.models import Actor
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import Model, QuerySet
    from rest_framework.request import Request

    from fir.parties.models import Party
    from fir.parties.permissions import Permission

# Raised when the form of an answer changes, so that no client keeps an old form by its ETag.
SCHEMA = 1
LARGEST_SEQ = 2**63 - 1
M = TypeVar("M", bound="Model")


class Door(APIView):
    """An endpoint. `requires` says by method which permissions open it (any one of them; none:
    public); `parameters` names the query parameters it knows. Others are refused, since an
    ignored filter would be a wrong answer. `takes` and `answers` give the shapes by method."""

    requires: ClassVar[Mapping[str, tuple[Permission, ...]]] = {}
    parameters: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[Mapping[str, Any]] = {}
    answers: ClassVar[Mapping[str, tuple[int | tuple[int, str], Any]]] = {}
    reads_as_it_streams: ClassVar[bool] = False  # others hold the whole body, so it has a limit

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the asker in, then look at the parameters."""
        super().initial(request, *args, **kwargs)
        if not self.reads_as_it_streams:
            _refuse_large_body(request)
        unknown = sorted(set(request.query_params) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters) or "none"
            raise InputRefused(
                [
                    Fault(name[:80], "PARAMETER_UNKNOWN", f"This door knows {known}.")
                    for name in unknown
                ]
            )

    @property
    def actor(self) -> Actor:
        """Whoever asks. Raises NotAuthenticated for a stranger."""
        if not isinstance(self.request.user, Actor):
            raise NotAuthenticated
        return self.request.user

    def text(self, name: str) -> str:
        """A query parameter as text; '' when absent. NUL and overlong text are refused."""
        value = self.request.query_params.get(name, "")
        if "\x00" in value or len(value) > 200:
            raise InputRefused([Fault(name, "NOT_TEXT", "At most 200 printable characters.")])
        return str(value)

    def number(self, name: str, *, usual: int, least: int, most: int) -> int:
        """A query parameter as a whole number between two bounds."""
        value = self.text(name)
        if not value:
            return usual
        if value.isascii() and value.isdigit() and least <= int(value) <= most:
            return int(value)
        message = f"A whole number from {least} to {most} is wanted here."
        raise InputRefused([Fault(name, "NOT_A_NUMBER", message)])

    def choice(self, name: str, known: Sequence[str]) -> str:
        """A query parameter that is one of some words, in either case; '' when absent."""
        value = self.text(name).upper()
        if value and value not in known:
            message = f"One of {', '.join(known)} is wanted here."
            raise InputRefused([Fault(name, "NOT_A_CHOICE", message)])
        return value

    def supplier(self) -> Party:
        """The Supplier whose estate is asked about: the asker's own Party.

        An agent names the Supplier by `?party=<slug>`. The refusal reads the same whether or not
        such a Supplier, or its estate, exists.
        """
        own = self.actor.party
        if self.text("party") in ("", own.slug) and own.is_supplier:
            return own
        raise PermissionDenied(
            "No Supplier has delegated this to your Party. A Supplier's estate is seen by the "
            "Supplier and by the agents it has named."
        )

    def page(
        self, rows: QuerySet[M], show: Callable[[Sequence[M]], list[dict[str, Any]]], ordering: str
    ) -> dict[str, Any]:
        """One page of rows, shown, and the URL of the next page (null at the end)."""
        pages = Pages()
        pages.ordering = ordering
        found = pages.paginate_queryset(rows, self.request, view=self)
        return {"results": show(found or []), "next": pages.get_next_link()}

    def unless_unchanged(self, seq: int, answer: Callable[[], Any]) -> Response | HttpResponse:
        """The answer under an ETag made of the last seq it depends on; 304 when that is known."""
        who = self.actor.party.tags if isinstance(self.request.user, Actor) else []
        asked = (SCHEMA, seq, self.request.get_full_path(), *who)
        digest = hashlib.sha256(repr(asked).encode()).hexdigest()[:16]
        etag = f'"{SCHEMA}-{seq}-{digest}"'
        headers = {
            "ETag": etag,
            "Cache-Control": "private, no-cache" if who else "public, no-cache",
            "Vary": "Authorization, Accept",
        }
        if etag in parse_etags(self.request.headers.get("If-None-Match", "")):
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        made = answer()
        if isinstance(made, str):
            return HttpResponse(made, content_type="application/json", headers=headers)
        return Response(made, headers=headers)


def _refuse_large_body(request: Request) -> None:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise BodyTooLarge(f"At most {most} bytes are taken here.")


class Pages(CursorPagination):
    """Pages by an opaque cursor: as quick at any depth as at the start."""

    page_size = 100
    page_size_query_param = "limit"
    max_page_size = 1000
    ordering = "pk"


PAGING = ("cursor", "limit")
