"""Loads of inventories, and the estate by version."""

from rest_framework import serializers

from cpl.identifiers import DEVICE_TYPES
from fir.api.shapes.fields import Choice, Moment, Page, Text, Whole
from fir.estates.models import MODES, STATES
from fir.records.rules import Position


class EstateLoad(serializers.Serializer[None]):
    """A load of an inventory, and how far it is."""

    id = Whole()
    state = Choice(choices=STATES)
    mode = Choice(choices=MODES)
    base = Whole(allow_null=True)
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


class VersionCount(serializers.Serializer[None]):
    """Devices of one Device Model and version."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(allow_blank=True)
    device_model = Text(allow_blank=True)
    firmware_version = Text(allow_blank=True)
    position = Choice(choices=[p.value for p in Position])
    devices = Whole()
    suspended = Whole()


class LeftOut(serializers.Serializer[None]):
    """What the percentage does not count."""

    gpf = Whole()
    unlisted = Whole()


class EstateSummary(HowFar):
    """An estate by Device Model and version."""

    devices = Whole()
    by_position = serializers.DictField(child=Whole())
    left_out = LeftOut()
    percent_n_or_n_1 = serializers.FloatField(allow_null=True)
    versions = VersionCount(many=True)
