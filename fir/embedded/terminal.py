"""Words to the user, which must never stop the launcher from tidying up."""

import contextlib
import sys


def say(text: str) -> None:
    """Write a line to standard output; a terminal that is gone is no error."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def warn(text: str) -> None:
    """Write a line to standard error, which leaves a command's own output alone."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
