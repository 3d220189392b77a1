"""What answers look like: models and queries turned into the JSON of the contract."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cpl.queries import manufacturer_name
from fir.eligibility.decision_queries import own_decisions
from fir.eligibility.explanations import hops_of, next_step, reason_of
from fir.estates.progress import progress_of_each
from fir.estates.queries import waited_for
from fir.records.queries import contact_answer, contacts_of, versions_of
from fir.submissions.claims import LISTED_FACTS, RELEASE_FACTS
from fir.submissions.models import DRAFT
from fir.submissions.operations import seen
from fir.submissions.readers import NOT_APPLICABLE
from fir.submissions.sheet_queries import judge_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cpl.models import EntryColumns
    from fir.eligibility.models import Finding, SupplierDecision
    from fir.estates.models import EstateLoad
    from fir.estates.progress import Progress
    from fir.ledger.models import ReaderFault
    from fir.notifications.models import Notice
    from fir.parties.models import Party
    from fir.parties.scopes import Scope
    from fir.records.queries import Contact
    from fir.submissions.models import Comment, Decision, Draft, FindingWaiver, Submission
    from fir.submissions.sheet_queries import JudgedRow


def moment(at: datetime | None) -> str | None:
    """A time as answers carry it: RFC 3339, UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def entry_answer(entry: EntryColumns) -> dict[str, Any]:
    """An entry of the list, in the sheet's words."""
    return {
        "cpl_entry_id": entry.cpl_entry_id,
        "device_type": entry.device_type,
        "manufacturer_identifier": entry.manufacturer_identifier,
        "manufacturer_name": entry.manufacturer_name,
        "device_model": entry.device_model,
        "firmware_version": entry.firmware_version,
        "smets_chts_version": entry.smets_chts_version,
        "gbcs_version": entry.gbcs_version,
        "esme_variant": entry.esme_variant,
        "manufacturer_image_hash": entry.manufacturer_image_hash,
        "cpa_certificate_id": entry.cpa_certificate_id,
        "cpa_expiry_date": entry.cpa_expiry_date,
        "cpa_renewal_date": entry.cpa_renewal_date,
        "zigbee_certificate_id": entry.zigbee_certificate_id,
        "dlms_certificate_id": entry.dlms_certificate_id,
        "status": entry.status.capitalize(),
        "date_added": entry.date_added,
        "date_removed": entry.date_removed,
        "removal_reason": entry.removal_reason,
        "loaded_on": entry.loaded_on,
    }


def card_answer(manufacturer_identifier: str) -> dict[str, Any]:
    """Whom to ask for a Manufacturer's images. Two queries; three for one without entries."""
    contact = contacts_of([manufacturer_identifier]).get(manufacturer_identifier)
    return {
        "manufacturer_identifier": manufacturer_identifier,
        "manufacturer_name": manufacturer_name(manufacturer_identifier),
        "contact": contact_answer(contact),
    }


def submission_answer(submission: Submission) -> dict[str, Any]:
    """A submission with its state, what was decided of it and what was said about it."""
    named = submission.predecessors
    return {
        "id": str(submission.pk),
        "state": submission.state,
        "kind": submission.kind,
        "party": submission.party.slug,
        "submitted_at": moment(submission.submitted_at),
        "of_entry": submission.of_entry or None,
        "reason": submission.reason,
        "replaces": submission.replaces_id,
        **{name: getattr(submission, name) for name in LISTED_FACTS},
        "further_device_models": submission.further_device_models,
        **{name: getattr(submission, name) for name in RELEASE_FACTS},
        "predecessors": NOT_APPLICABLE if named == [] else named,
        "publish_at": moment(submission.publish_at),
        "cpl_entry_id": submission.cpl_entry_id or None,
        "cpl_entry_ids": submission.cpl_entry_ids,
        "withdrawn_at": moment(submission.withdrawn_at),
        "decisions": [_decision(decision) for decision in submission.decisions.all()],
        "comments": list(map(comment_answer, submission.comments.all())),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.decision,
        "reason": decision.reason,
        "publish_at": moment(decision.publish_at),
        "decided_at": moment(decision.decided_at),
    }


def comment_answer(comment: Comment) -> dict[str, Any]:
    """What a Party said about a submission."""
    return {
        "party": comment.party.slug,
        "text": comment.text,
        "made_at": moment(comment.made_at),
    }


def waiver_answer(waiver: FindingWaiver) -> dict[str, Any]:
    """A finding about a submission that somebody would live with."""
    return {
        "code": waiver.code,
        "particulars": waiver.particulars,
        "reason": waiver.reason,
        "waived_at": moment(waiver.waived_at),
    }


def draft_answers(drafts: Sequence[Draft], party: Party, *, today: date) -> list[dict[str, Any]]:
    """A Party's drafts, each with what would keep it from being brought today and what to look at
    again. As many queries for all as for one."""
    judged = judge_rows(drafts, party=party, today=today) if drafts else []
    return [_draft(one, party) for one in judged]


def _draft(judged: JudgedRow, party: Party) -> dict[str, Any]:
    draft = judged.draft
    # Two drafts of one release are a fault of whichever is brought second; it is said then.
    faults = [fault for fault in judged.faults if fault.code != "SAID_TWICE"]
    return {
        "id": str(draft.pk),
        "state": DRAFT,
        "kind": draft.kind,
        "party": party.slug,
        "said": draft.said,
        "version": seen(draft.said),
        "again_of": draft.again_of_id,
        "made_at": moment(draft.made_at),
        "changed_at": moment(draft.changed_at),
        "faults": list(map(asdict, faults)),
        "warnings": list(map(asdict, judged.warnings)),
    }


def load_answers(loads: Sequence[EstateLoad], *, at: datetime) -> list[dict[str, Any]]:
    """Estate loads, how far each is, and which one a queued one waits for."""
    before, progress = waited_for(loads), progress_of_each(loads, at=at)
    return [_load_answer(load, progress[load.pk], before.get(load.pk)) for load in loads]


def _load_answer(load: EstateLoad, progress: Progress, waits_for: int | None) -> dict[str, Any]:
    return {
        "id": load.pk,
        "state": load.state,
        "mode": load.mode,
        "base": load.base_id,
        "waits_for": waits_for,
        "bytes_total": load.bytes_total,
        "bytes_read": load.bytes_read,
        "rows_read": load.rows_read,
        "rows_bad": load.rows_bad,
        "rows_total": load.rows_read if load.state != "RECEIVING" else None,
        **asdict(progress),
        "devices": load.devices,
        "notes_by_reason": load.notes_by_reason,
        "refusal": load.refusal,
        "received_at": moment(load.received_at),
        "finished_at": moment(load.finished_at),
    }


def reader_fault_answer(fault: ReaderFault) -> dict[str, Any]:
    """An event that a reader gave up on, and what ailed it."""
    return {
        "id": fault.pk,
        "reader": fault.reader,
        "seq": fault.seq,
        "error": fault.error,
        "failed_at": moment(fault.failed_at),
    }


def notice_answer(notice: Notice) -> dict[str, Any]:
    """A notice with its counts."""
    return {
        "id": notice.pk,
        "seq": notice.seq,
        "kind": notice.kind,
        "cpl_entry_id": notice.cpl_entry_id,
        "submission_id": notice.submission_id,
        "title": notice.title,
        "text": notice.text,
        "counts": notice.counts,
        "raised_at": moment(notice.raised_at),
    }


def finding_answers(findings: Sequence[Finding], scope: Scope) -> list[dict[str, Any]]:
    """Findings with their sentences, routes, next steps and contacts, and what the Supplier itself
    decided of their targets. Three queries for all."""
    contacts = contacts_of({f.cohort.manufacturer_identifier for f in findings})
    named = {entry for f in findings for entry in (*f.route, *_target_id(f))}
    versions = versions_of(named)
    decided = own_decisions(scope, {entry for f in findings for entry in _target_id(f)})
    return [
        {
            **_finding(finding, versions, contacts),
            "own_decision": own_decision_answer(decided.get("".join(_target_id(finding)))),
        }
        for finding in findings
    ]


def own_decision_answer(decision: SupplierDecision | None) -> dict[str, Any] | None:
    """What a Supplier decided of a release for itself; null where it decided nothing."""
    if decision is None:
        return None
    return {
        "state": decision.state,
        "reason": decision.reason,
        "decided_at": moment(decision.decided_at),
    }


def _target_id(finding: Finding) -> list[str]:
    return [finding.target.cpl_entry_id] if finding.target else []


def _finding(
    finding: Finding, versions: Mapping[str, tuple[str, str]], contacts: Mapping[str, Contact]
) -> dict[str, Any]:
    cohort = finding.cohort
    hops = hops_of(cohort.device_type, finding.route, versions)
    target = finding.target and {
        "cpl_entry_id": finding.target.cpl_entry_id,
        "firmware_version": versions[finding.target.cpl_entry_id][0],
        "manufacturer_image_hash": versions[finding.target.cpl_entry_id][1],
        "latest": finding.target_is_latest,
    }
    return {
        "id": str(finding.pk),
        "device_type": cohort.device_type,
        "manufacturer_identifier": cohort.manufacturer_identifier,
        "device_model": cohort.device_model,
        "firmware_version": cohort.firmware_version,
        "device_status": cohort.device_status,
        "responsible_roles": [role for role in cohort.responsible_roles.split("+") if role],
        "hub": _hub(finding),
        "installed": finding.installed,
        "position": finding.position,
        "target": target,
        "outcome": finding.outcome,
        "reasons": [asdict(reason_of(code)) for code in finding.reasons],
        "warnings": [asdict(reason_of(code)) for code in finding.warnings],
        "route": list(map(asdict, hops)),
        "next_step": next_step(finding.outcome, hops),
        "contact": contact_answer(contacts.get(cohort.manufacturer_identifier)),
        "device_count": cohort.device_count,
    }


def _hub(finding: Finding) -> dict[str, str] | None:
    cohort = finding.cohort
    if not cohort.hub_model:
        return None
    return {
        "manufacturer_identifier": cohort.hub_manufacturer,
        "device_model": cohort.hub_model,
        "firmware_version": cohort.hub_version,
    }
