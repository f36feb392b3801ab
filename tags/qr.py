"""QR symbols of tag addresses: as a matrix, SVG, PNG or text for a terminal.

Every drawing has the quiet zone of four modules that ISO/IEC 18004 asks for.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import SplitResult, urlsplit

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from tags import masks

QUIET = 4
MAX_VERSION = 4
TERMINAL_COLUMNS = 80
REMEMBERED = 4096
"""Symbols kept in a process: about 8 kB each. A finished sheet is kept on disk by its content."""

# A run in capitals shorter than this costs more bits in mode switches than it saves.
_SHORTEST_RUN = 12
# Entries 16 and 231 of the 256 colours are black and white in every colour scheme.
_TERMINAL_COLOURS = "\x1b[38;5;16;48;5;231m"
_TERMINAL_RESET = "\x1b[0m"
_HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}

# Characters that one mode encodes alike: what a symbol needs depends on their places only.
_ALIKE = str.maketrans("123456789BCDEFGHIJKLMNOPQRSTUVWXYZ", "0" * 9 + "A" * 25)

Matrix = tuple[tuple[bool, ...], ...]


class AddressError(ValueError):
    """A base URL that cannot be printed. `code` is stable; the rest is for the message."""

    code = "address-invalid"


class AddressTooLongError(AddressError):
    """The symbol would be too dense. `length` and `limit` count characters of the base URL."""

    code = "address-too-long"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"the base URL has {length} characters; at most {limit} fit on a label")
        self.length = length
        self.limit = limit


def address(base_url: str, code: str) -> str:
    """The address to print: https://AV.EXAMPLE.COM/T/CODE.

    Capitals make the symbol smaller; the scheme stays lowercase since some cameras open no other.
    A path in the base URL keeps its case. Raises AddressError (no http or https address, or one
    with a user, query or fragment) and AddressTooLongError (more than a version 4 symbol holds).
    """
    return _join(_prefix(base_url, len(code)), code)


@lru_cache(maxsize=REMEMBERED)
def matrix(url: str) -> Matrix:
    """Rows of modules (True is dark) without quiet zone: 17 + 4 * version on each side.

    Smallest version at level M, then level Q if it costs no larger version. Level H is not used:
    damage beyond Q's reach mostly hits the finders, which no level repairs.
    """
    version, level = _size(url.translate(_ALIKE))
    return masks.fill(_symbol(url, level, version))


def svg(url: str) -> str:
    """An SVG document with one path; one unit is one module, so the page sets the size."""
    rows = matrix(url)
    side = len(rows) + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h{n}v1h-{n}z" for x, y, n in runs(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{path}"/></svg>'
    )


def png(url: str, dots: int) -> bytes:
    """A PNG of 1 bit per pixel with `dots` pixels to the module's side (at least 1)."""
    if dots < 1:
        raise ValueError("a module needs at least one dot")
    rows = matrix(url)
    side = len(rows) + 2 * QUIET
    image = Image.new("1", (side, side), 1)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + QUIET, y + QUIET), 0 if dark else 1)
    out = BytesIO()
    image.resize((side * dots, side * dots), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def terminal(url: str) -> str:
    """Lines of half blocks in black on white, whatever the terminal's own colours.

    Raises AddressTooLongError when it would need more than 80 columns.
    """
    rows = _with_quiet_zone(matrix(url))
    if len(rows[0]) > TERMINAL_COLUMNS:
        raise AddressTooLongError(len(url), _longest_in_terminal(url))
    pairs = zip(rows[::2], [*rows[1::2], (False,) * len(rows[0])], strict=False)
    lines = ("".join(_HALF_BLOCKS[pair] for pair in zip(*two, strict=True)) for two in pairs)
    return "\n".join(f"{_TERMINAL_COLOURS}{line}{_TERMINAL_RESET}" for line in lines) + "\n"


def runs(rows: Matrix) -> list[tuple[int, int, int]]:
    """The dark modules as horizontal runs (x, y, length), rows from the top."""
    found = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                found.append((x, y, end - x))
            x = end + 1
    return found


@lru_cache(maxsize=64)
def _prefix(base_url: str, length: int) -> str:
    """What stands before /T/CODE; all codes of one length take the same room in the symbol."""
    parts, code = _split(base_url), "0" * length
    prefix = f"{parts.scheme}://{_host(parts)}{parts.path.rstrip('/')}"
    if not _fits(prefix, code):
        limit = max((n for n in range(len(prefix)) if _fits(prefix[:n], code)), default=0)
        raise AddressTooLongError(len(prefix), limit)
    return prefix


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError as error:
        raise AddressError(f"not a web address: {base_url!r}") from error
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    printable = base_url.isprintable() and " " not in base_url and parts.path.isascii()
    known = parts.scheme in ("http", "https") and bool(parts.hostname)
    if not (known and plain and printable and port_is_a_number):
        raise AddressError(f"not a web address: {base_url!r}")
    return parts


def _host(parts: SplitResult) -> str:
    try:
        return parts.netloc.encode("idna").decode().upper()
    except UnicodeError as error:
        raise AddressError(f"not a host name: {parts.netloc!r}") from error


def _join(prefix: str, code: str) -> str:
    return f"{prefix}/T/{code}"


def _fits(prefix: str, code: str) -> bool:
    return 0 < _version(_join(prefix, code), ERROR_CORRECT_M) <= MAX_VERSION


def _longest_in_terminal(url: str) -> int:
    modules = TERMINAL_COLUMNS - 2 * QUIET
    sizes = ((n, _version(url[:n], ERROR_CORRECT_M)) for n in range(len(url)))
    return max((n for n, version in sizes if 0 < version <= (modules - 17) // 4), default=0)


def _version(url: str, level: int) -> int:
    """The smallest version that holds `url`; 0 when none does."""
    try:
        return _symbol(url, level).best_fit()
    except (DataOverflowError, ValueError):
        return 0


@lru_cache(maxsize=REMEMBERED)
def _size(text: str) -> tuple[int, int]:
    """Version and level of every text with its digits and capitals where this one has them."""
    version = _version(text, ERROR_CORRECT_M)
    quartile = version and _version(text, ERROR_CORRECT_Q) == version
    return version, ERROR_CORRECT_Q if quartile else ERROR_CORRECT_M


def _symbol(url: str, level: int, version: int | None = None) -> QRCode[Any]:
    symbol: QRCode[Any] = QRCode(version or None, error_correction=level)
    symbol.add_data(url, optimize=_SHORTEST_RUN)
    return symbol


def _with_quiet_zone(rows: Matrix) -> Matrix:
    width = len(rows) + 2 * QUIET
    edge = ((False,) * width,) * QUIET
    side = (False,) * QUIET
    return (*edge, *(side + row + side for row in rows), *edge)
