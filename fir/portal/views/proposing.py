"""The forms on which something about an entry is proposed, for another person to confirm."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from cpl.quality import BY_CODE
from cpl.quality.facts import Severity
from cpl.queries import entries_by_id
from cpl.rulebook import sentence_of
from cpl.sheet.row import REMOVED
from fir.portal.forms.keeping import ArchivalForm, ReasonForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.views.listed import entry_id_in_url
from fir.portal.views.proposals import LOST_ITS_SENSE, MANAGES
from fir.records.list_queries import waiting_proposals_of
from fir.records.models import ARCHIVE, RELIST, REMOVE, RESTORE, WAIVE
from fir.records.proposals import (
    AlreadyProposed,
    AlreadyWaived,
    NotWaivable,
    ReasonRefused,
    propose_relisting,
    propose_removal,
    propose_waiver,
)
from fir.records.quality_queries import findings_of_entry
from fir.records.queries import repository_entry_of
from fir.records.recalling import UnknownCause, propose_archival, propose_restoration

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cpl.models import ListedEntry
    from fir.records.models import Proposal
    from fir.records.quality_queries import FindingInWords

NOTHING_TO_PROPOSE = (*LOST_ITS_SENSE, AlreadyProposed, AlreadyWaived, NotWaivable)
PROPOSED = "It is proposed. Nothing changes until another person confirms it."


class _Propose(Page):
    """The form on which something about an entry is proposed."""

    requires = dict.fromkeys(("GET", "POST"), MANAGES)
    kind: ClassVar[str]
    form: ClassVar[type[ReasonForm]] = ReasonForm

    def get(self, request: HttpRequest, cpl_entry_id: str, code: str = "") -> HttpResponse:
        """The form, or why there is nothing to propose."""
        entry = self.find(cpl_entry_id, code)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self.show_form(entry, self.form(kept), code)

    def post(self, request: HttpRequest, cpl_entry_id: str, code: str = "") -> HttpResponse:
        """Propose it."""
        entry = self.find(cpl_entry_id, code)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show_form(entry, form, code, status=form_status(has_errors=True))
        said = {"cpl_entry_id": entry.cpl_entry_id, **form.cleaned_data}
        try:
            proposal = self.propose(said, code)
        except (ReasonRefused, UnknownCause) as refused:
            field = "reason" if isinstance(refused, ReasonRefused) else "cause"
            form.add_error(field, str(refused))
            return self.show_form(entry, form, code, status=form_status(has_errors=True))
        except NOTHING_TO_PROPOSE as refused:
            form.add_error(None, str(refused))
            return self.show_form(entry, form, code, status=HTTPStatus.CONFLICT)
        messages.success(request, PROPOSED)
        return redirect("portal:proposal", proposal.pk)

    def propose(self, said: dict[str, Any], code: str) -> Proposal:
        """Call the operation."""
        raise NotImplementedError

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """Why there is nothing to propose now; '' where there is something."""
        raise NotImplementedError

    def find(self, cpl_entry_id: str, code: str) -> ListedEntry:
        """The entry. Raises Http404 for one, or a rule, that there is not."""
        wanted = entry_id_in_url(cpl_entry_id)
        entry = entries_by_id([wanted]).get(wanted)
        if entry is None or (code and code not in BY_CODE):
            raise Http404
        return entry

    def show_form(
        self,
        entry: ListedEntry,
        form: ReasonForm,
        code: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The form beside what it is about."""
        waiting = waiting_proposals_of(entry.cpl_entry_id).filter(kind=self.kind)
        waiting = waiting.filter(code=code) if code else waiting
        found = findings_of_entry(entry.entry_id) if code else []
        finding = next((one for one in found if one.code == code), None)
        return self.show(
            "proposals/propose.html",
            status=status,
            kind=self.kind,
            entry=entry,
            form=form,
            waiting=waiting.first(),
            why_not=self.why_not(entry, finding),
            sentence=sentence_of(BY_CODE[code]) if code else "",
            finding=finding,
        )


class ProposeRemoval(_Propose):
    """Proposing that a Current entry be removed."""

    kind = REMOVE

    def propose(self, said: dict[str, Any], code: str) -> Proposal:
        """Propose the removal."""
        return propose_removal(**said, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """An entry is removed once."""
        is_removed = entry.status == REMOVED
        return "It is removed already: there is nothing to propose." if is_removed else ""


class ProposeRelisting(_Propose):
    """Proposing that a removed entry stand again."""

    kind = RELIST

    def propose(self, said: dict[str, Any], code: str) -> Proposal:
        """Propose the relisting."""
        return propose_relisting(**said, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """Only a removed entry can be relisted."""
        is_current = entry.status != REMOVED
        return "It is Current: there is nothing to propose." if is_current else ""


class ProposeWaiver(_Propose):
    """Proposing that a finding be lived with."""

    kind = WAIVE

    def propose(self, said: dict[str, Any], code: str) -> Proposal:
        """Propose the waiver."""
        return propose_waiver(**said, code=code, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """Only a finding that stands, that may be waived and is not, can be."""
        if finding is None:
            return "The entry does not break this rule now: there is nothing to waive."
        if finding.severity == Severity.MUST_FIX:
            return "This finding must be fixed: nobody may waive it."
        return "This finding is waived already." if finding.waiver else ""


class ProposeArchival(_Propose):
    """Proposing that a release be archived."""

    kind, form = ARCHIVE, ArchivalForm

    def propose(self, said: dict[str, Any], code: str) -> Proposal:
        """Propose the archival."""
        return propose_archival(**said, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """A release is archived once, until it is restored."""
        is_archived = repository_entry_of(entry.cpl_entry_id).archived_at is not None
        return "It is archived already: there is nothing to propose." if is_archived else ""


class ProposeRestoration(_Propose):
    """Proposing that an archived release be taken up again."""

    kind = RESTORE

    def propose(self, said: dict[str, Any], code: str) -> Proposal:
        """Propose the restoration."""
        return propose_restoration(**said, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """Only an archived release can be restored."""
        is_archived = repository_entry_of(entry.cpl_entry_id).archived_at is not None
        return "" if is_archived else "It is not archived: there is nothing to propose."
