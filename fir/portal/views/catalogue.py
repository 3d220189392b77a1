"""The catalogue that the list's rules read: for everybody to look at, and for the Administrator to
keep."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from cpl.catalogue_queries import find_version, needs_by_type, versions_by_kind
from cpl.identifiers import DEVICE_TYPES
from cpl.models import SPECIFICATIONS
from fir.parties.permissions import Permission
from fir.portal.forms.catalogue import CERTIFICATES, PARTIES, NeedsForm, NewVersionForm, VersionForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.records.catalogue import (
    VERSION,
    CatalogueRefused,
    NotInCatalogue,
    drop_version,
    set_needs,
    set_version,
)

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse, QueryDict

    from cpl.models import DeviceTypeNeeds

KEEPS = dict.fromkeys(("GET", "POST"), (Permission.MANAGE_LIST,))
DROP = "drop"
JUDGED_ANEW = "The list is being judged anew."
GONE = "Somebody took {name} out of the catalogue meanwhile. To have it again, enter it anew."


class Catalogue(Page):
    """Which versions and needs the rules take as given, with where each was read."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page; with ways to change it for those who may."""
        needs = needs_by_type()
        return self.show(
            "catalogue/catalogue.html",
            versions=versions_by_kind(),
            needs=[_needs_in_words(each, needs.get(each)) for each in DEVICE_TYPES],
            manages=self.visitor is not None and self.visitor.may(Permission.MANAGE_LIST),
        )


@dataclass(frozen=True, slots=True)
class NeedsInWords:
    """What a Device Type needs, as the page shows it; `known` is None where nothing is said."""

    device_type: str
    known: DeviceTypeNeeds | None
    certificates: str = ""
    answerable: str = ""


def _needs_in_words(device_type: str, known: DeviceTypeNeeds | None) -> NeedsInWords:
    if known is None:
        return NeedsInWords(device_type, None)
    needed = [name for column, name in CERTIFICATES.items() if getattr(known, column)]
    certificates = ", ".join(needed) or "None"
    return NeedsInWords(device_type, known, certificates, PARTIES.get(known.answerable, ""))


class _Kept(Page):
    requires = KEEPS

    def kept(self, request: HttpRequest) -> QueryDict | None:
        """What was typed here before its sender had to sign in again."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return kept


def _add_refusal(form: forms.Form, refused: CatalogueRefused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


class NewVersion(_Kept):
    """Entering a version that the catalogue does not hold."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.show("catalogue/new_version.html", form=NewVersionForm(self.kept(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Enter it, or say what is to be mended."""
        form = NewVersionForm(request.POST)
        if form.is_valid() and self._entered(form):
            return redirect("portal:catalogue")
        return self.show(
            "catalogue/new_version.html", form=form, status=form_status(has_errors=True)
        )

    def _entered(self, form: NewVersionForm) -> bool:
        kind, version = form.cleaned_data["kind"], form.cleaned_data["version"]
        if find_version(kind, version):
            known = f"{kind} {version} stands in the catalogue already. Change it there."
            form.add_error("version", known)
            return False
        try:
            set_version(says=form.says(kind, version), by=self.actor, at=timezone.now())
        except CatalogueRefused as refused:
            _add_refusal(form, refused)
            return False
        messages.success(self.request, f"{kind} {version} was entered. {JUDGED_ANEW}")
        return True


class OneVersion(_Kept):
    """Changing what is known of a version, or taking it out."""

    def get(self, request: HttpRequest, kind: str, version: str) -> HttpResponse:
        """The form, as the catalogue has it."""
        self._require_form(kind, version)
        known = find_version(kind, version)
        if known is None:
            raise Http404
        form = VersionForm(self.kept(request), initial=VersionForm.answers_of(known))
        return self._show(form)

    def post(self, request: HttpRequest, kind: str, version: str) -> HttpResponse:
        """Change it, or drop it."""
        self._require_form(kind, version)
        if request.POST.get("action") == DROP:
            return self._drop(kind, version)
        form = VersionForm(request.POST)
        if find_version(kind, version) is None:
            form.add_error(None, GONE.format(name=f"{kind} {version}"))
            return self._show(form, status=HTTPStatus.CONFLICT)
        if form.is_valid():
            try:
                says = form.says(kind, version)
                changed = set_version(says=says, by=self.actor, at=timezone.now())
            except CatalogueRefused as refused:
                _add_refusal(form, refused)
            else:
                _say(request, f"{kind} {version}", changed=changed)
                return redirect("portal:catalogue")
        return self._show(form, status=form_status(has_errors=True))

    def _require_form(self, kind: str, version: str) -> None:
        """An address can hold anything; what no version can be called is not looked up."""
        if kind not in SPECIFICATIONS or not VERSION.fullmatch(version):
            raise Http404

    def _drop(self, kind: str, version: str) -> HttpResponse:
        try:
            drop_version(kind=kind, version=version, by=self.actor, at=timezone.now())
        except NotInCatalogue as gone:
            messages.info(self.request, f"{gone} Nothing was dropped.")
        else:
            messages.success(self.request, f"{kind} {version} was dropped. {JUDGED_ANEW}")
        return redirect("portal:catalogue")

    def _show(self, form: VersionForm, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show("catalogue/version.html", form=form, status=status, **self.kwargs)


class OneNeeds(_Kept):
    """Changing what a Device Type needs."""

    def get(self, request: HttpRequest, device_type: str) -> HttpResponse:
        """The form, as the catalogue has it."""
        self._require_type(device_type)
        known = needs_by_type().get(device_type)
        initial = NeedsForm.answers_of(known) if known else None
        return self._show(NeedsForm(self.kept(request), initial=initial))

    def post(self, request: HttpRequest, device_type: str) -> HttpResponse:
        """Change it, or say what is to be mended."""
        self._require_type(device_type)
        form = NeedsForm(request.POST)
        if form.is_valid():
            try:
                says = form.says(device_type)
                changed = set_needs(says=says, by=self.actor, at=timezone.now())
            except CatalogueRefused as refused:
                _add_refusal(form, refused)
            else:
                _say(request, f"What {device_type} needs", changed=changed)
                return redirect("portal:catalogue")
        return self._show(form, status=form_status(has_errors=True))

    def _require_type(self, device_type: str) -> None:
        if device_type not in DEVICE_TYPES:
            raise Http404

    def _show(self, form: NeedsForm, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show("catalogue/needs.html", form=form, status=status, **self.kwargs)


def _say(request: HttpRequest, what: str, *, changed: bool) -> None:
    if changed:
        messages.success(request, f"{what} was saved. {JUDGED_ANEW}")
    else:
        messages.info(request, f"{what} stood in the catalogue just so. Nothing was changed.")
