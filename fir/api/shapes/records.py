"""The list's entries, and the Firmware Records."""

from rest_framework import serializers

from cpl.identifiers import DEVICE_TYPES
from fir.api.shapes.decisions import OwnDecision
from fir.api.shapes.feed import Event
from fir.api.shapes.fields import Choice, Day, Moment, Page, Text, Whole
from fir.records.models import CAUSES
from fir.records.rules import NAMED, NONE, UNKNOWN, Position
from fir.submissions.claims import PURPOSES
from fir.submissions.readers import LARGEST_SIZE, MOST_NOTES


class Contact(serializers.Serializer[None]):
    """Whom to ask for a Manufacturer's images."""

    role = Text()
    email = serializers.EmailField()
    telephone = Text(allow_blank=True)
    confirmed_on = Day(
        allow_null=True, help_text="When the Manufacturer last said that it is right; null: never"
    )


class ListedFacts(serializers.Serializer[None]):
    """What a Manufacturer says of a release, in the sheet's words."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(help_text="4 hex")
    device_model = Text(help_text="8 hex: model, hardware version, hardware revision")
    firmware_version = Text(help_text="8 hex, never ordered by value")
    manufacturer_image_hash = Text(help_text="64 hex: SHA-256 over the Manufacturer Image only")
    smets_chts_version = Text(allow_blank=True)
    gbcs_version = Text(allow_blank=True)
    esme_variant = Text(allow_blank=True)
    cpa_certificate_id = Text(allow_blank=True)
    cpa_expiry_date = Day(allow_null=True)
    cpa_renewal_date = Day(allow_null=True)
    zigbee_certificate_id = Text(allow_blank=True)
    dlms_certificate_id = Text(allow_blank=True)


class Entry(ListedFacts):
    """A line of the Central Products List."""

    cpl_entry_id = Text()
    manufacturer_name = Text()
    status = Choice(choices=["Current", "Removed"])
    date_added = Day()
    date_removed = Day(allow_null=True)
    removal_reason = Text(allow_blank=True)
    loaded_on = Day(
        allow_null=True, help_text="When the DCC loaded it; null while nobody has confirmed that"
    )


class Pathway(serializers.Serializer[None]):
    """NAMED: over the predecessors; NONE: over nothing ("N/A"); UNKNOWN: nobody said (MP231)."""

    declared = Choice(choices=[NAMED, NONE, UNKNOWN])
    predecessors = serializers.ListField(child=Text())


class ReleaseFacts(serializers.Serializer[None]):
    """What a Manufacturer says of a release beyond its line; null and '' where nobody said."""

    release_notes = Text(allow_blank=True, max_length=MOST_NOTES)
    carries_updates = serializers.BooleanField(
        allow_null=True,
        help_text="For a CHF: whether it carries updates to PPMID and HCALCS (SECMP0007)",
    )
    purposes = serializers.ListField(
        child=Choice(choices=PURPOSES), help_text="Why it was made; several may hold"
    )
    security_relevant = serializers.BooleanField(allow_null=True)
    interrupts_hub_power = serializers.BooleanField(
        allow_null=True,
        help_text="Activating it interrupts the hub's power for more than three minutes (MP102)",
    )
    minimum_hardware_version = Text(
        allow_blank=True, help_text="4 hex: the first hardware version and revision it is for"
    )
    maximum_hardware_version = Text(allow_blank=True, help_text="4 hex: the last")
    image_size = Whole(
        allow_null=True,
        min_value=1,
        max_value=LARGEST_SIZE,
        help_text="Bytes of the OTA Upgrade Image",
    )
    end_of_support = Day(allow_null=True)
    activation_advice = Text(allow_blank=True, max_length=MOST_NOTES)


class Archived(serializers.Serializer[None]):
    """When a release was retired, and why: it stays, but it is no release to go to."""

    at = Moment()
    cause = Choice(choices=CAUSES)
    reason = Text()


class Recalled(serializers.Serializer[None]):
    """When its Manufacturer said that a release must not be deployed, and why."""

    at = Moment()
    reason = Text()


class AsAt(serializers.Serializer[None]):
    """As at which moment an answer speaks: that of the last event at or before the time asked."""

    asked = Moment()
    seq = Whole(min_value=1, help_text="The last event that the answer takes into account")
    at = Moment(help_text="When that event happened")
    of_today = serializers.ListField(
        child=Text(), help_text="The fields that say today's state all the same"
    )


class GivenRecall(serializers.Serializer[None]):
    """Why a release must not be deployed."""

    reason = Text(max_length=500)


class Record(Entry, ReleaseFacts):
    """An entry with its Firmware Record; `record_id` is null for one from before the repository."""

    position = Choice(choices=[p.value for p in Position])
    latest = serializers.BooleanField()
    pathway = Pathway()
    record_id = serializers.UUIDField(allow_null=True)
    published_at = Moment(allow_null=True)
    supersedes = serializers.UUIDField(
        allow_null=True, help_text="The record_id of the record that this one corrects, if any"
    )
    archived = Archived(allow_null=True)
    recalled = Recalled(allow_null=True)
    contact = Contact(allow_null=True)
    own_decision = OwnDecision(
        allow_null=True, help_text="What the asking Supplier decided of it; null for all others"
    )


class RecordWithHistory(Record):
    """A record with the events of its entry."""

    history = Event(many=True)
    as_at = AsAt(allow_null=True, help_text="Null where the answer speaks of now")


class EntryPage(Page):
    """Entries."""

    results = Entry(many=True)


class RecordPage(Page):
    """Records."""

    results = Record(many=True)
    as_at = AsAt(allow_null=True, help_text="Null where the answer speaks of now")
