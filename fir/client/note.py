"""Reading a signed checkpoint (C2SP signed-note and tlog-checkpoint) and checking who signed it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 1
DASH = "\N{EM DASH} "


class CheckpointRefused(ValueError):
    """The checkpoint is none, or nobody known signed it; the message says why."""


class KeyRefused(ValueError):
    """The text is no key that verifies notes."""


@dataclass(frozen=True)
class Key:
    """A public key by the name that signatures give it."""

    name: str
    key_id: bytes
    public: bytes

    @classmethod
    def of(cls, text: str) -> Key:
        """The key in a line such as `/keys` gives: name+id+key. Raises KeyRefused."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            algorithm_and_key = base64.b64decode(encoded, validate=True)
            expected = hashlib.sha256(name.encode() + b"\n" + algorithm_and_key).digest()[:4]
        except (ValueError, binascii.Error) as error:
            raise KeyRefused("A key has the form name+id+key, as FIR's /keys gives it.") from error
        if algorithm_and_key[:1] != bytes([ED25519]) or len(algorithm_and_key) != 33:
            raise KeyRefused("The key is not one for Ed25519.")
        if expected.hex() != key_id.lower():
            raise KeyRefused(
                "The key's id does not belong to its name and key: it was copied badly."
            )
        return cls(name, expected, algorithm_and_key[1:])


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says: which log, how many events, the root over them (hex), and when."""

    origin: str
    size: int
    root: str
    at: datetime


def open_checkpoint(note: str, key: Key) -> Checkpoint:
    """What a checkpoint says that this key signed. Raises CheckpointRefused."""
    text, found, signatures = note.rpartition("\n\n")
    if not found:
        raise CheckpointRefused("The checkpoint is no signed note: it has no signatures.")
    text += "\n"
    signature = _signature_by(key, signatures)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature as error:
        raise CheckpointRefused(
            "The checkpoint's signature is not good: its text was changed after it was signed."
        ) from error
    return _read(text)


def _signature_by(key: Key, lines: str) -> bytes:
    others = []
    for line in lines.splitlines():
        name, _, encoded = line.removeprefix(DASH).rpartition(" ")
        try:
            signature = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            continue
        if line.startswith(DASH) and (name, signature[:4]) == (key.name, key.key_id):
            return signature[4:]
        others.append(name)
    known = ", ".join(others) or "nobody"
    raise CheckpointRefused(
        f"The checkpoint is not signed by {key.name} with the key you gave, but by {known}: an "
        "unknown key."
    )


def _read(text: str) -> Checkpoint:
    try:
        origin, size, root, *extensions = text.splitlines()
        time = next(line for line in extensions if line.startswith("time "))
        return Checkpoint(
            origin=origin,
            size=int(size),
            root=base64.b64decode(root, validate=True).hex(),
            at=datetime.fromisoformat(time.removeprefix("time ").replace("Z", "+00:00")),
        )
    except (ValueError, StopIteration, binascii.Error) as error:
        raise CheckpointRefused("The signed text is no checkpoint of a ledger.") from error
