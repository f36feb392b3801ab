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


def number(text: str) -> float | None:
    """A reading as people type it: full-width digits, a decimal comma, spaces. None if not one."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(" ", "")
    plain = plain.replace("−", "-")
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", plain):
        plain = plain.replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,6})?", plain):
        return None
    return float(plain)
