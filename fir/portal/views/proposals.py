"""What was proposed of entries, and the second person's word on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from cpl.quality import BY_CODE
from cpl.queries import entries_by_id
from cpl.rulebook import sentence_of
from fir.parties.four_eyes import same_eyes
from fir.parties.permissions import Permission
from fir.parties.queries import emails_shown_to
from fir.portal.errors import error_page
from fir.portal.forms.keeping import ProposalFilters
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.records.list_queries import (
    find_proposal,
    proposals_waiting_first,
    still_makes_sense,
)
from fir.records.models import WAITING
from fir.records.proposals import (
    AlreadyRemoved,
    NoSuchFinding,
    NotRemoved,
    ProposalAlreadyDecided,
    ProposedBySameEyes,
    confirm_proposal,
    drop_proposal,
)
from fir.records.standing import AlreadyArchived, NotArchived

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.records.models import Proposal

MANAGES = (Permission.MANAGE_LIST,)
LOST_ITS_SENSE = (AlreadyRemoved, NotRemoved, NoSuchFinding, AlreadyArchived, NotArchived)
NOT_CONFIRMED = "It was not confirmed, since it has lost its sense meanwhile."
TOO_LATE = "Somebody decided this before you. What they decided stands below."


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
