"""The picture of a draft's pathway, asked for alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from fir.parties.queries import identifiers_of
from fir.portal.pathway_answers import PATHWAY, pictured
from fir.portal.views.draft_sections import OfSection
from fir.submissions.offers import ways_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.submissions.models import Draft


class DraftPicture(OfSection):
    """The picture of the pathway: of the answers that stand, or of those that were sent and are not
    saved. htmx asks for it alone."""

    def form_url(self, request: HttpRequest) -> str:
        """The form stands on the section's page."""
        named = {**self.kwargs, "section": PATHWAY}
        return reverse("portal:draft-section", kwargs=named)

    def get(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """The picture of what stands."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        self.section_of(draft, PATHWAY)
        return self._show(draft, draft.said)

    def post(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """The picture of what was sent."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        section = self.section_of(draft, PATHWAY)
        form = self.form_of(draft, section, request.POST)
        if self.wants_fragment:
            return self._show(draft, {**draft.said, **form.said})
        return self.show_section(draft, section, form, is_shown_unsaved=True)

    def _show(self, draft: Draft, said: Mapping[str, Any]) -> HttpResponse:
        template = "_picture" if self.wants_fragment else "picture"
        ways = ways_of(draft.kind, said, held=identifiers_of(self.party))
        return self.show(f"drafts/{template}.html", draft=draft, **pictured(ways))
