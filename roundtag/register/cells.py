"""What people write in cells, read into values. Every reader takes stripped text that is not empty
and raises Unreadable."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from ipaddress import ip_address

from roundtag import data
from roundtag.register.problems import Unreadable
from roundtag.words import N_

Reader = Callable[[str], object]

DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?")
WHOLE = re.compile(r"([0-9]{1,9})(?:\.0+)?")
"""40.0 is what programs that know no whole numbers make of 40."""
SERIAL_DAY = re.compile(r"[1-9][0-9]{4}(?:\.0+)?")
SPREADSHEET_DAY_0 = date(1899, 12, 30)
MONTHS_WORDS = re.compile(r"([0-9]{1,3})(?:\.0+)?\s*(?:months?|个月|月)?", re.IGNORECASE)
MIDNIGHT = re.compile(r" 0?0:00(:00)?$")
YEARS = range(1970, 2101)
YES = {"是", "yes", "y", "1", "true", "√"}
NO = {"否", "no", "n", "0", "false", "×"}
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def check_characters(cell: str, line_breaks: bool = False) -> None:
    """Refuses what cannot be seen: control and format characters, surrogates."""
    if cell.isprintable():  # true of nearly every cell, and never of one with such a sign
        return
    for sign in cell:
        if unicodedata.category(sign) in INVISIBLE and not (line_breaks and sign in "\r\n"):
            raise Unreadable(
                "control",
                N_("There is an invisible character here (%(sign)s). Delete it."),
                sign=f"U+{ord(sign):04X}",
            )


def text(limit: int) -> Reader:
    def read(cell: str) -> str:
        return _within(unicodedata.normalize("NFC", cell).replace("\r\n", "\n"), limit)

    return read


def mark(limit: int) -> Reader:
    """A code or serial number: full-width letters and digits count as plain ones."""

    def read(cell: str) -> str:
        return _within(_plain(cell), limit)

    return read


def username(cell: str) -> str:
    """An account's name, which is kept in small letters."""
    return _within(_plain(cell).lower(), 80)


def whole(low: int, high: int) -> Reader:
    def read(cell: str) -> int:
        found = WHOLE.fullmatch(_plain(cell))
        if not found:
            raise Unreadable("number", N_("Give a whole number."))
        number = int(found[1])
        if not low <= number <= high:
            raise Unreadable(
                "range", N_("Give a number from %(low)s to %(high)s."), low=low, high=high
            )
        return number

    return read


def day(cell: str) -> date:
    """2024-05-01, 2024/5/1, 2024.5.1 or 2024年5月1日, with or without a spreadsheet's midnight."""
    found = DAY.fullmatch(MIDNIGHT.sub("", _plain(cell)))
    if SERIAL_DAY.fullmatch(_plain(cell)):
        raise Unreadable(
            "date",
            N_("This is a spreadsheet's number for a day (%(day)s?). Write it like 2024-05-01."),
            day=(SPREADSHEET_DAY_0 + timedelta(int(float(_plain(cell))))).isoformat(),
        )
    if not found:
        raise Unreadable("date", N_("This is no date. Write it like 2024-05-01."))
    year, month, last = (int(part) for part in found.groups() if part)
    try:
        read = date(year, month, last)
    except ValueError:
        raise Unreadable("date", N_("There is no such day.")) from None
    if year not in YEARS:
        raise Unreadable("date", N_("This year cannot be right."))
    return read


def months(cell: str) -> int:
    """A number of months, with or without the word."""
    found = MONTHS_WORDS.fullmatch(_plain(cell))
    if not found:
        raise Unreadable("months", N_("Give a number of months."))
    return int(found[1])


def months_after(start: date, count: int) -> date:
    """The same day of a later month, or that month's last day: 31 January + 1 is 28 February."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def yes_no(cell: str) -> bool:
    word = _plain(cell).casefold()
    if word not in YES | NO:
        raise Unreadable("yes-no", N_("Write yes or no (是 or 否)."))
    return word in YES


def category(cell: str) -> str:
    """A device's category; `room` is no device."""
    code = data.category_code(cell)
    if code is None or code == "room":
        raise Unreadable("category", N_("This category is unknown."))
    return code


def room_kind(cell: str) -> str:
    code = data.room_kind_code(cell)
    if code is None:
        raise Unreadable("room-kind", N_("This kind of room is unknown."))
    return code


def address(cell: str) -> str:
    try:
        return str(ip_address(_plain(cell)))
    except ValueError:
        raise Unreadable("address", N_("This is no IP address.")) from None


def key(mark: str) -> str:
    """What codes and serial numbers are compared by: P01 and p01 are one."""
    return mark.casefold()


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _within(value: str, limit: int) -> str:
    if len(value) > limit:
        raise Unreadable("long", N_("At most %(limit)s characters."), limit=limit)
    return value
