"""Signed heads of a log: C2SP tlog-checkpoint in a C2SP signed-note, with Ed25519.

Three lines (origin, size, root in Base64), an empty line, and a line per signature:
`— <name> <Base64 of key id and signature>`. The name of our key is the log's origin.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\N{EM DASH} "
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
NAME = re.compile(r"[^\s+]+")


class BadNote(ValueError):
    """A text that is no signed head of this log by this key."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: `root` is the raw hash of the tree of `size` leaves."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that say which key a signature is of."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier(name: str, public: bytes) -> str:
    """The key in the form in which it is handed out: name, id and public key."""
    return f"{name}+{key_id(name, public).hex()}+{_text(ED25519 + public)}"


def read_verifier(text: str) -> tuple[str, bytes]:
    """Name and public key. Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    short, _, coded = rest.partition("+")
    data = _bytes(coded)
    if len(data) != 33 or data[:1] != ED25519 or key_id(name, data[1:]).hex() != short:
        raise BadNote("this is no verifier key")
    return name, data[1:]


def sign(head: Checkpoint, key: Ed25519PrivateKey, name: str = "") -> str:
    """The note that says so. `name`: of the key, the origin unless told."""
    named = name or head.origin
    if not NAME.fullmatch(named) or not NAME.fullmatch(head.origin):
        raise BadNote("a name has no spaces and no plus sign")
    signature = key.sign(head.text.encode())
    line = _text(key_id(named, key.public_key().public_bytes_raw()) + signature)
    return f"{head.text}\n{DASH}{named} {line}\n"


def read(note: str, name: str, public: bytes, origin: str = "") -> Checkpoint:
    """What a note says, when this key has signed it. `origin`: of the log, the key's name unless
    told. Raises BadNote for anything else: another log, key, size, or one sign too many."""
    body, gap, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) < 3 or not signatures.endswith("\n"):
        raise BadNote("this is no checkpoint")
    root = _bytes(lines[2])
    if not SIZE.fullmatch(lines[1]) or len(root) != 32:
        raise BadNote("size or root cannot be read")
    if lines[0] != (origin or name):
        raise BadNote("this is the head of another log")
    if not any(_signed(line, body + "\n", name, public) for line in signatures[:-1].split("\n")):
        raise BadNote("it bears no valid signature of this key")
    return Checkpoint(lines[0], int(lines[1]), root)


def notes(text: str) -> list[str]:
    """The heads that stand in a text, each as it was signed; what is between them is left out."""
    lines, found = text.replace("\r\n", "\n").split("\n"), []
    for at, line in enumerate(lines):
        if line or not 3 <= at < len(lines) - 1 or not lines[at + 1].startswith(DASH):
            continue
        end = at + 1
        while end < len(lines) and lines[end].startswith(DASH):
            end += 1
        found.append("\n".join(lines[at - 3 : end]) + "\n")
    return found


def _signed(line: str, text: str, name: str, public: bytes) -> bool:
    if not line.startswith(f"{DASH}{name} "):
        return False
    data = _bytes(line.removeprefix(f"{DASH}{name} "))
    if data[:4] != key_id(name, public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(data[4:], text.encode())
    except InvalidSignature:
        return False
    return True


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as bad:
        raise BadNote("this is not Base64") from bad
