"""What Suppliers let agents see (MP207)."""

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Day, Moment, Page, Text
from fir.parties.assumptions import AGENTS
from fir.parties.delegating import MOST_MODELS
from fir.parties.models import ENDED, LIVE, NOT_YET, REVOKED

_MODELS = "Maker and Device Model, such as F1A1/00010101; none for every one of the Device Types"


class GivenDelegation(serializers.Serializer[None]):
    """Which agent is to see which Devices, from one day to another, both included."""

    agent = Text(help_text="The agent's slug")
    device_types = serializers.ListField(child=Choice(choices=AGENTS.device_types))
    device_models = serializers.ListField(
        child=Text(), required=False, max_length=MOST_MODELS, help_text=_MODELS
    )
    first_day = Day(help_text="Today or later, by London's calendar")
    last_day = Day()


class Delegation(serializers.Serializer[None]):
    """What a Supplier lets an agent see, and whether it does so today."""

    id = serializers.UUIDField()
    supplier = Text(help_text="The Supplier's slug, by which its agent names it: ?party=<slug>")
    agent = Text(help_text="The agent's slug")
    device_types = serializers.ListField(child=Text())
    device_models = serializers.ListField(child=Text(), help_text=_MODELS)
    first_day = Day()
    last_day = Day()
    state = Choice(choices=[NOT_YET, LIVE, ENDED, REVOKED])
    given_at = Moment()
    revoked_at = Moment(allow_null=True)


class DelegationPage(Page):
    """Delegations, newest first."""

    results = Delegation(many=True)
