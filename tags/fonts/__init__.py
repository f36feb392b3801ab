"""The printed faces, loaded on first use: a CJK sans in two weights and a monospace for codes."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SANS = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"
MONO = "JetBrainsMono-Bold"
SUBSTITUTE = "〓"


@cache
def load() -> frozenset[int]:
    """Registers the faces with reportlab once; the code points that both CJK weights can draw."""
    repertoires = [_register(name) for name in (SANS, BOLD)]
    _register(MONO)
    return repertoires[0] & repertoires[1]


def width(text: str, face: str, size: float) -> float:
    """The advance of `text` in the unit of `size`."""
    return size * _width_at_1(text, face)


def missing(text: str) -> set[str]:
    """The characters of `text` that would be printed as 〓."""
    known = load()
    return {character for character in _visible(text) if ord(character) not in known}


def drawable(text: str) -> str:
    """`text` on one line, invisible characters dropped, each unknown one replaced by 〓."""
    known = load()
    return "".join(c if ord(c) in known else SUBSTITUTE for c in _visible(text))


@lru_cache(maxsize=8192)
def _width_at_1(text: str, face: str) -> float:
    load()
    return float(pdfmetrics.stringWidth(text, face, 1))


def _visible(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(character for character in text if not _is_invisible(character))


def _is_invisible(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selector or unicodedata.category(character) in ("Cc", "Cf")


def _register(name: str) -> frozenset[int]:
    font = TTFont(name, str(Path(__file__).parent / f"{name}.ttf"))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)
