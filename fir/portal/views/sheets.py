"""Sheets of the list: brought, and looked at before anything changes."""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cpl.sheet.limits import LARGEST_SHEET, MOST_ROWS
from cpl.sheet.row import COLUMNS
from fir.parties.four_eyes import same_eyes
from fir.parties.permissions import Permission
from fir.parties.queries import emails_shown_to
from fir.portal.forms.estates import refused
from fir.portal.forms.sheets import CORRECT, CorrectionsForm, SheetForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.portal.uploads import UploadPage, as_far_as, place_for_file
from fir.records.importing import SHEETS_WAIT, SheetTooLarge, bring_sheet
from fir.records.list_files import CSV
from fir.records.models import APPLIED, WAITING
from fir.records.sheet_queries import (
    changes_of_sheet,
    find_sheet,
    first_changes,
    preview_of,
    sheet_with_faults,
    sheets,
    told_of,
)

if TYPE_CHECKING:
    import uuid

    from django.forms import Form
    from django.http import HttpRequest

    from fir.portal.uploads import Upload
    from fir.records.comparison import Reconciliation, RowConflict
    from fir.records.models import SheetImport
    from fir.records.sheet_queries import Preview

KEEPS = (Permission.MANAGE_LIST,)
SHEET_SECONDS = 600.0
FAULTS_SHOWN = 100
CHANGES_SHOWN = 50
CORRECTIONS_SHOWN = 20
NOT_DONE = "You were signed out, and nothing was done with the sheet. Look at it, and do it now."


class ImportSheet(UploadPage):
    """Bringing a sheet of the list, to be looked at before anything changes."""

    requires = dict.fromkeys(("GET", "POST"), KEEPS)
    refusals = {SheetTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and what a sheet must hold."""
        return self._show(SheetForm())

    def take(self, upload: Upload) -> HttpResponse:
        """Keep the sheet; its page follows, which reads it."""
        with place_for_file(), self.body.within(SHEET_SECONDS):
            content = as_far_as(LARGEST_SHEET, upload.file("the sheet"))
        sheet = bring_sheet(
            filename=upload.filename, content=content, by=self.actor, at=timezone.now()
        )
        messages.success(self.request, "The sheet is in. Nothing has changed yet: look at it now.")
        return redirect("portal:sheet", sheet.pk)

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The form, saying why the sheet could not be taken."""
        return self._show(refused(SheetForm, "sheet", refusal), status=status)

    def _show(self, form: SheetForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show(
            "sheets/import.html",
            status=status,
            form=form,
            columns=COLUMNS,
            most_rows=MOST_ROWS,
            wait_days=SHEETS_WAIT.days,
        )


class Sheets(Page):
    """Every sheet that was brought, newest first."""

    requires = {"GET": KEEPS}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of sheets."""
        found = listing(sheets(), request.GET)
        return self.show("sheets/sheets.html", status=found.status, listing=found)


class OneSheet(Page):
    """A page about one sheet, or the target of one of its forms."""

    def sheet(self, sheet_id: uuid.UUID) -> SheetImport:
        """The sheet. Raises Http404 when there is none."""
        sheet = find_sheet(sheet_id)
        if sheet is None:
            raise Http404
        return sheet

    def show_sheet(
        self,
        sheet: SheetImport,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        form: Form | None = None,
        preview: Preview | None = None,
    ) -> HttpResponse:
        """The sheet's page, with what it would change while it waits. `form` says what was wrong
        with what was sent."""
        context: dict[str, Any] = {"sheet": sheet, "form": form, "wait_days": SHEETS_WAIT.days}
        if sheet.state == WAITING:
            context |= self._of_preview(
                sheet, preview or preview_of(sheet, today=timezone.localdate()), form
            )
        elif sheet.state == APPLIED:
            context["told"] = told_of(sheet)
        acts = {
            "brought_by": (sheet.brought_answerable, sheet.brought_party),
            "applied_by": (sheet.applied_answerable, sheet.applied_party),
        }
        context |= emails_shown_to(self.party, acts)
        return self.show("sheets/sheet.html", status=status, **context)

    def _of_preview(
        self, sheet: SheetImport, preview: Preview, form: Form | None
    ) -> dict[str, Any]:
        is_bringer = self.actor.answerable == sheet.brought_answerable
        corrections = form if isinstance(form, CorrectionsForm) else self.corrections(preview)
        confirms = is_bringer and not preview.faults
        told = [c for c in preview.conflicts if not (confirms and c.is_correctable)]
        context = {
            "preview": preview,
            "faults": preview.faults[:FAULTS_SHOWN],
            "fault_count": len(preview.faults) + preview.faults_left_out,
            "conflicts": told[:FAULTS_SHOWN],
            "conflict_count": len(told),
            "is_bringer": is_bringer,
            # A sheet with faults is never applied: its mended copy is where corrections belong.
            "corrections": corrections if confirms else None,
            "correctable_count": len(_correctable(preview)),
        }
        return context | (self._of_outcome(sheet, preview.outcome) if preview.outcome else {})

    def _of_outcome(self, sheet: SheetImport, outcome: Reconciliation) -> dict[str, Any]:
        answerable, party = sheet.brought_answerable, sheet.brought_party
        return {
            "counts": outcome.counts(),
            "digest": outcome.digest(sheet.corrections),
            "changes": first_changes(sheet, outcome, most=CHANGES_SHOWN),
            "changes_shown": CHANGES_SHOWN,
            "absent": outcome.absent[:CHANGES_SHOWN],
            "must_be_another": outcome.needs_another
            and same_eyes(answerable=answerable, party=party, by=self.actor),
        }

    def corrections(self, preview: Preview, said: Any = None) -> CorrectionsForm:
        """The form for the first entries that the sheet may correct."""
        wanted = set(islice(_correctable(preview), CORRECTIONS_SHOWN))
        return CorrectionsForm((c for c in preview.conflicts if c.cpl_entry_id in wanted), said)


def _correctable(preview: Preview) -> dict[str, RowConflict]:
    """The entries that the sheet contradicts and may correct, in the sheet's order."""
    return {c.cpl_entry_id: c for c in preview.conflicts if c.is_correctable}


class Sheet(OneSheet):
    """One sheet: what it would change, or what became of it."""

    requires = {"GET": KEEPS}

    def get(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """The sheet. While it waits it is read and compared anew, which may take seconds."""
        sheet = self.sheet(sheet_id)
        kept = take_answers(request, self.party)
        if kept is None or sheet.state != WAITING:
            return self.show_sheet(sheet)
        if not any(name.startswith(CORRECT) for name in kept):
            messages.info(request, NOT_DONE)
            return self.show_sheet(sheet)
        messages.info(request, WELCOME_BACK)
        preview = preview_of(sheet, today=timezone.localdate())
        return self.show_sheet(sheet, preview=preview, form=self.corrections(preview, kept))


class _SheetFile(OneSheet):
    requires = {"GET": KEEPS}
    name: ClassVar[str]

    def get(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """The file as CSV. Raises Http404 when the sheet was applied or dropped: its content is
        gone."""
        sheet = self.sheet(sheet_id)
        if sheet.state != WAITING:
            raise Http404
        name = f'attachment; filename="sheet-{sheet.pk}-{self.name}.csv"'
        headers = {"Content-Disposition": name}
        return HttpResponse(self.written(sheet), content_type=CSV, headers=headers)

    def written(self, sheet: SheetImport) -> str:
        """The file's text."""
        raise NotImplementedError


class SheetFaults(_SheetFile):
    """A sheet that waits, to keep, with what is wrong beside each row."""

    name = "faults"

    def written(self, sheet: SheetImport) -> str:
        """Every row of the sheet."""
        return sheet_with_faults(sheet, today=timezone.localdate())


class SheetChanges(_SheetFile):
    """Everything that a sheet would change, of which its page shows the beginning."""

    name = "changes"

    def written(self, sheet: SheetImport) -> str:
        """Every value that would change, beside that which the list has now."""
        return changes_of_sheet(sheet, today=timezone.localdate())
