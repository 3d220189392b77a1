"""Which of a Supplier's devices may take which release, and why the others may not."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.response import Response

from cpl.identifiers import DEVICE_TYPES, parse_cpl_entry_id
from fir.api.answers import finding_answers, notice_answer
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import eligibility as shapes
from fir.eligibility.explanations import no_target
from fir.eligibility.queries import findings_of, is_assessed_target, standing_of
from fir.eligibility.rules import Outcome
from fir.eligibility.summaries import tally_of
from fir.notifications.queries import notices_of
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from fir.eligibility.models import Finding
    from fir.parties.models import Party

FILTERS = ("target", "device_type", "outcome")


class FindingsDoor(Door):
    """A door to the findings of the Supplier that is asked about, narrowed as its asker says."""

    requires = {"GET": (Permission.VIEW_ESTATE,)}

    def findings(self, supplier: Party) -> QuerySet[Finding]:
        """This Supplier's findings for each model's latest release, or for the target that was
        named. Raises InputRefused."""
        return findings_of(
            supplier,
            target=self.target(),
            device_type=self.choice("device_type", DEVICE_TYPES),
            outcome=self.choice("outcome", tuple(Outcome)),
        )

    def target(self) -> str:
        """The target that was named. Raises InputRefused for one that no finding can be about."""
        named = self.identifier("target", parse_cpl_entry_id)
        if named and not is_assessed_target(named):
            raise InputRefused([Fault("target", "NOT_A_TARGET", no_target(named))])
        return named


class Eligibility(FindingsDoor):
    """`GET /eligibility?target=&device_type=&outcome=`: findings, and their totals."""

    answers = {"GET": (200, shapes.Eligibility)}
    parameters = (*FILTERS, "party", *PAGING)

    def get(self, request: Request) -> Response:
        """Findings for each model's latest release, or for the target that was named."""
        supplier = self.supplier()
        findings = self.findings(supplier)
        tally = tally_of(findings)
        return Response(
            {
                **asdict(standing_of(supplier, at=timezone.now())),
                "totals": tally.totals,
                "reasons": tally.reasons,
                **self.page(findings, finding_answers, "id"),
            }
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
