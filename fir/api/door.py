"""What every door of the API shares: who may pass, which parameters it knows, answers and pages."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags
from rest_framework.exceptions import NotAuthenticated, NotFound, PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from cpl.identifiers import IdentifierFault
from fir.api.authentication import lacking
from fir.api.problems import BodyTooLarge, InputRefused
from fir.ledger.queries import snapshot
from fir.parties.delegating import note_refusal
from fir.parties.delegation_queries import scope_of
from fir.parties.models import Actor
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from fir.parties.models import Party
    from fir.parties.scopes import Scope

# Raised when the form of an answer changes, so that no client keeps an old form by its ETag.
SCHEMA = 4
LARGEST_SEQ = 2**63 - 1
NOT_DELEGATED = (
    "No Supplier has delegated this to your Party. A Supplier's estate is seen by the Supplier and "
    "by the agents it has named."
)
M = TypeVar("M", bound="Model")


class OneForm(BaseContentNegotiation):
    """Each answer has one form, whatever the asker says it accepts (RFC 9110 12.4.1 allows it)."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser of the body, by its content type."""
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The one renderer there is."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Door(APIView):
    """An endpoint.

    `requires` says for each of its methods which permissions open it (any one of them), unless it
    `is_public`. `parameters` names the query parameters it knows; others are refused, since an
    ignored filter would be a wrong answer; `own_words` describes those that mean something else
    here than at other doors. `takes` and `answers` give the shapes by method, `headers_of` the
    headers that it reads besides, and `forms_of_answer` the media types of an answer that its asker
    may choose among by `Accept`; any other answer has one form.
    """

    http_method_names = ("get", "post", "put", "delete", "head")
    content_negotiation_class = OneForm
    is_public: ClassVar[bool] = False
    requires: ClassVar[Mapping[str, tuple[Permission, ...]]] = {}
    parameters: ClassVar[tuple[str, ...]] = ()
    own_words: ClassVar[Mapping[str, tuple[Any, str]]] = {}
    headers_of: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    takes: ClassVar[Mapping[str, Any]] = {}
    answers: ClassVar[Mapping[str, tuple[int | tuple[int, str], Any]]] = {}
    forms_of_answer: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    reads_as_it_streams: ClassVar[bool] = False  # others hold the whole body, so it has a limit
    refused_supplier = ""  # whose Devices this asker asked for in vain

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a read from one state of the database, whatever commits meanwhile."""
        if request.method not in ("GET", "HEAD"):
            return self._with_refusal_noted(super().dispatch(request, *args, **kwargs))
        with snapshot():
            answer = super().dispatch(request, *args, **kwargs)
        return self._with_refusal_noted(answer)

    def _with_refusal_noted(self, answer: HttpResponseBase) -> HttpResponseBase:
        """The answer as it is. What is noted is noted when it is made: a read writes nothing, and
        no asker can tell whether anything was."""
        if self.refused_supplier:
            note_refusal(supplier=self.refused_supplier, by=self.actor, at=timezone.now())
        return answer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Nobody between the asker and FIR may keep an answer unless the answer says so."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["Vary"] = "Authorization"
        return response

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

    def identifier(self, name: str, parse: Callable[[str], str]) -> str:
        """A query parameter in the one form that identifiers are stored in; '' when absent."""
        value = self.text(name)
        try:
            return parse(value) if value else ""
        except IdentifierFault as fault:
            raise InputRefused([Fault(name, fault.code, str(fault))]) from fault

    def wanted_form(self) -> str:
        """The media type that the asker accepts best of those this answer is offered in; the first
        where it accepts none (RFC 9110 12.4.1 allows that)."""
        method = "GET" if self.request.method == "HEAD" else self.request.method
        offered = self.forms_of_answer[method or ""]
        return self.request._request.get_preferred_type(offered) or offered[0]

    def supplier(self) -> Party:
        """The asker's own Party, which is a Supplier: for what no agent sees or does."""
        if self.actor.party.is_supplier:
            return self.actor.party
        raise PermissionDenied(NOT_DELEGATED)

    def scope(self) -> Scope:
        """Whose Devices are asked about, and which of them the asker sees: all of its own, or what
        was delegated to it by the Supplier that it names by `?party=<slug>`.

        The refusal reads the same whether or not such a Supplier, or its estate, exists.
        """
        named = self.text("party")
        found = scope_of(self.actor.party, named, at=timezone.now())
        if found is None:
            self.refused_supplier = named
            raise PermissionDenied(NOT_DELEGATED)
        return found

    def scope_if_any(self) -> Scope | None:
        """Whose Devices stand beside what many may read: the asker's own, where it is a Supplier
        that may look at them, or those of the Supplier that an agent names; None for others."""
        may_look = self.actor.may(Permission.VIEW_ESTATE)
        if self.text("party") and not may_look:
            raise PermissionDenied(lacking([Permission.VIEW_ESTATE]))
        own = may_look and self.actor.party.is_supplier
        return self.scope() if own or self.text("party") else None

    def page(
        self,
        rows: QuerySet[M],
        show: Callable[[Sequence[M]], list[dict[str, Any]]],
        *ordering: str,
    ) -> dict[str, Any]:
        """One page of rows, shown, and the URL of the next page (null at the end).

        `ordering` ends in something unique, or rows that share a place may be lost between pages.
        """
        pages = Pages(size=self.number("limit", usual=100, least=1, most=1000), ordering=ordering)
        try:
            found = pages.paginate_queryset(rows, self.request, view=self)
        except (NotFound, ValueError, ValidationError, DataError) as error:
            message = "Take the cursor from `next` as it is, or leave it out to start anew."
            raise InputRefused([Fault("cursor", "NOT_A_CURSOR", message)]) from error
        return {"results": show(found or []), "next": pages.get_next_link()}

    def unless_unchanged(self, seq: int, answer: Callable[[], Any]) -> Response | HttpResponse:
        """The answer under an ETag made of the last seq it depends on; 304 when that is known.

        `answer` gives what is to be said as JSON, JSON as ready text, or a response as it is, whose
        own ETag stands.
        """
        who = self.actor.party.tags if isinstance(self.request.user, Actor) else []
        asked = (SCHEMA, seq, self.request.get_full_path(), *who)
        digest = hashlib.sha256(repr(asked).encode()).hexdigest()[:16]
        etag = f'"{SCHEMA}-{seq}-{digest}"'
        headers = {
            "ETag": etag,
            "Cache-Control": "private, no-cache" if who else "public, no-cache",
        }
        known = parse_etags(self.request.headers.get("If-None-Match", ""))
        if etag in (one.removeprefix("W/") for one in known):
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        made = answer()
        if isinstance(made, HttpResponse):
            for name, value in headers.items():
                made.headers.setdefault(name, value)
            return made
        if isinstance(made, str):
            return HttpResponse(made, content_type="application/json", headers=headers)
        return Response(made, headers=headers)


def _refuse_large_body(request: Request) -> None:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise BodyTooLarge(f"At most {most} bytes are taken here.")


class Pages(CursorPagination):
    """Pages by an opaque cursor: as quick at any depth as at the start."""

    def __init__(self, *, size: int, ordering: tuple[str, ...]) -> None:
        self.size = size
        self.ordering = ordering

    def get_page_size(self, request: Request) -> int:
        """The size that was asked for."""
        return self.size

    def get_next_link(self) -> str | None:
        """The URL of the next page under the address that FIR is known by."""
        link = super().get_next_link()
        return link and settings.BASE_URL + urlunsplit(("", "", *urlsplit(link)[2:]))


PAGING = ("cursor", "limit")
