"""What was brought, what was decided of it, and what was said about it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from fir.parties.four_eyes import four_eyes, same_eyes
from fir.parties.models import ManufacturerHolding, Party
from fir.parties.permissions import Category
from fir.records.rules import NAMED, NONE, UNKNOWN
from fir.submissions.claims import Kind

if TYPE_CHECKING:
    from fir.parties.models import Actor

DRAFT, SUBMITTED, RETURNED = "DRAFT", "SUBMITTED", "RETURNED"
APPROVED, PUBLISHED, CLOSED = "APPROVED", "PUBLISHED", "CLOSED"
# A draft is not brought yet: it stands in `Draft`, where it may change, and nobody else sees it.
STATES = (DRAFT, SUBMITTED, RETURNED, APPROVED, PUBLISHED, CLOSED)
BROUGHT = (SUBMITTED, RETURNED, APPROVED, PUBLISHED, CLOSED)
KINDS = tuple(kind.value for kind in Kind)
# What waits for somebody at the Administrator, or for its time.
WAITING = (SUBMITTED, APPROVED)
APPROVE, RETURN, CLOSE, CANCEL = "APPROVE", "RETURN", "CLOSE", "CANCEL"
DECISIONS = (APPROVE, RETURN, CLOSE, CANCEL)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Reads of submissions. Every one of them starts from what a Party may see."""

    def visible_to(self, party: Party) -> Self:
        """All of them for the Administrator; for others those they brought, or that were brought
        under an identifier since they hold it."""
        if party.category == Category.ADMINISTRATOR:
            return self
        held = ManufacturerHolding.objects.filter(
            party=party,
            manufacturer__identifier=models.OuterRef("manufacturer_identifier"),
            given_at__lte=models.OuterRef("submitted_at"),
        )
        return self.filter(models.Q(party=party) | models.Exists(held))


class Submission(models.Model):
    """What a Party brought; its facts never change.

    What was returned stays as it was: mended, it is brought again as another submission, which
    names it in `replaces`. `submitted_by` is the person or key that brought it;
    `submitted_answerable` is who answers for that (see `fir.parties.models.Actor`) and so must not
    decide it. A submission for several hardware versions has a `device_model` and further ones,
    and gets as many entries in the same order. `predecessors` is null where nobody knows them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    state = models.CharField(max_length=9, choices=[(s, s) for s in BROUGHT], default=SUBMITTED)
    kind = models.CharField(max_length=17, choices=[(k, k) for k in KINDS], default=Kind.NEW.value)
    of_entry = models.CharField(max_length=32, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True)
    device_type = models.CharField(max_length=8)
    manufacturer_identifier = models.CharField(max_length=4)
    device_model = models.CharField(max_length=8)
    further_device_models = ArrayField(models.CharField(max_length=8), default=list)
    firmware_version = models.CharField(max_length=8)
    manufacturer_image_hash = models.CharField(max_length=64, blank=True)
    smets_chts_version = models.CharField(max_length=200, blank=True)
    gbcs_version = models.CharField(max_length=200, blank=True)
    esme_variant = models.CharField(max_length=200, blank=True)
    cpa_certificate_id = models.CharField(max_length=200, blank=True)
    cpa_expiry_date = models.DateField(null=True)
    cpa_renewal_date = models.DateField(null=True)
    zigbee_certificate_id = models.CharField(max_length=200, blank=True)
    dlms_certificate_id = models.CharField(max_length=200, blank=True)
    predecessors = ArrayField(models.CharField(max_length=32), null=True)
    release_notes = models.TextField(blank=True)
    carries_updates = models.BooleanField(null=True)
    purposes = ArrayField(models.CharField(max_length=10), default=list)
    security_relevant = models.BooleanField(null=True)
    interrupts_hub_power = models.BooleanField(null=True)
    minimum_hardware_version = models.CharField(max_length=4, blank=True)
    maximum_hardware_version = models.CharField(max_length=4, blank=True)
    image_size = models.IntegerField(null=True)
    end_of_support = models.DateField(null=True)
    activation_advice = models.TextField(blank=True)
    # Of a correction: what tells what its entry and record said when it was brought.
    entry_state = models.CharField(max_length=16, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.UUIDField()
    submitted_answerable = models.UUIDField()
    submitted_party = models.UUIDField()
    # The sender's own name for its request, and what was in it: see `operations.Request`.
    request_key = models.CharField(max_length=200, blank=True)
    request_digest = models.CharField(max_length=64, blank=True)
    publish_at = models.DateTimeField(null=True)
    cpl_entry_id = models.CharField(max_length=32, blank=True)
    further_entry_ids = ArrayField(models.CharField(max_length=32), default=list)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)

    objects: ClassVar[SubmissionQuerySet] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="submissions_queue"),
            models.Index(fields=["-submitted_at", "-id"], name="submissions_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=BROUGHT), name="submissions_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.NEW.value, of_entry="")
                | (models.Q(kind__in=KINDS[1:]) & ~models.Q(of_entry="")),
                name="submissions_kind_known",
            ),
            models.CheckConstraint(
                condition=(models.Q(state=PUBLISHED) & ~models.Q(cpl_entry_id=""))
                | (~models.Q(state=PUBLISHED) & models.Q(cpl_entry_id="", further_entry_ids=[])),
                name="submissions_published_has_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(state=APPROVED, publish_at__isnull=False)
                | models.Q(state=PUBLISHED)
                | (~models.Q(state=APPROVED) & models.Q(publish_at__isnull=True)),
                name="submissions_approved_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(state=CLOSED, withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="submissions_withdrawn_at_and_by",
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
                condition=models.Q(state__in=WAITING),
                name="submissions_waiting_once",
            ),
            models.UniqueConstraint(
                fields=["party", "request_key"],
                condition=~models.Q(request_key=""),
                name="submissions_one_for_a_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer_identifier}/{self.device_model}/{self.firmware_version}"

    @property
    def device_models(self) -> tuple[str, ...]:
        """Every Device Model it is for."""
        return (self.device_model, *self.further_device_models)

    @property
    def cpl_entry_ids(self) -> tuple[str, ...]:
        """The entries it became, in the order of its Device Models; none before publication."""
        return (self.cpl_entry_id, *self.further_entry_ids) if self.cpl_entry_id else ()

    @property
    def pathway(self) -> str:
        """Whether it names predecessors, may go over none, or does not know."""
        if self.predecessors is None:
            return UNKNOWN
        return NAMED if self.predecessors else NONE


class Decision(models.Model):
    """What the Administrator decided of a submission, and why. Locked.

    A cancelled approval is a further Decision; `number` counts them. An approval may name the time
    of publication, and the entry id to give.

    Four eyes are held by the database: the submitter's columns are a foreign key's copy of the
    submission's, and a CHECK compares them with the decider's (migration `four_eyes`).
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField(default=1)
    decision = models.CharField(max_length=8, choices=[(d, d) for d in DECISIONS])
    reason = models.TextField(blank=True)
    publish_at = models.DateTimeField(null=True)
    named_entry_id = models.CharField(max_length=32, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()
    decided_answerable = models.UUIDField()
    decided_party = models.UUIDField()
    submitted_answerable = models.UUIDField()
    submitted_party = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "number"], name="submissions_decided_in_order"
            ),
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


class Comment(models.Model):
    """What somebody at the Administrator, or at the Party that brought it, says of a submission.
    Locked."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="submissions_comment_says"),
        ]

    def __str__(self) -> str:
        return f"{self.party} of {self.submission_id}"


class FindingWaiver(models.Model):
    """A finding about a submission that somebody at the Administrator would live with. Locked.

    It comes about with the approval, when another person gives that; else it waits beside the
    published entry for one. `about` is what of the line the finding is about, as with waivers of
    listed entries. Four eyes against the bringer are held as with a Decision.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="waivers")
    code = models.CharField(max_length=40)
    particulars = models.TextField(blank=True)
    about = models.TextField(blank=True)
    reason = models.CharField(max_length=500)
    waived_at = models.DateTimeField()
    waived_by = models.UUIDField()
    waived_answerable = models.UUIDField()
    waived_party = models.UUIDField()
    submitted_answerable = models.UUIDField()
    submitted_party = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "code", "about"], name="submissions_waived_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="submissions_waiver_has_reason"
            ),
            models.CheckConstraint(
                condition=four_eyes("submitted", "waived"), name="submissions_waiver_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.submission_id}"


def by_same_eyes(submission: Submission, by: Actor) -> bool:
    """Whether the actor would decide what it, or its own Party's key, brought."""
    return same_eyes(
        answerable=submission.submitted_answerable, party=submission.submitted_party, by=by
    )
