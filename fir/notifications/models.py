"""Subscriptions, notices and their deliveries."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from fir.parties.models import Invitation, Party

DUE, SENT, GIVEN_UP = "DUE", "SENT", "GIVEN_UP"
# The kinds of notices that are about an entry's record, about an entry alone, and about a
# submission; that is their subject.
ABOUT_A_RECORD = frozenset(
    {
        "FIRMWARE_PUBLISHED",
        "FIRMWARE_SUPERSEDED",
        "PATHWAY_COMPLETED",
        "FIRMWARE_RECALLED",
        "RECALL_LIFTED",
        "FIRMWARE_ARCHIVED",
        "FIRMWARE_RESTORED",
    }
)
ABOUT_AN_ENTRY = ABOUT_A_RECORD | {"CPL_ENTRY_REMOVED", "CPL_ENTRY_RELISTED"}
ABOUT_SUBMISSIONS = frozenset(
    {
        "SUBMISSION_RECEIVED",
        "SUBMISSION_APPROVED",
        "SUBMISSION_PUBLISHED",
        "SUBMISSION_RETURNED",
        "SUBMISSION_CLOSED",
        "SUBMISSION_WITHDRAWN",
        "SUBMISSION_COMMENTED",
        "APPROVAL_CANCELLED",
        "PUBLICATION_HELD_BACK",
    }
)
# Under what name a notice of submissions counts how many it tells of.
SUBMISSIONS = "SUBMISSIONS"


class Subscription(models.Model):
    """A mailbox that a Party's notices are sent to; a role mailbox rather than a person's."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    email = models.EmailField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "email"], name="notifications_one_mailbox_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.email}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices. Every one of them starts from whose notices they are."""

    def visible_to(self, party: Party) -> Self:
        """The Party's own notices."""
        return self.filter(party=party)


class Notice(models.Model):
    """What a Party was told of one event, or of the events that began with it, with its own counts:
    by outcome for a release, under DEVICES for what happened to entries that its Devices run, under
    SUBMISSIONS for submissions."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    text = models.TextField()
    counts = models.JSONField()
    raised_at = models.DateTimeField()

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "seq"], name="notifications_one_notice_per_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.title}"

    @property
    def cpl_entry_id(self) -> str | None:
        """The one entry that it is about, if it is about one."""
        return self.subject_id if self.kind in ABOUT_AN_ENTRY else None

    @property
    def submission_id(self) -> str | None:
        """The one submission that it is about, if it is about one; many have no subject."""
        return (self.subject_id or None) if self.kind in ABOUT_SUBMISSIONS else None


class Delivery(models.Model):
    """A notice or an invitation on its way to one mailbox.

    An invitation takes its delivery along when it ends, so that the address is not kept.
    """

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, null=True)
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, null=True)
    address = models.EmailField()
    state = models.CharField(
        max_length=8, choices=[(s, s) for s in (DUE, SENT, GIVEN_UP)], default=DUE
    )
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state=DUE), name="notifications_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "address"], name="notifications_one_delivery_each"
            ),
            models.CheckConstraint(
                condition=models.Q(notice__isnull=False, invitation__isnull=True)
                | models.Q(notice__isnull=True, invitation__isnull=False),
                name="notifications_delivery_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[DUE, SENT, GIVEN_UP]),
                name="notifications_delivery_state_known",
            ),
        ]

    def __str__(self) -> str:
        what = "an invitation" if self.notice_id is None else f"notice {self.notice_id}"
        return f"{what} to {self.address}: {self.state}"
