"""What must not reach the log: links that open something for whoever holds them."""

from __future__ import annotations

import logging
import re

OPENERS = re.compile(r"(/invitations/|/account/password/new/)[^/\s?\"']+")


class WithoutLinks(logging.Filter):
    """Takes the secret part out of every address that a log line names."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through, masked."""
        if isinstance(record.args, tuple):
            record.args = tuple(map(_masked, record.args))
        record.msg = _masked(record.msg)
        return True


def _masked(part: object) -> object:
    return OPENERS.sub(r"\1…", part) if isinstance(part, str) else part
