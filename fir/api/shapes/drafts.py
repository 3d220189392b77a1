"""Drafts: what is not brought yet."""

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Moment, Page, Text
from fir.api.shapes.problems import Fault
from fir.api.shapes.submissions import KINDS, BroughtFacts
from fir.submissions.models import DRAFT


class BegunDraft(BroughtFacts):
    """The first answers of a draft: what `POST /submissions` takes, kept whatever it says."""

    again_of = serializers.UUIDField(
        required=False,
        help_text="Your Party's submission that came back: its answers stand where none is given",
    )


class RewrittenDraft(BroughtFacts):
    """All the answers of a draft anew; what is left out becomes unsaid. Its kind stays."""

    version = Text(
        required=False, help_text="Of the answers that you saw: refused (409) if others stand now"
    )


class Draft(serializers.Serializer[None]):
    """A draft, and what the rules would say of it today."""

    id = serializers.UUIDField()
    state = Choice(choices=[DRAFT])
    kind = Choice(choices=KINDS)
    party = Text()
    said = serializers.DictField(help_text="The answers as they were given")
    version = Text(help_text="Tells these answers from any others")
    again_of = serializers.UUIDField(
        allow_null=True, help_text="The submission that came back, which this draft mends"
    )
    made_at = Moment()
    changed_at = Moment()
    faults = Fault(many=True)
    warnings = Fault(many=True)


class DraftPage(Page):
    """Drafts, those changed last first."""

    results = Draft(many=True)
