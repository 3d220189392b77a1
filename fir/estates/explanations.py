"""Loads in words: what a load is at, and what each note of a row says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.estates.models import (
    COMPARING,
    DONE,
    HELD,
    INDEXING,
    INTERRUPTED,
    QUEUED,
    READING,
    RECEIVING,
    REFUSED,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PHASES: Mapping[str, str] = {
    RECEIVING: "It is being received.",
    QUEUED: "It is in, and waits for its turn.",
    READING: "Its Devices are being counted.",
    INDEXING: "Its Devices are being put in order.",
    COMPARING: "It is being compared with the estate that stands.",
    HELD: "It waits for you: too many of its rows are bad.",
    DONE: "It was taken in.",
    REFUSED: "It was refused, and nothing of it was kept.",
    INTERRUPTED: "It broke off before it was in, and nothing of it was kept.",
}

NOTES: Mapping[str, str] = {
    "CELLS_MISSING": "The row has fewer cells than there are headings.",
    "CELLS_TOO_MANY": "The row has more cells than there are headings.",
    "DEVICE_REPEATED": "The Device stands in an earlier row already.",
    "EMPTY": "The cell is empty.",
    "NOT_A_DEVICE_ID": "This is no Device ID: 16 hexadecimal digits, with or without hyphens.",
    "NOT_HEX": "This is not hexadecimal.",
    "ROLE_NOT_HELD": "The row names a User Role that you do not hold.",
    "ROLE_UNKNOWN": "The responsible role is none of IS, GS and IS+GS.",
    "STATUS_UNREADABLE": "The status is no single word.",
    "UNKNOWN_DEVICE_TYPE": "This is no Device Type.",
    "WRONG_LENGTH": "This has too few or too many digits.",
}


def note_in_words(reason: str) -> str:
    """What a note's reason says."""
    return NOTES.get(reason, reason.replace("_", " ").capitalize())
