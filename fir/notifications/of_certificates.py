"""Telling whoever answers for it that a CPA certificate comes to its end (MP209)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cpl.queries import entries_by_id
from fir.eligibility.queries import assessed_parties
from fir.estates.queries import holders_of_models
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.queries import parties_told_between
from fir.notifications.raising import raise_notices
from fir.notifications.wording import (
    certificate_text,
    certificate_title,
    certificates_text,
    version_of,
)
from fir.parties.permissions import Category
from fir.parties.queries import admitted_parties, held_identifiers
from fir.records.list_queries import certificates_told_from

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from fir.ledger.models import LedgerEvent
    from fir.parties.models import Party

# More than so many certificates at one go are told in one notice.
MOST_APART = 5


@dataclass(frozen=True, slots=True)
class _End:
    """What is told of one certificate, and which Suppliers hold Devices that stand on it."""

    event: LedgerEvent
    said: Mapping[str, Any]
    holders: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells whom a certificate concerns: by Party number, who holds which Manufacturer
    Identifiers, and whose estate was assessed."""

    identifiers: Mapping[int, Collection[str]]
    assessed: Collection[int]

    def concerns(self, party: Party, end: _End) -> bool:
        """Whether the Party answers for the certificate, or made what stands on it."""
        answerable = set(end.said["answerable"])
        made = self.identifiers.get(party.pk, ())
        if not set(end.said["manufacturer_identifiers"]).isdisjoint(made):
            return True
        if party.is_supplier and not answerable.isdisjoint(party.user_roles):
            # Of an estate that is not known, nobody can say that it holds none.
            return party.pk in end.holders or party.pk not in self.assessed
        return party.category == Category.DCC and "DCC" in answerable


def tell_of_certificates(events: Collection[LedgerEvent], *, at: datetime) -> None:
    """Tell of the certificates whose stages were told at one go, when the first event of the go is
    read: each in a notice of its own, or, where they are many for a Party, all in one."""
    if not events:
        return
    for told in certificates_told_from(events):
        ends = _ends(told)
        known = _Known(identifiers=held_identifiers(), assessed=assessed_parties())
        # Whose estate has changed since is not told of a part of it again.
        before = parties_told_between(told[0].seq, told[-1].seq)
        notices: list[Notice] = []
        for party in admitted_parties(by=told[0].at):
            if party.pk not in before:
                concerning = [end for end in ends if known.concerns(party, end)]
                notices += _notices(party, concerning, at=at)
        raise_notices(notices, happened_at=told[0].at, at=at)


def _ends(told: Sequence[LedgerEvent]) -> list[_End]:
    """Each event with who holds Devices of its entries' Device Models."""
    said = {event.seq: payload_of(event) for event in told}
    lines: dict[int, Any] = {seq: one["cpl_entry_ids"] for seq, one in said.items()}
    entries = entries_by_id({entry_id for ids in lines.values() for entry_id in ids})
    models = {entry_id: version_of(entry)[:3] for entry_id, entry in entries.items()}
    holders = holders_of_models(set(models.values()))
    return [
        _End(
            event=event,
            said=said[event.seq],
            holders=frozenset(
                party for one in lines[event.seq] for party in holders.get(models[one], ())
            ),
        )
        for event in told
    ]


def _notices(party: Party, ends: Sequence[_End], *, at: datetime) -> list[Notice]:
    if len(ends) > MOST_APART:
        return [_summary(party, ends, at=at)]
    return [
        Notice(
            party=party,
            seq=end.event.seq,
            kind=end.event.kind,
            subject_id=end.event.subject_id,
            title=certificate_title(end.said),
            text=certificate_text(end.said, party),
            counts={},
            raised_at=at,
        )
        for end in ends
    ]


def _summary(party: Party, ends: Sequence[_End], *, at: datetime) -> Notice:
    """One notice of them all, under the first one's seq; it is called lapsed when one of them is,
    and has no certificate for its subject."""
    kinds = {end.event.kind for end in ends}
    return Notice(
        party=party,
        seq=ends[0].event.seq,
        kind="CERTIFICATE_LAPSED" if "CERTIFICATE_LAPSED" in kinds else "CERTIFICATE_DUE",
        subject_id="",
        title=f"{len(ends)} CPA certificates lapse soon, or have lapsed",
        text=certificates_text([end.said for end in ends], party),
        counts={},
        raised_at=at,
    )
