"""The loads that a Supplier's estate came by, and how far each is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from fir.estates.explanations import PHASES, how_long, note_in_words
from fir.estates.models import AT_WORK, FULL, RECEIVING
from fir.estates.progress import progress_of_each
from fir.estates.queries import (
    find_load,
    loads_of,
    notes_of,
    notes_report,
    standing_load_of,
    waited_for,
)
from fir.estates.sweep import HELD_LOADS_STAND, NOTES_STAND
from fir.parties.permissions import Permission
from fir.portal.errors import error_page
from fir.portal.kept import take_answers
from fir.portal.page import Page
from fir.portal.pages import listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import Form
    from django.http import HttpRequest

    from fir.estates.models import EstateLoad

READS_LOADS = {"GET": (Permission.VIEW_ESTATE, Permission.LOAD_ESTATE)}
NOTES_SHOWN = 100


class SupplierPage(Page):
    """A page about a Supplier's own Devices. Whoever is no Supplier reads the same refusal, whether
    or not any estate exists: an agent sees them once a Supplier has named it."""

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        refusal = super()._refusal(request)
        if refusal is None and not self.party.is_supplier:
            return error_page(request, HTTPStatus.FORBIDDEN)
        return refusal

    def show(
        self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any
    ) -> HttpResponse:
        """The page, which knows whether the asker may look at the estate and send one in."""
        return super().show(
            template,
            status=status,
            may_view=self.actor.may(Permission.VIEW_ESTATE),
            may_send=self.actor.may(Permission.LOAD_ESTATE),
            **context,
        )


class Loads(SupplierPage):
    """Every inventory that was sent in, newest first."""

    requires = READS_LOADS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of loads."""
        found = listing(loads_of(self.party), request.GET)
        stands = standing_load_of(self.party)
        return self.show("estates/loads.html", status=found.status, listing=found, stands=stands)


class OneLoad(SupplierPage):
    """A page about one load of the asker's own."""

    def load(self, load_id: int) -> EstateLoad:
        """The asker's own load; anybody else's does not exist here."""
        load = find_load(self.party, load_id)
        if load is None:
            raise Http404
        return load

    def show_load(
        self,
        load: EstateLoad,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        form: Form | None = None,
        fragment: bool = False,
        figures: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """The load's page, or the piece of it that is asked for anew while the load is at work."""
        reasons = load.notes_by_reason.items()
        return self.show(
            "estates/_load_again.html" if fragment else "estates/load.html",
            status=status,
            load=load,
            form=form,
            phase=PHASES[load.state],
            waits_for=waited_for([load]).get(load.pk),
            **(figures or figures_of(load)),
            is_at_work=load.state in (RECEIVING, *AT_WORK),
            stands=standing_load_of(self.party),
            reasons=[(note_in_words(reason), count) for reason, count in reasons],
            notes=[(note, note_in_words(note.reason)) for note in notes_of(load)[:NOTES_SHOWN]],
            held_percent=settings.ESTATE_BAD_ROWS_HELD_PERCENT,
            held_days=HELD_LOADS_STAND.days,
            notes_days=NOTES_STAND.days,
        )


def figures_of(load: EstateLoad) -> dict[str, Any]:
    """How far a load is, in figures and words; `seen` is another whenever they are."""
    progress = progress_of_each([load], at=timezone.now())[load.pk]
    size, rows = filesizeformat(load.bytes_read), intcomma(load.rows_read)
    if load.state == RECEIVING and load.bytes_total:
        size = f"{size} of {filesizeformat(load.bytes_total)}"
    if progress.rows_a_second:
        rows = f"{rows}, {intcomma(progress.rows_a_second)} a second"
    holds = "All Devices" if load.mode == FULL else "What changed"
    if load.base_id:
        holds = f"{holds} since load {load.base_id}"
    left = "" if progress.seconds_left is None else how_long(progress.seconds_left)
    return {
        "progress": progress,
        "left": left,
        "size": size,
        "rows": rows,
        "holds": holds,
        "seen": f"{load.state}-{load.bytes_read}-{progress.percent}",
    }


class Load(OneLoad):
    """One load: how far it is, what was noted of its rows, and accepting it when it is held."""

    requires = READS_LOADS

    def get(self, request: HttpRequest, load_id: int) -> HttpResponse:
        """The load. A page that asks again gets nothing (204) while everything is as it was
        `seen`, so that nothing is read out twice."""
        load = self.load(load_id)
        figures = figures_of(load)
        if self.wants_fragment and request.GET.get("seen") == figures["seen"]:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        if take_answers(request, self.party) is not None:
            messages.info(request, "You were signed out, and nothing was accepted. Accept it now.")
        return self.show_load(load, fragment=self.wants_fragment, figures=figures)


class LoadNotes(OneLoad):
    """Everything that was noted of a load's rows, to keep as a file."""

    requires = READS_LOADS

    def get(self, request: HttpRequest, load_id: int) -> StreamingHttpResponse:
        """The report as CSV; values are masked unless hexadecimal."""
        load = self.load(load_id)
        name = f'attachment; filename="load-{load.pk}-notes.csv"'
        return StreamingHttpResponse(
            notes_report(load),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": name},
        )
