"""Which of the eight masks a QR symbol gets: the search of ISO/IEC 18004, on whole symbols at once.

A symbol of n x n modules is one integer, module (row, column) at bit `row * n + column`. Under
another mask it differs by a pattern that depends on version, level and mask only, so that each
symbol is laid out once and its eight candidates cost one exclusive or each. The penalties equal
`qrcode.util.lost_point`, and so does the choice (a test holds them against each other).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from qrcode.main import QRCode

MASKS = range(8)
# Dark, light, three dark, light, dark: a false finder, with four light modules on one side.
_FALSE_FINDERS = (0b00001011101, 0b10111010000)
_FINDER = 11

Rows = Iterable[Iterable[bool | None]]


@dataclass(frozen=True)
class _Patterns:
    """How a symbol laid out under mask 0, format bits light, differs from …"""

    candidates: tuple[tuple[int, int], ...]
    """… its candidate under each mask, upright and transposed;"""
    finished: tuple[int, ...]
    """… the finished symbol under each mask, format bits set."""


def fill(symbol: QRCode[Any]) -> tuple[tuple[bool, ...], ...]:
    """The modules of a symbol whose version and data are set; rows from the top."""
    symbol.makeImpl(True, 0)
    n = symbol.modules_count
    found = _patterns(symbol.version, symbol.error_correction)
    upright, transposed = _whole(symbol.modules), _whole(zip(*symbol.modules, strict=True))
    lost = [penalty(n, upright ^ a, transposed ^ b) for a, b in found.candidates]
    return _rows(upright ^ found.finished[lost.index(min(lost))], n)


def penalty(n: int, upright: int, transposed: int) -> int:
    """How hard a symbol is to read (ISO/IEC 18004, 7.8.3); `transposed` swaps rows and columns."""
    lines = sum(_runs(n, symbol) + _false_finders(n, symbol) for symbol in (upright, transposed))
    dark = upright.bit_count() / n**2
    return lines + _blocks(n, upright) + 10 * int(abs(dark * 100 - 50) / 5)


def _runs(n: int, symbol: int) -> int:
    """Five or more alike in a row lose their length less two."""
    alike = ~(symbol ^ symbol >> 1) & _starts(n, 2)
    pairs = alike & alike >> 1
    fives = pairs & pairs >> 2
    return fives.bit_count() + 2 * (fives & ~(fives << 1)).bit_count()


def _blocks(n: int, symbol: int) -> int:
    """Each square of four alike loses three."""
    across = ~(symbol ^ symbol >> 1) & _starts(n, 2)
    down = ~(symbol ^ symbol >> n)
    return 3 * (across & across >> n & down & (1 << n * (n - 1)) - 1).bit_count()


def _false_finders(n: int, symbol: int) -> int:
    shifted = [symbol >> place for place in range(_FINDER)]
    found = 0
    for pattern in _FALSE_FINDERS:
        where = _starts(n, _FINDER)
        for place, dark in enumerate(shifted):
            where &= dark if pattern >> place & 1 else ~dark
        found += where.bit_count()
    return 40 * found


@cache
def _starts(n: int, length: int) -> int:
    """The places at which `length` modules to the right still lie in the same row."""
    row = (1 << n - length + 1) - 1
    return sum(row << n * number for number in range(n))


@cache
def _patterns(version: int, level: int) -> _Patterns:
    symbol: QRCode[Any] = QRCode(version=version, error_correction=level)
    symbol.add_data("0")
    base = _laid_out(symbol, True, 0)
    test, real = ([_laid_out(symbol, t, mask) for mask in MASKS] for t in (True, False))
    return _Patterns(
        tuple((base[0] ^ upright, base[1] ^ transposed) for upright, transposed in test),
        tuple(base[0] ^ upright for upright, _ in real),
    )


def _laid_out(symbol: QRCode[Any], test: bool, mask: int) -> tuple[int, int]:
    symbol.makeImpl(test, mask)
    return _whole(symbol.modules), _whole(zip(*symbol.modules, strict=True))


def _whole(rows: Rows) -> int:
    text = "".join("1" if module else "0" for row in rows for module in row)
    return int(text[::-1], 2)


def _rows(symbol: int, n: int) -> tuple[tuple[bool, ...], ...]:
    text = f"{symbol:0{n * n}b}"[::-1]
    modules = tuple(bit == "1" for bit in text)
    return tuple(modules[start : start + n] for start in range(0, n * n, n))
