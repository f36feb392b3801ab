"""A file that opens with a passphrase only (docs/adr/0043): scrypt, then ChaCha20-Poly1305.

Magic, 16 bytes of salt, log2 of scrypt's cost; then chunks of 64 KiB, each followed by its tag. A
chunk's nonce is its number and whether it is the last one, and the head is bound to every chunk:
pieces that were cut off, moved or mixed with another file's are refused.
"""

import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"RTBACK1\n"
CHUNK, TAG, SALT = 65_536, 16, 16
COST = 17
"""128 MB and half a second per try, as OWASP recommends."""
HIGHEST_COST = 20
CUT = "The passphrase is wrong, or the file was altered or cut off."


class NotOpened(ValueError):
    """The passphrase is wrong, or the file was altered or cut off."""


class _Cipher:
    def __init__(self, head: bytes, passphrase: bytes) -> None:
        salt, cost = head[len(MAGIC) : -1], head[-1]
        if not 1 <= cost <= HIGHEST_COST:
            raise NotOpened("The file's head cannot be read.")
        key = Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(passphrase)
        self.head, self.box, self.number = head, ChaCha20Poly1305(key), 0

    def nonce(self, last: bool) -> bytes:
        self.number += 1
        return self.number.to_bytes(11, "big") + bytes([last])


class Sealing:
    """Writes what it is given, sealed; `close` ends the file in a way that can be told."""

    def __init__(self, target: BinaryIO, passphrase: bytes) -> None:
        head = MAGIC + secrets.token_bytes(SALT) + bytes([COST])
        self.target, self.cipher, self.held = target, _Cipher(head, passphrase), bytearray()
        target.write(head)

    def write(self, data: bytes) -> int:
        self.held += data
        while len(self.held) > CHUNK:
            self._put(bytes(self.held[:CHUNK]), last=False)
            del self.held[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self.held), last=True)

    def _put(self, data: bytes, last: bool) -> None:
        sealed = self.cipher.box.encrypt(self.cipher.nonce(last), data, self.cipher.head)
        self.target.write(sealed)


class Opening:
    """Reads a sealed file. Raises NotOpened."""

    def __init__(self, source: BinaryIO, passphrase: bytes) -> None:
        head = source.read(len(MAGIC) + SALT + 1)
        if not is_sealed(head) or len(head) < len(MAGIC) + SALT + 1:
            raise NotOpened("This is no sealed backup.")
        self.source, self.cipher, self.held = source, _Cipher(head, passphrase), b""
        self.next = source.read(CHUNK + TAG)
        if not self.next:
            raise NotOpened(CUT)

    def read(self, size: int = -1) -> bytes:
        parts, missing = [], size
        while missing and (self.held or self.next):
            if not self.held:
                self._open()
            part = self.held if size < 0 else self.held[:missing]
            self.held = self.held[len(part) :]
            missing -= len(part)
            parts.append(part)
        return b"".join(parts)

    def _open(self) -> None:
        present, self.next = self.next, self.source.read(CHUNK + TAG)
        nonce = self.cipher.nonce(last=not self.next)
        try:
            self.held = self.cipher.box.decrypt(nonce, present, self.cipher.head)
        except InvalidTag as wrong:
            raise NotOpened(CUT) from wrong


def is_sealed(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)
