"""What every page shares: who may pass, reading from one state, and what a refusal looks like."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views import View

from fir.ledger.queries import snapshot
from fir.portal.access import ACTING_FOR, actor_of, actors_of, person_of
from fir.portal.errors import error_page
from fir.portal.kept import keep_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from fir.parties.models import Actor, Party
    from fir.parties.permissions import Permission

READS = ("GET", "HEAD")


class Page(View):
    """A page, or the target of a page's form.

    `requires` says for each of its methods which permissions open it (any one of them), unless it
    `is_public`. A stranger is asked to sign in and comes back to the same page; what a stranger
    sent in a form is kept meanwhile (see `fir.portal.kept`).
    """

    http_method_names = ["get", "post", "head"]
    is_public: ClassVar[bool] = False
    requires: ClassVar[Mapping[str, tuple[Permission, ...]]] = {}
    reads_as_it_streams: ClassVar[bool] = False  # such a page looks at its form by itself
    keeps_answers: ClassVar[bool] = True  # what was typed while nobody was signed in

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the asker in, and answer a read from one state of the database."""
        if request.method not in READS:
            return self._answer(request, *args, **kwargs)
        person_of(request)  # deletes a session that a new password ended; a read could not
        with snapshot():
            return self._answer(request, *args, **kwargs)

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.visitor = actor_of(request)
        refusal = self._refusal(request)
        return refusal or super().dispatch(request, *args, **kwargs)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        method = "GET" if request.method == "HEAD" else request.method or ""
        if not hasattr(self, method.lower()) or method.lower() not in self.http_method_names:
            return self._for_another_method(request)
        if not self.is_public:
            if person_of(request) is None:
                return self._to_sign_in(request)
            wanted = self.requires[method]
            if self.visitor is None or not any(map(self.visitor.may, wanted)):
                return error_page(request, HTTPStatus.FORBIDDEN, lacks=wanted)
        if method == "POST" and not self.reads_as_it_streams:
            return self._refuse_for_another_party(request)
        return None

    def _for_another_method(self, request: HttpRequest) -> HttpResponse:
        """Whoever reloads the address that a form was sent to is shown the form's page."""
        if request.method in READS:
            return HttpResponseRedirect(self.form_url(request))
        page = error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
        offered = [name.upper() for name in self.http_method_names if hasattr(self, name)]
        page.headers["Allow"] = ", ".join(offered)
        return page

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and self._may_keep:
            keep_answers(request, self.form_url(request))
        back = request.get_full_path() if request.method in READS else self.form_url(request)
        if self.wants_fragment:
            back = _shown_page(request) or back
        address = f"{resolve_url('account_login')}?{urlencode({'next': back})}"
        if self.wants_fragment:  # a script would put the page to sign in where the fragment was
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)

    @property
    def _may_keep(self) -> bool:
        return self.keeps_answers and not self.reads_as_it_streams

    def form_url(self, request: HttpRequest) -> str:
        """The path of the page that shows the form which is sent here; usually this very page."""
        return request.path

    def _refuse_for_another_party(self, request: HttpRequest) -> HttpResponse | None:
        """A form made for one Party must not act for another, chosen in another tab since."""
        made_for = request.POST.get(ACTING_FOR, "")
        if self.visitor is None or made_for in ("", self.visitor.party.slug):
            return None
        chosen = next((a.party for a in actors_of(request) if a.party.slug == made_for), None)
        if chosen is not None and self._may_keep:
            keep_answers(request, self.form_url(request))
        context = {"made_for": chosen, "back": self.form_url(request)}
        template = "portal/errors/other_party.html"
        return render(request, template, context, status=HTTPStatus.CONFLICT)

    @property
    def actor(self) -> Actor:
        """Whoever acts on this page. Only for pages that are not public."""
        if self.visitor is None:
            raise TypeError("A public page asked who acts without looking whether anybody does.")
        return self.visitor

    @property
    def party(self) -> Party:
        """The Party that is acted for."""
        return self.actor.party

    def show(
        self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any
    ) -> HttpResponse:
        """The page. `template` is its file below templates/portal/."""
        context["is_fragment"] = self.wants_fragment
        return render(self.request, f"portal/{template}", context, status=status)

    @property
    def wants_fragment(self) -> bool:
        """Whether htmx asks, for a piece of the page rather than the whole of it."""
        return self.request.headers.get("HX-Request") == "true"


def form_status(*, has_errors: bool) -> HTTPStatus:
    """The status of a page that shows a form: 422 when something in it is to be mended."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if has_errors else HTTPStatus.OK


def _shown_page(request: HttpRequest) -> str:
    """The page that the browser shows while a script asks for a piece of it; '' when not told."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{shown.path}?{shown.query}" if shown.query else shown.path
