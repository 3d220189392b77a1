"""What a Supplier asks about: the findings that are kept, or those for any other entry as a target,
worked out while it waits and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from cpl.models import CPLEntry
from fir.eligibility.answers import NOTHING_HELD, Answers, finding_id, own_key
from fir.eligibility.decision_queries import held_back, is_decided_so
from fir.eligibility.models import Finding
from fir.eligibility.queries import (
    Standing,
    catalogue_of,
    findings_of,
    newest_for,
    standing_of,
)
from fir.estates.queries import cohorts_of, standing_load_of
from fir.ledger.queries import last_seq
from fir.records.queries import entries_of_models, find_repository_entry, key_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from fir.eligibility.answers import Answer
    from fir.estates.models import Cohort, EstateLoad
    from fir.parties.models import Party
    from fir.parties.scopes import Scope
    from fir.records.models import RepositoryEntry
    from fir.records.rules import PathEntry


class NotATarget(ValueError):
    """No finding can be about this; `field` is what to mend."""

    def __init__(self, field: str, code: str, message: str) -> None:
        self.field, self.code = field, code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Asked:
    """Findings, and how far they are. Those of a queryset are kept; a list was worked out now."""

    findings: QuerySet[Finding] | list[Finding]
    standing: Standing

    def with_outcome(self, outcome: str) -> QuerySet[Finding] | list[Finding]:
        """Those with this outcome; '' for all."""
        if not outcome:
            return self.findings
        if isinstance(self.findings, list):
            return [finding for finding in self.findings if finding.outcome == outcome]
        return self.findings.filter(outcome=outcome)


def findings_asked(
    scope: Scope,
    *,
    target: str = "",
    device_type: str = "",
    own_decision: str = "",
    at: datetime,
) -> Asked:
    """A Supplier's findings that are seen, for each model's latest release, or for any entry of the
    list. `own_decision` is what the Supplier itself says of the target.

    Raises NotATarget for what is not on the list, and for an entry of another Device Type.
    """
    if not target:
        kept = findings_of(scope, device_type=device_type, own_decision=own_decision)
        return Asked(kept, standing_of(scope.supplier, at=at))
    entry = find_repository_entry(scope.supplier, target)
    if entry is None:
        raise NotATarget(
            "target", "NOT_A_TARGET", f"{target} is not an entry of the Central Products List."
        )
    _require_type(entry, device_type)
    model = entries_of_models([key_of(entry)])[key_of(entry)]
    if own_decision and not is_decided_so(scope, target, own_decision):
        return Asked([], standing_of(scope.supplier, at=at))
    return findings_about(scope, entry, model, device_type=device_type, at=at)


def findings_about(
    scope: Scope,
    entry: RepositoryEntry,
    model: Collection[RepositoryEntry],
    *,
    device_type: str = "",
    at: datetime,
) -> Asked:
    """A Supplier's findings that are seen for an entry as the target; `model` is every entry of its
    Device Model.

    For the latest release they are kept, whatever a device runs.
    """
    latest = catalogue_of(model).latest
    if latest and entry.cpl_entry_id == latest.cpl_entry_id:
        kept = findings_of(scope, target=entry.cpl_entry_id, device_type=device_type)
        return Asked(kept, standing_of(scope.supplier, at=at))
    load = standing_load_of(scope.supplier)
    found = _worked_out(scope, entry, model, load, at=at) if load else []
    wanted = [f for f in found if device_type in ("", f.cohort.device_type)]
    return Asked(wanted, _standing_now(scope.supplier, load, at=at))


def _standing_now(party: Party, load: EstateLoad | None, *, at: datetime) -> Standing:
    """How far findings are that are worked out now: nothing newer can wait."""
    return Standing(
        load_id=load.pk if load else None,
        seq=last_seq(),
        complete=True,
        newest=newest_for(party),
        day=localdate(at) if load else None,
    )


def _worked_out(
    scope: Scope,
    entry: RepositoryEntry,
    model: Collection[RepositoryEntry],
    load: EstateLoad,
    *,
    at: datetime,
) -> list[Finding]:
    """The findings of a load's cohorts of the entry's Device Model that are seen, by cohort."""
    key, party = key_of(entry), scope.supplier
    cohorts = [
        cohort
        for cohort in cohorts_of([load], [key])
        if own_key(cohort) == key
        and scope.covers(cohort.device_type, cohort.manufacturer_identifier, cohort.device_model)
    ]
    answers = Answers(cohorts, today=localdate(at), listed={key: model})
    held = held_back([party.pk]).get(party.pk, NOTHING_HELD)
    about = ((one, answers.about(one, entry.cpl_entry_id, held)) for one in cohorts)
    return [_finding(party, cohort, answer) for cohort, answer in about]


def _finding(party: Party, cohort: Cohort, answer: Answer) -> Finding:
    """A finding that is kept nowhere."""
    return Finding(
        id=finding_id(party.slug, cohort, answer.target),
        cohort=cohort,
        target=_entry(answer.target) if answer.target else None,
        target_is_latest=answer.is_latest,
        installed=list(answer.installed),
        position=answer.position,
        outcome=answer.verdict.outcome,
        reasons=[rule.code for rule in answer.verdict.reasons],
        warnings=[rule.code for rule in answer.verdict.warnings],
        route=list(answer.route),
    )


def _entry(path: PathEntry) -> CPLEntry:
    """What findings say of their target, without asking for it again."""
    return CPLEntry(
        pk=path.seq, cpl_entry_id=path.cpl_entry_id, firmware_version=path.firmware_version
    )


def _require_type(entry: RepositoryEntry, device_type: str) -> None:
    types = ("CHF", "GPF") if entry.device_type == "CHF" else (entry.device_type,)
    if device_type and device_type not in types:
        raise NotATarget(
            "device_type",
            "NOT_OF_THE_TARGET",
            f"{entry} is an entry for {' and '.join(types)}: leave the Device Type out, or choose "
            "another target.",
        )
