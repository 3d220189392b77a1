"""What the ledger tells of an entry, in words for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cpl.facts import CERTIFICATE_FACTS, NAME_FACTS, PUBLISHED_FACTS
from fir.ledger.kinds import KINDS
from fir.ledger.queries import payload_of
from fir.portal.comparison import LABELS as FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from fir.ledger.models import LedgerEvent

LABELS = {**FACTS, "manufacturer_name": "Manufacturer"}
CHANGING = (*PUBLISHED_FACTS, *NAME_FACTS, *CERTIFICATE_FACTS)
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


def history(events: Iterable[LedgerEvent]) -> list[Told]:
    """The events of one entry in words, in their order: what changed stands beside what was said
    before. Only for events that the reader may read."""
    said: dict[str, Any] = {}
    found = []
    for event in events:
        payload = payload_of(event)
        found.append(_told(event, payload, said))
        said |= {fact: payload[fact] for fact in CHANGING if fact in payload}
    return found


def _told(event: LedgerEvent, payload: Mapping[str, Any], before: Mapping[str, Any]) -> Told:
    sentence = KINDS[event.kind].sentence
    if event.kind == "CPL_LOAD_CONFIRMED":
        sentence = LOADED if payload["loaded_on"] else NOT_LOADED
    return Told(event.seq, event.at, sentence, list(_particulars(payload, before)))


def _particulars(payload: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    for fact in CHANGING:
        if fact in payload and fact in before and payload[fact] != before[fact]:
            yield f"{LABELS[fact]}: {_shown(payload[fact])} instead of {_shown(before[fact])}."
    for name, words in DAYS.items():
        if day := payload.get(name):
            yield f"{words} {_in_words(day)}."
    if reason := payload.get("reason"):
        yield f"Why: {reason}"


def _shown(fact: str | None) -> str:
    return fact or "nothing"


def _in_words(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}"
