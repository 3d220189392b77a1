"""Reads of the sheets in which many releases come: their rows, judged, and the sheet to fill in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from fir.parties.queries import identifiers_of
from fir.records.models import RepositoryEntry
from fir.records.queries import key_of, path_entry
from fir.records.rules import heads
from fir.submissions.claims import LISTED_FACTS, Fault
from fir.submissions.holding import fault_of_holding
from fir.submissions.judging import check_releases
from fir.submissions.models import Draft, ReleaseSheet
from fir.submissions.sheets.writing import write_with_faults

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey
    from fir.parties.models import Party
    from fir.submissions.claims import Claim

# What tells one release of a Device Model from the next.
_OF_ONE_RELEASE = frozenset({"firmware_version", "manufacturer_image_hash"})


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row that is left of a sheet: what it says as far as it can be read, everything that keeps
    it from being brought today, and what is worth a second look."""

    draft: Draft
    claim: Claim
    faults: Sequence[Fault]
    warnings: Sequence[Fault]
    entry_state: str = ""


def sheets_left(party: Party) -> QuerySet[ReleaseSheet]:
    """The Party's sheets of which rows are left, newest first, with how many in `left`."""
    own = ReleaseSheet.objects.filter(party=party).annotate(left=Count("draft"))
    return own.filter(left__gt=0).order_by("-brought_at", "id")


def find_sheet(party: Party, sheet_id: uuid.UUID) -> ReleaseSheet | None:
    """One sheet, or None when the Party has none with this id."""
    return ReleaseSheet.objects.filter(party=party, pk=sheet_id).first()


def rows_of(sheet: ReleaseSheet) -> QuerySet[Draft]:
    """What is left of a sheet, in its order."""
    return Draft.objects.filter(sheet=sheet).order_by("line", "id")


def judge_rows(drafts: Iterable[Draft], *, party: Party, today: date) -> list[JudgedRow]:
    """What may be said today of the Party's rows, in their order; all judged together, in about as
    many queries as one."""
    rows = list(drafts)
    held = identifiers_of(party)
    said = [{**row.said, "kind": row.kind} for row in rows]
    answers = check_releases(said, today=today, held=held)
    judged = []
    for row, (claim, judgement) in zip(rows, answers, strict=True):
        foreign = fault_of_holding(claim, party=party, held=held)
        faults = [*faults_of_row(row), *([foreign] if foreign else []), *judgement.faults]
        judged.append(JudgedRow(row, claim, faults, judgement.warnings, judgement.entry_state))
    return judged


def faults_of_row(draft: Draft) -> list[Fault]:
    """What was wrong with the row that a draft was, beside what it says."""
    return [Fault(*fault) for fault in draft.row_faults]


def sheet_with_faults(rows: Iterable[JudgedRow]) -> str:
    """These rows as a sheet that can be mended and brought again, as CSV text: a last column, which
    is not read again, says what is wrong with each."""
    return write_with_faults(
        ({**row.draft.said, "kind": row.draft.kind}, row.faults) for row in rows
    )


def next_releases(party: Party) -> list[dict[str, Any]]:
    """What the next release of each of the Party's Device Models would say as far as FIR knows it:
    what its latest release says, over that one. Of models that have a Current entry; in the order
    of type, maker and model. Two queries."""
    entries = RepositoryEntry.objects.filter(manufacturer_identifier__in=identifiers_of(party))
    models: dict[ModelKey, list[RepositoryEntry]] = defaultdict(list)
    for entry in entries.exclude(device_type="GPF").order_by("entry_id"):
        models[key_of(entry)].append(entry)
    return [said for _, listed in sorted(models.items()) if (said := _next_release(listed))]


def _next_release(listed: Sequence[RepositoryEntry]) -> dict[str, Any]:
    """What is known of the next release of one Device Model, of which these are the entries."""
    standing = heads(list(map(path_entry, listed)))
    if not standing:
        return {}
    latest = next(e for e in listed if e.cpl_entry_id == standing[0].cpl_entry_id)
    facts = {name: getattr(latest, name) for name in LISTED_FACTS if name not in _OF_ONE_RELEASE}
    said = {n: v.isoformat() if isinstance(v, date) else v for n, v in facts.items() if v}
    # A version that is listed twice is still one version, and may be updated under either id.
    version = standing[0].firmware_version
    over = [e.cpl_entry_id for e in standing if e.firmware_version == version]
    return {**said, "predecessors": sorted(over)}
