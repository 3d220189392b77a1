"""Which of a Supplier's Devices may take which release, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from cpl.queries import entries_by_id
from fir.eligibility.asking import Asked, NotATarget, findings_asked
from fir.eligibility.decision_queries import own_decisions
from fir.eligibility.explanations import hops_of, next_step, reason_of
from fir.eligibility.queries import standing_of
from fir.eligibility.summaries import tally_of
from fir.parties.permissions import Permission
from fir.portal.forms.filters import FindingFilters
from fir.portal.pages import listing
from fir.portal.scoped import ScopedPage
from fir.portal.watching import nothing_newer
from fir.records.queries import contacts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from cpl.models import ListedEntry
    from fir.eligibility.explanations import Hop, Reason
    from fir.eligibility.models import Finding, SupplierDecision
    from fir.parties.scopes import Scope
    from fir.records.queries import Contact


@dataclass(frozen=True, slots=True)
class FindingInWords:
    """A finding as the page shows it."""

    finding: Finding
    maker: str
    reasons: Sequence[Reason]
    warnings: Sequence[Reason]
    hops: Sequence[Hop]
    next_step: str
    contact: Contact | None
    decision: SupplierDecision | None


class Findings(ScopedPage):
    """The findings for each Device Model's latest release, or for the target that was named."""

    requires = {"GET": (Permission.VIEW_ESTATE,)}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of findings below their totals; the template shows none beside a fault."""
        now = timezone.now()
        answer = nothing_newer(request, lambda: standing_of(self.scope.supplier, at=now).mark)
        if answer is not None:
            return answer
        filters = FindingFilters(request.GET)
        wanted = filters.narrowed()
        outcome, target = wanted.pop("outcome", ""), _read_target(filters)
        asked = self._asked(filters, {**wanted, "target": target}, now)
        tally = tally_of(asked.findings, outcome=outcome)
        found = listing(_commonest(asked, outcome), request.GET, count=tally.findings)
        template = "_findings.html" if self.wants_fragment else "findings.html"
        return self.show(
            f"eligibility/{template}",
            status=found.status,
            filters=filters,
            target=target,
            outcome=outcome,
            tally=tally,
            listing=found,
            rows=_in_words(list(found.page), self.scope),
            standing=asked.standing,
        )

    def _asked(self, filters: FindingFilters, wanted: Mapping[str, Any], at: datetime) -> Asked:
        """What was asked for; where that cannot be, it is said, and all findings stand instead."""
        try:
            return findings_asked(self.scope, **wanted, at=at)
        except NotATarget as fault:
            filters.add_error(fault.field, str(fault))
            return findings_asked(self.scope, at=at)


def _read_target(filters: FindingFilters) -> str:
    """The entry that was named; '' for none, or for one whose form is wrong, which is then said."""
    named = filters.narrowed().get("target", "")
    try:
        return parse_cpl_entry_id(named) if named else ""
    except IdentifierFault as fault:
        filters.add_error("target", str(fault))
        return ""


def _commonest(asked: Asked, outcome: str) -> QuerySet[Finding] | list[Finding]:
    """The findings with this outcome, those of most Devices first."""
    findings = asked.with_outcome(outcome)
    if isinstance(findings, list):
        return sorted(findings, key=lambda finding: (-finding.cohort.device_count, str(finding.pk)))
    return findings.order_by("-cohort__device_count", "id")


def _in_words(findings: Sequence[Finding], scope: Scope) -> list[FindingInWords]:
    """Findings with their sentences, routes, next steps, contacts, and the Supplier's own decisions
    about their targets. Three queries for all."""
    named = {entry for finding in findings for entry in finding.route}
    targets = {finding.target.cpl_entry_id for finding in findings if finding.target}
    entries = entries_by_id(named | targets)
    decided = own_decisions(scope, targets)
    contacts = contacts_of({finding.cohort.manufacturer_identifier for finding in findings})
    return [_one_in_words(finding, entries, contacts, decided) for finding in findings]


def _one_in_words(
    finding: Finding,
    entries: Mapping[str, ListedEntry],
    contacts: Mapping[str, Contact],
    decided: Mapping[str, SupplierDecision],
) -> FindingInWords:
    versions = {
        entry: (entries[entry].firmware_version, entries[entry].manufacturer_image_hash)
        for entry in finding.route
    }
    hops = hops_of(finding.cohort.device_type, finding.route, versions)
    listed = entries[finding.target.cpl_entry_id] if finding.target else None
    return FindingInWords(
        finding=finding,
        maker=listed.manufacturer_name if listed else "",
        reasons=list(map(reason_of, finding.reasons)),
        warnings=list(map(reason_of, finding.warnings)),
        hops=hops,
        next_step=next_step(finding.outcome, hops),
        contact=contacts.get(finding.cohort.manufacturer_identifier),
        decision=decided.get(listed.cpl_entry_id) if listed else None,
    )
