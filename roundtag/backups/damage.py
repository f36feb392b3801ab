"""When the data cannot be trusted or written any more: writing stops, reading goes on, it is told.

A damaged database file is noted in DATA_DIR, so that every process of the installation stops; the
note names the last good backup and goes only by a person's hand or a restore.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from peewee import DatabaseError, InternalError, OperationalError

from roundtag import clock, db
from roundtag.backups import store
from roundtag.errors import RoundtagError
from roundtag.settings import current
from roundtag.words import N_

NOTE = "DAMAGED.json"
CORRUPT = ("database disk image is malformed", "file is not a database", "invalid page in block",
           "could not read block")  # fmt: skip
TOLD_BY = (DatabaseError, InternalError, OperationalError)
"""Their very classes: others quote what people typed."""


class Stopped(RoundtagError):
    code, status = "damaged", 503
    message = N_("The data on the server are damaged. Nothing is written until they are restored; "
                 "the last good backup: %(backup)s.")  # fmt: skip


@dataclass(frozen=True)
class Trouble:
    """`kind`: damaged or read-only. `backup`: the folder of the last good one, if there is any."""

    kind: str
    backup: str = ""


def path() -> Path:
    return current().data_dir / NOTE


def note(error: BaseException) -> bool:
    """Notes damage when that is what an error says; True when it is."""
    if type(error) not in TOLD_BY or not any(words in str(error) for words in CORRUPT):
        return False
    stop(str(error))
    return True


def stop(reason: str) -> None:
    """No process of this installation writes any more."""
    told = {"at": clock.to_text(clock.now()), "reason": reason, "backup": _last_backup()}
    with suppress(OSError):  # a disk that takes no note takes no writing either
        path().write_text(json.dumps(told, ensure_ascii=False))


def _last_backup() -> str:
    newest = next(iter(store.listed(current().backups)), None)
    return str(newest.folder) if newest else ""


def last_good() -> str:
    """The folder of the last good backup as the note has it, or a dash."""
    return _told() or "–"


def trouble() -> Trouble | None:
    """What keeps this installation from writing; one look at the disk, no query."""
    if path().exists():
        return Trouble("damaged", _told())
    return Trouble("read-only") if _is_read_only() else None


def _told() -> str:
    try:
        return str(json.loads(path().read_text()).get("backup", ""))
    except (OSError, ValueError):
        return ""


def _is_read_only() -> bool:
    try:
        return bool(os.statvfs(current().data_dir).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def guard() -> None:
    """Raises Stopped where writing would make things worse. Every transaction passes here, also
    those of a restore into another file, which is the way out."""
    if path().exists() and db.address() == current().database_url:
        raise Stopped(backup=last_good())


db.before_write(guard)


def clear() -> None:
    """After a restore: the data are whole again."""
    path().unlink(missing_ok=True)
