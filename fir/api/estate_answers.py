"""What answers about estates look like: their parts, what changed, and what runs in the field."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fir.api.answers import moment
from fir.eligibility.catalogue import EMPTY
from fir.eligibility.explanations import reason_of
from fir.eligibility.queries import catalogues_of
from fir.records.queries import contact_answer, contacts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fir.eligibility.changes import Changes, DeviceFacts, GainedVersion, Moved
    from fir.eligibility.parts import Part
    from fir.eligibility.summaries import ListedModel
    from fir.eligibility.trend import LoadInFigures
    from fir.estates.models import CensusFigure
    from fir.records.queries import Contact


def part_answer(
    part: Part, *, with_model: bool = False, listed: ListedModel | None = None
) -> dict[str, Any]:
    """A part of an estate in figures; with its Device Model and that model's latest release."""
    model = {"device_model": part.device_model, "latest": _latest(listed)} if with_model else {}
    return {
        "device_type": part.device_type,
        "manufacturer_identifier": part.manufacturer_identifier,
        **model,
        "devices": part.devices,
        "by_position": part.by_position,
        "suspended": part.suspended,
        "percent_n_or_n_1": part.percent_n_or_n_1,
    }


def _latest(listed: ListedModel | None) -> dict[str, str] | None:
    if listed is None or listed.latest is None:
        return None
    entry = listed.latest
    return {"cpl_entry_id": entry.cpl_entry_id, "firmware_version": entry.firmware_version}


def trend_answer(one: LoadInFigures) -> dict[str, Any]:
    """A load as it stood when it was first assessed."""
    return {
        "load_id": one.load_id,
        "received_at": moment(one.received_at),
        **asdict(one.summary),
    }


def gained_answers(changes: Changes) -> list[dict[str, Any]]:
    """What arrived, by Device Model and version. One query for all their contacts."""
    contacts = contacts_of({row.manufacturer_identifier for row in changes.gained})
    return [_gained(row, changes, contacts) for row in changes.gained]


def _gained(
    row: GainedVersion, changes: Changes, contacts: Mapping[str, Contact]
) -> dict[str, Any]:
    return {
        **asdict(row),
        "reasons": [
            {**asdict(reason_of(code)), "devices": devices}
            for code, devices in sorted(row.reasons.items())
        ],
        "latest": _latest(changes.listed.get(row.listed_as)),
        "contact": contact_answer(contacts.get(row.manufacturer_identifier)),
    }


def moved_answer(moved: Moved) -> dict[str, Any]:
    """So many devices, what they were and what they are."""
    return {
        "change": moved.change,
        "former": _facts(moved.former),
        "present": _facts(moved.now),
        "devices": moved.devices,
    }


def _facts(facts: DeviceFacts | None) -> dict[str, str] | None:
    return facts._asdict() if facts else None


def census_answers(figures: Sequence[CensusFigure]) -> list[dict[str, Any]]:
    """About how many devices run each version, and where that stands now. One query for all."""
    models = catalogues_of({figure.model_key for figure in figures})
    return [
        {
            "device_type": figure.device_type,
            "manufacturer_identifier": figure.manufacturer_identifier,
            "device_model": figure.device_model,
            "firmware_version": figure.firmware_version,
            "position": models.get(figure.model_key, EMPTY).position(figure.firmware_version),
            "about_devices": figure.about_devices,
        }
        for figure in figures
    ]
