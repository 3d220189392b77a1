"""The time while something long goes on: it begins with the time that an operation was given."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


def running_from(at: datetime) -> Callable[[], datetime]:
    """What the time is whenever it is asked, if it is `at` now."""
    begun = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - begun)
