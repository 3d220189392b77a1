"""Writing a table as CSV text that is safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from cpl.sheet.cells import neutralise


def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The headings and the rows below them; what a spreadsheet would run has an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    for cells in rows:
        writer.writerow([neutralise(cell) for cell in cells])
    return text.getvalue()
