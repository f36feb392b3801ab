"""Files that wait for their import: named by their content, apart from photos, never served."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from roundtag import disk
from roundtag.blobs import is_digest
from roundtag.register import archive, table
from roundtag.settings import current

AT_ONCE = 1024 * 1024
BYTES_OF_A_ROW = 300
"""Of a workbook's sheet, unpacked, at the least."""


def folder() -> Path:
    path = current().data_dir / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(name: str, stream: IO[bytes]) -> dict[str, Any]:
    """Stores an upload piece by piece; returns name, sha256, size and about how many rows it has.

    Raises table.BadFile for more bytes than are read, and keeps none of them.
    """
    draft = folder() / f".{secrets.token_hex(8)}"
    digest, size, lines = hashlib.sha256(), 0, 0
    try:
        with open(draft, "wb") as file:
            while piece := stream.read(AT_ONCE):
                size, lines = size + len(piece), lines + piece.count(b"\n") + piece.count(b"\r")
                table.check_size(name, size)
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        rows = archive.unpacked_sheets(draft) // BYTES_OF_A_ROW or lines
        os.replace(draft, _path(digest.hexdigest()))
    finally:
        draft.unlink(missing_ok=True)
    return {"name": name, "sha256": digest.hexdigest(), "size": size, "rows": rows}


def read(listed: Iterable[dict[str, Any]]) -> list[tuple[str, bytes]]:
    """The files of a batch. Raises FileNotFoundError when one has expired."""
    return [(one["name"], _path(one["sha256"]).read_bytes()) for one in listed]


def _path(digest: str) -> Path:
    if not is_digest(digest):
        raise FileNotFoundError(digest)
    return folder() / digest


def write_note(name: str, value: Any) -> None:
    """Keeps JSON beside the files, whole or not at all. `name` is ours, never a visitor's."""
    with disk.whole(folder() / f"{name}.json", durably=False) as file:
        file.write(json.dumps(value, ensure_ascii=False, default=str).encode())


def read_note(name: str) -> Any:
    """The JSON of that name; None when there is none."""
    try:
        return json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def drop_all_but(digests: set[str], notes: set[str], older_than: float) -> None:
    """Removes what nobody needs any more and nobody is just writing."""
    for path in folder().iterdir():
        kept = path.name in digests or path.stem.split(".")[0] in notes
        if not kept and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
