"""Whether this process can do its work now: five parts, each asked anew. No part names a path,
an address or an error: a stranger may read it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from peewee import PeeweeException
from redis import RedisError

from roundtag import bytestore, db, disk, queue, schema
from roundtag.backups import damage
from roundtag.heads import keys
from roundtag.models import LogHead
from roundtag.settings import current

OK = "ok"
WAITING = {"queue", "photos"}
"""Parts that all processes share and that nobody must wait for: entries are taken without them,
what needs them is done later. A load balancer that took every process out for them would turn
everybody away."""
BROKEN = (PeeweeException, RedisError, OSError, ValueError, bytestore.Unreachable)


def parts() -> dict[str, str]:
    """Each part with `ok` or what is wrong with it, in one word or two."""
    return {name: _asked(look) for name, look in LOOKS.items()}


def lacking(found: dict[str, str]) -> list[str]:
    """The parts without which nothing can be done."""
    return [name for name, word in found.items() if word != OK and name not in WAITING]


def _asked(look: Callable[[], str]) -> str:
    try:
        return look()
    except BROKEN:
        return "away"


def _database() -> str:
    """One question for the migrations that the tables have had."""
    with _connection():
        had = set(schema.applied(db.database.obj))
    known = set(schema.known())
    if had - known:
        return "newer schema"
    return "older schema" if known - had else OK


@contextmanager
def _connection() -> Iterator[None]:
    """A request has none yet here: a database that is away must be told as that."""
    opened = db.database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            db.database.close()


def _queue() -> str:
    return OK if queue.connection().ping() else "away"


def _disk() -> str:
    trouble = damage.trouble()
    if trouble:
        return trouble.kind
    with tempfile.TemporaryFile(dir=current().data_dir) as file:
        file.write(b"?")
    return OK if disk.has_room() else "full"


def _photos() -> str:
    """Of photos in a bucket: whether that answers. Those on this disk have its row."""
    bytestore.of_settings().ping()
    return OK


def _key() -> str:
    """Not made here: a question changes nothing."""
    if keys.all_held():
        return OK
    with _connection():
        return "lost" if LogHead.select().exists() else OK


LOOKS: dict[str, Callable[[], str]] = {
    "database": _database, "queue": _queue, "disk": _disk, "photos": _photos,
    "signing key": _key,
}  # fmt: skip
