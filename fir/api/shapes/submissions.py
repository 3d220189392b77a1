"""What is brought, what is said about it, and what is decided of it."""

from typing import Any

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Moment, Page, Text
from fir.api.shapes.problems import Fault
from fir.api.shapes.records import ListedFacts, ReleaseFacts
from fir.submissions.claims import Kind
from fir.submissions.models import BROUGHT, DECISIONS
from fir.submissions.readers import MOST_REASON

KINDS = tuple(kind.value for kind in Kind)


class Described(ListedFacts, ReleaseFacts):
    """A release, or what is said anew of one that is listed."""

    kind = Choice(
        choices=KINDS,
        help_text=(
            "NEW: a release to be listed. CORRECTION: a record said anew. LEGACY_COMPLETION: what "
            "an entry from before the repository lacks. WITHDRAWAL: an entry is to be removed"
        ),
    )
    of_entry = Text(
        allow_null=True, help_text="The CPL Entry ID that it is about; none for a NEW one"
    )
    reason = Text(
        allow_blank=True,
        max_length=MOST_REASON,
        help_text="Why it is corrected or withdrawn; published with it",
    )
    further_device_models = serializers.ListField(
        child=Text(), help_text="Of the same family; each becomes an entry of its own"
    )
    predecessors = serializers.JSONField(
        help_text='The CPL Entry IDs that this version may be installed over, or "N/A" (MP231); '
        "null where nobody knows, which only a completion may say"
    )


class BroughtFacts(Described):
    """What a Manufacturer brings: a release (`kind` NEW, or none), or something about an entry.

    A NEW one needs all that tells a release, its hash, versions and predecessors; a CORRECTION
    `of_entry`, `reason` and all but what tells it; a LEGACY_COMPLETION `of_entry`; a WITHDRAWAL
    `of_entry` and `reason`. A CORRECTION says the release anew: what it leaves out is said no more.
    """

    def get_fields(self) -> dict[str, Any]:
        """The same fields, none of them needed for every kind."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class Decided(serializers.Serializer[None]):
    """What was decided, and why; an approval may name the time of publication."""

    decision = Choice(choices=DECISIONS)
    reason = Text(allow_blank=True)
    publish_at = Moment(allow_null=True)
    decided_at = Moment()


class Comment(serializers.Serializer[None]):
    """What the Administrator, or a Party that may see it, said about a submission."""

    party = Text()
    text = Text()
    made_at = Moment()


class Submission(Described):
    """A submission, its state and what was said of it."""

    id = serializers.UUIDField()
    state = Choice(choices=BROUGHT)
    party = Text()
    submitted_at = Moment()
    replaces = serializers.UUIDField(
        allow_null=True, help_text="The submission that came back, which this one mends"
    )
    publish_at = Moment(allow_null=True, help_text="When it was, or is to be, published")
    cpl_entry_id = Text(allow_null=True, help_text="The first of `cpl_entry_ids`")
    cpl_entry_ids = serializers.ListField(
        child=Text(), help_text="The entries it became, in the order of its Device Models"
    )
    withdrawn_at = Moment(allow_null=True, help_text="When its bringer took it back")
    decisions = Decided(many=True)
    comments = Comment(many=True)


class Waiver(serializers.Serializer[None]):
    """A finding about a submission that somebody at the Administrator would live with."""

    code = Text()
    particulars = Text(allow_blank=True)
    reason = Text()
    waived_at = Moment()


class SubmissionWithWaivers(Submission):
    """A submission; for the Administrator with the findings that may come to be waived."""

    waivers = Waiver(many=True, required=False)


class Decision(serializers.Serializer[None]):
    """A decision to make. Returning, closing and cancelling need a reason."""

    decision = Choice(choices=["approve", "return", "close", "cancel"])
    reason = Text(required=False, allow_blank=True, max_length=4000)
    cpl_entry_id = Text(required=False, help_text="Only on approval; FIR gives the next otherwise")
    publish_at = Moment(
        required=False,
        help_text="Only on approval: a time to come, within a year; published at once otherwise",
    )


class Withdrawal(serializers.Serializer[None]):
    """Why a submission is taken back."""

    reason = Text(required=False, allow_blank=True, max_length=4000)


class GivenComment(serializers.Serializer[None]):
    """Something to say to the other side."""

    text = Text(max_length=4000)


class ReceivedSubmission(Submission):
    """A submission that was just brought, with what somebody should look at again. A request that
    came once more (`Idempotent-Replayed`) has its submission as it is by now, and no warnings."""

    warnings = Fault(many=True)


class SubmissionPage(Page):
    """Submissions, newest first."""

    results = Submission(many=True)
