"""Removals, relistings and waivers: one person proposes, another confirms."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from cpl.quality import BY_CODE
from cpl.quality.facts import Severity
from cpl.queries import entries_by_id
from cpl.rulebook import sentence_of
from cpl.sheet.row import REMOVED
from fir.parties.four_eyes import same_eyes
from fir.parties.permissions import Permission
from fir.parties.queries import emails_shown_to
from fir.portal.errors import error_page
from fir.portal.forms.keeping import ProposalFilters, ReasonForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.pages import listing
from fir.portal.views.listed import entry_id_in_url
from fir.records.list_queries import (
    find_proposal,
    proposals_waiting_first,
    still_makes_sense,
    waiting_proposals_of,
)
from fir.records.models import RELIST, REMOVE, WAITING, WAIVE
from fir.records.proposals import (
    AlreadyProposed,
    AlreadyRemoved,
    AlreadyWaived,
    NoSuchFinding,
    NotRemoved,
    NotWaivable,
    ProposalAlreadyDecided,
    ProposedBySameEyes,
    ReasonRefused,
    confirm_proposal,
    drop_proposal,
    propose_relisting,
    propose_removal,
    propose_waiver,
)
from fir.records.quality_queries import findings_of_entry

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from cpl.models import ListedEntry
    from fir.records.models import Proposal
    from fir.records.quality_queries import FindingInWords

MANAGES = (Permission.MANAGE_LIST,)
LOST_ITS_SENSE = (AlreadyRemoved, NotRemoved, NoSuchFinding)
NOTHING_TO_PROPOSE = (*LOST_ITS_SENSE, AlreadyProposed, AlreadyWaived, NotWaivable)
PROPOSED = "It is proposed. Nothing changes until another person confirms it."
NOT_CONFIRMED = "It was not confirmed, since it has lost its sense meanwhile."
TOO_LATE = "Somebody decided this before you. What they decided stands below."


class _Propose(Page):
    """The form on which something about an entry is proposed."""

    requires = dict.fromkeys(("GET", "POST"), MANAGES)
    kind: ClassVar[str]

    def get(self, request: HttpRequest, cpl_entry_id: str, code: str = "") -> HttpResponse:
        """The form, or why there is nothing to propose."""
        entry = self.find(cpl_entry_id, code)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self.show_form(entry, ReasonForm(kept), code)

    def post(self, request: HttpRequest, cpl_entry_id: str, code: str = "") -> HttpResponse:
        """Propose it."""
        entry = self.find(cpl_entry_id, code)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.show_form(entry, form, code, status=form_status(has_errors=True))
        said = {"cpl_entry_id": entry.cpl_entry_id, "reason": form.cleaned_data["reason"]}
        try:
            proposal = self.propose(said, code)
        except ReasonRefused as refused:
            form.add_error("reason", str(refused))
            return self.show_form(entry, form, code, status=form_status(has_errors=True))
        except NOTHING_TO_PROPOSE as refused:
            form.add_error(None, str(refused))
            return self.show_form(entry, form, code, status=HTTPStatus.CONFLICT)
        messages.success(request, PROPOSED)
        return redirect("portal:proposal", proposal.pk)

    def propose(self, said: dict[str, str], code: str) -> Proposal:
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
        waiting = waiting_proposals_of(entry.cpl_entry_id).filter(kind=self.kind, code=code)
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

    def propose(self, said: dict[str, str], code: str) -> Proposal:
        """Propose the removal."""
        return propose_removal(**said, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """An entry is removed once."""
        is_removed = entry.status == REMOVED
        return "It is removed already: there is nothing to propose." if is_removed else ""


class ProposeRelisting(_Propose):
    """Proposing that a removed entry stand again."""

    kind = RELIST

    def propose(self, said: dict[str, str], code: str) -> Proposal:
        """Propose the relisting."""
        return propose_relisting(**said, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """Only a removed entry can be relisted."""
        is_current = entry.status != REMOVED
        return "It is Current: there is nothing to propose." if is_current else ""


class ProposeWaiver(_Propose):
    """Proposing that a finding be lived with."""

    kind = WAIVE

    def propose(self, said: dict[str, str], code: str) -> Proposal:
        """Propose the waiver."""
        return propose_waiver(**said, code=code, by=self.actor, at=timezone.now())

    def why_not(self, entry: ListedEntry, finding: FindingInWords | None) -> str:
        """Only a finding that stands, that may be waived and is not, can be."""
        if finding is None:
            return "The entry does not break this rule now: there is nothing to waive."
        if finding.severity == Severity.MUST_FIX:
            return "This finding must be fixed: nobody may waive it."
        return "This finding is waived already." if finding.waiver else ""


class Proposals(Page):
    """What was proposed: first what waits for a second person, then newest first."""

    requires = {"GET": MANAGES}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of proposals."""
        filters = ProposalFilters(request.GET)
        state = filters.narrowed().get("state", "")
        found = listing(proposals_waiting_first(state=state), request.GET)
        template = (
            "proposals/_proposals.html" if self.wants_fragment else "proposals/proposals.html"
        )
        return self.show(template, status=found.status, filters=filters, listing=found)


_DECIDE: Mapping[str, tuple[Callable[..., Proposal], str]] = {
    "confirm": (confirm_proposal, "It was confirmed, and stands from now on."),
    "drop": (drop_proposal, "It was dropped: nothing comes of it."),
}


class OneProposal(Page):
    """One proposal, and its end: confirmed by another person, or dropped."""

    requires = dict.fromkeys(("GET", "POST"), MANAGES)

    def get(self, request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
        """The proposal."""
        return self._show(self._find(proposal_id))

    def post(self, request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
        """Confirm or drop it, or say on its page why not."""
        self._find(proposal_id)
        action = request.POST.get("action", "")
        if action not in _DECIDE:
            return error_page(request, HTTPStatus.BAD_REQUEST)
        decide, done = _DECIDE[action]
        try:
            decide(proposal_id=proposal_id, by=self.actor, at=timezone.now())
        except ProposalAlreadyDecided:
            return self._refuse(proposal_id, TOO_LATE, HTTPStatus.CONFLICT)
        except ProposedBySameEyes as refused:
            return self._refuse(proposal_id, str(refused), HTTPStatus.FORBIDDEN)
        except LOST_ITS_SENSE as refused:
            said = f"{NOT_CONFIRMED} {refused} Drop this proposal."
            return self._refuse(proposal_id, said, HTTPStatus.CONFLICT)
        messages.success(request, done)
        return redirect("portal:proposal", proposal_id)

    def _refuse(self, proposal_id: uuid.UUID, why: str, status: HTTPStatus) -> HttpResponse:
        messages.warning(self.request, why)
        return self._show(self._find(proposal_id), status=status)

    def _find(self, proposal_id: uuid.UUID) -> Proposal:
        proposal = find_proposal(proposal_id)
        if proposal is None:
            raise Http404
        return proposal

    def _show(self, proposal: Proposal, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        entry_id = proposal.entry.cpl_entry_id
        rule = BY_CODE.get(proposal.code)
        return self.show(
            "proposals/proposal.html",
            status=status,
            proposal=proposal,
            entry=entries_by_id([entry_id])[entry_id],
            sentence=sentence_of(rule) if rule else "",
            is_open=proposal.state == WAITING,
            makes_sense=still_makes_sense(proposal),
            is_own=same_eyes(
                answerable=proposal.proposed_answerable,
                party=proposal.proposed_party,
                by=self.actor,
            ),
            **self._people(proposal),
        )

    def _people(self, proposal: Proposal) -> dict[str, str]:
        """The emails of who proposed and who decided, where they act for the asker's Party."""
        acts = {
            "proposer": (proposal.proposed_answerable, proposal.proposed_party),
            "decider": (proposal.decided_answerable, proposal.decided_party),
        }
        return emails_shown_to(self.party, acts)
