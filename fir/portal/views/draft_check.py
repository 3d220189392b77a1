"""Check your answers, and bring them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from fir.portal.forms.drafts import label_of, told
from fir.portal.views.drafts import OfDraft
from fir.submissions.models import Draft
from fir.submissions.offers import told_by_list
from fir.submissions.operations import (
    DraftChanged,
    NotYourManufacturer,
    SubmissionRefused,
    seen,
    submit_draft,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.portal.drafting import Look
    from fir.submissions.claims import Fault

BROUGHT = "It was brought. Whoever decides of it is told."
CHANGED = (
    "Somebody else changed this draft since you looked it through, so it was not brought. Here it "
    "is as it stands now."
)
SEEN = "seen"


class CheckDraft(OfDraft):
    """Everything that a draft says, what keeps it from being brought, and the button that brings
    it."""

    def get(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """The answers."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        return self._show(draft, HTTPStatus.OK)

    def post(self, request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
        """Bring it; sent twice, it is brought once. What has faults is not brought."""
        try:
            submit_draft(
                draft_id=draft_id,
                by=self.actor,
                at=timezone.now(),
                have_seen=request.POST.get(SEEN, ""),
            )
        except DraftChanged as changed:
            messages.warning(request, CHANGED)
            return self._show(changed.draft, HTTPStatus.CONFLICT)
        except (SubmissionRefused, NotYourManufacturer) as refusal:
            draft = self.draft_of(draft_id)
            if draft is not None:
                said = getattr(refusal, "faults", ())
                return self._show(draft, HTTPStatus.UNPROCESSABLE_ENTITY, said)
        except Draft.DoesNotExist as gone:
            raise Http404 from gone
        messages.success(request, BROUGHT)
        return redirect("portal:submission", draft_id)

    def _show(
        self, draft: Draft, status: HTTPStatus, refused_for: Sequence[Fault] = ()
    ) -> HttpResponse:
        look = self.look(draft)
        faults = [*look.faults, *(one for one in refused_for if one not in look.faults)]
        return self.show(
            "drafts/check.html",
            status=status,
            draft=draft,
            look=look,
            faults=look.told(faults),
            warnings=look.told(look.warnings),
            sections=_answers(look),
            listed=_listed(look),
            seen=seen(draft.said),
        )


def _answers(look: Look) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Slug and title of each section, and name, question and answer of all that is asked there."""
    return [
        (s.slug, s.title, [(name, label_of(name), look.answer(name)) for name in s.names])
        for s in look.sections
    ]


def _listed(look: Look) -> list[tuple[str, str]]:
    """What the entry says that it is about, where the draft leaves that to the list."""
    said = {name: told(name, getattr(look.claim, name)) for name in told_by_list(look.draft.kind)}
    return [(label_of(name), value) for name, value in said.items() if value]
