"""A firmware file held against the list, as it streams by: no byte of it is kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils import timezone

from cpl.ota_image import read_ota_image
from cpl.ota_image.faults import NotAnUpgradeImage
from fir.parties.permissions import Permission
from fir.portal.forms.sheets import ImageForm
from fir.portal.page import form_status
from fir.portal.uploads import UploadPage, place_for_file
from fir.records.file_queries import compare_file
from fir.records.files import remember_file

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from fir.portal.uploads import Upload
    from fir.records.file_queries import FileComparison

COMPARES = (Permission.VIEW_RECORDS, Permission.SUBMIT_FIRMWARE, Permission.MANAGE_LIST)
IMAGE_SECONDS = 120.0


class CompareImage(UploadPage):
    """Comparing a firmware file with the list. The answer stands on the page that was asked."""

    requires = dict.fromkeys(("GET", "POST"), COMPARES)
    refusals = {NotAnUpgradeImage: HTTPStatus.UNPROCESSABLE_ENTITY}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and what becomes of the file."""
        return self._show(ImageForm())

    def take(self, upload: Upload) -> HttpResponse:
        """Read the file, say what the list says of it, and keep two digests of it."""
        form = ImageForm(upload.fields)
        if not form.is_valid():
            return self._show(form)
        with place_for_file(), self.body.within(IMAGE_SECONDS):
            image = read_ota_image(upload.file("the OTA Upgrade Image"))
        found = compare_file(image, form.cleaned_data["device_type"])
        if found.image_hash is not None:
            remember_file(
                file_hash=image.file_hash,
                image_hash=found.image_hash,
                by=self.actor,
                at=timezone.now(),
            )
        return self._show(form, found)

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The form, saying why the file could not be compared."""
        form = ImageForm(self.request.POST)
        form.add_error("image", str(refusal))
        return self._show(form, status=status)

    def _show(
        self,
        form: ImageForm,
        found: FileComparison | None = None,
        status: HTTPStatus | None = None,
    ) -> HttpResponse:
        return self.show(
            "images/compare.html",
            status=status or form_status(has_errors=bool(form.errors)),
            form=form,
            found=found,
            device_type=form.cleaned_data.get("device_type") if found else "",
        )
