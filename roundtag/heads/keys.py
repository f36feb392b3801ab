"""The signing keys, and beside them the last head that was signed for each log.

All lie outside the database and its backups: whoever puts an old database back cannot have its
shorter log signed anew without being noticed. The first key is the file of the settings; each later
one lies beside it and bears its id in its name. Which one signs, the log itself says (chain.py).
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from roundtag import disk
from roundtag.settings import current

LENGTH = 32


class NoKey(ValueError):
    """The key that has to sign is not here."""


def first() -> Ed25519PrivateKey:
    """The key that an installation begins with; made at the first use. Raises ValueError for a
    spoilt file."""
    path = current().ledger_key
    if not path.exists():
        _make(path, Ed25519PrivateKey.generate())
    return _read(path)


def held(public: bytes) -> Ed25519PrivateKey:
    """The private half of a key. Raises NoKey when no file here holds it."""
    for path in _paths():
        key = _read(path)
        if key.public_key().public_bytes_raw() == public:
            return key
    raise NoKey(f"the key {short(public)} is not here: put its file back")


def all_held() -> list[bytes]:
    """The public halves of all keys that lie here."""
    return [_read(path).public_key().public_bytes_raw() for path in _paths()]


def make() -> bytes:
    """A further key, durably on the disk; it signs nothing until the logs announce it."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    _make(_later(public), key)
    return public


def drop(public: bytes) -> bool:
    """Removes a key's file for good; False when there was none."""
    for path in _paths():
        if _read(path).public_key().public_bytes_raw() == public:
            path.unlink()
            disk.sync(path.parent)
            return True
    return False


def short(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:8]


def _later(public: bytes) -> Path:
    path = current().ledger_key
    return path.with_name(f"{path.stem}-{short(public)}{path.suffix}")


def _paths() -> Iterator[Path]:
    path = current().ledger_key
    if path.exists():
        yield path
    marks = "[0-9a-f]" * 8
    yield from sorted(path.parent.glob(f"{path.stem}-{marks}{path.suffix}"))


def _read(path: Path) -> Ed25519PrivateKey:
    data = path.read_bytes()
    if len(data) != LENGTH:
        raise ValueError(f"{path} holds no Ed25519 key of {LENGTH} bytes: put the right file back")
    return Ed25519PrivateKey.from_private_bytes(data)


def _make(path: Path, key: Ed25519PrivateKey) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    disk.claim(path, key.private_bytes_raw())


def remembered(origin: str) -> str | None:
    """The note of the last head that was signed for a log; None before the first."""
    path = _memory(origin)
    return path.read_text("utf-8") if path.exists() else None


def remember(origin: str, note: str) -> None:
    """Keeps the note durably; before it nothing of the head has left the house."""
    path = _memory(origin)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with disk.whole(path, private=True) as file:
        file.write(note.encode())


def set_aside(origin: str, size: int) -> bool:
    """After a declared restore to `size`: what was signed beyond it is kept apart, once. False when
    that restore was seen before."""
    kept = _memory(f"{origin}-before-{size}")
    if kept.exists():
        return False
    _memory(origin).rename(kept)
    disk.sync(kept.parent)
    return True


def _memory(origin: str) -> Path:
    return current().ledger_key.parent / "heads" / f"{origin.replace('/', '-')}.txt"
