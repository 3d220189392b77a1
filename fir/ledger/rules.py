"""What may stand in an event, and the hashes of the tree (RFC 8785, RFC 9162). Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fir.ledger.kinds import KINDS

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
# The fields of an event between its time and its seq as its canonical text has them, and the rest.
_BEFORE_SEQ, _AFTER_SEQ = ("by", "id", "kind", "payload"), ("subject_id", "subject_type")
LARGEST_WHOLE_NUMBER = 2**53 - 1  # one more, and a reader of floats takes it for its neighbour


class PayloadRefused(ValueError):
    """The payload is not what its kind's schema promises to the feed's readers."""


def check_payload(kind: str, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that differs from its kind's schema or that JSON readers may read apart.

    Raises PayloadRefused naming the field.
    """
    schema = KINDS[kind].payload
    if payload.keys() != schema.keys():
        differing = ", ".join(sorted(payload.keys() ^ schema.keys()))
        raise PayloadRefused(f"{kind}: the payload's fields differ from its schema: {differing}.")
    for field, types in schema.items():
        value = payload[field]
        if type(value) not in types:
            raise PayloadRefused(f"{kind}.{field} is {value!r}, which the schema forbids.")
        if not (value is None or isinstance(value, str)):
            _check_value(f"{kind}.{field}", value)


def _check_value(where: str, value: Any) -> None:
    if value is None or isinstance(value, str):
        return
    if isinstance(value, list):
        for item in value:
            _check_value(where, item)
    elif isinstance(value, dict):
        _check_object(where, value)
    elif not isinstance(value, int):
        raise PayloadRefused(f"{where}: {type(value).__name__} has no place in an event.")
    elif abs(value) > LARGEST_WHOLE_NUMBER:
        raise PayloadRefused(f"{where}: {value} is beyond what every JSON reader keeps.")


def _check_object(where: str, value: Mapping[Any, Any]) -> None:
    for key, item in value.items():
        if not (isinstance(key, str) and key.isascii()):
            raise PayloadRefused(f"{where}: the key {key!r} is not ASCII text.")
        _check_value(f"{where}.{key}", item)


def canonical_text(event: Mapping[str, Any]) -> str:
    """The event's one canonical writing (RFC 8785): what is hashed, stored and served.

    Without floats, and with ASCII keys and whole numbers below 2⁵³, as `check_payload` sees to,
    Python's own sorted JSON is that writing; an import of the whole list writes it 20,000 times.
    """
    return _CANONICAL.encode(event)


def canonical_pieces(event: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical text of an event without its time, which stands first in it, and without its
    seq: what follows the time up to the seq, and what follows the seq."""
    before, after = ({key: event[key] for key in keys} for keys in (_BEFORE_SEQ, _AFTER_SEQ))
    opening, closing = canonical_text(before), canonical_text(after)
    return f'",{opening[1:-1]},"seq":', f",{closing[1:]}"


def leaf_hash(canonical: str) -> str:
    """SHA-256 over 0x00 and the canonical text, in hex: a leaf of the tree (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x00" + canonical.encode()).hexdigest()
