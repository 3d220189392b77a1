"""Sheets of releases: many of them as one table, read into what each row says, and written. Pure.

What `write_releases` writes, `read_releases` reads back: each row says the same claim.
"""

from fir.submissions.sheets.reading import (
    LARGEST_SHEET,
    MOST_RELEASES,
    ReleaseRow,
    ReleaseRows,
    read_releases,
)
from fir.submissions.sheets.saying import COLUMNS, REQUIRED_COLUMNS
from fir.submissions.sheets.writing import write_releases, write_releases_workbook

__all__ = [
    "COLUMNS",
    "LARGEST_SHEET",
    "MOST_RELEASES",
    "REQUIRED_COLUMNS",
    "ReleaseRow",
    "ReleaseRows",
    "read_releases",
    "write_releases",
    "write_releases_workbook",
]
