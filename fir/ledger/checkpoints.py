"""Signing how far the ledger has come, so that nobody, FIR included, can say otherwise later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from fir.ledger.models import Checkpoint, LedgerHead
from fir.ledger.notes import Signer, checkpoint_text
from fir.ledger.operations import lock_ledger
from fir.ledger.queries import newest_checkpoint
from fir.ledger.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# A ledger that stands still is signed anew so often: what is older than that is stale.
FRESHNESS = timedelta(hours=23)


def signer() -> Signer:
    """The key that signs this ledger's checkpoints, under the ledger's own name."""
    return Signer.of(settings.LEDGER_ORIGIN, settings.SIGNING_KEY)


@transaction.atomic
def issue_checkpoint(*, at: datetime) -> Checkpoint | None:
    """Sign the ledger as it stands, where it has grown since it was signed last, or that is nearly
    a day ago; None where neither is so."""
    lock_ledger()
    head, last = LedgerHead.objects.get(), newest_checkpoint()
    is_known = last is not None and last.size == head.size and last.origin == settings.LEDGER_ORIGIN
    if last is not None and is_known and at - last.issued_at < FRESHNESS:
        return None
    root = Tree(head.size, tuple(head.frontier)).root
    text = checkpoint_text(origin=settings.LEDGER_ORIGIN, size=head.size, root=root, at=at)
    return Checkpoint.objects.create(
        size=head.size,
        root=root,
        origin=settings.LEDGER_ORIGIN,
        note=signer().sign(text),
        issued_at=at,
    )


def checkpoint_faults() -> Iterator[str]:
    """Checkpoints whose rows no longer say what their notes do, which is what was signed."""
    for row in Checkpoint.objects.order_by("pk").iterator(chunk_size=2000):
        text = checkpoint_text(origin=row.origin, size=row.size, root=row.root, at=row.issued_at)
        if not row.note.startswith(f"{text}\n"):
            yield (
                f"The checkpoint over {row.size} events of {row.issued_at.isoformat()} was "
                "changed: its row and its signed note differ."
            )
