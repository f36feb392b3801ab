"""What a hostile file or form sends is refused by name, never an error of the server."""

import base64
import json
import struct
import zlib
from datetime import date

import pytest

from roundtag import signatures
from roundtag.checklists.exchange import read_file
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.rounds import rechecks, sharing


def _png(width: int, height: int) -> str:
    """A PNG that says how large it is, and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        total = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", total)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0"))
    return signatures.PREFIX + base64.b64encode(data + chunk(b"IEND", b"")).decode()


@pytest.mark.parametrize("side", [5_000, 50_000, 2**31 - 1])
def test_a_drawing_that_would_unpack_to_gigabytes_is_refused(side: int) -> None:
    with pytest.raises(Invalid) as refused:
        signatures.keep_drawing(_png(side, side))
    assert refused.value.errors[0].field == "signature"


def _file(items: str) -> str:
    return f'{{"category": "room", "occasion": "monthly", "items": {items}}}'


@pytest.mark.parametrize("text", [
    "[" * 200_000,
    _file("[" * 200_000),
    _file('[{"key": "a", "kind": "reading", "zh": "a", "en": "a", "min": 1%s}]' % ("0" * 400)),
    _file('[{"key": "a", "kind": "reading", "zh": "a", "en": "a", "max": 1e999}]'),
    _file('[{"key": "a", "kind": "reading", "zh": "a", "en": "a", "max": NaN}]'),
    _file(json.dumps([{"key": f"a{n}", "kind": "check", "zh": "a", "en": "a"}
                      for n in range(5_000)])),
])  # fmt: skip
def test_a_hostile_file_of_a_checklist_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_file(text)
    assert refused.value.errors[0].field == "file"


def test_a_room_of_5000_digits_is_no_room() -> None:
    with pytest.raises(Invalid) as refused:
        sharing.read(Fields([("room", "9" * 5_000)]), 1)
    assert refused.value.errors[0].field == "room"


def test_a_recheck_is_not_due_in_the_year_9999() -> None:
    form = Fields([("engineer", "1"), ("due_on", "9999-12-31")])
    with pytest.raises(Invalid) as refused:
        rechecks.read(form, 1, date(2026, 11, 1))
    assert refused.value.errors[0].field == "due_on"
