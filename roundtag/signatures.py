"""A signature drawn on a phone: black on white, redrawn by us, kept under its hash."""

import base64
import binascii
import io
import struct
import zlib

from PIL import Image, UnidentifiedImageError

from roundtag import blobs
from roundtag.errors import Invalid, invalid
from roundtag.fields import Fields
from roundtag.words import N_

PREFIX = "data:image/png;base64,"
MAX_TEXT = 400_000
"""Characters of a drawing as it is sent."""
SIZE = (900, 360)
"""The largest width and height that are kept, in pixels."""
MIN_INK = 150
"""Dark pixels that a drawing must have: a dot made in passing is no signature."""
DARK = 128
UNREADABLE = (binascii.Error, Image.DecompressionBombError, UnidentifiedImageError, EOFError,
              OSError, SyntaxError, ValueError, struct.error, zlib.error)  # fmt: skip
"""What reading a foreign picture raises, one that claims gigabytes included."""


def read(form: Fields) -> str | None:
    """The hash of a form's drawing; nothing is stored for a form that has other errors."""
    if form.errors:
        return None
    try:
        return keep_drawing(form.raw("signature"))
    except Invalid as refused:
        form.errors += refused.errors
        return None


def keep_drawing(text: str) -> str | None:
    """Stores what was drawn; returns its hash, None when nothing was drawn.

    Raises Invalid at `signature` for anything but a PNG with enough ink.
    """
    if not text.strip():
        return None
    picture = _read(text.strip())
    if _ink(picture) < MIN_INK:
        raise invalid("signature", "ink", N_("This is too little to be a signature. Sign again, "
                                             "or clear it and write your name only."))  # fmt: skip
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return blobs.put_bytes(out.getvalue(), "image/png")


def _read(text: str) -> Image.Image:
    """The drawing on white, in black and grey; its own colours and metadata are not kept."""
    unreadable = invalid("signature", "unreadable", N_("The signature could not be read. Clear it "
                                                       "and sign again."))  # fmt: skip
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT:
        raise unreadable
    try:
        data = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        drawn = Image.open(io.BytesIO(data), formats=["PNG"])
        if drawn.width > 4 * SIZE[0] or drawn.height > 4 * SIZE[1]:
            raise unreadable
        drawn.load()
    except UNREADABLE as broken:
        raise unreadable from broken
    layered = drawn.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    paper.alpha_composite(layered)
    grey = paper.convert("L")
    grey.thumbnail(SIZE)
    return grey


def _ink(picture: Image.Image) -> int:
    return sum(picture.histogram()[:DARK])


def forget_drawing(digest: str | None) -> None:
    """Takes a drawing away again unless something on file bears the same."""
    blobs.discard([digest] if digest else [])
