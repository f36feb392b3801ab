"""The disk that the data lie on: how full it is, files that appear whole, and waiting for it."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from roundtag.settings import current


def free() -> int:
    """Bytes that are free for this account on the disk of the photos."""
    folder = current().data_dir
    return shutil.disk_usage(folder if folder.exists() else folder.parent).free


def has_room(size: int = 0) -> bool:
    """Whether FREE_MB stay free beside `size` more bytes."""
    return free() - size >= current().free_mb * 1_000_000


def sync(path: Path) -> None:
    """Puts a file, or a folder's list of names, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def whole(path: Path, durably: bool = True, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write into, which gets its name once it is whole; of a failed one nothing is left.

    Its bytes and its name are on the disk afterwards, unless what a crash takes of it can be made
    again (not `durably`). `private`: readable for this account alone, whatever the umask.
    """
    draft = draft_of(path)
    try:
        with open(draft, "xb", opener=_private if private else None) as file:
            yield file
            if durably:
                file.flush()
                os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if durably:
        sync(path.parent)


def claim(path: Path, data: bytes) -> None:
    """A private file that appears whole and for good; who comes second finds the first one's."""
    draft = draft_of(path)
    with whole(draft, private=True) as file:
        file.write(data)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    sync(path.parent)


def draft_of(path: Path) -> Path:
    """A name of its own, in the same folder, for what is half written."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
