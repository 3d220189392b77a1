"""Findings, and notices of them."""

from rest_framework import serializers

from cpl.identifiers import DEVICE_TYPES
from fir.api.shapes.decisions import OwnDecision
from fir.api.shapes.estates import HowFar
from fir.api.shapes.fields import Choice, Moment, Page, Text, Whole
from fir.api.shapes.records import Contact
from fir.eligibility.rules import Outcome
from fir.records.rules import Position


class Reason(serializers.Serializer[None]):
    """A rule that does not hold: its code, its sentence and where it comes from."""

    code = Text()
    message = Text()
    reference = Text()


class Hop(serializers.Serializer[None]):
    """One step of a route."""

    cpl_entry_id = Text()
    firmware_version = Text()
    requests = serializers.ListField(child=Text(), help_text="Service Requests, in order")


class Target(serializers.Serializer[None]):
    """What a finding is about installing."""

    cpl_entry_id = Text()
    firmware_version = Text()
    manufacturer_image_hash = Text(allow_blank=True)
    latest = serializers.BooleanField()


class Hub(serializers.Serializer[None]):
    """The Communications Hub that a cohort's devices stand behind."""

    manufacturer_identifier = Text()
    device_model = Text()
    firmware_version = Text()


class Finding(serializers.Serializer[None]):
    """What was found of one cohort for one target. The id stays the same over loads."""

    id = serializers.UUIDField()
    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(allow_blank=True)
    device_model = Text(allow_blank=True)
    firmware_version = Text(allow_blank=True)
    device_status = Text(allow_blank=True)
    responsible_roles = serializers.ListField(child=Text())
    hub = Hub(allow_null=True)
    installed = serializers.ListField(child=Text())
    position = Choice(choices=[p.value for p in Position])
    target = Target(allow_null=True)
    outcome = Choice(choices=[o.value for o in Outcome])
    reasons = Reason(many=True)
    warnings = Reason(many=True)
    route = Hop(many=True)
    next_step = Text()
    contact = Contact(allow_null=True)
    device_count = Whole()
    own_decision = OwnDecision(allow_null=True, help_text="About the target; null: undecided")


class Eligibility(HowFar, Page):
    """Findings, and how many devices stand under each outcome and each reason."""

    totals = serializers.DictField(child=Whole())
    reasons = serializers.DictField(child=Whole())
    results = Finding(many=True)


class Listed(serializers.Serializer[None]):
    """An entry of the Device Model."""

    cpl_entry_id = Text()
    firmware_version = Text()


class Way(serializers.Serializer[None]):
    """How a device gets to a release from what it runs. Without a route, one of `unknown` and
    `is_behind` may say why."""

    installed = Listed()
    devices = Whole(allow_null=True, help_text="The asker's own that run it; null for no Supplier")
    message = Text()
    route = Hop(many=True, help_text="The shortest declared way, the target last")
    through_removed = serializers.BooleanField(
        help_text="It leads over what was removed or archived, since there is no other"
    )
    unknown = serializers.BooleanField(help_text="Nobody declared whether a way leads there")
    is_behind = serializers.BooleanField(help_text="What is installed is a later release")
    alternatives = serializers.ListField(
        child=serializers.ListField(child=Text()),
        help_text="The shortest ways that begin with another step, each the ids of its entries",
    )
    dead_ends = serializers.ListField(
        child=Text(), help_text="Permitted steps from which no way leads to the target any more"
    )


class Ways(serializers.Serializer[None]):
    """Every way to a release, from each other entry of its Device Model, oldest first. `findings`
    is how far the counts of devices are; null where there are none."""

    seq = Whole(help_text="The event of the ledger up to which the pathways are read")
    target = Listed()
    findings = HowFar(allow_null=True)
    results = Way(many=True)


class DeviceToCheck(serializers.Serializer[None]):
    """A device, in the words of an inventory."""

    DeviceID = Text()
    DeviceType = Choice(choices=DEVICE_TYPES)
    DeviceStatus = Text()
    DeviceManufacturer = Text()
    DeviceModel = Text()
    DeviceFirmwareVersion = Text()
    CHFDeviceID = Text(
        required=False, allow_null=True, help_text="Its hub, described among these devices"
    )
    ResponsibleRole = Text(required=False, allow_null=True, help_text="IS, GS or IS+GS")


class DevicesToCheck(serializers.Serializer[None]):
    """Devices to check, each once."""

    devices = DeviceToCheck(many=True)


class CheckedTarget(serializers.Serializer[None]):
    """The latest release of a device's model."""

    cpl_entry_id = Text()
    firmware_version = Text()


class CheckedDevice(serializers.Serializer[None]):
    """What was found of one device; the codes of reasons and warnings are in `rules`."""

    line = Whole(help_text="The line of the file, or the place in the list from 1")
    device_id = Text()
    outcome = Choice(
        choices=[o.value for o in Outcome],
        allow_null=True,
        help_text="null where its maker's records are not yours to read",
    )
    reasons = serializers.ListField(child=Text())
    warnings = serializers.ListField(child=Text())
    target = CheckedTarget(allow_null=True)
    next_step = Text(allow_blank=True)


class RowNote(serializers.Serializer[None]):
    """Something to tell of a row; one that is not `kept` was not checked."""

    line = Whole()
    column = Text(allow_blank=True)
    reason = Text()
    value = Text(allow_blank=True, help_text="masked unless hexadecimal")
    kept = serializers.BooleanField()
    member = Whole(help_text="Which file of a ZIP, from 1; 0 where there is but one")
    message = Text()


class Check(serializers.Serializer[None]):
    """What was found of devices that were described, of which nothing was kept."""

    devices = Whole()
    totals = serializers.DictField(child=Whole())
    results = CheckedDevice(many=True)
    notes = RowNote(many=True)
    rules = Reason(many=True)


class Notice(serializers.Serializer[None]):
    """What a Party was told, with its own counts: by outcome for a release, under DEVICES for what
    happened to entries that its Devices run, under SUBMISSIONS for submissions, none otherwise."""

    id = Whole()
    seq = Whole()
    kind = Text()
    cpl_entry_id = Text(allow_null=True, help_text="null where it is not about one entry")
    submission_id = Text(allow_null=True, help_text="null where it is not about one submission")
    title = Text()
    text = Text()
    counts = serializers.DictField(child=Whole())
    raised_at = Moment()


class NoticePage(Page):
    """Notices, newest first."""

    results = Notice(many=True)
