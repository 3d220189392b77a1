"""What was brought, and what was decided of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from fir.parties.four_eyes import four_eyes, same_eyes
from fir.parties.models import ManufacturerHolding, Party
from fir.parties.permissions import Category

if TYPE_CHECKING:
    from fir.parties.models import Actor

SUBMITTED, RETURNED, PUBLISHED, CLOSED = "SUBMITTED", "RETURNED", "PUBLISHED", "CLOSED"
STATES = (SUBMITTED, RETURNED, PUBLISHED, CLOSED)
APPROVE, RETURN, CLOSE = "APPROVE", "RETURN", "CLOSE"
DECISIONS = (APPROVE, RETURN, CLOSE)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Reads of submissions. Every one of them starts from what a Party may see."""

    def visible_to(self, party: Party) -> Self:
        """All of them for the Administrator; for others those they brought, or that were brought
        under an identifier they hold."""
        if party.category == Category.ADMINISTRATOR:
            return self
        held = ManufacturerHolding.objects.filter(party=party)
        return self.filter(
            models.Q(party=party)
            | models.Q(manufacturer_identifier__in=held.values("manufacturer__identifier"))
        )


class Submission(models.Model):
    """A firmware release as a Party brought it; open until it is decided, its facts never change.

    `submitted_by` is the person or key that brought it; `submitted_answerable` is who answers for
    that (see `fir.parties.models.Actor`) and so must not decide it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    state = models.CharField(max_length=9, choices=[(s, s) for s in STATES], default=SUBMITTED)
    device_type = models.CharField(max_length=8)
    manufacturer_identifier = models.CharField(max_length=4)
    device_model = models.CharField(max_length=8)
    firmware_version = models.CharField(max_length=8)
    manufacturer_image_hash = models.CharField(max_length=64)
    smets_chts_version = models.CharField(max_length=200)
    gbcs_version = models.CharField(max_length=200)
    esme_variant = models.CharField(max_length=200, blank=True)
    cpa_certificate_id = models.CharField(max_length=200, blank=True)
    cpa_expiry_date = models.DateField(null=True)
    cpa_renewal_date = models.DateField(null=True)
    zigbee_certificate_id = models.CharField(max_length=200, blank=True)
    dlms_certificate_id = models.CharField(max_length=200, blank=True)
    predecessors = ArrayField(models.CharField(max_length=32))
    release_notes = models.TextField(blank=True)
    carries_updates = models.BooleanField(null=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.UUIDField()
    submitted_answerable = models.UUIDField()
    submitted_party = models.UUIDField()
    cpl_entry_id = models.CharField(max_length=32, blank=True)

    objects: ClassVar[SubmissionQuerySet] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="submissions_queue"),
            models.Index(fields=["-submitted_at", "-id"], name="submissions_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=STATES), name="submissions_state_known"
            ),
            models.CheckConstraint(
                condition=(models.Q(state=PUBLISHED) & ~models.Q(cpl_entry_id=""))
                | (~models.Q(state=PUBLISHED) & models.Q(cpl_entry_id="")),
                name="submissions_published_has_entry",
            ),
            # What a Decision copies, so that its copy is held to be true by a foreign key.
            models.UniqueConstraint(
                fields=["id", "submitted_answerable", "submitted_party"],
                name="submissions_brought_by",
            ),
            models.UniqueConstraint(
                fields=[
                    "device_type",
                    "manufacturer_identifier",
                    "device_model",
                    "firmware_version",
                ],
                condition=models.Q(state=SUBMITTED),
                name="submissions_waiting_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer_identifier}/{self.device_model}/{self.firmware_version}"


class Decision(models.Model):
    """What the Administrator decided of a submission, and why. Locked.

    Four eyes are held by the database: the submitter's columns are a foreign key's copy of the
    submission's, and a CHECK compares them with the decider's (migration `four_eyes`).
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=8, choices=[(d, d) for d in DECISIONS])
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()
    decided_answerable = models.UUIDField()
    decided_party = models.UUIDField()
    submitted_answerable = models.UUIDField()
    submitted_party = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission"], name="submissions_decided_once"),
            models.CheckConstraint(
                condition=models.Q(decision__in=DECISIONS), name="submissions_decision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decision=APPROVE) | ~models.Q(reason=""),
                name="submissions_refusal_has_reason",
            ),
            models.CheckConstraint(
                condition=four_eyes("submitted", "decided"),
                name="submissions_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} of {self.submission_id}"


def by_same_eyes(submission: Submission, by: Actor) -> bool:
    """Whether the actor would decide what it, or its own Party's key, brought."""
    return same_eyes(
        answerable=submission.submitted_answerable, party=submission.submitted_party, by=by
    )
