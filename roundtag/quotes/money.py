"""Amounts: decimal text of two digits, counted with Decimal, rounded half up per line."""

import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from roundtag.fields import Fields, plain_number
from roundtag.words import N_

KINDS = ("parts", "labour", "freight")
KIND_WORDS = {"parts": N_("Parts"), "labour": N_("Labour"), "freight": N_("Freight")}
CENT = Decimal("0.01")
MOST_PRICE = Decimal("99999999.99")
MOST_PIECES = Decimal("99999.99")
ROWS = 30
SIGNS = "¥￥元$€ "


def amount(value: Decimal) -> str:
    return str(value.quantize(CENT, ROUND_HALF_UP))


def line_total(line: dict[str, Any]) -> Decimal:
    product = Decimal(line["quantity"]) * Decimal(line["price"])
    return product.quantize(CENT, ROUND_HALF_UP)


def total(lines: Iterable[dict[str, Any]]) -> str:
    return amount(sum((line_total(line) for line in lines), Decimal(0)))


def read_lines(form: Fields) -> list[dict[str, str]]:
    """Rows `kind.N`, `words.N`, `quantity.N`, `price.N`; one without words and price is none."""
    found = []
    for row in range(1, ROWS + 1):
        words, price = form.raw(f"words.{row}"), form.raw(f"price.{row}")
        if not words and not price:
            continue
        if not words:
            form.refuse(f"words.{row}", "required", N_("Say what this costs."))
        if len(words) > 200:
            form.refuse(f"words.{row}", "long", N_("At most %(limit)s characters."), limit=200)
        errors = len(form.errors)
        pieces = _number(form, f"quantity.{row}", MOST_PIECES, Decimal(1))
        if pieces == 0 and len(form.errors) == errors:
            form.refuse(f"quantity.{row}", "range", N_("Give a number above nothing."))
        found.append({
            "kind": form.choice(f"kind.{row}", KINDS) or KINDS[0],
            "words": words, "quantity": f"{pieces.normalize():f}",
            "price": amount(_number(form, f"price.{row}", MOST_PRICE, None)),
        })  # fmt: skip
    return found


def _number(form: Fields, name: str, most: Decimal, default: Decimal | None) -> Decimal:
    """A number of at most two digits behind the point; `default` when the field is empty."""
    text = unicodedata.normalize("NFKC", form.raw(name)).strip(SIGNS)
    if not text and default is not None:
        return default
    plain = plain_number(text)
    if plain is None:
        form.refuse(name, "number", N_("Give a number such as 1280.50."))
        return Decimal(0)
    value = Decimal(plain)
    if not 0 <= value <= most:
        form.refuse(name, "range", N_("Give a number from %(low)s to %(high)s."), low=0,
                    high=f"{most:,}")  # fmt: skip
        return Decimal(0)
    if value != value.quantize(CENT):
        form.refuse(name, "digits", N_("At most two digits behind the point."))
    return abs(value)
