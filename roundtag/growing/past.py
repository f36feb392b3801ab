"""The long past of each device: it was moved again and again, until the logbooks are long enough.

They are told by few large deeds, as an import of an older system's files would be.
"""

from datetime import timedelta
from typing import Any

from roundtag.commands import Deed
from roundtag.db import write
from roundtag.growing.book import Book
from roundtag.growing.clients import Customer
from roundtag.growing.register import Stand
from roundtag.growing.size import Size
from roundtag.models import History

BATCH = 5_000
FACTS = {"before": "甲", "now": "乙"}


def fill(size: Size, who: Customer, stands: list[Stand], lines: int) -> None:
    """Gives the client's devices so many lines, all the same number, device by device."""
    dice, done = size.dice(f"past-{who.number}"), 0
    while done < lines:
        some = range(done, min(done + BATCH, lines))
        done = some.stop
        with write():
            book = Book(dice)
            deed = book.deed("import_history", who.since, client=who.code, first=some.start)
            book.write(History, (_line(deed, who, stands[n * len(stands) // lines], n)
                                 for n in some))  # fmt: skip
            book.close()


def _line(deed: Deed, who: Customer, one: Stand, number: int) -> tuple[Deed, dict[str, Any]]:
    at = who.since + timedelta(seconds=number * 7 % 31_536_000, microseconds=number % 1_000_000)
    return deed, {"client": who.id, "room": one.room, "device": one.id, "kind": "moved", "at": at,
                  "data": FACTS}  # fmt: skip
