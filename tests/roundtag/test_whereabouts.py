"""A photo's place goes before its hash is made; pixels and the other facts stay."""

import io
import tracemalloc
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from roundtag import blobs
from roundtag.whereabouts import without_place

GPS, DETAILS, MAKER, TAKEN = 0x8825, 0x8769, 0x010F, 0x9003
PLACE = {1: "N", 2: (31.0, 14.0, 5.5), 3: "E", 4: (121.0, 28.0, 1.0), 29: "2026:11:23"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" exif:GPSLatitude="31,14.09N"/>'
register_heif_opener()


def facts() -> Image.Exif:
    exif = Image.Exif()
    exif[MAKER] = "Maker"
    exif.get_ifd(GPS).update(PLACE)
    exif.get_ifd(DETAILS)[TAKEN] = "2026:11:23 09:00:00"
    return exif


def photo(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    picture = Image.effect_noise((64, 48), 80).convert("RGB")
    picture.save(out, kind, exif=facts(), xmp=XMP, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG", "HEIF"])
def test_the_place_goes_and_the_pixels_stay(kind: str) -> None:
    data = photo(kind)
    before = Image.open(io.BytesIO(data))
    assert before.getexif().get_ifd(GPS)
    clean = without_place(data)
    after = Image.open(io.BytesIO(clean))
    assert not after.getexif().get_ifd(GPS)
    assert b"GPS" not in clean
    assert after.tobytes() == before.tobytes()
    assert blobs.sniff(clean) == blobs.FORMATS[kind]
    assert without_place(clean) == clean
    if kind != "PNG":
        assert after.getexif()[MAKER] == "Maker"
        assert after.getexif().get_ifd(DETAILS)[TAKEN] == "2026:11:23 09:00:00"


def test_every_picture_of_a_file_with_several_is_cleaned() -> None:
    out = io.BytesIO()
    first, second = (Image.effect_noise((64, 48), n).convert("RGB") for n in (20, 90))
    first.save(out, "MPO", save_all=True, append_images=[second], exif=facts())
    data = out.getvalue() + photo("JPEG")
    clean = without_place(data)
    assert blobs.sniff(clean) == "image/jpeg"
    assert len(clean) == len(data)
    tail = Image.open(io.BytesIO(clean[len(out.getvalue()) :]))
    for picture in (Image.open(io.BytesIO(clean)), tail):
        assert not picture.getexif().get_ifd(GPS)


@pytest.mark.parametrize("cut", [0, 1, 20, 60, 200, -30])
def test_damaged_bytes_are_left_to_the_checks_that_follow(cut: int) -> None:
    data = photo("JPEG")[:cut]
    assert len(without_place(data)) == len(data)
    assert without_place(b"GIF89a") == b"GIF89a"


def test_a_file_full_of_headings_costs_no_more_than_its_size() -> None:
    data = photo("JPEG") + b"Exif\0\0II*\0" * 100_000
    tracemalloc.start()
    without_place(data)
    assert tracemalloc.get_traced_memory()[1] < 20 * len(data)
    tracemalloc.stop()
