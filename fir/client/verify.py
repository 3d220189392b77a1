"""Is the ledger what it was? Worked out from what anybody can ask for, trusting nobody's word."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fir.client.tree import leaf_hash, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta
    from pathlib import Path

    from fir.client.note import Checkpoint


class NotWhole(Exception):
    """The ledger is not what it says, or was; the message is the one sentence that says how."""


@dataclass(frozen=True)
class Seen:
    """The last checkpoint that was found good, to hold the next against."""

    origin: str
    size: int
    root: str
    at: str


def read_seen(path: Path) -> Seen | None:
    """What was seen last; None at the first time. Raises NotWhole for a file that says nothing."""
    try:
        return Seen(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, OSError) as error:
        raise NotWhole(f"{path} does not say what was seen last: {error}.") from error


def write_seen(path: Path, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint that was found good, whole or not at all."""
    said = {**asdict(checkpoint), "at": checkpoint.at.isoformat()}
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(said) + "\n")
    new.replace(path)


def require_fresh(checkpoint: Checkpoint, *, now: datetime, most: timedelta) -> None:
    """Raise NotWhole for a checkpoint that is too old: somebody may be shown yesterday's ledger."""
    if now - checkpoint.at > most:
        raise NotWhole(
            f"The newest checkpoint is of {checkpoint.at.isoformat()}, older than "
            f"{most.total_seconds() / 3600:g} hours: FIR has stopped signing, or hides what is new."
        )


def require_growth(checkpoint: Checkpoint, seen: Seen | None) -> None:
    """Raise NotWhole for a checkpoint that cannot come after the one that was seen last."""
    if seen is None:
        return
    if seen.origin != checkpoint.origin:
        raise NotWhole(
            f"The checkpoint is of another ledger, {checkpoint.origin}; last time it was "
            f"{seen.origin}."
        )
    if checkpoint.size < seen.size:
        raise NotWhole(
            f"The ledger has shrunk: it had {seen.size} events when it was seen last and has "
            f"{checkpoint.size} now. It was restored from an older backup, or some were taken out."
        )


def check_events(
    events: Iterable[dict[str, Any]], checkpoint: Checkpoint, seen: Seen | None
) -> int:
    """Check order, leaf hashes and roots; how many of the events could be read.

    Raises NotWhole at the first thing that is wrong.
    """
    leaves: list[str] = []
    readable = 0
    for event in events:
        readable += _check(event, expected=len(leaves) + 1)
        leaves.append(str(event["leaf_hash"]))
        if seen is not None and len(leaves) == seen.size:
            _check_prefix(leaves, seen)
    if len(leaves) != checkpoint.size:
        raise NotWhole(
            f"The checkpoint covers {checkpoint.size} events, but the feed has only {len(leaves)}."
        )
    if root_of(leaves) != checkpoint.root:
        raise NotWhole(
            f"The {checkpoint.size} events give another root than the signed checkpoint: an event "
            "was changed, exchanged or put in after it was signed."
        )
    return readable


def _check_prefix(leaves: list[str], seen: Seen) -> None:
    if root_of(leaves) != seen.root:
        raise NotWhole(
            f"The history has forked: the first {seen.size} events are not those that the "
            f"checkpoint of {seen.at} covered."
        )


def _check(event: dict[str, Any], *, expected: int) -> bool:
    """Whether the event could be read, having its leaf hash checked; others show the hash alone."""
    said, leaf = event.get("seq"), event.get("leaf_hash")
    if said != expected:
        raise NotWhole(f"Event {expected} is missing: the feed goes on with seq {said}.")
    if not _is_hash(leaf):
        raise NotWhole(f"Event {expected} has no leaf hash.")
    body = {name: value for name, value in event.items() if name != "leaf_hash"}
    if body.keys() == {"seq"}:
        return False
    if leaf_hash(canonical(body)) != leaf:
        raise NotWhole(f"Event {expected} does not give its leaf hash: it was changed.")
    return True


def _is_hash(leaf: object) -> bool:
    return isinstance(leaf, str) and len(leaf) == 64 and set(leaf) <= set("0123456789abcdef")


def canonical(body: dict[str, Any]) -> str:
    """The canonical JSON (RFC 8785) of an event: it holds neither floats nor odd keys."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
