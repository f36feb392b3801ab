"""Photos: judged by decoding, kept byte for byte, shown re-encoded without metadata."""

import hashlib
import io
import struct
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from roundtag import attachments, blobs, clock, jobs, sync
from roundtag.errors import BadImage, Invalid, NotFound, TooLarge
from roundtag.models import Attachment, Blob, DocumentFile, IssuedDocument, Job
from roundtag.signatures import forget_drawing, keep_drawing
from tests.accepting import drawing, team
from tests.seeing import snapshot
from tests.world import World, check_form, deliver, fault_form, jpeg


def encoded(kind: str, size: tuple[int, int] = (64, 48), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **more)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that claims side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rest = chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rest


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_photos_of_phones_are_taken_byte_for_byte(world: World, kind: str) -> None:
    blobs._allow_heif()
    data = encoded(kind)
    blob = blobs.put_photo(data)
    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert (blob.size, blob.mime) == (len(data), blobs.FORMATS[kind])
    assert blobs.path_of(blob.sha256).read_bytes() == data
    assert blobs.put_photo(data) == blob
    assert Blob.select().count() == 1


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [SVG, b"<!doctype html><script>1</script>", encoded("GIF"), encoded("TIFF"), encoded("BMP"),
     encoded("JPEG", (900, 900), quality=95)[:3000], b"GIF89a" + encoded("JPEG"), b"\0" * 50,
     encoded("PNG")[:40], b"SIMPLE  =                    T" + b" " * 3000],
    ids=["svg", "html", "gif", "tiff", "bmp", "truncated-jpeg", "polyglot", "zeros", "cut-png",
         "fits"],
)  # fmt: skip
def test_whatever_is_no_whole_photo_is_refused(world: World, data: bytes) -> None:
    before = snapshot()
    with pytest.raises(BadImage):
        blobs.put_photo(data)
    assert snapshot() == before
    assert not blobs.path_of(hashlib.sha256(data).hexdigest()).exists()


@pytest.mark.parametrize("side", [7_000, 10_000, 20_000, 50_000])
def test_a_bomb_is_too_large_before_it_is_decoded(world: World, side: int) -> None:
    with pytest.raises(TooLarge):
        blobs.put_photo(bomb(side))


def test_more_than_eight_megabytes_are_too_large(world: World) -> None:
    with pytest.raises(TooLarge):
        blobs.put_photo(encoded("JPEG") + b"\0" * blobs.MAX_BYTES)


def test_empty_or_damaged_bytes_are_named(world: World) -> None:
    data, photo = jpeg()
    for wrong, code in ((b"", "empty"), (data + b"\0", "hash"), (data[:-9], "hash")):
        with pytest.raises(Invalid) as refused:
            blobs.put_photo(wrong, photo.sha256)
        assert [e.code for e in refused.value.errors] == [code]
    assert not blobs.has(photo.sha256)


def test_people_see_it_upright_small_and_without_metadata(world: World, keeping: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SECRET MAKER", 6
    data = encoded("JPEG", (2000, 1000), exif=exif, comment=b"SECRET PLACE")
    digest = blobs.put_photo(data).sha256
    for size, side in blobs.SIDES.items():
        shown = blobs.derivative(digest, size)
        assert b"SECRET" not in shown
        picture = Image.open(io.BytesIO(shown))
        assert not picture.getexif()
        assert picture.size == (side // 2, side)
        assert blobs.derivative(digest, size) == shown


def test_discard_forgets_only_what_no_submission_lists(world: World, keeping: str) -> None:
    (kept, photo), (lost, other) = jpeg("red"), jpeg("blue")
    deliver("fault", fault_form(world, photo=f"blob:{photo.sha256}"), world.engineer,
            photos=(photo,))  # fmt: skip
    blobs.put_photo(kept)
    blobs.put_photo(lost)
    blobs.discard([photo.sha256, other.sha256, other.sha256, "f" * 64])
    assert blobs.has(photo.sha256)
    assert not blobs.has(other.sha256)
    do_jobs()
    assert not blobs.path_of(other.sha256).exists()
    assert blobs.is_whole(photo.sha256)


def do_jobs() -> None:
    """What is to be removed from a bucket, done as the worker does it."""
    for job in Job.select().where(Job.name == blobs.WIPE):
        jobs._handlers[job.name](**job.args)


@pytest.mark.parametrize("forget", [blobs.discard, lambda one: forget_drawing(*one)])
def test_what_a_decision_or_a_form_bears_is_never_forgotten(
    world: World, keeping: str, forget: Callable[[list[str]], None]
) -> None:
    """Sent again in a form that is refused, the very bytes of a signature or of a photo stay."""
    crew = team(world)
    drawn = keep_drawing(drawing())
    assert drawn
    photo = jpeg("green")[1]
    deliver("inspection", check_form(world, photo=f"blob:{photo.sha256}"), crew.engineer,
            photos=(photo,))  # fmt: skip
    blobs.put_photo(jpeg("green")[0])
    crew.fill(1)
    crew.hand_in(signature=drawn)
    paper = blobs.put_bytes(b"%PDF-", "application/pdf")
    row = IssuedDocument.create(client=world.client_id, number="XJ-1", kind="x", data_digest="d",
                                file_hash=paper, issued_at=clock.now())  # fmt: skip
    DocumentFile.create(client=world.client_id, document=row, kind="pdf", lang="zh", name="x.pdf",
                        sha256=paper, size=5)  # fmt: skip
    for digest in (drawn, photo.sha256, paper):
        forget([digest])
        assert blobs.has(digest)
        assert blobs.path_of(digest).exists()


def filed(world: World) -> tuple[bytes, str, int]:
    data, photo = jpeg()
    fields = check_form(world, photo=f"blob:{photo.sha256}")
    deliver("inspection", fields, world.engineer, photos=(photo,))
    return data, photo.sha256, Attachment.get(Attachment.sha256 == photo.sha256).id


def test_a_photo_follows_its_form(world: World, keeping: str) -> None:
    data, digest, attachment = filed(world)
    with pytest.raises(NotFound):
        attachments.digest_of(attachment, world.viewer)
    blob, fresh = sync.put_photo(digest, data, world.engineer)
    assert (blob.sha256, fresh) == (digest, True)
    assert attachments.digest_of(attachment, world.viewer) == digest


def test_another_person_can_neither_send_nor_see_it(world: World, other: World) -> None:
    data, digest, attachment = filed(world)
    for stranger in (world.viewer, other.engineer):
        with pytest.raises(sync.Unlisted):
            sync.put_photo(digest, data, stranger)
    sync.put_photo(digest, data, world.engineer)
    with pytest.raises(NotFound):
        attachments.digest_of(attachment, other.engineer)


def test_a_photo_that_no_form_lists_is_unlisted(world: World) -> None:
    data, photo = jpeg("green")
    for digest in (photo.sha256, "", "../../etc/passwd", "\0"):
        with pytest.raises(sync.Unlisted):
            sync.put_photo(digest, data, world.engineer)


def progressive(scans: int) -> bytes:
    """A progressive JPEG whose last pass over the picture comes some times more."""
    data = encoded("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def test_a_jpeg_of_very_many_passes_is_not_drawn() -> None:
    """Each pass costs as much as the picture and has a few dozen bytes."""
    assert blobs.sniff(progressive(0)) == "image/jpeg"
    with pytest.raises(BadImage):
        blobs.sniff(progressive(blobs.MAX_SCANS))


def test_photos_of_strangers_are_drawn_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many come at once: the third waits until one of the two is drawn."""
    inside, most, both = [0], [0], threading.Barrier(blobs.AT_ONCE)

    def slow(data: bytes, side: int) -> bytes:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        both.wait(10)
        inside[0] -= 1
        return data

    monkeypatch.setattr(blobs, "_reencode", slow)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(blobs.redrawn, [b"x"] * 8))
    assert drawn == [b"x"] * 8
    assert most == [blobs.AT_ONCE]
