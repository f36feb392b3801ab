"""Tag codes: nine random Crockford characters and one check character.

The check is linear over GF(32) (x^5 + x^2 + 1; a character's value is its place in `ALPHABET`): a
code is right when the sum of WEIGHTS[i] * value[i] is 0. All ten weights differ and none is 0, so
that no single wrong character and no swap of any two characters goes unseen. Whoever writes `check`
in another language can hold it against `WEIGHTS`.
"""

import hashlib
import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
POLYNOMIAL = 0b100101
WEIGHTS = (26, 13, 20, 10, 5, 16, 8, 4, 2, 1)

_BITS = 5
_LONGEST_INPUT = 2048
_URL = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?/t/([^\s/?#]+)/?(?:[?#]\S*)?", re.IGNORECASE)
_LOOK_ALIKES = str.maketrans("OIL", "011")
_GAPS = re.compile(r"[\s\-‐‑‒–—―−_]+")

# A letter, a digit, a letter, a digit: it can spell nothing rude and is not taken for a code.
_WORD_LETTERS = "BCDFGHJKMNPQRSTVWXYZ"
_WORD_DIGITS = "23456789"


def new() -> str:
    """A fresh code of 10 characters with 45 bits from the system's secure source."""
    bits = secrets.randbits(_BITS * (LENGTH - 1))
    data = "".join(ALPHABET[bits >> _BITS * place & 31] for place in range(LENGTH - 1))
    return data + check(data)


def check(data: str) -> str:
    """The check character of the first nine characters (canonical spelling)."""
    total = 0
    for character in data:
        total = _double(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def parse(text: str) -> str | None:
    """The canonical code in what a person typed or a camera read, else None.

    Takes either case, spaces and dashes, O for 0, I and L for 1, the full-width characters of
    Chinese keyboards, and a web address that ends in /t/CODE or /T/CODE.
    """
    if len(text) > _LONGEST_INPUT:
        return None
    text = unicodedata.normalize("NFKC", text).strip()
    address = _URL.fullmatch(text)
    code = _canonical(address.group(1) if address else text)
    well_formed = len(code) == LENGTH and all(character in ALPHABET for character in code)
    return code if well_formed and check(code[:-1]) == code[-1] else None


def show(code: str) -> str:
    """A canonical code as people read it: 7K3M9-QX2PD."""
    return f"{code[:5]}-{code[5:]}"


def word(code: str) -> str:
    """Four characters such as K7Q2, printed beside the symbol and shown by the page it opens.

    A sticker put over a real one by a stranger opens a page that does not show the right word.
    """
    digest = hashlib.sha256(b"roundtag compare word " + code.encode()).digest()
    value = int.from_bytes(digest[:8])
    characters = []
    for choices in (_WORD_LETTERS, _WORD_DIGITS) * 2:
        value, place = divmod(value, len(choices))
        characters.append(choices[place])
    return "".join(characters)


def spelled(text: str) -> str:
    """A part of a code as somebody typed it, in the canonical spelling."""
    return _canonical(unicodedata.normalize("NFKC", text[: LENGTH * 2]))


def _canonical(text: str) -> str:
    return _GAPS.sub("", text).upper().translate(_LOOK_ALIKES)


def _double(value: int) -> int:
    """`value` times x in GF(32)."""
    value <<= 1
    return value ^ POLYNOMIAL if value & 32 else value
