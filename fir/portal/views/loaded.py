"""Which entries the DCC has loaded: confirming it, and taking a confirmation back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format

from fir.parties.permissions import Permission
from fir.portal.forms.keeping import LoadedForm, NotLoadedForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.pages import stretch
from fir.records.list_queries import entries_not_loaded
from fir.records.loading import LoadedOnAnotherDay, NotLoadedThen, UnknownEntries, confirm_loaded

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CONFIRMS = dict.fromkeys(("GET", "POST"), (Permission.CONFIRM_LOADED,))


class Loaded(Page):
    """The Current entries that nobody has confirmed as loaded, and the form that confirms them."""

    requires = CONFIRMS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of them, newest first, to be ticked, named or taken up to a day."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
            kept = LoadedForm.of_kept(kept)
        return self._show(LoadedForm(kept))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Record all that was named, or nothing and say why."""
        form = LoadedForm(request.POST)
        if form.is_valid() and self._is_recorded(form):
            return redirect("portal:loaded")
        return self._show(form, has_errors=True)

    def _is_recorded(self, form: LoadedForm) -> bool:
        day, added_by = form.cleaned_data["loaded_on"], form.cleaned_data["added_by"]
        try:
            changed = confirm_loaded(
                cpl_entry_ids=form.named,
                added_by=added_by,
                loaded_on=day,
                replace=form.cleaned_data["replace"],
                by=self.actor,
                at=timezone.now(),
            )
        except (UnknownEntries, LoadedOnAnotherDay) as refused:
            form.add_error("ids", str(refused))
        except NotLoadedThen as refused:
            form.add_error("loaded_on", str(refused))
        else:
            if added_by and not changed and not form.named:
                form.add_error("added_by", "No entry that was added by then waits to be confirmed.")
                return False
            done = f"loaded by the DCC on {date_format(day, 'j F Y')}"
            messages.success(self.request, f"{_counted(changed)} recorded as {done}.")
            return True
        return False

    def _show(self, form: LoadedForm, *, has_errors: bool = False) -> HttpResponse:
        found = stretch(entries_not_loaded(), self.request.GET)
        return self.show(
            "loaded/loaded.html",
            status=form_status(has_errors=True) if has_errors else found.status,
            form=form,
            listing=found,
            ticked=set(form["entries"].value() or ()),
        )


class NotLoaded(Page):
    """Taking back that the DCC loaded entries."""

    requires = CONFIRMS

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self.show("loaded/not_loaded.html", form=NotLoadedForm(kept))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take back what was confirmed of all these entries, or of none and say why."""
        form = NotLoadedForm(request.POST)
        if form.is_valid():
            try:
                changed = confirm_loaded(
                    cpl_entry_ids=form.cleaned_data["ids"],
                    loaded_on=None,
                    by=self.actor,
                    at=timezone.now(),
                )
            except UnknownEntries as refused:
                form.add_error("ids", str(refused))
            else:
                messages.success(request, f"{_counted(changed)} recorded as not loaded after all.")
                return redirect("portal:loaded")
        return self.show(
            "loaded/not_loaded.html", form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )


def _counted(entries: int) -> str:
    """How many entries an act changed, to begin a sentence with."""
    if not entries:
        return "Nothing was changed: all of these entries are already"
    return f"{entries:,} entries were" if entries > 1 else "1 entry was"
