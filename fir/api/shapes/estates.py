"""Loads of inventories, and how far findings are."""

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Moment, Page, Text, Whole
from fir.estates.models import MODES, STATES


class EstateLoad(serializers.Serializer[None]):
    """A load of an inventory, and how far it is. A queued one `waits_for` the load of that number
    to be finished, or for nothing but a worker."""

    id = Whole()
    state = Choice(choices=STATES)
    mode = Choice(choices=MODES)
    base = Whole(allow_null=True)
    waits_for = Whole(allow_null=True)
    bytes_total = Whole(allow_null=True)
    bytes_read = Whole()
    rows_read = Whole()
    rows_bad = Whole()
    rows_total = Whole(allow_null=True)
    percent = Whole()
    rows_a_second = Whole(allow_null=True)
    bytes_a_second = Whole(allow_null=True)
    seconds_left = Whole(allow_null=True)
    devices = Whole()
    notes_by_reason = serializers.DictField(child=Whole())
    refusal = Text(allow_blank=True)
    received_at = Moment()
    finished_at = Moment(allow_null=True)


class EstateLoadPage(Page):
    """Loads, newest first."""

    results = EstateLoad(many=True)


class HowFar(serializers.Serializer[None]):
    """Of which load findings are, up to which seq; not complete while newer news waits."""

    load_id = Whole(allow_null=True)
    seq = Whole()
    complete = serializers.BooleanField()
