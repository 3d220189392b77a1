"""Signed notes and checkpoints as text: C2SP signed-note and tlog-checkpoint, with Ed25519. Pure.

A note is a text, an empty line, and signatures; each names its key. A checkpoint is a note whose
text says which log it is of, how many events that had, and its root.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"  # the note format's own number for this algorithm
SEED_LENGTH = 32


class SigningKeyRefused(ValueError):
    """The text is no seed of an Ed25519 key."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs notes under a name; `verifier` is its public half, as it is given out."""

    name: str
    key: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, seed: str) -> "Signer":
        """The signer with this seed: 32 random bytes in Base64. Raises SigningKeyRefused."""
        try:
            key = base64.b64decode(seed, validate=True)
        except ValueError as error:
            raise SigningKeyRefused("It is not Base64.") from error
        if len(key) != SEED_LENGTH:
            raise SigningKeyRefused(f"It has {len(key)} bytes; {SEED_LENGTH} are wanted.")
        return cls(name, Ed25519PrivateKey.from_private_bytes(key))

    @property
    def public(self) -> bytes:
        """The algorithm and the public key, as the note format writes them."""
        return ED25519 + self.key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        """The first four bytes of a digest of name and key, by which signatures name it."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.public).digest()[:4]

    @property
    def verifier(self) -> str:
        """The public key as one line: name, key id and key."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.public).decode()}"

    def sign(self, text: str) -> str:
        """The text, which ends in a line break, as a signed note."""
        signature = self.key_id + self.key.sign(text.encode())
        return f"{text}\n\N{EM DASH} {self.name} {base64.b64encode(signature).decode()}\n"


def checkpoint_text(*, origin: str, size: int, root: str, at: datetime) -> str:
    """What a checkpoint says of a tree of this size and root (hex): the text that is signed. Its
    time is a line of extension."""
    encoded = base64.b64encode(bytes.fromhex(root)).decode()
    time = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{origin}\n{size}\n{encoded}\ntime {time}\n"
