"""What the ledger tells of an entry, in words for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from fir.ledger.kinds import KINDS
from fir.ledger.queries import payload_of
from fir.portal.comparison import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from fir.ledger.models import LedgerEvent

LOADED = "The DCC loaded the entry."
NOT_LOADED = "It was taken back that the DCC had loaded the entry."
DAYS = {"date_removed": "Removed on", "date_relisted": "Relisted on", "loaded_on": "Loaded on"}


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words: what happened, and what of it is the reader's to know."""

    seq: int
    at: datetime
    sentence: str
    particulars: Sequence[str]


def told(event: LedgerEvent) -> Told:
    """An event in words. Only for one that the reader may read."""
    payload: Mapping[str, Any] = payload_of(event)
    sentence = KINDS[event.kind].sentence
    if event.kind == "CPL_LOAD_CONFIRMED":
        sentence = LOADED if payload["loaded_on"] else NOT_LOADED
    return Told(event.seq, event.at, sentence, list(_particulars(payload)))


def _particulars(payload: Mapping[str, Any]) -> Iterator[str]:
    if facts := payload.get("corrected"):
        yield f"Corrected: {', '.join(LABELS.get(fact, fact) for fact in facts)}."
    for name, words in DAYS.items():
        if day := payload.get(name):
            yield f"{words} {_in_words(day)}."
    if reason := payload.get("reason"):
        yield f"Why: {reason}"


def _in_words(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}"
