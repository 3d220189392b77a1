"""What the bodies of requests have in common: objects, fields that are known, words."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ParseError

from cpl.identifiers import shown
from fir.api.problems import InputRefused
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST_TEXT = 4000
# As RFC 3339 writes a time.
_IS_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
).fullmatch


def object_in(data: Any) -> dict[str, Any]:
    """A body that is a JSON object. Raises InputRefused for any other."""
    if not isinstance(data, dict):
        raise InputRefused([Fault("", "NOT_AN_OBJECT", "A JSON object is wanted here.")])
    return data


def words_in(data: Any, known: Collection[str]) -> dict[str, str]:
    """A body's fields, each of them text. Raises InputRefused with a fault for each that is
    unknown, no text, or endless."""
    said = object_in(data)
    faults = [
        Fault(shown(name), "FIELD_UNKNOWN", f"The fields are {', '.join(known)}.")
        for name in said
        if name not in known
    ]
    faults += [
        Fault(name, "NOT_TEXT", f"Text of at most {LONGEST_TEXT} characters is wanted here.")
        for name in known
        if not isinstance(said.get(name, ""), str) or len(said.get(name, "")) > LONGEST_TEXT
    ]
    if faults:
        raise InputRefused(faults)
    return {name: said[name] for name in known if name in said}


def moment_in(name: str, text: str) -> datetime:
    """A time as RFC 3339 writes it, whose offset says where. Raises InputRefused for others."""
    try:
        if _IS_MOMENT(text):
            return datetime.fromisoformat(text.upper())
    except ValueError:
        pass  # a day or an hour that no calendar has
    message = "A time with its offset is wanted here, such as 2027-01-31T09:00:00Z."
    raise InputRefused([Fault(name, "NOT_A_TIME", message)])


def canonical(said: Mapping[str, Any]) -> bytes:
    """A body's content: the same for the same answers, however they were spaced and ordered.

    Raises ParseError for what is nested too deeply to be written again.
    """
    try:
        return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    except RecursionError as error:
        raise ParseError("The JSON is nested too deeply.") from error
