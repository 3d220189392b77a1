"""A section of a draft: its questions, saved as they are answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.queries import identifiers_of
from fir.portal.drafting import CONTACT, contact_of, contact_status
from fir.portal.forms.drafts import SectionForm, add_faults, told, typed
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import form_status
from fir.portal.pathway_answers import PATHWAY, boxes, pictured
from fir.portal.sections import device_type_of, sections_of
from fir.portal.views.drafts import OfDraft
from fir.submissions.models import Draft
from fir.submissions.offers import ways_among, ways_of
from fir.submissions.operations import DraftChanged, SubmissionRefused, save_draft, seen

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.portal.drafting import Look
    from fir.portal.sections import Section
    from fir.submissions.offers import Ways

SAVED, NOT_SAVED = "Saved; to be mended", "Not saved; to be mended"
SOMEBODY_ELSE = "Somebody else changed these answers meanwhile"
THEIRS_BELOW = "Somebody else answered otherwise; that stands below. Save again to put yours there."


class OfSection(OfDraft):
    """What the pages of a section share."""

    def section_of(self, draft: Draft, slug: str) -> Section:
        """The section. Raises Http404 when the draft has none of this name."""
        for section in sections_of(draft, device_type_of(draft)):
            if section.slug == slug:
                return section
        raise Http404

    def ways(self, draft: Draft, look: Look | None, form: SectionForm | None = None) -> Ways:
        """How listed versions come to the release as the draft describes it, or the form."""
        said = {**draft.said, **(form.said if form else {})}
        if look is not None:
            return ways_among(look.family, look.claim, said)
        return ways_of(draft.kind, said, held=identifiers_of(self.party))

    def form_of(
        self,
        draft: Draft,
        section: Section,
        data: Mapping[str, Any] | None = None,
        look: Look | None = None,
    ) -> SectionForm:
        """The section's form, with what was sent or else with the answers that stand; `look` spares
        it some questions."""
        choices: dict[str, list[tuple[str, str]]] = {}
        if "manufacturer_identifier" in section.names:
            held = look.cards if look else identifiers_of(self.party)
            choices["manufacturer_identifier"] = [(one, one) for one in sorted(held)]
        if "predecessors" in section.names:
            choices["predecessors"] = boxes(draft.kind, self.ways(draft, look))
        if data is None:
            offered = [value for value, _ in choices.get("predecessors", ())]
            data = {
                **typed(draft.said, kind=draft.kind, offered=offered),
                "seen": seen(draft.said, section.names),
            }
        form = SectionForm(data, kind=draft.kind, names=section.names, choices=choices)
        form.is_valid()
        return form

    def show_section(
        self,
        draft: Draft,
        section: Section,
        form: SectionForm,
        *,
        look: Look | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        theirs: Mapping[str, str] | None = None,
        **more: Any,
    ) -> HttpResponse:
        """The page of a section; `theirs` is what somebody else answered there meanwhile."""
        if section.slug == PATHWAY:
            more.update(pictured(self.ways(draft, look, form)))
        if look is not None:
            more["warnings"] = look.warnings_in(section)
        beside = theirs or {}
        return self.show(
            "drafts/section.html",
            status=status,
            draft=draft,
            section=section,
            form=form,
            rows=[(field, beside.get(field.name)) for field in form.visible_fields()],
            **more,
        )


class DraftSection(OfSection):
    """The questions of a section. Whatever is answered is saved as it was typed; what is wrong with
    it is said afterwards."""

    def get(self, request: HttpRequest, draft_id: uuid.UUID, section: str) -> HttpResponse:
        """The questions, with the answers that stand and what is to be mended in them."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        look = self.look(draft)
        if section == CONTACT:
            return self._show_contact(look)
        asked = look.section(section)
        if asked is None:
            raise Http404
        if kept := take_answers(request, self.party):
            messages.info(request, WELCOME_BACK)
            form = self.form_of(draft, asked, kept, look)
            return self.show_section(draft, asked, form, look=look)
        form = self.form_of(draft, asked, look=look)
        if look.is_started(asked):
            add_faults(form, look.faults_in(asked))
        return self.show_section(draft, asked, form, look=look)

    def _show_contact(self, look: Look) -> HttpResponse:
        if not look.is_of_release:
            raise Http404
        contact = contact_of(look)
        return self.show(
            "drafts/contact.html",
            draft=look.draft,
            maker=look.claim.manufacturer_identifier,
            contact=contact,
            contact_status=contact_status(contact, at=timezone.now()),
        )

    def post(self, request: HttpRequest, draft_id: uuid.UUID, section: str) -> HttpResponse:
        """Save the answers, and go on or say what is to be mended in them."""
        draft = self.draft_of(draft_id)
        if draft is None:
            return self.to_submission(draft_id)
        if section == CONTACT:
            return redirect("portal:draft-section", draft_id, section)
        asked = self.section_of(draft, section)
        form = self.form_of(draft, asked, request.POST)
        try:
            draft = self._save(draft, form)
        except DraftChanged as changed:
            return self._show_theirs(changed.draft, asked, form.said)
        except SubmissionRefused as refusal:
            add_faults(form, refusal.faults)
            return self._show_faults(draft, asked, form, NOT_SAVED)
        except Draft.DoesNotExist:
            self.draft_of(draft_id)
            return self.to_submission(draft_id)
        return self._saved(draft, asked)

    def _save(self, draft: Draft, form: SectionForm) -> Draft:
        """The draft with the answers in it. What somebody else put there meanwhile is replaced only
        where it says the same, or where it was shown before."""
        said, by, at = form.said, self.actor, timezone.now()
        have_seen = form.cleaned_data["seen"]
        try:
            return save_draft(draft_id=draft.pk, changes=said, by=by, at=at, have_seen=have_seen)
        except DraftChanged as changed:
            if _differing(said, changed.draft.said):
                raise
            return changed.draft

    def _saved(self, draft: Draft, asked: Section) -> HttpResponse:
        look = self.look(draft)
        section = look.section(asked.slug)
        faults = look.faults_in(section) if section else []
        if section is None or not faults:
            return redirect("portal:draft", draft.pk)
        form = self.form_of(draft, section, self._sent(draft, section), look)
        add_faults(form, faults)
        return self._show_faults(draft, section, form, SAVED, look)

    def _show_faults(
        self,
        draft: Draft,
        section: Section,
        form: SectionForm,
        title: str,
        look: Look | None = None,
    ) -> HttpResponse:
        status = form_status(has_errors=True)
        return self.show_section(draft, section, form, status=status, title=title, look=look)

    def _show_theirs(self, draft: Draft, asked: Section, said: Mapping[str, Any]) -> HttpResponse:
        """The form with what its sender typed, and beside it what somebody else saved meanwhile.
        Sent again it replaces that, which has been seen by now."""
        theirs = {
            name: told(name, draft.said.get(name)) or "nothing"
            for name in _differing(said, draft.said)
        }
        form = self.form_of(draft, asked, self._sent(draft, asked))
        for name in theirs:
            form.add_error(name, THEIRS_BELOW)
        return self.show_section(
            draft, asked, form, status=HTTPStatus.CONFLICT, title=SOMEBODY_ELSE, theirs=theirs
        )

    def _sent(self, draft: Draft, section: Section) -> Mapping[str, Any]:
        """What was sent, as an answer to the answers that stand now."""
        sent = self.request.POST.copy()
        sent["seen"] = seen(draft.said, section.names)
        return sent


def _differing(said: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    return [name for name, answer in said.items() if _plain(answer) != _plain(theirs.get(name))]


def _plain(answer: Any) -> Any:
    """An answer; None for each of the ways of saying nothing."""
    return None if answer in ("", []) else answer
