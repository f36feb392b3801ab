"""Printed files, named by all that is in them: the same labels again are the same file."""

import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from roundtag import disk
from roundtag.settings import current

EDITION = 2
"""Of how labels are drawn; a higher one makes every file anew."""


def digest(*parts: object) -> str:
    """The name of a file made from `parts` (JSON values)."""
    text = json.dumps([EDITION, *parts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def has(name: str) -> bool:
    return _folder().joinpath(name).exists()


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The file of that name, made when it is not there; it counts as asked for now."""
    path = _folder() / name
    try:
        os.utime(path)
        return path.read_bytes()
    except FileNotFoundError:
        data = make()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with disk.whole(path, durably=False) as file:
        file.write(data)
    return data


def forget(older: float) -> int:
    """Deletes files that nobody asked for since so many seconds; returns how many."""
    before = time.time() - older
    old = [path for path in _folder().glob("*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return current().data_dir / "prints"


def zipped(names: Sequence[str], pictures: Sequence[bytes]) -> bytes:
    """A ZIP of PNG files in order; each is named by its number and label."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, (label, png) in enumerate(zip(names, pictures, strict=True), 1):
            name = "".join(c if c.isalnum() or c in "-_" else "_" for c in label)
            archive.writestr(zipfile.ZipInfo(f"{number:04}-{name}.png"), png)
    return out.getvalue()
