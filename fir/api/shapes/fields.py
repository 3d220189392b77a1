"""What every shape is made of."""

from rest_framework import serializers

Text = serializers.CharField
Whole = serializers.IntegerField
Choice = serializers.ChoiceField
Moment = serializers.DateTimeField
Day = serializers.DateField


class Page(serializers.Serializer[None]):
    """A page of many results."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null at the end")
