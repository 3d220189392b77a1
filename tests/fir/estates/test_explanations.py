"""Whatever a load is at, and whatever is noted of its rows, there are words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fir.estates.explanations import NOTES, PHASES, note_in_words
from fir.estates.models import STATES, LoadNote
from tests import make
from tests.fir.estates.loads import loaded, received

if TYPE_CHECKING:
    from fir.parties.models import Party

BAD = (
    {"DeviceID": "none"},
    {"DeviceID": ""},
    {"DeviceType": "TOASTER"},
    {"DeviceModel": "0001"},
    {"DeviceModel": "garden"},
    {"DeviceStatus": "12 Elm Street"},
    {"CHFDeviceID": "none"},
    {"CHFDeviceID": "x,one cell too many"},
)


def test_every_state_of_a_load_has_words() -> None:
    assert set(PHASES) == set(STATES)


@pytest.mark.django_db
def test_every_reason_that_is_noted_has_words(supplier: Party) -> None:
    devices = [make.device(number, **changes) for number, changes in enumerate(BAD, start=1)]

    otherwise = make.device(99, DeviceFirmwareVersion="00000099")
    loaded(supplier, *devices, make.device(99), make.device(99), otherwise)
    headings = make.CSV_HEADINGS + ",ResponsibleRole"
    rows = [",".join(make.device(n).values()) for n in (1, 2)]
    roles = "\n".join([headings, f"{rows[0]},XX", f"{rows[1]},IS", rows[0][:23], ""])
    received(make.party("gas-only", user_roles=["GS"]), data=roles.encode())

    noted = set(LoadNote.objects.values_list("reason", flat=True))
    assert noted == set(NOTES)


def test_a_reason_without_words_is_told_by_its_name() -> None:
    assert note_in_words("NOT_KNOWN_YET") == "Not known yet"
