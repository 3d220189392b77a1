"""The process that reads a workbook: `python -m cpl.workbook.process <workbook >lines`.

It writes each row as a line of JSON, `[row, cells, spoilt cells]`, and at the end `{}`, or the
fault for which the workbook is refused. It limits itself, and may fail in any way: then the end is
missing or the exit code is not 0. Nothing of Django is loaded here.
"""

import json
import resource
import sys

_MOST_MEMORY = 1 << 30  # bytes of addresses, the interpreter's own among them
_MOST_CPU_SECONDS = 20


def _limit(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):
        # macOS takes no limit of addresses, and a lower hard limit may stand already. The sizes
        # checked before reading and the time that the caller waits are limits all the same.
        return


def main() -> None:
    """Read the workbook from standard input."""
    _limit(resource.RLIMIT_AS, _MOST_MEMORY)
    _limit(resource.RLIMIT_CPU, _MOST_CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    # After the limits, so that they hold for what loading takes as well.
    from cpl.workbook.archive import Refused
    from cpl.workbook.reading import read_rows

    data = sys.stdin.buffer.read()
    end = {}
    try:
        for row in read_rows(data):
            _write(row)
    except Refused as refused:
        end = {"code": refused.code, "message": refused.message}
    _write(end)


def _write(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(text.encode() + b"\n")


if __name__ == "__main__":
    main()
