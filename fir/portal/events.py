"""What the ledger tells of an entry, or of a submission, in words for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime

from cpl.facts import CERTIFICATE_FACTS, NAME_FACTS, PUBLISHED_FACTS
from fir.ledger.kinds import KINDS
from fir.ledger.queries import payload_of
from fir.portal.comparison import LABELS as FACTS
from fir.portal.comparison import PATHWAYS_IN_WORDS, RELEASE, shown
from fir.portal.templatetags.fir import cause_in_words, words
from fir.records.rules import NAMED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fir.ledger.models import LedgerEvent

LABELS = {**FACTS, "manufacturer_name": "Manufacturer"}
CHANGING = (*PUBLISHED_FACTS, *NAME_FACTS, *CERTIFICATE_FACTS)
# What of a record may take pages to say, so that only its changing is told.
LONG = ("release_notes", "activation_advice")
OF_A_RECORD = (*RELEASE, "pathway", "predecessors")
# How a release stands is somebody's word, so that is told as well.
OF_STANDING = frozenset(
    {
        "FIRMWARE_ARCHIVED",
        "FIRMWARE_RESTORED",
        "FIRMWARE_RECALLED",
        "RECALL_LIFTED",
        "SUPPLIER_DECIDED",
    }
)
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
    """The events of one entry, or of one submission, in words, in their order: what changed stands
    beside what was said before. Only for events that the reader may read."""
    said: dict[str, Any] = {}
    found = []
    for event in events:
        payload = payload_of(event)
        found.append(_told(event, payload, said))
        said |= {fact: payload[fact] for fact in (*CHANGING, *OF_A_RECORD) if fact in payload}
    return found


def _told(event: LedgerEvent, payload: Mapping[str, Any], before: Mapping[str, Any]) -> Told:
    sentence = KINDS[event.kind].sentence
    if event.kind == "CPL_LOAD_CONFIRMED":
        sentence = LOADED if payload["loaded_on"] else NOT_LOADED
    who = [_who(event, payload)] if event.kind in OF_STANDING else []
    return Told(event.seq, event.at, sentence, [*_particulars(payload, before), *who])


def _who(event: LedgerEvent, payload: Mapping[str, Any]) -> str:
    """Who did it, and who proposed it, by names that say nothing to strangers."""
    proposed_by = payload.get("proposed_by")
    proposed = f", as {proposed_by} proposed" if proposed_by else ""
    return f"By {event.by_actor} of {event.by_party}{proposed}."


def _particulars(payload: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    for fact in CHANGING:
        if fact in payload and fact in before and payload[fact] != before[fact]:
            yield f"{LABELS[fact]}: {_shown(payload[fact])} instead of {_shown(before[fact])}."
    yield from _changed_record(payload, before)
    for name, label in DAYS.items():
        if day := payload.get(name):
            yield f"{label} {_in_words(day)}."
    if publish_at := payload.get("publish_at"):
        time = localtime(datetime.fromisoformat(publish_at))
        yield f"To be published on {time:%-d %B %Y, %H:%M}."
    for fault in payload.get("faults", ()):
        yield str(fault["message"])
    yield from _why(payload)


def _why(payload: Mapping[str, Any]) -> Iterator[str]:
    if state := payload.get("state"):
        yield f"{words(state)}."
    if cause := payload.get("cause"):
        yield f"{cause_in_words(cause)}."
    if reason := payload.get("reason"):
        yield f"Why: {reason}"


def _changed_record(payload: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """What a record says otherwise than the one in whose place it stands."""
    for fact, label in RELEASE.items():
        if fact not in payload or fact not in before or payload[fact] == before[fact]:
            continue
        if fact in LONG:
            yield f"{label}: changed."
        elif not (fact == "carries_updates" and payload[fact] is None):  # what was said stays so
            yield f"{label}: {_fact(fact, payload)} instead of {_fact(fact, before)}."
    if "pathway" in payload and "pathway" in before:
        now, then = _pathway(payload), _pathway(before)
        if now != then:
            yield f"May be installed over: {now} instead of {then}."


def _fact(name: str, said: Mapping[str, Any]) -> str:
    value = said[name]
    if name == "end_of_support" and value:
        return _in_words(value)
    return shown(value) or "nothing"


def _pathway(said: Mapping[str, Any]) -> str:
    named = said["pathway"] == NAMED
    return ", ".join(said["predecessors"]) if named else PATHWAYS_IN_WORDS[said["pathway"]]


def _shown(fact: str | None) -> str:
    return fact or "nothing"


def _in_words(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}"
