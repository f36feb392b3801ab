"""Takes the place where a photo was taken out of its bytes; every pixel stays as it is.

A phone with our script draws its photos anew, which drops all of this; a form posted without it
brings the camera's original.
"""

import io
import re
import struct
from contextlib import suppress
from itertools import islice

from PIL import Image

GPS = 0x8825
HEAD = re.compile(rb"Exif\0\0(?:II\*\0|MM\0\*)")
"""How a block begins in a JPEG; one of several pictures has a block for each."""
LONGEST = 65_527
MOST_BLOCKS = 64
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes per value of each TIFF type."""


def without_place(data: bytes) -> bytes:
    """The same photo without its location; other facts of the camera stay. Damaged data is left
    to the checks that follow."""
    with suppress(Exception):
        return _png(data) if data.startswith(b"\x89PNG") else _in_place(data)
    return data


def _in_place(data: bytes) -> bytes:
    """JPEG, WebP and HEIC hold the blocks as they are: clean ones of equal length replace them."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    info = Image.open(io.BytesIO(data)).info
    exif, xmp = info.get("exif") or b"", info.get("xmp") or b""
    starts = (found.start() for found in islice(HEAD.finditer(data), MOST_BLOCKS))
    further = [data[at : at + LONGEST] for at in starts]
    for block in filter(None, [exif, *further]):
        with suppress(struct.error):
            data = data.replace(block, blank(block))
    if b"GPS" in xmp:
        data = data.replace(xmp, b" " * len(xmp))
    return data


def blank(exif: bytes) -> bytes:
    """An EXIF block of the same length whose GPS directory is empty. Raises struct.error."""
    start = 6 if exif.startswith(b"Exif\0\0") else 0
    tiff = bytearray(exif[start:])
    order = "<" if tiff.startswith(b"II") else ">"
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    for tag, _, _, where in _entries(tiff, order, first):
        if tag == GPS:
            _blank_directory(tiff, order, struct.unpack_from(order + "I", tiff, where)[0])
    return exif[:start] + bytes(tiff)


def _entries(tiff: bytearray, order: str, at: int) -> list[tuple[int, int, int, int]]:
    """(tag, type, count, offset of the value field) of a directory."""
    (count,) = struct.unpack_from(order + "H", tiff, at)
    places = [at + 2 + 12 * n for n in range(count)]
    return [(*struct.unpack_from(order + "HHI", tiff, place), place + 8) for place in places]


def _blank_directory(tiff: bytearray, order: str, at: int) -> None:
    entries = _entries(tiff, order, at)
    for _, kind, count, where in entries:
        size = SIZES.get(kind, 1) * count
        if size > 4:
            (far,) = struct.unpack_from(order + "I", tiff, where)
            tiff[far : far + size] = bytes(len(tiff[far : far + size]))
    end = at + 2 + 12 * len(entries)
    tiff[at:end] = bytes(len(tiff[at:end]))


def _png(data: bytes) -> bytes:
    """Chunks with such facts are left out whole: each bears a checksum."""
    kept, at = [data[:8]], 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunk = data[at : at + 12 + length]
        if not _tells_place(chunk):
            kept.append(chunk)
        at += 12 + length
    return b"".join(kept)


def _tells_place(chunk: bytes) -> bool:
    kind = chunk[4:8]
    return kind == b"eXIf" or (kind in {b"iTXt", b"tEXt", b"zTXt"} and b"xmp" in chunk[:60].lower())
