"""A whole log read beside its records: by a button, and every night by itself."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from roundtag import clock, jobs, ledger, people
from roundtag.access import LEDGER_READERS, Actor
from roundtag.db import database, write
from roundtag.errors import NotFound
from roundtag.heads import guards, reading
from roundtag.models import Client, Log, LogCheck, LogHead
from roundtag.notify import tell

SHOWN = 200
NIGHTLY = timedelta(hours=23)
LOST = timedelta(hours=1)
"""A check that has not ended by then died with its worker; another one may be asked for."""


@dataclass(frozen=True)
class LogLine:
    """`name` of the client, empty for the provider's own log; `check`: the last one, if any."""

    id: int
    client_id: int | None
    name: str
    origin: str
    leaves: int
    head: LogHead | None
    check: LogCheck | None


def in_view(actor: Actor) -> list[LogLine]:
    """The logs that somebody may look into: those of their clients, the provider's own by a right
    of the whole provider. Three queries."""
    query = Log.select(Log, Client).left_outer_join(Client).order_by(Log.client.is_null(), Log.id)
    logs = [log for log in query if may_read(actor, log.client_id)]
    heads = _latest(LogHead, "size", [log.id for log in logs])
    checks = _latest(LogCheck, "asked_at", [log.id for log in logs])
    return [
        LogLine(log.id, log.client_id, log.client.name if log.client else "", log.origin, log.size,
                heads.get(log.id), checks.get(log.id))
        for log in logs
    ]  # fmt: skip


def may_read(actor: Actor, client_id: int | None) -> bool:
    return actor.system or bool(actor.roles_at(client_id) & LEDGER_READERS)


def _latest(model: Any, column: str, logs: list[int]) -> dict[int, Any]:
    """The newest row of each log; one query, which finds each in an index."""
    query = model.select().where(model.log.in_(logs) & _is_newest(model, column))
    return {row.log_id: row for row in query}


def _is_newest(model: Any, column: str) -> Any:
    """That a row is the last one of its log, looked up and not sorted out of all."""
    other = model.alias()
    last = other.select(fn.MAX(getattr(other, column))).where(other.log == model.log)
    return getattr(model, column) == last


def one(log_id: int, actor: Actor) -> LogLine:
    """Raises NotFound for a log that does not exist or is none of the actor's."""
    for line in in_view(actor):
        if line.id == log_id:
            return line
    raise NotFound


def ask(log_id: int, actor: Actor, now: datetime) -> str:
    """Puts a check to work and returns its key; one that is under way is the same one."""
    line = one(log_id, actor)
    with write():
        Log.update(size=Log.size).where(Log.id == log_id).execute()
        under_way = (LogCheck.log == log_id) & LogCheck.done_at.is_null()
        known = LogCheck.get_or_none(under_way & (LogCheck.asked_at > now - LOST))
        return str(known.key) if known else _begin(line.id, actor.person_id, now)


def _begin(log_id: int, person_id: int | None, now: datetime) -> str:
    key = str(uuid.uuid4())
    LogCheck.create(key=key, log=log_id, person=person_id, asked_at=now)
    jobs.enqueue("ledger.check", key=key)
    return key


@jobs.register("ledger.check")
def check(key: str) -> None:
    """Reads the log; run again after a crash, it reads it anew."""
    row = LogCheck.get_or_none(LogCheck.key == key)
    if row is None or row.done_at:
        return
    client_id = Log.get_by_id(row.log_id).client_id
    leaves, found = reading.verify(client_id)
    found += guards.missing()
    now = clock.now()
    with write():
        LogCheck.update(done_at=now, leaves=leaves, count=len(found), problems=found[:SHOWN]).where(
            LogCheck.key == key
        ).execute()
        if found:
            _alarm(client_id, key, len(found), now)


def _alarm(client_id: int | None, key: str, count: int, now: datetime) -> None:
    for person in _guardians(client_id, now):
        tell(person, "ledger-alarm", f"ledger-{key}", now, url="/ledger",
             channels=("app", "mail"), count=count)  # fmt: skip


def _guardians(client_id: int | None, now: datetime) -> list[int]:
    """Administrators; and of a client's log its auditors and people as well."""
    roles = ("admin",) if client_id is None else ("admin", "auditor", "client")
    found = [one.id for role in roles for one in people.holding(role, client_id or 0, now)]
    return list(dict.fromkeys(found))


@jobs.every(900, "ledger.check")
def keep_checking() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Asks for a check of every log that had none for a night; returns how many."""
    count = 0
    for _name, client_id in ledger.logs():
        log = ledger.log_of(client_id)
        recent = (LogCheck.log == log.id) & (LogCheck.asked_at > now - NIGHTLY)
        if log.size and not LogCheck.select().where(recent).exists():
            with write():
                _begin(log.id, None, now)
            count += 1
    return count


def heads_of(log_id: int, limit: int = 50) -> list[LogHead]:
    """Signed heads, the newest first."""
    query = LogHead.select().where(LogHead.log == log_id).order_by(LogHead.size.desc())
    return list(query.limit(limit))


WITNESSED = 5
"""Logs whose heads go out with every receipt: a phone works for few clients."""


def for_witness(actor: Actor) -> list[str]:
    """The newest signed heads of the actor's own clients, which leave the house with each receipt.

    Whoever keeps a receipt keeps a witness of the log. One query.
    """
    clients = sorted(actor.client_ids or ())[:WITNESSED]
    query = (
        LogHead.select(LogHead.note)
        .join(Log)
        .where(Log.client.in_(clients) & _is_newest(LogHead, "size"))
        .order_by(Log.id)
    )
    return [row.note for row in query] if clients else []


def notes(log_id: int) -> str:
    """Every signed head of a log in order, an empty line between two."""
    query = LogHead.select(LogHead.note).where(LogHead.log == log_id).order_by(LogHead.size)
    return "\n".join(row.note for row in query)
