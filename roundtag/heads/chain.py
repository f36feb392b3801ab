"""Which key signs a log: the one it began with, and each that a leaf of it has announced since.

A new key signs once a head by the key before it has vouched for the leaf that announces it. So a
head's key follows from the head before: it is the one announced last within that one's leaves.
"""

from contextlib import suppress
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from roundtag.heads import keys
from roundtag.models import Log, LogHead, LogKey, SigningKey
from roundtag.tlog import checkpoint
from roundtag.tlog.checkpoint import BadNote, Checkpoint


@dataclass(frozen=True)
class Chain:
    """`publics`: a log's keys in order; `since`: the leaf that announced each later one."""

    origin: str
    publics: tuple[bytes, ...]
    since: tuple[int, ...]

    def after(self, size: int) -> bytes:
        """The key of the head that comes after the head of `size` leaves; 0: of the first one."""
        return self.publics[sum(leaf < size for leaf in self.since)]

    def signer(self, size: int) -> Ed25519PrivateKey:
        """The key to sign with after a head of `size`. Raises keys.NoKey."""
        return keys.held(self.after(size))

    def read(self, note: str, before: int) -> Checkpoint:
        """A head of this log by the key whose turn it was after the head of `before` leaves. Raises
        BadNote."""
        return checkpoint.read(note, self.origin, self.after(before))

    def read_any(self, note: str) -> Checkpoint:
        """A head by any key that the log ever had, or that lies here: a restore may have gone back
        behind a change. Raises BadNote."""
        for public in {*self.publics, *keys.all_held()}:
            with suppress(BadNote):
                return checkpoint.read(note, self.origin, public)
        raise BadNote("it bears no valid signature of this log's keys")


def of(log: Log) -> Chain:
    rows = announced(log)
    if not rows:
        return Chain(log.origin, (newest(),), ())
    texts = [rows[0].before, *(row.verifier for row in rows)]
    publics = tuple(checkpoint.read_verifier(text)[1] for text in texts)
    return Chain(log.origin, publics, tuple(row.size for row in rows))


def announced(log: Log) -> list[SigningKey | LogKey]:
    if log.client_id is None:
        return list(SigningKey.select().order_by(SigningKey.size))
    return list(LogKey.select().where(LogKey.client == log.client_id).order_by(LogKey.size))


def newest() -> bytes:
    """The key with which a log begins that is opened now."""
    last = SigningKey.select().order_by(SigningKey.size.desc()).first()
    if last:
        return checkpoint.read_verifier(last.verifier)[1]
    return keys.first().public_key().public_bytes_raw()


def before(log: Log, size: int) -> int:
    """The size of the head that precedes that of `size` leaves, 0 when it is the first."""
    earlier = (LogHead.log == log.id) & (LogHead.size < size)
    last = LogHead.select(LogHead.size).where(earlier).order_by(LogHead.size.desc()).first()
    return last.size if last else 0


def in_force(log: Log) -> bytes:
    """The key that has signed the log's newest head, else the one that will sign the first."""
    last = LogHead.select(LogHead.size).where(LogHead.log == log.id)
    head = last.order_by(LogHead.size.desc()).first()
    return of(log).after(before(log, head.size) if head else 0)
