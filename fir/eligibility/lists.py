"""Lists of Devices: those of a finding, or of all findings that fit, in their written form.

Every list begins with findings that its asker may see, and is of one load from its first Device to
its last. Its length is known before it begins, so that whoever reads it knows whether it is whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from cpl.device_ids import LINE, device_id_to_number, written_device_ids
from fir.eligibility.asking import Asked, findings_asked
from fir.eligibility.models import Finding
from fir.eligibility.queries import standing_of
from fir.eligibility.rules import Outcome
from fir.estates.devices import START, LoadGone, Place, device_pages, left_in_cohort, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from fir.eligibility.queries import Standing
    from fir.parties.scopes import Scope

# So many Devices are read at once: some hundredths of a second, and a megabyte of text.
PAGE = 50_000
MAY_BE_SENT = (Outcome.ELIGIBLE, Outcome.ELIGIBLE_IN_STEPS)


class NotOnTheList(LookupError):
    """The Device after which to go on is not on this list."""


class GroupKey(NamedTuple):
    """What Devices share that are handled alike. `installs` is the entry to be installed next; ''
    where nothing may be sent. `target` is '' where there is none."""

    outcome: str
    device_type: str
    target: str
    installs: str


@dataclass(frozen=True, slots=True)
class Group:
    """Devices of a list that are handled alike, by their cohorts in order."""

    key: GroupKey
    cohorts: tuple[int, ...]
    findings: tuple[str, ...]
    devices: int


@dataclass(frozen=True, slots=True)
class DeviceList:
    """A list: of whose Devices and which of them, how far the findings are that it comes from, its
    load, and how many Devices each of its cohorts has, in order. `load_id` is 0 where there is
    nothing."""

    scope: Scope
    standing: Standing
    load_id: int
    cohorts: Mapping[int, int]
    groups: Sequence[Group]

    @property
    def devices(self) -> int:
        """How many Devices are on the list."""
        return sum(self.cohorts.values())


def list_asked(
    scope: Scope,
    *,
    finding: UUID | None = None,
    target: str = "",
    device_type: str = "",
    outcome: str = "",
    own_decision: str = "",
    at: datetime,
) -> DeviceList:
    """The Devices of one finding that is seen, or of all findings that fit.

    A finding that is worked out when it is asked about is found with its target alone. The list is
    empty where no such finding is seen. Raises NotATarget.
    """
    if finding and not target:
        kept = Finding.objects.visible_to(scope).filter(pk=finding)
        standing = standing_of(scope.supplier, at=at)
        asked = Asked(kept.select_related("cohort", "target"), standing)
    else:
        asked = findings_asked(
            scope, target=target, device_type=device_type, own_decision=own_decision, at=at
        )
    chosen = [one for one in asked.with_outcome(outcome) if finding in (None, one.pk)]
    return _list_of(scope, chosen, asked.standing)


def _list_of(scope: Scope, findings: Iterable[Finding], standing: Standing) -> DeviceList:
    """The Devices of these findings, which name each Device once."""
    members: dict[GroupKey, list[Finding]] = defaultdict(list)
    cohorts: dict[int, int] = {}
    load_id = 0
    for finding in sorted(findings, key=lambda finding: (finding.cohort_id, finding.pk)):
        members[_key_of(finding)].append(finding)
        cohorts[finding.cohort_id] = finding.cohort.device_count
        load_id = finding.cohort.load_id
    groups = [_group(key, found) for key, found in sorted(members.items())]
    return DeviceList(scope, standing, load_id, cohorts, groups)


def _key_of(finding: Finding) -> GroupKey:
    target = finding.target.cpl_entry_id if finding.target else ""
    installs = finding.route[0] if finding.route and finding.outcome in MAY_BE_SENT else ""
    return GroupKey(finding.outcome, finding.cohort.device_type, target, installs)


def _group(key: GroupKey, findings: Sequence[Finding]) -> Group:
    return Group(
        key,
        cohorts=tuple(finding.cohort_id for finding in findings),
        findings=tuple(str(finding.pk) for finding in findings),
        devices=sum(finding.cohort.device_count for finding in findings),
    )


def go_on(found: DeviceList, *, after: str = "", load: int | None = None) -> Place:
    """Where to go on: after this Device, in this load; without one, at the beginning.

    Raises IdentifierFault for what is no Device ID, NotOnTheList, and LoadGone where the list is of
    another load than the one that was named.
    """
    if load is not None and load != found.load_id:
        raise LoadGone
    if not after:
        return START
    place = place_of(found.load_id, device_id_to_number(after)) if found.load_id else None
    if place is None or place.cohort not in found.cohorts:
        raise NotOnTheList(
            "This Device is not on this list, so that nothing comes after it. Name the last one "
            "that you have, or leave it out to begin anew."
        )
    return place


def left_after(found: DeviceList, place: Place) -> int:
    """How many Devices come after this place. Raises LoadGone."""
    if place == START:
        return found.devices
    later = sum(count for cohort, count in found.cohorts.items() if cohort > place.cohort)
    return later + left_in_cohort(found.load_id, place)


@dataclass(frozen=True, slots=True)
class Form:
    """How a list is written: what stands before it, and a line of `width` octets for each Device,
    made out of the Devices' own lines."""

    media_type: str
    head: bytes
    width: int
    written: Callable[[bytes], bytes]

    def size(self, devices: int) -> int:
        """How many octets so many Devices take."""
        return len(self.head) + self.width * devices


_OPENS, _CLOSES = b'{"device_id":"', b'"}\n'


def _as_objects(lines: bytes) -> bytes:
    return b"".join([_OPENS, lines[:-1].replace(b"\n", _CLOSES + _OPENS), _CLOSES])


CSV = Form("text/csv", b"DeviceID\n", LINE, bytes)
NDJSON = Form("application/x-ndjson", b"", len(_OPENS + _CLOSES) + LINE - 1, _as_objects)
FORMS: Mapping[str, Form] = {form.media_type: form for form in (CSV, NDJSON)}


def written_list(found: DeviceList, form: Form, *, after: Place = START) -> Iterator[bytes]:
    """The list after this place, piece by piece. Raises LoadGone, also between pieces: whoever
    promised a length breaks off then, and nobody takes a part for the whole."""
    yield form.head
    for page in pages_of(found, tuple(found.cohorts), size=PAGE, after=after):
        yield form.written(written_device_ids(page))


def opened(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A list or an archive of one, whose first Devices are read already: a load that is gone is
    found out before anything was promised. Raises LoadGone."""
    first = b"".join(islice(pieces, 2))
    return chain([first], pieces)


def pages_of(
    found: DeviceList, cohorts: Sequence[int], *, size: int, after: Place = START
) -> Iterable[bytes]:
    """The numbers of the Devices of some of its cohorts, eight octets each. Raises LoadGone."""
    return device_pages(found.load_id, cohorts, size=size, after=after) if cohorts else ()
