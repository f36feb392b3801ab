"""Signing the head of a log: what is signed was read again and goes on from the last head.

A log that is shorter than, or differs from, what was signed before is not signed (see keys.py).
"""

import logging
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from roundtag import clock, jobs, ledger
from roundtag.db import database, write
from roundtag.errors import RoundtagError
from roundtag.heads import chain, gaps, keys
from roundtag.models import Leaf, Log, LogHead, tuples
from roundtag.tlog import checkpoint
from roundtag.tlog.checkpoint import BadNote, Checkpoint
from roundtag.tlog.tree import Frontier
from roundtag.words import N_

log = logging.getLogger(__name__)


class Fork(RoundtagError):
    """The log is not the continuation of what was signed."""

    code = "log-fork"
    status = 409
    message = N_("The log %(origin)s does not go on from its last signed head: %(why)s")


def sign(client_id: int | None, now: datetime) -> LogHead | None:
    """Signs the log as it stands and returns its newest head; None for a log without leaves.

    Raises Fork. Deeds of this log wait meanwhile.
    """
    with write():
        Log.update(size=Log.size).where(ledger.whose(client_id)).execute()
        held = ledger.log_of(client_id)
        last, signed = newest_of(held.id), _remembered(held)
        _compare(held, last, signed)
        if held.size == (last.size if last else 0):
            return last
        frontier = _go_on(held, last, signed)
        head = Checkpoint(held.origin, held.size, frontier.root())
        note = checkpoint.sign(head, _signer(held, last))
        keys.remember(held.origin, note)
        peaks = [peak.hex() for peak in frontier.peaks]
        return LogHead.create(log=held.id, size=held.size, root=head.root.hex(), peaks=peaks,
                              note=note, signed_at=now)  # fmt: skip


def _signer(held: Log, last: LogHead | None) -> Ed25519PrivateKey:
    try:
        return chain.of(held).signer(last.size if last else 0)
    except keys.NoKey as missing:
        raise Fork(origin=held.origin, why=str(missing)) from missing


def newest_of(log_id: int) -> LogHead | None:
    return LogHead.select().where(LogHead.log == log_id).order_by(LogHead.size.desc()).first()


def _remembered(held: Log) -> Checkpoint | None:
    """What was signed last, by the file beside the key."""
    note = keys.remembered(held.origin)
    signed = _read(held, note) if note else None
    lost = gaps.covers(gaps.sizes(held), signed) if signed else None
    if lost is not None and keys.set_aside(held.origin, lost):
        return None
    return signed


def _compare(held: Log, last: LogHead | None, signed: Checkpoint | None) -> None:
    """The last head must be ours, of this log, and the log no shorter than what was signed."""
    if last and _read_in_turn(held, last) != Checkpoint(held.origin, last.size,
                                                        bytes.fromhex(last.root)):  # fmt: skip
        raise Fork(origin=held.origin, why="the last head was altered")
    if signed and signed.size > held.size:
        raise Fork(
            origin=held.origin, why=f"{signed.size} leaves were signed, {held.size} are left"
        )
    if signed and last and signed.size == last.size and signed.root.hex() != last.root:
        raise Fork(origin=held.origin, why="another head of this size was signed")


def _read(held: Log, note: str) -> Checkpoint:
    """What lies beside the key: any key of the log may have signed it, should a restore have gone
    back behind a change."""
    try:
        return chain.of(held).read_any(note)
    except BadNote as bad:
        raise Fork(origin=held.origin, why=str(bad)) from bad


def _read_in_turn(held: Log, head: LogHead) -> Checkpoint:
    try:
        return chain.of(held).read(head.note, chain.before(held, head.size))
    except BadNote as bad:
        raise Fork(origin=held.origin, why=str(bad)) from bad


def _go_on(held: Log, last: LogHead | None, signed: Checkpoint | None) -> Frontier:
    """The tree as it is now, from leaves that were read again."""
    frontier = _frontier(held, last)
    leaves = Leaf.select(Leaf.leaf_index, Leaf.text, Leaf.hash).where(
        (Leaf.log == held.id) & (Leaf.leaf_index >= frontier.size)
    )
    for leaf in leaves.order_by(Leaf.leaf_index).iterator():
        if leaf.leaf_index != frontier.size:
            raise Fork(origin=held.origin, why=f"leaf {frontier.size} is missing")
        if ledger.leaf_hash(leaf.text.encode()) != leaf.hash:
            raise Fork(origin=held.origin, why=f"leaf {leaf.leaf_index} was altered")
        frontier.add(bytes.fromhex(leaf.hash))
        if signed and frontier.size == signed.size and frontier.root() != signed.root:
            raise Fork(origin=held.origin, why=f"another head of {signed.size} leaves was signed")
    if frontier.size != held.size:
        raise Fork(
            origin=held.origin, why=f"{frontier.size} leaves are here, {held.size} were written"
        )
    return frontier


def _frontier(held: Log, last: LogHead | None) -> Frontier:
    if last is None:
        return Frontier()
    try:
        frontier = Frontier(last.size, [bytes.fromhex(peak) for peak in last.peaks])
    except ValueError as bad:
        raise Fork(origin=held.origin, why=str(bad)) from bad
    if frontier.root().hex() != last.root:
        raise Fork(origin=held.origin, why="the tree kept beside the last head was altered")
    return frontier


@jobs.every(60, "heads.sign")
def keep_signing() -> int:
    """The scheduler's call of `sign_all`."""
    with database.connection_context():
        return sign_all(clock.now())


def sign_all(now: datetime) -> int:
    """Signs every log that is not at rest; a log that is refused is told and left. Returns how many
    were signed."""
    count, rest = 0, at_rest()
    for name, client_id in ledger.logs():
        if client_id in rest:
            continue
        try:
            count += sign(client_id, now) is not None
        except Fork as fork:
            log.error("log %s is not signed: %s", name, str(fork))
    return count


def at_rest() -> set[int | None]:
    """The clients (None: the provider) whose log ends with its newest head, where that head is the
    very one that is remembered beside the key: an older database that was put back is not at rest.
    One query."""
    here = (LogHead.log == Log.id) & (LogHead.size == Log.size)
    rows = tuples(Log.select(Log.client, Log.origin, LogHead.note).join(LogHead, on=here))
    return {client for client, origin, note in rows if keys.remembered(origin) == note}
