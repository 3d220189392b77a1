"""The shapes of what the doors take and answer, for the OpenAPI document.

`fir.api.answers` makes the answers; a test holds every real answer against these shapes, so that
the document is true. A field may be added here, never renamed or taken away.
"""

from rest_framework import serializers

from cpl.models import DEVICE_TYPES
from fir.eligibility.rules import Outcome
from fir.estates.models import STATES as LOAD_STATES
from fir.ledger.kinds import KINDS
from fir.records.rules import NAMED, NONE, UNKNOWN, Position
from fir.submissions.models import DECISIONS
from fir.submissions.models import STATES as SUBMISSION_STATES

Text = serializers.CharField
Whole = serializers.IntegerField
Choice = serializers.ChoiceField
Moment = serializers.DateTimeField
Day = serializers.DateField


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


class Contact(serializers.Serializer[None]):
    """Whom to ask for a Manufacturer's images."""

    role = Text()
    email = serializers.EmailField()
    telephone = Text(allow_blank=True)


class ListedFacts(serializers.Serializer[None]):
    """What a Manufacturer says of a release, in the sheet's words."""

    device_type = Choice(choices=DEVICE_TYPES)
    manufacturer_identifier = Text(help_text="4 hex")
    device_model = Text(help_text="8 hex: model, hardware version, hardware revision")
    firmware_version = Text(help_text="8 hex, never ordered by value")
    manufacturer_image_hash = Text(help_text="64 hex: SHA-256 over the Manufacturer Image only")
    smets_chts_version = Text(allow_blank=True)
    gbcs_version = Text(allow_blank=True)
    esme_variant = Text(allow_blank=True, required=False)
    cpa_certificate_id = Text(allow_blank=True, required=False)
    cpa_expiry_date = Day(allow_null=True, required=False)
    cpa_renewal_date = Day(allow_null=True, required=False)
    zigbee_certificate_id = Text(allow_blank=True, required=False)
    dlms_certificate_id = Text(allow_blank=True, required=False)


class Entry(ListedFacts):
    """A line of the Central Products List."""

    cpl_entry_id = Text()
    manufacturer_name = Text()
    status = Choice(choices=["Current", "Removed"])
    date_added = Day()
    date_removed = Day(allow_null=True)
    removal_reason = Text(allow_blank=True)


class Pathway(serializers.Serializer[None]):
    """NAMED: over the predecessors; NONE: over nothing ("N/A"); UNKNOWN: nobody said (MP231)."""

    declared = Choice(choices=[NAMED, NONE, UNKNOWN])
    predecessors = serializers.ListField(child=Text())


class Record(Entry):
    """An entry with its Firmware Record; `record_id` is null for one from before the repository."""

    position = Choice(choices=[p.value for p in Position])
    latest = serializers.BooleanField()
    pathway = Pathway()
    record_id = serializers.UUIDField(allow_null=True)
    published_at = Moment(allow_null=True)
    release_notes = Text(allow_blank=True)
    carries_updates = serializers.BooleanField(allow_null=True)
    contact = Contact(allow_null=True)


class RecordWithHistory(Record):
    """A record with the events of its entry."""

    history = Event(many=True)


class BroughtFacts(ListedFacts):
    """One release, as its Manufacturer brings it."""

    predecessors = serializers.JSONField(
        help_text='The CPL Entry IDs that this version may be installed over, or "N/A" (MP231)'
    )
    release_notes = Text(required=False, allow_blank=True, max_length=4000)
    carries_updates = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text="For a CHF: whether it carries updates to PPMID and HCALCS (SECMP0007)",
    )


class Decided(serializers.Serializer[None]):
    """What was decided, and why."""

    decision = Choice(choices=DECISIONS)
    reason = Text(allow_blank=True)
    decided_at = Moment()


class Submission(BroughtFacts):
    """A submission, its state and what was said of it."""

    id = serializers.UUIDField()
    state = Choice(choices=SUBMISSION_STATES)
    party = Text()
    submitted_at = Moment()
    cpl_entry_id = Text(allow_null=True)
    decisions = Decided(many=True)


class Decision(serializers.Serializer[None]):
    """A decision to make. Returning and closing need a reason."""

    decision = Choice(choices=["approve", "return", "close"])
    reason = Text(required=False, allow_blank=True, max_length=4000)
    cpl_entry_id = Text(required=False, help_text="Only on approval; FIR gives the next otherwise")


class EstateLoad(serializers.Serializer[None]):
    """A load of an inventory, and how far it is."""

    id = Whole()
    state = Choice(choices=LOAD_STATES)
    bytes_read = Whole()
    rows_read = Whole()
    rows_bad = Whole()
    rows_total = Whole(allow_null=True)
    percent = Whole()
    devices = Whole()
    notes_by_reason = serializers.DictField(child=Whole())
    refusal = Text(allow_blank=True)
    received_at = Moment()
    finished_at = Moment(allow_null=True)


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


class Notice(serializers.Serializer[None]):
    """What a Party was told of a release, with its own counts by outcome."""

    id = Whole()
    seq = Whole()
    kind = Text()
    cpl_entry_id = Text()
    title = Text()
    text = Text()
    counts = serializers.DictField(child=Whole())
    raised_at = Moment()


class ReaderFault(serializers.Serializer[None]):
    """An event that one of FIR's own readers gave up on."""

    id = Whole()
    reader = Text()
    seq = Whole()
    error = Text()
    failed_at = Moment()


class _Page(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True, help_text="The next page; null at the end")


class EntryPage(_Page):
    """Entries."""

    results = Entry(many=True)


class RecordPage(_Page):
    """Records."""

    results = Record(many=True)


class SubmissionPage(_Page):
    """Submissions, newest first."""

    results = Submission(many=True)


class EstateLoadPage(_Page):
    """Loads, newest first."""

    results = EstateLoad(many=True)


class NoticePage(_Page):
    """Notices, newest first."""

    results = Notice(many=True)


class ReaderFaultPage(_Page):
    """Reader faults, newest first."""

    results = ReaderFault(many=True)


class Eligibility(HowFar, _Page):
    """Findings, and how many devices stand under each outcome and each reason."""

    totals = serializers.DictField(child=Whole())
    reasons = serializers.DictField(child=Whole())
    results = Finding(many=True)


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
