"""Recompute the whole ledger, and compare it with its checkpoints and records."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fir.ledger.checkpoints import checkpoint_faults
from fir.ledger.queries import check_ledger, snapshot
from fir.records.queries import record_faults


class Command(BaseCommand):
    """Recompute every leaf hash and the tree's root; compare every checkpoint with the tree that
    it signed, and every record with its event."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Say that the ledger is whole, or name the first thing that differs and exit with 1."""
        with snapshot():
            check = check_ledger()
            fault = check.fault or next(chain(checkpoint_faults(), record_faults()), "")
        if fault:
            raise CommandError(f"The ledger is not whole. {fault}")
        self.stdout.write(f"The ledger is whole: {check.size} events, root {check.root}.")
