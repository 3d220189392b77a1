"""The first page, and the pages about FIR itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone

from cpl import quality as list_quality
from cpl.rulebook import sentence_of
from fir.eligibility import rules as eligibility_rules
from fir.eligibility.explanations import MEANINGS
from fir.eligibility.queries import estate_by_version, findings_of, summary_of, totals_of
from fir.eligibility.rules import Outcome
from fir.ledger.queries import reader_faults
from fir.notifications.outbox import outbox_letters
from fir.notifications.queries import notices_of
from fir.parties.permissions import Permission
from fir.parties.queries import demo_sign_ins
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.records.list_queries import waiting_for_somebody
from fir.submissions import rules as submission_rules
from fir.submissions.queries import in_queue_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from fir.parties.models import Actor

NEWEST = 5


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule as the rules page shows it; `assumes` is what it takes as given, '' for nothing."""

    code: str
    sentence: str
    reference: str
    effect: str
    assumes: str = ""


class Home(Page):
    """What FIR is, to a stranger; what waits for them, to everybody else."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The first page."""
        waiting = self._waiting(self.visitor) if self.visitor else {}
        return self.show("home/home.html", sign_ins=demo_sign_ins(), **waiting)

    def _waiting(self, actor: Actor) -> dict[str, Any]:
        waiting: dict[str, Any] = {}
        if actor.may(Permission.VIEW_NOTICES):
            waiting["notices"] = notices_of(actor.party).order_by("-id")[:NEWEST]
        if {Permission.REVIEW_SUBMISSIONS, Permission.SUBMIT_FIRMWARE} & actor.permissions:
            waiting["now"] = timezone.now()
            waiting["queue"] = in_queue_for(actor.party, at=waiting["now"])
            waiting["reviews"] = actor.may(Permission.REVIEW_SUBMISSIONS)
        if actor.may(Permission.REVIEW_SUBMISSIONS):
            waiting["faults"] = reader_faults().count()
        if actor.may(Permission.MANAGE_LIST):
            waiting["keeping"] = waiting_for_somebody()
        if actor.may(Permission.VIEW_ESTATE) and actor.party.is_supplier:
            waiting["summary"] = summary_of(estate_by_version(actor.party))
            waiting["eligible"] = totals_of(findings_of(actor.party))[Outcome.ELIGIBLE]
        return waiting


class About(Page):
    """What FIR is, whose words it uses, and what it keeps of its users."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.show("home/about.html")


class Rules(Page):
    """Every rule, in the very sentences that people meet elsewhere."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rules of submissions, of the list and of eligibility, and what each outcome means."""
        eligibility = [
            RuleInWords(
                rule.code, sentence_of(rule), rule.reference, rule.effect.value, rule.assumes
            )
            for rule in eligibility_rules.ALL_RULES
        ]
        submission = [
            RuleInWords(
                rule.code,
                sentence_of(rule),
                rule.reference,
                "WARNS" if rule.only_warns else "BLOCKS",
            )
            for rule in submission_rules.ALL_RULES
        ]
        quality = [
            RuleInWords(rule.code, sentence_of(rule), rule.reference, rule.severity.value)
            for rule in list_quality.ALL_RULES
        ]
        return self.show(
            "home/rules.html",
            eligibility=eligibility,
            quality=quality,
            submission=submission,
            meanings=[(outcome.value, meaning) for outcome, meaning in MEANINGS.items()],
        )


class Outbox(Page):
    """The emails that the demo world wrote, for whoever tries it: they reach nobody."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The newest letters. There is no such page but in a demo whose emails go to a folder."""
        if not demo_sign_ins():
            raise Http404
        letters = outbox_letters()
        if letters is None:
            raise Http404
        return self.show("home/outbox.html", letters=letters)


class ReaderFaults(Page):
    """Events that one of FIR's own readers gave up on."""

    requires = {"GET": (Permission.REVIEW_SUBMISSIONS,)}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The faults, newest first; while there are any, findings are not complete."""
        found = listing(reader_faults().order_by("-id"), request.GET)
        return self.show("home/reader_faults.html", status=found.status, listing=found)
