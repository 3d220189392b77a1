"""The ledger's events, and what readers gave up on."""

from rest_framework import serializers

from fir.api.shapes.fields import Choice, Moment, Page, Text, Whole
from fir.ledger.kinds import KINDS


class By(serializers.Serializer[None]):
    """Who did it: a Party's slug and an opaque id."""

    party = Text()
    actor = serializers.UUIDField()


class Event(serializers.Serializer[None]):
    """A ledger event. One that this Party may not read has `seq` and `leaf_hash` alone."""

    seq = Whole(min_value=1)
    id = serializers.UUIDField(required=False)
    kind = Choice(choices=sorted(KINDS), required=False)
    at = Moment(required=False)
    by = By(required=False)
    subject_type = Text(required=False)
    subject_id = Text(required=False)
    payload = serializers.DictField(required=False)
    leaf_hash = Text(help_text="SHA-256 of 0x00 and the event's RFC 8785 text without this field")


class FeedPage(serializers.Serializer[None]):
    """Events in seq order. Ask again with `after` = `next_after`; at `head` there is no more."""

    events = Event(many=True)
    next_after = Whole()
    head = Whole()


class Keys(serializers.Serializer[None]):
    """The public keys by which checkpoints of this ledger are verified."""

    origin = Text(help_text="The ledger's name in its checkpoints")
    keys = serializers.ListField(child=Text(help_text="name+id+key, as C2SP signed notes have it"))


class ReaderFault(serializers.Serializer[None]):
    """An event that one of FIR's own readers gave up on."""

    id = Whole()
    reader = Text()
    seq = Whole()
    error = Text()
    failed_at = Moment()


class ReaderFaultPage(Page):
    """Reader faults, newest first."""

    results = ReaderFault(many=True)
