"""Bringing an estate: receive a load, finish it, accept or drop a held one."""

from fir.estates.operations.finishing import (
    FAILURES_BEFORE_REFUSAL,
    PAUSE_AFTER_A_FAILURE,
    accept_load,
    drop_load,
    finish_load,
    finish_loads,
)
from fir.estates.operations.receiving import receive_load
from fir.estates.operations.refusals import (
    BaseReplaced,
    EstateRefused,
    LoadNotHeld,
    NewerLoadStands,
    NotASupplier,
    ReceptionUnderWay,
    SameFileAgain,
)

__all__ = [
    "FAILURES_BEFORE_REFUSAL",
    "PAUSE_AFTER_A_FAILURE",
    "BaseReplaced",
    "EstateRefused",
    "LoadNotHeld",
    "NewerLoadStands",
    "NotASupplier",
    "ReceptionUnderWay",
    "SameFileAgain",
    "accept_load",
    "drop_load",
    "finish_load",
    "finish_loads",
    "receive_load",
]
