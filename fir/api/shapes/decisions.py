"""What a Supplier decided of releases for itself."""

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Moment, Text
from fir.eligibility.models import OWN_STATES


class OwnDecision(serializers.Serializer[None]):
    """What the asking Supplier, or the one that an agent asks about, says of a release itself."""

    state = Choice(choices=OWN_STATES, help_text="What is HELD is BLOCKED for its Devices")
    reason = Text()
    decided_at = Moment()


class GivenOwnDecision(serializers.Serializer[None]):
    """What one's own Supplier says of a release from now on, and why."""

    state = Choice(choices=OWN_STATES)
    reason = Text(max_length=500)


class OwnDecisions(serializers.Serializer[None]):
    """The decision that stands about an entry, null where there is none, and all there ever were,
    the newest first."""

    cpl_entry_id = Text()
    own_decision = OwnDecision(allow_null=True)
    history = OwnDecision(many=True)
