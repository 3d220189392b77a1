"""What a kind of event is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fir.ledger import audiences


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event.

    `sentence` says to a reader what happened; `audience` turns the Parties that the operation
    names into the tags of those who may read it; `payload` names each field and its types.
    """

    name: str
    sentence: str
    audience: Callable[[Sequence[str]], list[str]]
    payload: Mapping[str, tuple[type, ...]]


def public(_parties: Sequence[str]) -> list[str]:
    """The audience of what everybody may read."""
    return audiences.everyone()
