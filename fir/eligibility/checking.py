"""Checking Devices that somebody describes, without keeping any of it: no row, no file, no log.

What is answered is worked out as findings are, from what the asker's Party may read.
"""

from __future__ import annotations

import csv
import logging
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.timezone import localdate

from cpl.device_ids import device_id_from_number
from fir.eligibility.answers import NOTHING_HELD, Answers
from fir.eligibility.decision_queries import held_back
from fir.eligibility.explanations import hops_of, next_step
from fir.eligibility.rules import Outcome
from fir.estates.building import REPEATED, REPEATED_OTHERWISE
from fir.estates.explanations import note_in_words
from fir.estates.faults import SourceFault
from fir.estates.models import Cohort
from fir.estates.operations import ReceptionUnderWay
from fir.estates.reception import limits
from fir.estates.rules import READ_THEIR_HUB, RowNote, read_device
from fir.estates.sources import read_source
from fir.ledger.queries import snapshot
from fir.records.queries import makers_hidden_from, versions_of
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from fir.eligibility.answers import Answer
    from fir.estates.rules import Configuration, Device, RawDevice
    from fir.parties.models import Party

logger = logging.getLogger(__name__)

HIDDEN = "RECORDS_NOT_YOURS"
HIDDEN_WORDS = "You may not read this Manufacturer's records, so nothing is said of it."
REPORT = (
    "Line",
    "DeviceID",
    "Outcome",
    "Reasons",
    "Warnings",
    "Target",
    "TargetFirmwareVersion",
    "NextStep",
    "Notes",
)
AT_ONCE = 2  # in a web process: one holds its whole answer
BOTH_ROLES = "IS+GS"
_PLACES = BoundedSemaphore(AT_ONCE)


class CheckRefused(ValueError):
    """What came cannot be checked as it is; nothing of it was. `faults` says what to mend."""

    def __init__(self, code: str, message: str) -> None:
        self.faults = (Fault("devices", code, message),)
        super().__init__(message)


class CheckTooLarge(CheckRefused):
    """What came is larger than the description of any number of devices that is taken."""

    def __init__(self) -> None:
        most = f"{settings.LARGEST_CHECK // 10**6} MB"
        super().__init__("TOO_LARGE", f"At most {most} are taken here. Send them in several parts.")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a device; '' for the target where there is none. The outcome is '' where
    its maker's records are not the asker's to read."""

    outcome: str = ""
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    target: str = ""
    firmware_version: str = ""
    next_step: str = ""


_NOT_SEEN = Found()


class CheckedDevice(NamedTuple):
    """A device, the line that described it, and what was found of it."""

    line: int
    device_id: str
    found: Found


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of all: the devices in the order they came in, devices by outcome, and what is
    to be said of single rows."""

    devices: Sequence[CheckedDevice]
    totals: Mapping[str, int]
    notes: Sequence[RowNote]


def noted_in_words(reason: str) -> str:
    """What is said of a row that was checked, or that could not be."""
    return HIDDEN_WORDS if reason == HIDDEN else note_in_words(reason)


@contextmanager
def place_for_check() -> Iterator[None]:
    """One of the places for checks. Raises ReceptionUnderWay when all are taken; nobody waits."""
    if not _PLACES.acquire(blocking=False):
        raise ReceptionUnderWay("Other checks are being made; send yours again in a minute.")
    try:
        yield
    finally:
        _PLACES.release()


def read_file(pieces: Iterable[bytes]) -> Iterator[RawDevice]:
    """The rows of a file that describes devices, in any form that an inventory may have. Raises
    CheckTooLarge, and SourceFault where it cannot be read."""
    return read_source(limited(pieces), replace(limits(), bytes_unpacked=settings.LARGEST_CHECK))


def limited(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces, as far as a description of devices may go. Raises CheckTooLarge."""
    read = 0
    for piece in pieces:
        read += len(piece)
        if read > settings.LARGEST_CHECK:
            raise CheckTooLarge
        yield piece


def check_devices(rows: Iterable[RawDevice], *, party: Party, at: datetime) -> Check:
    """What holds for each of these devices for its model's latest release.

    Raises CheckRefused when they cannot be read as a whole, are none, or too many.
    """
    notes: list[RowNote] = []
    lines = _read(rows, _roles_of(party), notes)
    with snapshot():
        checked = _checked(lines, party, localdate(at), notes)
    totals = Counter(one.found.outcome for one in checked)
    logger.info("Devices checked without being kept: %d.", len(checked))
    by_outcome = {outcome.value: totals[outcome.value] for outcome in Outcome}
    return Check(checked, by_outcome, sorted(notes, key=lambda note: note.line))


def report(check: Check) -> Iterator[str]:
    """The lines of a CSV with what was found, the headings first: the devices that were read, then
    the rows that were not."""
    writer = csv.writer(_Echo())
    yield writer.writerow(REPORT)
    noted = defaultdict(list)
    for note in check.notes:
        noted[note.line].append(f"{note.column} {note.reason}".strip())
    for line, device_id, found in check.devices:
        said = (found.outcome, " ".join(found.reasons), " ".join(found.warnings), found.target)
        rest = (found.firmware_version, found.next_step, "; ".join(noted[line]))
        yield writer.writerow([line, device_id, *said, *rest])
    for note in check.notes:
        if not note.kept:
            yield writer.writerow([note.line, *[""] * 7, "; ".join(noted[note.line])])


class _Echo:
    """A file that hands every line straight back, for the csv writer."""

    def write(self, line: str) -> str:
        return line


def _roles_of(party: Party) -> str:
    """A Supplier answers in the roles it holds. Whoever is none asks for those who do."""
    held = "+".join(role for role in ("IS", "GS") if role in party.user_roles)
    return held if party.is_supplier and held else BOTH_ROLES


def _read(
    rows: Iterable[RawDevice], held_roles: str, notes: list[RowNote]
) -> dict[int, tuple[int, Device]]:
    """The devices with their lines, by number, each once; what is wrong with rows goes to notes."""
    found: dict[int, tuple[int, Device]] = {}
    try:
        for count, raw in enumerate(rows, 1):
            _refuse_too_many(count)
            device, said = read_device(raw, held_roles=held_roles)
            notes += said
            if device is None:
                continue
            if device.number in found:
                written = device_id_from_number(device.number)
                reason = REPEATED if found[device.number][1] == device else REPEATED_OTHERWISE
                notes.append(RowNote(raw.line, "DeviceID", reason, written, kept=False))
            else:
                found[device.number] = (raw.line, device)
    except SourceFault as fault:
        raise CheckRefused("NOT_READABLE", str(fault)) from fault
    if not (found or notes):
        raise CheckRefused("EMPTY", "No device is described here. Describe at least one.")
    return found


def _refuse_too_many(count: int) -> None:
    most = settings.DEVICES_IN_A_CHECK
    if count > most:
        raise CheckRefused(
            "TOO_MANY",
            f"At most {most:,} devices are checked at one go, and here are more. Send them in "
            "several requests; nothing of this one was checked.",
        )


def _checked(
    devices: Mapping[int, tuple[int, Device]], party: Party, today: date, notes: list[RowNote]
) -> list[CheckedDevice]:
    makers = {device.configuration.manufacturer_identifier for _, device in devices.values()}
    hidden = makers_hidden_from(party, makers)
    kinds = {number: _kind(device, devices, hidden) for number, (_, device) in devices.items()}
    seen = [kind for kind in set(kinds.values()) if kind.own.manufacturer_identifier not in hidden]
    found = _judged(seen, party, today)
    checked = []
    for number, (line, _) in devices.items():
        if kinds[number] not in found:
            notes.append(RowNote(line, "DeviceManufacturer", HIDDEN, "", kept=True))
        written = device_id_from_number(number)
        checked.append(CheckedDevice(line, written, found.get(kinds[number], _NOT_SEEN)))
    return checked


class _Kind(NamedTuple):
    """What devices share that rules read: what a cohort would be, were they kept."""

    own: Configuration
    hub: Configuration | None


def _kind(device: Device, devices: Mapping[int, tuple[int, Device]], hidden: set[str]) -> _Kind:
    """A hub is read where it is described beside the device, and its maker's records may be."""
    own, number = device.configuration, device.hub_number
    if own.device_type not in READ_THEIR_HUB or number is None or number not in devices:
        return _Kind(own, None)
    hub = devices[number][1].configuration
    is_read = hub.device_type == "CHF" and hub.manufacturer_identifier not in hidden
    return _Kind(own, hub if is_read else None)


def _judged(kinds: Sequence[_Kind], party: Party, today: date) -> dict[_Kind, Found]:
    """What findings would say of these, each for its model's latest release: what the asker itself
    holds back is held back here too."""
    cohorts = list(map(_cohort, kinds))
    answers = Answers(cohorts, today=today)
    held = held_back([party.pk]).get(party.pk, NOTHING_HELD)
    latest = [answers.of(cohort, held)[0] for cohort in cohorts]
    versions = versions_of({entry for one in latest for entry in one.route})
    return {
        kind: _found(kind, answer, versions) for kind, answer in zip(kinds, latest, strict=True)
    }


def _cohort(kind: _Kind) -> Cohort:
    """A cohort that is not kept."""
    return Cohort(
        **asdict(kind.own),
        hub_manufacturer=kind.hub.manufacturer_identifier if kind.hub else "",
        hub_model=kind.hub.device_model if kind.hub else "",
        hub_version=kind.hub.firmware_version if kind.hub else "",
        device_count=0,
    )


def _found(kind: _Kind, answer: Answer, versions: Mapping[str, tuple[str, str]]) -> Found:
    return Found(
        outcome=answer.verdict.outcome.value,
        reasons=tuple(rule.code for rule in answer.verdict.reasons),
        warnings=tuple(rule.code for rule in answer.verdict.warnings),
        target=answer.target.cpl_entry_id if answer.target else "",
        firmware_version=answer.target.firmware_version if answer.target else "",
        next_step=next_step(
            answer.verdict.outcome, hops_of(kind.own.device_type, answer.route, versions)
        ),
    )
