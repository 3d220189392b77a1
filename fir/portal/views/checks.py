"""Devices that somebody describes, checked without anything of them being kept."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from fir.eligibility.checking import (
    CheckRefused,
    CheckTooLarge,
    check_devices,
    noted_in_words,
    place_for_check,
    read_file,
    report,
)
from fir.eligibility.explanations import reason_of
from fir.estates.csv_rows import HEADINGS, OPTIONAL
from fir.estates.operations import ReceptionUnderWay
from fir.parties.permissions import Permission
from fir.portal.forms.checks import AS_SHEET, FileForm, PasteForm
from fir.portal.page import Page
from fir.portal.uploads import UploadPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import ClassVar

    from django.forms import Form
    from django.http import HttpRequest

    from fir.eligibility.checking import Check
    from fir.portal.uploads import Upload

CHECKS = (Permission.VIEW_RECORDS,)
FILE_SECONDS = 120.0
SHOWN = 100
REFUSALS: Mapping[type[Exception], HTTPStatus] = {
    CheckTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    CheckRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReceptionUnderWay: HTTPStatus.TOO_MANY_REQUESTS,
}


class _Checks(Page):
    def checked(self, form: Form, pieces: Iterable[bytes]) -> HttpResponse | StreamingHttpResponse:
        """The answers, in the form that was chosen. Raises CheckRefused, ReceptionUnderWay."""
        with place_for_check():
            rows = read_file(pieces)
            found = check_devices(rows, party=self.party, at=timezone.now())
        if form.cleaned_data["answer"] == AS_SHEET:
            return StreamingHttpResponse(
                report(found),
                content_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": 'attachment; filename="checked-devices.csv"'},
            )
        return self.show_forms(found=found)

    def show_forms(
        self,
        *,
        file_form: Form | None = None,
        paste_form: Form | None = None,
        found: Check | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """Both forms, below the answers where there are some."""
        return self.show(
            "checks/check.html",
            status=status,
            file_form=file_form or FileForm(auto_id="file_%s"),
            paste_form=paste_form or PasteForm(auto_id="paste_%s"),
            headings=[(HEADINGS[name], name in OPTIONAL) for name in HEADINGS],
            most=settings.DEVICES_IN_A_CHECK,
            **(_in_words(found) if found else {}),
        )


def _in_words(found: Check) -> dict[str, Any]:
    """What the page says of the answers: the first of them, with their reasons' sentences."""
    devices = [
        (one, list(map(reason_of, one.found.reasons)), list(map(reason_of, one.found.warnings)))
        for one in found.devices[:SHOWN]
    ]
    return {
        "found": found,
        "devices": devices,
        "notes": [(note, noted_in_words(note.reason)) for note in found.notes[:SHOWN]],
    }


class CheckDevices(_Checks, UploadPage):
    """Checking the Devices in a file. The answer stands on the page that was asked."""

    requires = dict.fromkeys(("GET", "POST"), CHECKS)
    refusals = REFUSALS

    def get(self, request: HttpRequest) -> HttpResponse:
        """The forms, and what becomes of what is brought."""
        return self.show_forms()

    def take(self, upload: Upload) -> HttpResponse | StreamingHttpResponse:
        """Read the file, and say what holds for each Device in it."""
        form = FileForm(upload.fields, auto_id="file_%s")
        if not form.is_valid():
            return self.show_forms(file_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        with self.body.within(FILE_SECONDS):
            return self.checked(form, upload.file("the Devices"))

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The forms, saying why the file could not be checked."""
        form = FileForm(self.request.POST, auto_id="file_%s")
        form.add_error("devices", str(refusal))
        return self.show_forms(file_form=form, status=status)


class CheckPasted(_Checks):
    """Checking Devices that were pasted. What a stranger pasted is not kept for after the sign-in,
    as other forms' answers are: nothing of it is kept anywhere."""

    requires: ClassVar = {"POST": CHECKS}
    keeps_answers = False

    def form_url(self, request: HttpRequest) -> str:
        """The page with both forms."""
        return reverse("portal:check-devices")

    def post(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Say what holds for each Device."""
        form = PasteForm(request.POST, auto_id="paste_%s")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                return self.checked(form, [_as_lines(form.cleaned_data["pasted"]).encode()])
            except tuple(REFUSALS) as refusal:
                status = REFUSALS[type(refusal)]
                form.add_error("pasted", str(refusal))
        return self.show_forms(paste_form=form, status=status)


def _as_lines(pasted: str) -> str:
    """What was pasted as CSV: a spreadsheet's cells come with tabs between them. Its last line is
    whole, with or without a line break: nothing was cut off on the way."""
    if "\t" not in pasted.partition("\n")[0]:
        return f"{pasted.rstrip()}\n"
    lines = io.StringIO()
    csv.writer(lines).writerows(csv.reader(io.StringIO(pasted), delimiter="\t"))
    return lines.getvalue()
