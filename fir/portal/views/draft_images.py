"""Reading a release's facts out of its firmware file, as it streams by: no byte of it is kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone

from cpl.ota_image import read_ota_image
from cpl.ota_image.faults import NotAnUpgradeImage
from fir.parties.queries import identifiers_of
from fir.portal.drafting import of_file
from fir.portal.forms.drafts import label_of, told
from fir.portal.forms.sheets import DraftImageForm
from fir.portal.page import form_status
from fir.portal.sections import device_type_of, sections_of
from fir.portal.uploads import UploadPage, place_for_file
from fir.portal.views.drafts import OfDraft
from fir.portal.views.images import IMAGE_SECONDS
from fir.records.file_queries import compare_file
from fir.records.files import remember_file
from fir.submissions.files import FileFacts, answers_to_take
from fir.submissions.models import Draft
from fir.submissions.operations import note_file

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest, HttpResponse

    from cpl.ota_image import OtaImage
    from fir.portal.uploads import Upload
    from fir.records.file_queries import FileComparison

FIRMWARE = "firmware"


class DraftImage(UploadPage, OfDraft):
    """Takes a draft's open answers from the file of its release, and says where the two differ."""

    refusals = {NotAnUpgradeImage: HTTPStatus.UNPROCESSABLE_ENTITY}

    def get(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """The form, and what becomes of the file."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        self._require_asked(draft)
        return self._show(draft, DraftImageForm())

    def _require_asked(self, draft: Draft) -> frozenset[str]:
        """The questions that the draft asks. Raises Http404 where a file could answer none."""
        sections = sections_of(draft, device_type_of(draft))
        if not any(section.slug == FIRMWARE for section in sections):
            raise Http404
        return frozenset(name for section in sections for name in section.names)

    def take(self, upload: Upload) -> HttpResponse:
        """Read the file, answer with it what is still open, and say where it disagrees."""
        draft_id = self.kwargs["draft_id"]
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        asked = self._require_asked(draft)
        form = DraftImageForm(upload.fields)
        form.is_valid()
        with place_for_file(), self.body.within(IMAGE_SECONDS):
            image = read_ota_image(upload.file("the OTA Upgrade Image"))
        try:
            return self._take(draft, image, form, asked)
        except Draft.DoesNotExist:
            self.draft_of(draft_id)
            return self.to_submission(draft_id)

    def _take(
        self, draft: Draft, image: OtaImage, form: DraftImageForm, asked: frozenset[str]
    ) -> HttpResponse:
        device_type = device_type_of(draft)
        file, held = FileFacts.of(image), identifiers_of(self.party)
        is_held = file.manufacturer_identifier in held
        taken = answers_to_take(
            file,
            draft.said,
            device_type=device_type,
            offered=asked if is_held else asked - {"manufacturer_identifier"},
            over=bool(form.cleaned_data["over"]),
        )
        at = timezone.now()
        draft = note_file(
            draft_id=draft.pk, file=file.to_keep(), changes=taken, by=self.actor, at=at
        )
        found = compare_file(image, device_type or "")
        if found.image_hash is not None:
            remember_file(
                file_hash=image.file_hash, image_hash=found.image_hash, by=self.actor, at=at
            )
        return self._show(
            draft,
            DraftImageForm(),
            found=found,
            taken=[(label_of(name), told(name, value)) for name, value in taken.items()],
            is_held=is_held,
            is_undecided=file.image_hash_for(device_type) is None,
        )

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The form, saying why the file could not be read."""
        draft = self.draft_of(self.kwargs["draft_id"])
        if draft is None:
            return self.to_submission(self.kwargs["draft_id"])
        form = DraftImageForm(self.request.POST)
        form.add_error("image", str(refusal))
        return self._show(draft, form, status=status)

    def _show(
        self,
        draft: Draft,
        form: DraftImageForm,
        *,
        status: HTTPStatus | None = None,
        found: FileComparison | None = None,
        **more: Any,
    ) -> HttpResponse:
        look = self.look(draft) if found else None
        return self.show(
            "drafts/image.html",
            status=status or form_status(has_errors=bool(form.errors)),
            draft=draft,
            form=form,
            found=found,
            device_type=look and look.claim.device_type,
            disagreements=look and look.told(of_file(draft, look.claim)),
            **more,
        )
