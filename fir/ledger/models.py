"""The ledger's rows: events, the bookmarks of their readers, and what a reader could not digest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import models


@dataclass(frozen=True, slots=True)
class Author:
    """Who did it, as events tell it: a Party's slug and an opaque id of the person or key."""

    party: str
    actor: uuid.UUID


# What FIR's own workers append, nobody in person did.
MACHINE = Author("fir", uuid.UUID(int=0))


class LedgerEvent(models.Model):
    """One thing that happened. Locked: the database refuses UPDATE, DELETE and TRUNCATE.

    `canonical` is the event's RFC 8785 text without its leaf hash: the very bytes that were
    hashed and the very bytes that are served. `audience` holds the tags of those who may read it,
    fixed when the event was appended (`fir.ledger.audiences`).
    """

    seq = models.BigIntegerField(primary_key=True)
    id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    by_party = models.CharField(max_length=64)
    by_actor = models.UUIDField()
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    audience = ArrayField(models.CharField(max_length=80))
    canonical = models.TextField()
    leaf_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "seq"], name="ledger_kind_seq"),
            models.Index(fields=["subject_type", "subject_id", "seq"], name="ledger_subject_seq"),
            models.Index(fields=["at", "seq"], name="ledger_at_seq"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="ledger_seq_from_one"),
            models.CheckConstraint(
                condition=models.Q(leaf_hash__regex=r"^[0-9a-f]{64}$"), name="ledger_leaf_hash_hex"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class LedgerHead(models.Model):
    """How far the ledger has come: its last event's time, and the tree over all of it by its
    frontier (`fir.ledger.tree`). One row, written with every append under its lock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = ArrayField(models.CharField(max_length=64), default=list)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="ledger_one_head"),
        ]

    def __str__(self) -> str:
        return f"{self.size} events"


class Checkpoint(models.Model):
    """A signed statement of how many events the ledger had, and of the root over them. Locked.

    `note` is the C2SP signed note, as it is served.
    """

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    origin = models.CharField(max_length=200)
    note = models.TextField()
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-issued_at"], name="ledger_checkpoint_newest")]

    def __str__(self) -> str:
        return f"{self.size} {self.root}"


class Bookmark(models.Model):
    """How far one reader has read, how often it failed at the next event, and when to try again."""

    reader = models.CharField(max_length=40, primary_key=True)
    seq = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.reader} at {self.seq}"


class ReaderFault(models.Model):
    """An event that a reader failed at five times: set aside here so that reading went on."""

    reader = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    error = models.TextField()
    failed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "seq"], name="ledger_one_fault_per_reader_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} failed at {self.seq}"
