"""What the heads say, and the proofs that lead to them."""

import base64
from collections.abc import Iterable, Iterator

from roundtag import db, ledger
from roundtag.heads import chain, gaps, keys, photos
from roundtag.heads.chain import Chain
from roundtag.heads.signing import newest_of
from roundtag.models import Leaf, Log, LogHead, tuples
from roundtag.tlog import checkpoint, tree
from roundtag.tlog.checkpoint import BadNote, Checkpoint
from roundtag.tlog.tree import Frontier

Cells = tuple[str, ...]


def newest(client_id: int | None) -> LogHead | None:
    """The newest signed head of a log; it may be a minute older than the log."""
    return newest_of(ledger.log_of(client_id).id)


def note_of(client_id: int | None) -> str:
    """The newest signed head as it goes out with a document; empty before the first."""
    head = newest(client_id)
    return str(head.note) if head else ""


def verifier_key(origin: str) -> str:
    """What a client keeps to check the heads of a log by: the key that has signed its newest."""
    log = Log.get(Log.origin == origin)
    return checkpoint.verifier(origin, chain.in_force(log))


def known(origin: str, size: int, root: str) -> LogHead | None:
    """The head of these words, where it is one that was signed here. `root` in Base64."""
    mine = (Log.origin == origin) & (LogHead.size == size)
    row = LogHead.select().join(Log).where(mine).first()
    same = row and base64.b64encode(bytes.fromhex(row.root)).decode() == root
    return row if same else None


def inclusion(client_id: int | None, index: int, size: int) -> list[bytes]:
    """The path of a leaf in the tree of `size` leaves. Raises ValueError out of it."""
    return tree.inclusion_proof(_reader(client_id), index, size)


def consistency(client_id: int | None, first: int, second: int) -> list[bytes]:
    """Shows that one tree of the log goes on from another. Raises ValueError."""
    return tree.consistency_proof(_reader(client_id), first, second)


def _reader(client_id: int | None) -> tree.Read:
    key = ledger.log_of(client_id).id

    def read(start: int, stop: int) -> list[bytes]:
        within = (Leaf.log == key) & (Leaf.leaf_index >= start) & (Leaf.leaf_index < stop)
        rows = tuples(Leaf.select(Leaf.hash).where(within).order_by(Leaf.leaf_index))
        return [bytes.fromhex(text) for (text,) in rows]

    return read


def problems(client_id: int | None, kept: Iterable[str] = ()) -> Iterator[str]:
    """Where the heads and the leaves of a log differ; reads every leaf once. `kept`: notes that
    left the house before, which nobody here can change."""
    held = ledger.log_of(client_id)
    heads, lost = _heads(held), gaps.sizes(held)
    try:
        line, before = chain.of(held), 0
    except BadNote:
        yield "the keys that the log has changed to cannot be read"
        return
    outside = [_read(note, line) for note in kept]
    outside += [head for head in _memory(line, held.size) if gaps.covers(lost, head) is None]
    roots: dict[int, bytes] = {}
    frontier = Frontier()
    leaves = Leaf.select(Leaf.text).where(Leaf.log == held.id).order_by(Leaf.leaf_index)
    for (text,) in leaves.tuples().iterator():
        frontier.add(tree.leaf_hash(text.encode()))
        row = heads.pop(frontier.size, None)
        if row:
            if row != _head(frontier, row, line, before):
                yield f"head {frontier.size} is not that of its leaves"
            before = frontier.size
        if any(head and head.size == frontier.size for head in outside):
            roots[frontier.size] = frontier.root()
    yield from (f"head {size} has no such leaf" for size in sorted(heads))
    yield from _forgotten(line, frontier.size)
    yield from _absent(line, before)
    for head in outside:
        if head is None:
            yield "a head that was kept is not of this log or not by this key"
        elif roots.get(head.size) != head.root and gaps.covers(lost, head) is not None:
            yield from gaps.told(lost, head)
        elif roots.get(head.size, tree.EMPTY) != head.root:
            yield f"a head of {head.size} leaves that was kept is not that of its leaves"


def verify(client_id: int | None, kept: Iterable[str] = ()) -> tuple[int, list[str]]:
    """How many leaves a log has and all that is wrong with it, its heads and its records, as of one
    moment; others may write meanwhile."""
    with db.one_moment():
        size = ledger.log_of(client_id).size
        found = [*ledger.verify(client_id), *problems(client_id, kept)]
        return size, [*found, *photos.spoilt(client_id)]


def _read(note: str, line: Chain) -> Checkpoint | None:
    try:
        return line.read_any(note)
    except BadNote:
        return None


def _heads(held: Log) -> dict[int, Cells]:
    """Root, peaks and note of each head as they stand in the database, whatever that is."""
    columns = (LogHead.size, LogHead.root, LogHead.peaks, LogHead.note)
    query = LogHead.select(*columns).where(LogHead.log == held.id)
    return {size: tuple(map(str, cells)) for size, *cells in db.database.execute(query)}


def _head(tree: Frontier, cells: Cells, line: Chain, before: int) -> Cells | None:
    """What a head of this tree says; None when the note of `cells` is of something else, or by
    another key than the one whose turn it was."""
    try:
        said = line.read(cells[-1], before)
    except BadNote:
        return None
    peaks = LogHead.peaks.db_value([peak.hex() for peak in tree.peaks])
    same = said == Checkpoint(line.origin, tree.size, tree.root())
    return (tree.root().hex(), str(peaks), cells[-1]) if same else None


def _memory(line: Chain, size: int) -> list[Checkpoint]:
    """The head that lies beside the key, where the log has got that far."""
    note = keys.remembered(line.origin)
    head = _read(note, line) if note else None
    return [head] if head and head.size <= size else []


def _forgotten(line: Chain, size: int) -> Iterator[str]:
    note = keys.remembered(line.origin)
    signed = _read(note, line) if note else None
    if note and signed is None:
        yield "the head that lies beside the key is not by this key"
    elif signed and signed.size > size:
        yield f"{signed.size} leaves were signed, {size} are left"


def _absent(line: Chain, size: int) -> Iterator[str]:
    """Whoever puts another key into the place of the one whose turn it is has told no log of it."""
    try:
        line.signer(size)
    except ValueError as missing:
        yield str(missing)
