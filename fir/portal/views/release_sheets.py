"""Many releases by one sheet: brought, looked at row by row, mended, and sent on or dropped."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.portal.forms.release_sheets import ReleaseSheetForm
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.portal.uploads import UploadPage, as_far_as, place_for_file
from fir.records.list_files import CSV, XLSX
from fir.submissions.models import ReleaseSheet
from fir.submissions.operations import (
    SHEETS_WAIT,
    SheetRefused,
    bring_good_rows,
    bring_sheet,
    drop_sheet,
)
from fir.submissions.sheet_queries import (
    find_sheet,
    judge_rows,
    next_releases,
    rows_of,
    sheet_with_faults,
    sheets_left,
)
from fir.submissions.sheets import (
    COLUMNS,
    LARGEST_SHEET,
    MOST_RELEASES,
    REQUIRED_COLUMNS,
    write_releases,
    write_releases_workbook,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpRequest

    from fir.portal.uploads import Upload
    from fir.submissions.operations import BroughtRows
    from fir.submissions.sheet_queries import JudgedRow

BRINGS = (Permission.SUBMIT_FIRMWARE,)
SHEET_SECONDS = 300.0
TO_MEND = "mend"


class BringReleases(UploadPage):
    """Bringing a sheet of releases, and the sheets of which rows are left."""

    requires = dict.fromkeys(("GET", "POST"), BRINGS)
    refusals = {SheetRefused: HTTPStatus.UNPROCESSABLE_ENTITY}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, what a sheet must hold, and what is left of earlier ones."""
        return self._show(ReleaseSheetForm())

    def take(self, upload: Upload) -> HttpResponse:
        """Take the sheet in; its page follows, which judges each row."""
        with place_for_file(), self.body.within(SHEET_SECONDS):
            content = as_far_as(LARGEST_SHEET, upload.file("the releases"))
        sheet = bring_sheet(
            filename=upload.filename, content=content, by=self.actor, at=timezone.now()
        )
        messages.success(self.request, "The sheet is in. None of its releases is brought yet.")
        return redirect("portal:release-sheet", sheet.pk)

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The form, saying why the sheet could not be taken."""
        form = ReleaseSheetForm({})
        if isinstance(refusal, SheetRefused):
            form.add_refusal(refusal)
        else:
            form.add_error("sheet", str(refusal))
        return self._show(form, status=status)

    def _show(self, form: ReleaseSheetForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show(
            "release_sheets/bring.html",
            status=status,
            form=form,
            sheets=sheets_left(self.party),
            columns=COLUMNS,
            required=REQUIRED_COLUMNS,
            most=MOST_RELEASES,
            wait_days=SHEETS_WAIT.days,
        )


class _Template(Page):
    """The sheet to fill in, with a row for each of the Party's Device Models."""

    requires = {"GET": BRINGS}
    media_type: ClassVar[str]
    name: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file."""
        return _file(self.written(next_releases(self.party)), self.media_type, self.name)

    def written(self, rows: Iterable[Mapping[str, Any]]) -> str | bytes:
        """What the file holds."""
        raise NotImplementedError


class Template(_Template):
    """It as CSV."""

    media_type, name = CSV, "releases.csv"

    def written(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """What the file holds."""
        return write_releases(rows)


class TemplateWorkbook(_Template):
    """It as a workbook, in which no digits are lost."""

    media_type, name = XLSX, "releases.xlsx"

    def written(self, rows: Iterable[Mapping[str, Any]]) -> bytes:
        """What the file holds."""
        return write_releases_workbook(rows)


def _file(content: str | bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


class _OneSheet(Page):
    """A page about one sheet of the Party's own, or the target of one of its forms."""

    def form_url(self, request: HttpRequest) -> str:
        """The sheet's page, which shows the form."""
        return reverse("portal:release-sheet", kwargs=self.kwargs)

    def sheet(self, sheet_id: uuid.UUID) -> ReleaseSheet:
        """The sheet. Raises Http404 when the Party has none with this id."""
        sheet = find_sheet(self.party, sheet_id)
        if sheet is None:
            raise Http404
        return sheet

    def rows(self, sheet: ReleaseSheet) -> list[JudgedRow]:
        """What is left of the sheet, judged today."""
        return judge_rows(rows_of(sheet), party=self.party, today=timezone.localdate())

    def act(self, operation: Callable[..., Any], sheet_id: uuid.UUID) -> Any:
        """What an operation on the sheet answers. Raises Http404 as above."""
        try:
            return operation(sheet_id=sheet_id, by=self.actor, at=timezone.now())
        except ReleaseSheet.DoesNotExist as error:
            raise Http404 from error


class OneReleaseSheet(_OneSheet):
    """One sheet: every row that is left, and all that is wrong with it."""

    requires = {"GET": BRINGS}

    def get(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """One page of the rows, or of those that are to be mended."""
        sheet = self.sheet(sheet_id)
        rows = self.rows(sheet)
        to_mend = [row for row in rows if row.faults]
        warned = sum(1 for row in rows if row.warnings and not row.faults)
        narrowed = request.GET.get("show") == TO_MEND
        found = listing(to_mend if narrowed else rows, request.GET)
        return self.show(
            "release_sheets/sheet.html",
            status=found.status,
            sheet=sheet,
            count=len(rows),
            good_count=len(rows) - len(to_mend),
            warned_count=warned,
            mend_count=len(to_mend),
            is_narrowed=narrowed,
            listing=found,
            wait_days=SHEETS_WAIT.days,
        )


class ReleaseSheetFaults(_OneSheet):
    """What is left of a sheet, as the same sheet with what is wrong beside each row."""

    requires = {"GET": BRINGS}

    def get(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """The file as CSV."""
        sheet = self.sheet(sheet_id)
        return _file(sheet_with_faults(self.rows(sheet)), CSV, f"releases-{sheet.pk}.csv")


class BringGoodReleases(_OneSheet):
    """Bringing the rows of a sheet that have no fault."""

    requires = {"POST": BRINGS}

    def post(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """Bring them, and say how many they were."""
        done: BroughtRows = self.act(bring_good_rows, sheet_id)
        if done.brought:
            messages.success(request, _brought(done))
        else:
            messages.info(request, "Nothing was brought: no row that is left is without a fault.")
        return redirect("portal:release-sheet", sheet_id)


def _brought(done: BroughtRows) -> str:
    said = (
        "One release was brought."
        if done.brought == 1
        else f"{done.brought:,} releases were brought."
    )
    if not done.left:
        return f"{said} Nothing of the sheet is left."
    return f"{said} {done.left:,} {'stays' if done.left == 1 else 'stay'} to be mended."


class DropReleases(_OneSheet):
    """Doing without what is left of a sheet."""

    requires = dict.fromkeys(("GET", "POST"), BRINGS)

    def get(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """What will be gone, and the button."""
        sheet = self.sheet(sheet_id)
        return self.show("release_sheets/drop.html", sheet=sheet, count=rows_of(sheet).count())

    def post(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """Drop it."""
        count = self.act(drop_sheet, sheet_id)
        rows = "one row" if count == 1 else f"{count:,} rows"
        said = f"What was left of the sheet was dropped: {rows}. What was brought stays."
        messages.success(request, said)
        return redirect("portal:bring-releases")
