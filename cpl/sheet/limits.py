"""How large a CPL sheet may be, so that no file can take down the process that reads it.

The list has some thousands of entries; each limit is far above what it will ever need.
"""

from cpl.sheet.row import RowFault, file_fault

LARGEST_SHEET = 50_000_000  # bytes of the file; characters in all cells of a workbook
MOST_ROWS = 100_000  # in which anything stands
MOST_LINES = 1_048_576  # blank ones included: as many as a spreadsheet has
MOST_FAULTS = 10_000  # faults kept; the rest is counted
LONGEST_RECORD = 200_000  # characters between two line breaks that end a CSV record


def too_large() -> RowFault:
    """The fault of a sheet that is larger than any list."""
    message = (
        f"The sheet is larger than {LARGEST_SHEET // 1_000_000} MB, which no list needs. Likely "
        "cause: it is another file, or it holds much beside the list; give the list alone."
    )
    return file_fault("TOO_LARGE", message)


def too_many_rows(line: int, most: int) -> RowFault:
    """The fault of the first row beyond the limit; nothing after it is read."""
    message = (
        f"The sheet has more than {most:,} rows; nothing is read from line {line} on. Likely "
        "cause: it is another file, or rows were pasted many times."
    )
    return RowFault(line, "", "", message, "TOO_MANY_ROWS")
