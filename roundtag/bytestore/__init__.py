"""Where the bytes of photos and papers lie: in a folder, or in a bucket with a folder as cache.

BLOB_URL chooses. Whoever is above knows hashes and paths on this disk alone.
"""

from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol

from roundtag.bytestore.folder import Folder
from roundtag.bytestore.unreachable import Unreachable
from roundtag.settings import Settings, current

__all__ = ["Folder", "Store", "Unreachable", "of_settings"]


class Store(Protocol):
    """All but `drawn` and `lay` raise Unreachable when the bytes lie elsewhere and that is away."""

    elsewhere: str
    """Where the bytes outlive this disk, for people; empty when they lie on it."""

    def put(self, digest: str, data: bytes) -> None:
        """Stores bytes durably; they are there, as sent, when this returns."""

    def send(self, digest: str, body: bytes | BinaryIO) -> None:
        """The same, without a copy on this disk for those who read it next."""

    def adopt(self, digest: str, draft: Path) -> None:
        """The same for a finished, synced file of this file system, which is moved."""

    def path(self, digest: str) -> Path:
        """Where the bytes lie on this disk, brought there if need be. Nothing lies there when there
        are none, or none that are what their name says."""

    def drawn(self, digest: str, tail: str) -> Path:
        """The place of a copy that was drawn of a photo; `tail` tells its size."""

    def holds(self, path: Path) -> bool:
        """Whether a file lies there; it then stays for the next minutes."""

    def lay(self, path: Path, data: bytes) -> None:
        """Writes a drawn copy."""

    def is_whole(self, digest: str) -> bool:
        """Whether the bytes are there and what they are called: reads them where they are kept."""

    def sizes(self) -> dict[str, int]:
        """Hash → bytes of all that is there."""

    def wipe(self, digest: str) -> None:
        """Removes bytes for good, every version and drawn copy; asked again it finds none."""

    def ping(self) -> None:
        """Returns when bytes could be stored now, as far as a question tells."""


def of_settings() -> Store:
    return _of(current())


@cache
def _of(settings: Settings) -> Store:
    if settings.bucket is None:
        return Folder(settings.blob_dir)
    from roundtag.bytestore.bucket import Bucket, client_of  # whoever has none does not pay for it
    from roundtag.bytestore.cache import Cache

    given = settings.bucket, settings.s3_access_key, settings.s3_secret_key
    return Bucket(
        settings.bucket, client_of(*given), client_of(*given, quick=True),
        Cache(settings.blob_cache, settings.blob_cache_mb * 1_000_000), Folder(settings.blob_dir),
    )  # fmt: skip
