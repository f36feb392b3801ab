"""What a spreadsheet would take for a formula, and the apostrophe that keeps it text.

One rule for the way out and the way in: a text that begins with one of RISKY, behind any number of
apostrophes, is written with one apostrophe more and read with one less. So every text comes back as
it was, whatever program saved the file in between.
"""

import csv
import io
from collections.abc import Iterable

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guard(text: str) -> str:
    """The text as a CSV file may hold it."""
    return f"'{text}" if _is_risky(text) else text


def shield(text: str) -> str:
    """The text for a cell that is text anyway: only what `unguard` would change is guarded."""
    return f"'{text}" if unguard(text) != text else text


def unguard(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_risky(text) else text


def _is_risky(text: str) -> bool:
    return text.lstrip("'").startswith(RISKY)


def csv_file(rows: Iterable[Iterable[str | int]]) -> bytes:
    """UTF-8 with a mark that spreadsheets know; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
