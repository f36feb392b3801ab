"""The content-addressed store of photos, signatures and documents.

A blob's identity is the SHA-256 of the bytes received. Bytes reach the disk (file and directory
synced) or the bucket before a row says so. People are served re-encoded derivatives only, never
the original.
"""

import hashlib
import io
import os
import re
import threading
import warnings
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from peewee import fn
from PIL import Image, ImageOps, UnidentifiedImageError

from roundtag import bytestore, clock, disk, jobs, journal
from roundtag.db import after_commit, write
from roundtag.errors import BadImage, RoundtagError, TooLarge, invalid
from roundtag.models import (
    Approval,
    Blob,
    DocumentFile,
    Job,
    StockSlip,
    Submission,
    SubmissionBlob,
    tuples,
)
from roundtag.settings import current
from roundtag.words import N_

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
PIXELS = {"PNG": 24_000_000, "WEBP": 10_000_000}
"""Less where a picture cannot be read at a smaller scale: none takes 200 MB (ADR 53)."""
OPENED = ("JPEG", "PNG", "WEBP", "HEIF")
FORMATS = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp",
           "HEIF": "image/heic"}  # fmt: skip
"""MPO: found in a JPEG with further pictures behind it, as phones with several lenses make."""
MAX_SENT = 20_000_000
"""Bytes that an attendee's phone may send; they are drawn anew and much smaller when kept."""
REDRAWN = 2000
AT_ONCE = 2
_drawing = threading.BoundedSemaphore(AT_ONCE)
"""A picture of 40 megapixels takes 160 MB while it is drawn: strangers' photos wait in line."""
WIPE, AGAIN = "blobs.wipe", timedelta(minutes=10)
SIDES = {"thumb": 320, "report": 640, "view": 1600}


class NoRoom(RoundtagError):
    """Nothing was stored; the phone keeps the photo and tries again (sync.md)."""

    code, status = "disk-full", 507
    message = N_("The server has no room for photos just now. They stay on your phone and go on by "
                 "themselves; tell the administrator.")  # fmt: skip


def put_photo(data: bytes, expected: str | None = None) -> Blob:
    """Stores the bytes of a photo durably; the same bytes again are one blob. Raises as take()."""
    return take(data, expected)[0]


def take(data: bytes, expected: str | None = None) -> tuple[Blob, bool]:
    """The same, and whether these bytes had not come before.

    Raises errors.Invalid for empty bytes or a hash other than `expected`, errors.TooLarge above
    8 MB or 40 megapixels, errors.BadImage for anything that is not a readable photo, NoRoom.
    """
    digest = hashlib.sha256(data).hexdigest()
    if not data:
        raise invalid("photo", "empty", N_("This photo is empty (0 bytes). Take it again."))
    if expected and digest != expected:
        raise invalid("photo", "hash", N_("The photo arrived damaged. It will be sent again."))
    known = Blob.get_or_none(Blob.sha256 == digest)
    if known:
        return known, False
    mime = sniff(data)
    if not takes(len(data)):
        raise NoRoom
    began = clock.now()
    bytestore.of_settings().put(digest, data)
    return _listed(digest, len(data), mime, began)


def put_bytes(data: bytes, mime: str) -> str:
    """Stores bytes of our own making durably; returns their hash."""
    digest, began = hashlib.sha256(data).hexdigest(), clock.now()
    bytestore.of_settings().put(digest, data)
    _listed(digest, len(data), mime, began)
    return digest


def put_file(draft: Path, mime: str) -> tuple[str, int]:
    """Moves a finished file of our own making into the store, read in pieces; returns its hash and
    size in bytes. `draft` must lie in the same file system as the store."""
    with open(draft, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    size, began = draft.stat().st_size, clock.now()
    bytestore.of_settings().adopt(digest, draft)
    _listed(digest, size, mime, began)
    return digest, size


def _listed(digest: str, size: int, mime: str, began: datetime) -> tuple[Blob, bool]:
    """The row of bytes that are stored since `began`, and whether it is new."""
    _keep_twice(digest)
    with write():
        row = Blob.insert(sha256=digest, size=size, mime=mime, received_at=clock.now())
        made = list(row.on_conflict_ignore().returning(Blob).execute())
    if made and bytestore.of_settings().elsewhere and _wiped_since(digest, began):
        with write():
            Blob.delete().where(Blob.sha256 == digest).execute()
        raise bytestore.Unreachable
    return (made[0], True) if made else (Blob.get(Blob.sha256 == digest), False)


def _wiped_since(digest: str, began: datetime) -> bool:
    """Whether a job that saw no row yet may have removed from the bucket what was just put there.
    One that only waits will see the row."""
    lately = (Job.state == "running") | (Job.finished_at >= began)
    jobs_done = Job.select(Job.args).where((Job.name == WIPE) & lately)
    return any(job.args["digest"] == digest for job in jobs_done)


def _keep_twice(digest: str) -> None:
    """A copy beside the journal, where there is one, before any row speaks of the bytes. Those in a
    bucket do not go with this disk."""
    kept = journal.of_settings()
    if kept and not bytestore.of_settings().elsewhere:
        kept.keep_photo(digest, path_of(digest))


def redrawn(data: bytes) -> bytes:
    """A photo as JPEG of at most 2000 px without metadata: the only form in which one from
    somebody without an account is kept.

    Raises errors.Invalid for empty bytes, errors.TooLarge above 20 MB or 40 megapixels,
    errors.BadImage for anything that is not a readable photo.
    """
    if not data:
        raise invalid("photo", "empty", N_("This photo is empty (0 bytes). Take it again."))
    if len(data) > MAX_SENT:
        raise TooLarge(N_("A photo may have at most %(limit)s."), limit="20 MB")
    with _drawing:
        return _reencode(data, REDRAWN)


def takes(size: int) -> bool:
    """Whether `size` more bytes fit what is set for all photos and papers, and the disk."""
    return disk.has_room(size) and stored() + size <= current().photos_mb * 1_000_000


def stored() -> int:
    """Bytes of everything in the store, as received or made; one query."""
    return int(Blob.select(fn.SUM(Blob.size)).scalar() or 0)


def listed() -> list[tuple[str, int]]:
    """Hash and bytes of everything in the store; one query."""
    return tuples(Blob.select(Blob.sha256, Blob.size).order_by(Blob.sha256))


def takes_anonymous(size: int) -> bool:
    """Whether `size` more bytes from people without an account fit what is set for them, and what
    is set for all."""
    kept = (
        SubmissionBlob.select(fn.SUM(SubmissionBlob.size))
        .join(Submission)
        .where(Submission.owner.is_null())
        .scalar()
    )
    return int(kept or 0) + size <= current().anonymous_photos_mb * 1_000_000 and takes(size)


def sniff(data: bytes) -> str:
    """The media type found by decoding the photo in full; names and headers are not trusted."""
    if len(data) > MAX_BYTES:
        raise TooLarge(N_("A photo may have at most %(limit)s."), limit="8 MB")
    return FORMATS[str(_decode(data, side=1).format)]


SCAN = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
MAX_SCANS = 100
"""Passes over the picture that a progressive JPEG may make: cameras need ten, and each one costs
as much as the picture itself however few bytes it has."""


def _decode(data: bytes, side: int | None = None) -> Image.Image:
    """The picture. A JPEG is read in every byte and, for a `side` in pixels that is all that is
    needed of it, drawn at a half, a quarter or an eighth: so the largest takes a few MB."""
    if len(SCAN.findall(data)) > MAX_SCANS:
        raise BadImage
    _allow_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=OPENED)
            most = PIXELS.get(str(picture.format), MAX_PIXELS)
            if picture.width * picture.height > most:
                limit = f"{most // 1_000_000} MP"
                raise TooLarge(N_("A photo may have at most %(limit)s."), limit=limit)
            if side:
                _draft(picture, side)
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooLarge(N_("A photo may have at most %(limit)s."), limit="40 MP") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning) as broken:
        raise BadImage from broken
    return picture


def _draft(picture: Image.Image, side: int) -> None:
    """Lets a JPEG be drawn smaller, its longer side no shorter than `side`."""
    longest = max(picture.size)
    box = (max(1, side * picture.width // longest), max(1, side * picture.height // longest))
    picture.draft("L" if side == 1 else "RGB", box)


def _allow_heif() -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()


def is_digest(text: str) -> bool:
    """Whether a foreign text has the form of a hex SHA-256."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def has(digest: str) -> bool:
    return is_digest(digest) and Blob.select().where(Blob.sha256 == digest).exists()


def path_of(digest: str) -> Path:
    """Where the bytes lie on this disk; with a bucket they are fetched. Nothing lies there when
    they are gone. Raises bytestore.Unreachable."""
    return bytestore.of_settings().path(digest)


def is_whole(digest: str) -> bool:
    """Whether the bytes are there and still what came; they are read in full."""
    return bytestore.of_settings().is_whole(digest)


def derivative(digest: str, size: str) -> bytes:
    """The photo as people see it: JPEG, upright, without metadata, longest side as in SIDES."""
    return derivative_path(digest, size).read_bytes()


def derivative_path(digest: str, size: str) -> Path:
    """Where that copy lies, made when it is not there."""
    store = bytestore.of_settings()
    target = store.drawn(digest, f".{size}.jpg")
    if not store.holds(target):
        store.lay(target, _reencode(store.path(digest).read_bytes(), SIDES[size]))
    return target


def _reencode(data: bytes, side: int) -> bytes:
    picture = _decode(data, 2 * side)
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGB")
    picture.thumbnail((side, side))  # before it is turned, which takes as much once more
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.info = {k: v for k, v in picture.info.items() if k == "icc_profile"}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


BEARERS = (SubmissionBlob.sha256, Approval.signature, DocumentFile.sha256, StockSlip.signature)
"""Columns that name bytes which have to stay, whoever sends the same bytes once more."""


def discard(digests: Iterable[str]) -> None:
    """Forgets bytes that nothing on file bears, e.g. the photos of a form that was refused."""
    for digest in set(digests):
        if not any(one.model.select().where(one == digest).exists() for one in BEARERS):
            with write():
                erase(digest)


def erase(digest: str) -> None:
    """Removes bytes for good, whoever bears their hash, and every copy that was drawn of them."""
    Blob.delete().where(Blob.sha256 == digest).execute()
    if bytestore.of_settings().elsewhere:
        jobs.enqueue(WIPE, digest=digest)  # until the bucket has done it
    else:
        after_commit(lambda: wipe(digest))


@jobs.register(WIPE)
def wipe_unless_back(digest: str) -> None:
    """Bytes that came once more meanwhile stay. A bucket that is away is asked again, for as long
    as it takes."""
    if has(digest):
        return
    try:
        wipe(digest)
    except bytestore.Unreachable:
        with write():
            jobs.enqueue(WIPE, run_after=clock.now() + AGAIN, digest=digest)


def wipe(digest: str) -> None:
    """The bytes of a blob that is erased; asked again it finds none."""
    bytestore.of_settings().wipe(digest)
    if kept := journal.of_settings():
        kept.photo(digest).unlink(missing_ok=True)
