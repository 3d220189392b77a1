"""A draft's task list, and dropping a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.portal.drafting import contact_of, contact_status, look_at, name_of
from fir.portal.page import Page
from fir.submissions.operations import drop_draft
from fir.submissions.queries import find_draft, find_submission

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest, HttpResponse

    from fir.portal.drafting import Look
    from fir.submissions.models import Draft

BRINGS = (Permission.SUBMIT_FIRMWARE,)
DROPPED = "The draft was dropped. Nothing of it was kept or told to anybody."
IS_BROUGHT = "This release was brought already: here it is."


class OfDraft(Page):
    """A page of one draft. Whoever comes when it was brought is led to what it became."""

    requires = dict.fromkeys(("GET", "POST"), BRINGS)

    def draft_of(self, draft_id: uuid.UUID) -> Draft | None:
        """The draft, or None when it was brought. Raises Http404 when the Party has none such."""
        draft = find_draft(self.party, draft_id)
        if draft is None and find_submission(self.party, draft_id) is None:
            raise Http404
        return draft

    def to_submission(self, draft_id: uuid.UUID) -> HttpResponse:
        """On to what the draft became."""
        messages.info(self.request, IS_BROUGHT)
        return redirect("portal:submission", draft_id)

    def show(self, template: str, **context: Any) -> HttpResponse:
        """The page; if it shows a draft, with what that is about."""
        if "draft" in context:
            context["what"] = name_of(context["draft"])
        return super().show(template, **context)

    def look(self, draft: Draft) -> Look:
        """What the rules say of a draft now."""
        return look_at(draft, party=self.party, at=timezone.now())


class DraftTasks(OfDraft):
    """The tasks of a draft, each with how it stands."""

    requires = {"GET": BRINGS}

    def get(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """The task list."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        look = self.look(draft)
        return self.show("drafts/draft.html", draft=draft, look=look, **_contact(look))


def _contact(look: Look) -> dict[str, Any]:
    if not look.is_of_release:
        return {}
    return {"contact_status": contact_status(contact_of(look), at=timezone.now())}


class DropDraft(OfDraft):
    """Asks whether a draft is to be dropped, and drops it."""

    def get(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """The question."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        return self.show("drafts/drop.html", draft=draft)

    def post(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """Drop it."""
        if self.draft_of(draft_id) is None:
            return self.to_submission(draft_id)
        drop_draft(draft_id=draft_id, by=self.actor, at=timezone.now())
        messages.success(request, DROPPED)
        return redirect("portal:submissions")
