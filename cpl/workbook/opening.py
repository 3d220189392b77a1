"""Reading a CPL sheet out of a workbook (XLSX).

A workbook is somebody else's ZIP archive, so a process of its own reads it, within limits: whatever
the file does to that process, the one that asked only hears of it. Nothing is written to a disk.
"""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cpl.sheet.row import Record, RowFault, file_fault
from cpl.sheet.spoilt import Spoilt

logger = logging.getLogger(__name__)

MOST_SECONDS = 20.0  # less than a web server waits for an answer
_CHECKOUT = str(Path(__file__).resolve().parents[2])
_COMMAND = (sys.executable, "-P", "-m", "cpl.workbook.process")


def open_workbook(data: bytes) -> Callable[[], Iterator[Record]] | RowFault:
    """The rows of the first worksheet that is visible and not empty, or why there are none.

    A record's line is its row in the worksheet. Rows in which nothing stands are left out.
    """
    output = _output_of_process(data)
    lines, _, last = output.rstrip(b"\n").rpartition(b"\n")
    # The last line says how it ended; without one the process did not get so far.
    end = json.loads(last) if last else _UNREADABLE
    return file_fault(end["code"], end["message"]) if end else partial(_records, lines)


_UNREADABLE = {
    "code": "WORKBOOK_UNREADABLE",
    "message": (
        "The workbook cannot be read. Likely cause: it is damaged, or far larger inside than any "
        "list. Copy the list alone into a new workbook, or save the sheet as CSV UTF-8."
    ),
}


def _output_of_process(data: bytes) -> bytes:
    """What the process wrote, or b'' when it was stopped, failed, or could not be started."""
    # Where this process finds its modules, that one does, wherever they are started; it learns
    # nothing else of the environment, such as the database's password.
    path = os.pathsep.join([_CHECKOUT, *filter(None, sys.path)])
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the file comes through the pipe
            _COMMAND,
            input=data,
            capture_output=True,
            env={"PYTHONPATH": path},
            timeout=MOST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("A workbook of %d bytes could not be read: %s", len(data), error)
        return b""
    if done.returncode != 0 or not done.stdout:
        last_words = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        logger.warning(
            "The process that read a workbook of %d bytes ended with %d: %s",
            len(data),
            done.returncode,
            last_words[:200],
        )
        return b""
    return done.stdout


def _records(lines: bytes) -> Iterator[Record]:
    for text in io.BytesIO(lines):
        line, cells, spoilt = json.loads(text)
        marks = {int(place): Spoilt(mark) for place, mark in spoilt.items()}
        yield Record(line, cells, spoilt=marks or None)
