"""Reads what a form sent, names every bad field at once, and keeps nothing half-read.

A form arrives as an ordered list of (name, value) pairs, from HTTP and from the queue alike.
"""

import re
import unicodedata
from collections.abc import Iterable

from roundtag.errors import FieldError, Invalid
from roundtag.words import N_

Pairs = Iterable[tuple[str, str]]
MAX_TEXT = 2000


class Fields:
    """Collects values and errors; `done()` raises Invalid with every error found."""

    def __init__(self, pairs: Pairs) -> None:
        self.values: dict[str, list[str]] = {}
        self.errors: list[FieldError] = []
        for name, value in pairs:
            self.values.setdefault(name, []).append(clean(value))

    def refuse(self, name: str, code: str, message: str, **values: object) -> None:
        self.errors.append(FieldError(name, code, message, dict(values)))

    def raw(self, name: str) -> str:
        return next(iter(self.values.get(name, [])), "").strip()

    def many(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def text(self, name: str, *, required: str = "", limit: int = MAX_TEXT) -> str | None:
        """Text or None. `required` is the message when it is missing; `limit` counts characters."""
        value = self.raw(name)
        if not value and required:
            self.refuse(name, "required", required)
        if len(value) > limit:
            self.refuse(name, "long", N_("At most %(limit)s characters."), limit=limit)
        return value or None

    def choice(self, name: str, allowed: Iterable[str], *, required: str = "") -> str | None:
        value = self.text(name, required=required)
        if value is not None and value not in set(allowed):
            self.refuse(name, "unknown", N_("Choose one of the list."))
        return value

    def whole(self, name: str) -> int | None:
        value = self.raw(name)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,15}", value):
            self.refuse(name, "number", N_("Give a whole number."))
            return None
        return int(value)

    def decimal(self, name: str, low: float, high: float, default: float = 0.0) -> float:
        """A number from `low` to `high`; `default` when the field is empty or missing."""
        text = self.raw(name)
        value = number(text) if text else default
        if value is None or not low <= value <= high:
            self.refuse(name, "range", N_("Give a number from %(low)s to %(high)s."),
                        low=low, high=high)  # fmt: skip
            return default
        return value

    def under(self, prefix: str) -> dict[str, str]:
        """Values of all fields whose names start with `prefix`, by the rest of the name."""
        return {
            n[len(prefix) :]: v[0].strip() for n, v in self.values.items() if n.startswith(prefix)
        }

    def done(self) -> None:
        if self.errors:
            raise Invalid(*self.errors)


def clean(value: str) -> str:
    """Foreign text as both databases take it.

    NFC, without control characters (line breaks and tabs stay) and lone surrogates.
    """
    text = unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode())
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "°C": ("c", "°c", "°", "度", "摄氏度", "deg", "degc"),
    "h": ("h", "hr", "hrs", "hour", "hours", "小时", "时", "钟头"),
    "%": ("percent",),
    "%RH": ("%rh", "%", "percent"),
    "Ω": ("ohm", "ohms", "欧", "欧姆"),
    "min": ("mins", "minute", "minutes", "分钟", "分"),
    "s": ("sec", "secs", "second", "seconds", "秒"),
    "V": ("v", "volt", "volts", "伏", "伏特"),
    "A": ("a", "amp", "amps", "安", "安培"),
    "ms": ("毫秒",),
    "dB(A)": ("db", "dba", "分贝"),
    "d": ("day", "days", "天", "日"),
    "lx": ("lux", "勒克斯"),
    "个": ("只", "次"),
}
"""What people write for a unit beside its own sign."""
NEAR = ("，", ","), ("。", "."), ("−", "-"), ("–", "-"), ("—", "-")
"""Signs that a Chinese keyboard puts in place of others."""


def key_of(text: str) -> int | None:
    """The key of a row as an address or a form names it; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def number(text: str) -> float | None:
    """A reading as people type it: full-width digits, a decimal comma, spaces. None if not one."""
    plain = plain_number(text)
    return None if plain is None else float(plain)


def plain_number(text: str) -> str | None:
    """The number in ASCII, with its digits as they were given; None if it is not one."""
    plain = _folded(text)
    if re.fullmatch(r"[+-]?(\d+,\d{1,2}|0,\d{1,6})", plain):
        plain = plain.replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,6})?", plain):
        return None
    return plain.removeprefix("+")


def measure(text: str, unit: str) -> str | None:
    """As `plain_number`, where the item's own unit may stand behind the number. Another unit, also
    a multiple of it, is no answer: nobody should guess whether 3 kΩ are 3 or 3,000."""
    plain = plain_number(text)
    if plain is not None:
        return plain
    folded = _folded(text)
    digits = re.match(r"[+-]?[\d.,]+", folded)
    tail = folded[digits.end() :] if digits else folded
    return plain_number(digits.group()) if digits and _is_unit(tail, unit) else None


def _is_unit(word: str, unit: str) -> bool:
    """The item's own sign is taken to the letter (mΩ are not MΩ), the words for it are not."""
    own = _folded(unit)
    return bool(word) and (word == own or word.casefold() in UNIT_WORDS.get(own, ()))


def _folded(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    for sign, meant in NEAR:
        plain = plain.replace(sign, meant)
    return plain
