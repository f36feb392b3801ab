"""Texts as search sees them: folded, with pinyin initials, cut into grams. No database.

A gram is up to three signs in a row as one whole number of 3 × 21 bits. Two signs, such as a
Chinese word, are found as the beginning of a gram: a range of numbers, the same on every database
and under every collation.
"""

import itertools
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tags import codes

BITS = 21
READINGS = 8
"""At most so many readings of one name are indexed; the likeliest stands first."""

Span = tuple[int, int]
"""The first and the last gram that a search looks up."""


def fold(text: str) -> str:
    """Width, case and kinds of space do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def document(plain: Iterable[str], spoken: Iterable[str] = ()) -> str:
    """The text that a record is found by: a line per field, and the initials of `spoken` ones."""
    spoken = list(spoken)
    lines = [fold(field) for field in (*plain, *spoken)]
    for field in spoken:
        lines += initials(fold(field))
    return "\n".join(dict.fromkeys(filter(None, lines)))


@lru_cache(20_000)
def initials(text: str) -> tuple[str, ...]:
    """What people type for a Chinese name: 投影机 → tyj. Empty for text without Chinese."""
    if text.isascii():
        return ()
    from pypinyin import Style, pinyin

    likeliest = [part[0] for part in pinyin(text, style=Style.FIRST_LETTER)]
    possible = pinyin(text, style=Style.FIRST_LETTER, heteronym=True)
    choices = [dict.fromkeys((first, *more)) for first, more in zip(likeliest, possible,
                                                                    strict=True)]  # fmt: skip
    found = itertools.islice(itertools.product(*choices), READINGS)
    return tuple(dict.fromkeys(fold("".join(one)).replace(" ", "") for one in found))


def terms(text: str) -> list[str]:
    """The words that must all be found; a whole tag code may bear its dash or not."""
    words = fold(text).split()
    return list(dict.fromkeys((codes.parse(word) or word).casefold() for word in words))[:8]


def grams(text: str) -> set[int]:
    """Every gram of a text; none reaches over a space or a line's end."""
    return {
        _number(word[at : at + 3]) for word in set(text.split()) for at in range(len(word))
    }  # fmt: skip


def spans(term: str) -> list[Span]:
    """The grams that a text with this term must hold, each as a range."""
    if len(term) < 3:
        low = _number(term)
        return [(low, low + (1 << BITS * (3 - len(term))) - 1)]
    return [(one, one) for one in {_number(term[at : at + 3]) for at in range(len(term) - 2)}]


def _number(signs: str) -> int:
    number = 0
    for sign in signs.ljust(3, "\0"):
        number = number << BITS | ord(sign)
    return number
