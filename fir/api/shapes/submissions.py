"""Releases that are brought, and what is decided of them."""

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Moment, Page, Text
from fir.api.shapes.problems import Fault
from fir.api.shapes.records import ListedFacts
from fir.submissions.models import DECISIONS, STATES


class BroughtFacts(ListedFacts):
    """One release, as its Manufacturer brings it."""

    predecessors = serializers.JSONField(
        help_text='The CPL Entry IDs that this version may be installed over, or "N/A" (MP231)'
    )
    release_notes = Text(required=False, allow_blank=True, max_length=4000)
    carries_updates = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="For a CHF: whether it carries updates to PPMID and HCALCS (SECMP0007)",
    )


class Decided(serializers.Serializer[None]):
    """What was decided, and why."""

    decision = Choice(choices=DECISIONS)
    reason = Text(allow_blank=True)
    decided_at = Moment()


class Submission(BroughtFacts):
    """A submission, its state and what was said of it."""

    id = serializers.UUIDField()
    state = Choice(choices=STATES)
    party = Text()
    submitted_at = Moment()
    cpl_entry_id = Text(allow_null=True)
    decisions = Decided(many=True)


class Decision(serializers.Serializer[None]):
    """A decision to make. Returning and closing need a reason."""

    decision = Choice(choices=["approve", "return", "close"])
    reason = Text(required=False, allow_blank=True, max_length=4000)
    cpl_entry_id = Text(required=False, help_text="Only on approval; FIR gives the next otherwise")


class ReceivedSubmission(Submission):
    """A submission that was just brought, with what somebody should look at again."""

    warnings = Fault(many=True)


class SubmissionPage(Page):
    """Submissions, newest first."""

    results = Submission(many=True)
