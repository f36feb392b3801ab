"""The content-addressed store of photos, signatures and documents.

A blob's identity is the SHA-256 of the bytes received. Bytes reach the disk (file and directory
synced) before a row says so. People are served re-encoded derivatives only, never the original.
"""

import hashlib
import io
import os
import re
import secrets
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from peewee import fn
from PIL import Image, ImageOps, UnidentifiedImageError

from roundtag import clock
from roundtag.db import write
from roundtag.errors import BadImage, TooLarge, invalid
from roundtag.models import Blob, Submission, SubmissionBlob
from roundtag.settings import current
from roundtag.words import N_

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
OPENED = ("JPEG", "PNG", "WEBP", "HEIF")
FORMATS = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp",
           "HEIF": "image/heic"}  # fmt: skip
"""MPO: found in a JPEG with further pictures behind it, as phones with several lenses make."""
MAX_SENT = 20_000_000
"""Bytes that an attendee's phone may send; they are drawn anew and much smaller when kept."""
REDRAWN = 2000
SIDES = {"thumb": 320, "view": 1600}


def put_photo(data: bytes, expected: str | None = None) -> Blob:
    """Stores the bytes of a photo durably; the same bytes again are one blob. Raises as take()."""
    return take(data, expected)[0]


def take(data: bytes, expected: str | None = None) -> tuple[Blob, bool]:
    """The same, and whether these bytes had not come before.

    Raises errors.Invalid for empty bytes or a hash other than `expected`, errors.TooLarge above
    8 MB or 40 megapixels, errors.BadImage for anything that is not a readable photo.
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
    _durable(path_of(digest), data)
    with write():
        row = Blob.insert(sha256=digest, size=len(data), mime=mime, received_at=clock.now())
        made = list(row.on_conflict_ignore().returning(Blob).execute())
    return (made[0], True) if made else (Blob.get(Blob.sha256 == digest), False)


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
    return _reencode(data, REDRAWN)


def takes_anonymous(size: int) -> bool:
    """Whether `size` more bytes from people without an account fit what is set for them."""
    kept = (
        SubmissionBlob.select(fn.SUM(SubmissionBlob.size))
        .join(Submission)
        .where(Submission.owner.is_null())
        .scalar()
    )
    return int(kept or 0) + size <= current().anonymous_photos_mb * 1_000_000


def sniff(data: bytes) -> str:
    """The media type found by decoding the photo in full; names and headers are not trusted."""
    if len(data) > MAX_BYTES:
        raise TooLarge(N_("A photo may have at most %(limit)s."), limit="8 MB")
    return FORMATS[str(_decode(data, small=True).format)]


SCAN = re.compile(rb"\xff\xda\0(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
MAX_SCANS = 100
"""Passes over the picture that a progressive JPEG may make: cameras need ten, and each one costs
as much as the picture itself however few bytes it has."""


def _decode(data: bytes, small: bool = False) -> Image.Image:
    """The picture; `small` reads every byte of a JPEG all the same, and draws an eighth of it."""
    if len(SCAN.findall(data)) > MAX_SCANS:
        raise BadImage
    _allow_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=OPENED)
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLarge(N_("A photo may have at most %(limit)s."), limit="40 MP")
            if small:
                picture.draft("L", (1, 1))
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooLarge(N_("A photo may have at most %(limit)s."), limit="40 MP") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning) as broken:
        raise BadImage from broken
    return picture


def _allow_heif() -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()


def is_digest(text: str) -> bool:
    """Whether a foreign text has the form of a hex SHA-256."""
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def has(digest: str) -> bool:
    return is_digest(digest) and Blob.select().where(Blob.sha256 == digest).exists()


def path_of(digest: str) -> Path:
    return current().blob_dir / digest[:2] / digest


def _durable(path: Path, data: bytes) -> None:
    _keep_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(draft, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    _sync_folder(path.parent)


@cache
def _keep_folder(folder: Path) -> None:
    """Makes a folder durably, once in the life of a process."""
    folder.mkdir(parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def derivative(digest: str, size: str) -> bytes:
    """The photo as people see it: JPEG, upright, without metadata, longest side as in SIDES."""
    target = path_of(digest).with_suffix(f".{size}.jpg")
    if not target.exists():
        _durable(target, _reencode(path_of(digest).read_bytes(), SIDES[size]))
    return target.read_bytes()


def _reencode(data: bytes, side: int) -> bytes:
    picture = ImageOps.exif_transpose(_decode(data)).convert("RGB")
    picture.thumbnail((side, side))
    picture.info = {k: v for k, v in picture.info.items() if k == "icc_profile"}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def discard(digests: Iterable[str]) -> None:
    """Forgets photos that no submission lists, e.g. those of a form that was refused."""
    for digest in set(digests):
        if not SubmissionBlob.select().where(SubmissionBlob.sha256 == digest).exists():
            Blob.delete().where(Blob.sha256 == digest).execute()
            path_of(digest).unlink(missing_ok=True)
