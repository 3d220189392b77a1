"""The estate in figures, what changed with it, and what runs in the field."""

from rest_framework import serializers

from cpl.identifiers import DEVICE_TYPES
from fir.api.shapes.eligibility import Reason
from fir.api.shapes.estates import HowFar
from fir.api.shapes.fields import Choice, Moment, Page, Text, Whole
from fir.api.shapes.records import Contact
from fir.eligibility.changes import Change
from fir.records.rules import Position

POSITIONS = [p.value for p in Position]


class VersionCount(serializers.Serializer[None]):
    """Devices of one Device Model and version."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(allow_blank=True)
    device_model = Text(allow_blank=True)
    firmware_version = Text(allow_blank=True)
    position = Choice(choices=POSITIONS)
    devices = Whole()
    suspended = Whole()


class LeftOut(serializers.Serializer[None]):
    """What the percentage does not count."""

    gpf = Whole()
    unlisted = Whole()


class Release(serializers.Serializer[None]):
    """The latest release of a Device Model."""

    cpl_entry_id = Text()
    firmware_version = Text()


class MakerCount(serializers.Serializer[None]):
    """Devices of one Device Type and Manufacturer Identifier."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(allow_blank=True)
    devices = Whole()
    by_position = serializers.DictField(child=Whole())
    suspended = Whole()
    percent_n_or_n_1 = serializers.FloatField(allow_null=True)


class ModelCount(MakerCount):
    """Devices of one Device Model; `latest` is null where no release of it stands."""

    device_model = Text(allow_blank=True)
    latest = Release(allow_null=True)


class LoadInFigures(serializers.Serializer[None]):
    """A load as it stood when it was first assessed."""

    load_id = Whole()
    received_at = Moment()
    devices = Whole()
    by_position = serializers.DictField(child=Whole())
    gpf = Whole()
    suspended = Whole()
    measured = Whole()
    percent_n_or_n_1 = serializers.FloatField(allow_null=True)


class EstateSummary(HowFar):
    """An estate by Device Model and version; suspended devices are counted among the others too."""

    devices = Whole()
    by_position = serializers.DictField(child=Whole())
    left_out = LeftOut()
    suspended = Whole()
    measured = Whole(help_text="How many devices the percentage is of")
    percent_n_or_n_1 = serializers.FloatField(allow_null=True)
    versions = VersionCount(many=True)
    makers = MakerCount(many=True)
    models = ModelCount(many=True)
    trend = LoadInFigures(many=True, help_text="The newest loads, oldest first")


class DeviceFacts(serializers.Serializer[None]):
    """What an inventory says that devices are."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(allow_blank=True)
    device_model = Text(allow_blank=True)
    firmware_version = Text(allow_blank=True)
    device_status = Text(allow_blank=True)


class Moved(serializers.Serializer[None]):
    """So many devices, what they were (null: not in the estate) and what they are now."""

    change = Choice(choices=[c.value for c in Change])
    former = DeviceFacts(allow_null=True)
    present = DeviceFacts(allow_null=True)
    devices = Whole()


class CountedReason(Reason):
    """A reason, and how many devices it holds back."""

    devices = Whole()


class GainedVersion(VersionCount):
    """Devices of one Device Model and version that arrived. Outcomes and reasons are for the latest
    release; the stranded have no declared way to any."""

    outcomes = serializers.DictField(child=Whole())
    stranded = Whole()
    reasons = CountedReason(many=True)
    latest = Release(allow_null=True)
    contact = Contact(allow_null=True)


class EstateChanges(HowFar):
    """What changed with the load that stands. Before the second load nothing is compared."""

    compared_load_id = Whole(allow_null=True)
    former_load_id = Whole(allow_null=True)
    compared_at = Moment(allow_null=True)
    headline = Text(allow_null=True, help_text="null until the load is compared")
    totals = serializers.DictField(child=Whole())
    outcomes = serializers.DictField(child=Whole(), help_text="Of what arrived")
    reasons = serializers.DictField(child=Whole(), help_text="Of what arrived")
    stranded = Whole()
    gained = GainedVersion(many=True)
    changes = Moved(many=True)


class CensusFigure(serializers.Serializer[None]):
    """About how many devices run one firmware version."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text()
    device_model = Text()
    firmware_version = Text()
    position = Choice(choices=POSITIONS)
    about_devices = Whole()


class CensusPage(Page):
    """The figures of the last census; null while there was none."""

    counted_at = Moment(allow_null=True)
    results = CensusFigure(many=True)
