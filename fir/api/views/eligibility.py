"""Which of a Supplier's devices may take which release, and why the others may not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.response import Response

from cpl.identifiers import DEVICE_TYPES, parse_cpl_entry_id
from fir.api.answers import finding_answers, notice_answer
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import eligibility as shapes
from fir.eligibility.asking import NotATarget, findings_asked
from fir.eligibility.decision_queries import OWN_CHOICES
from fir.eligibility.rules import Outcome
from fir.eligibility.summaries import tally_of
from fir.estates.queries import cohorts_among
from fir.notifications.queries import notices_of
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from fir.eligibility.models import Finding
    from fir.parties.scopes import Scope


FILTERS = ("target", "device_type", "outcome", "own_decision")


class FindingsDoor(Door):
    """A door to the findings of the Supplier that is asked about, narrowed as its asker says."""

    requires = {"GET": (Permission.VIEW_ESTATE,)}

    def narrowed(self) -> dict[str, str]:
        """What findings are narrowed to. Raises InputRefused."""
        return {
            "target": self.identifier("target", parse_cpl_entry_id),
            "device_type": self.choice("device_type", DEVICE_TYPES),
            "outcome": self.choice("outcome", tuple(Outcome)),
            "own_decision": self.choice("own_decision", OWN_CHOICES),
        }


class Eligibility(FindingsDoor):
    """`GET /eligibility?target=&device_type=&outcome=`: findings, and their totals."""

    answers = {"GET": (200, shapes.Eligibility)}
    parameters = (*FILTERS, "party", *PAGING)

    def get(self, request: Request) -> Response:
        """Findings for each model's latest release, or for the target that was named: for one that
        none are kept for, they are worked out now."""
        scope, wanted = self.scope(), self.narrowed()
        outcome = wanted.pop("outcome")
        try:
            asked = findings_asked(scope, **wanted, at=timezone.now())
        except NotATarget as fault:
            raise InputRefused([Fault(fault.field, fault.code, str(fault))]) from fault
        findings = asked.with_outcome(outcome)
        tally = tally_of(findings)
        return Response(
            {
                **asked.standing.told(),
                "totals": tally.totals,
                "reasons": tally.reasons,
                **self._paged(findings, scope),
            }
        )

    def _paged(self, findings: QuerySet[Finding] | list[Finding], scope: Scope) -> dict[str, Any]:
        """One page of findings; of those worked out now, in the order of their cohorts."""
        if not isinstance(findings, list):
            return self.page(findings, partial(finding_answers, scope=scope), "id")
        found = {finding.cohort_id: finding for finding in findings}
        return self.page(
            cohorts_among(found),
            lambda cohorts: finding_answers([found[cohort.pk] for cohort in cohorts], scope),
            "id",
        )


class Notices(Door):
    """`GET /notices`: what this Party was told, newest first."""

    answers = {"GET": (200, shapes.NoticePage)}
    requires = {"GET": (Permission.VIEW_NOTICES,)}
    parameters = PAGING

    def get(self, request: Request) -> Response:
        """The notices, with this Party's own counts."""
        notices = notices_of(self.actor.party)
        return Response(self.page(notices, lambda rows: list(map(notice_answer, rows)), "-id"))
