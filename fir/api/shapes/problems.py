"""What went wrong, and what to mend."""

from rest_framework import serializers

from fir.api.shapes.fields import Text, Whole


class Fault(serializers.Serializer[None]):
    """One thing to mend."""

    field = Text(allow_blank=True)
    code = Text()
    message = Text()


class Problem(serializers.Serializer[None]):
    """What went wrong (RFC 9457); `errors` names every fault of the input at once."""

    type = Text()
    title = Text()
    status = Whole()
    detail = Text()
    # The name is RFC 9457's; a serializer's own `errors` is not used here.
    errors = Fault(many=True, required=False)  # type: ignore[assignment]
    version = Text(required=False, help_text="Of the draft as it stands, where it changed")
