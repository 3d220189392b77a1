"""What calls for findings to be worked out anew: what the ledger told, and the days that passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from cpl.quality_queries import specifications_now
from cpl.specifications import parse_gbcs
from fir.eligibility.queries import ENTRY_KINDS
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records.models import RepositoryEntry
from fir.records.queries import models_of_entries

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from cpl.catalogue import Specification
    from cpl.identifiers import ModelKey


def models_told_of(events: Collection[LedgerEvent]) -> set[ModelKey]:
    """The Device Models whose findings these events may change, beside whole estates that came."""
    entries = {event.subject_id for event in events if event.kind in ENTRY_KINDS}
    found = models_of_entries(entries) if entries else set()
    return found | _naming_gbcs(_versions_changed(events))


def entries_decided(events: Collection[LedgerEvent]) -> dict[str, set[str]]:
    """The entries about which each Supplier (by slug) decided something for itself: what follows is
    for its own estate alone."""
    decided: dict[str, set[str]] = {}
    for event in events:
        if event.kind == "SUPPLIER_DECIDED":
            decided.setdefault(event.by_party, set()).add(event.subject_id)
    return decided


def models_decided_by_days(since: date, until: date) -> set[ModelKey]:
    """The Device Models of which something holds on the later day that did not on the earlier one,
    or no longer: an entry's certificate, or the version of GBCS that it keeps to. Two queries, or
    three where such a version is of these days."""
    changed = {
        known.version
        for known in specifications_now().values()
        if known.kind == "GBCS" and _is_of_days(known, since, until)
    }
    # A certificate holds on its last day, and no longer on the next.
    lapsed = Q(cpa_expiry_date__gte=since, cpa_expiry_date__lt=until)
    lapsed |= Q(cpa_renewal_date__gte=since, cpa_renewal_date__lt=until)
    columns = ("device_type", "manufacturer_identifier", "device_model")
    found = RepositoryEntry.objects.filter(lapsed).values_list(*columns)
    return set(found.distinct()) | _naming_gbcs(changed)


def _is_of_days(known: Specification, since: date, until: date) -> bool:
    begins, ends = known.in_effect_from, known.in_effect_until
    has_begun = begins is not None and since < begins <= until
    return has_begun or (ends is not None and since <= ends < until)


def _versions_changed(events: Collection[LedgerEvent]) -> set[str]:
    """The versions of GBCS of which the catalogue says something else now."""
    changed = [event.subject_id for event in events if event.kind == "CATALOGUE_CHANGED"]
    return {name.removeprefix("GBCS ") for name in changed if name.startswith("GBCS ")}


def _naming_gbcs(versions: Collection[str]) -> set[ModelKey]:
    """The Device Models with an entry that keeps to one of these versions of GBCS. One query, or
    none for none."""
    if not versions:
        return set()
    named = Q()
    for version in versions:
        named |= Q(gbcs_version__contains=version)
    columns = ("gbcs_version", "device_type", "manufacturer_identifier", "device_model")
    found = RepositoryEntry.objects.filter(named).values_list(*columns).distinct()
    return {
        (kind, maker, model)
        for text, kind, maker, model in found
        if (parse_gbcs(text) or ("", ""))[1] in versions
    }


def releases_told(published: Collection[LedgerEvent]) -> set[object]:
    """The seqs of those publications whose assessment stands in the ledger already: whoever reads
    on from an earlier bookmark tells nobody twice."""
    told = LedgerEvent.objects.filter(
        kind="ELIGIBILITY_ASSESSED",
        subject_type="cpl_entry",
        subject_id__in={event.subject_id for event in published},
    )
    return {payload_of(event)["published_seq"] for event in told}
