"""A ledger as a server would show it, signed, to be tampered with."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fir.client.note import Checkpoint, Key, open_checkpoint
from fir.client.verify import canonical
from fir.ledger.notes import Signer, checkpoint_text
from fir.ledger.rules import leaf_hash
from fir.ledger.tree import Tree

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ORIGIN = "fir.example.org/ledger"
SIGNER = Signer.of(ORIGIN, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
KEY = Key.of(SIGNER.verifier)


def event(seq: int, said: str, *, hidden: bool = False) -> dict[str, Any]:
    """An event as the feed shows it, to whoever may read it or to somebody else."""
    body = {"seq": seq, "id": f"id-{seq}", "kind": "SOMETHING", "payload": {"said": said}}
    leaf = leaf_hash(canonical(body))
    return {"seq": seq, "leaf_hash": leaf} if hidden else {**body, "leaf_hash": leaf}


@dataclass(frozen=True)
class Ledger:
    """What a server shows: its events and its signed checkpoint."""

    events: tuple[dict[str, Any], ...]
    note: str

    @classmethod
    def of(cls, said: list[tuple[str, bool]], at: datetime = NOW) -> Ledger:
        """A ledger of these events, each a text and whether it is hidden, signed over all of it."""
        events = tuple(event(n, text, hidden=h) for n, (text, h) in enumerate(said, start=1))
        root = Tree().grown(one["leaf_hash"] for one in events).root
        text = checkpoint_text(origin=ORIGIN, size=len(events), root=root, at=at)
        return cls(events, SIGNER.sign(text))

    @property
    def checkpoint(self) -> Checkpoint:
        """What the checkpoint says."""
        return open_checkpoint(self.note, KEY)

    def showing(self, events: list[dict[str, Any]]) -> Ledger:
        """The same checkpoint over other events."""
        return replace(self, events=tuple(copy.deepcopy(events)))


def later(hours: float) -> datetime:
    """So many hours after the checkpoints of these ledgers."""
    return NOW + timedelta(hours=hours)
