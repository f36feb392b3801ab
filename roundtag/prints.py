"""Prints of many labels, made in the background: left alone, found again, fetched when ready."""

import re
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from roundtag import clock, jobs, print_store, printing
from roundtag.access import SYSTEM, Actor
from roundtag.db import write
from roundtag.errors import Invalid, NotFound, RoundtagError
from roundtag.models import PrintFile
from roundtag.printing import Printed, PrintSheet

MOST_AT_ONCE = 200
"""More labels than this are a background print."""
KEPT = timedelta(days=7)
KEY = re.compile(r"[0-9a-f-]{32,36}")
_STEP = 25


@dataclass(frozen=True)
class PrintLine:
    """States: waiting, ready, failed. `drawn` of `labels` are done; `problem` is a message id."""

    key: str
    labels: int
    drawn: int
    state: str
    name: str
    problem: str
    values: dict[str, Any]
    created_at: datetime
    expires_at: datetime


def order(wanted: PrintSheet, actor: Actor) -> str:
    """Puts a print to work; returns its key. The same order again, still there, is the same print.

    Raises NotFound and Invalid at once, as `printing.sheet` would.
    """
    labels = printing.labels_of(wanted, actor)
    digest = printing.digest_of(printing.corrected(wanted), labels, printing.stock_of(wanted))
    with write():
        known = _mine(actor).where((PrintFile.digest == digest)
                                   & (PrintFile.state != "failed")).first()  # fmt: skip
        if known and (known.state == "waiting" or print_store.has(digest)):
            return str(known.key)
        key, now = str(uuid.uuid4()), clock.now()
        PrintFile.create(key=key, person=actor.person_id, order=asdict(wanted), labels=len(labels),
                         digest=digest, created_at=now, expires_at=now + KEPT)  # fmt: skip
        jobs.enqueue("prints.make", key=key)
    return key


@jobs.register("prints.make")
def make(key: str) -> None:
    """Draws a print; run again after a crash, it draws anew. A refusal is told, not tried again."""
    row = PrintFile.get_or_none(PrintFile.key == key)
    if row is None or row.state == "ready":
        return
    try:
        made = printing.sheet(_order_of(row), SYSTEM, _noting(key))
    except RoundtagError as refused:
        _set(key, state="failed", problem=_told(refused))
    else:
        _set(key, state="ready", name=made.name, drawn=made.labels)


def mine(actor: Actor) -> list[PrintLine]:
    """This person's background prints, the newest first."""
    rows = _mine(actor).order_by(PrintFile.created_at.desc()).limit(50)
    return [_line(row) for row in rows]


def one(key: str, actor: Actor) -> PrintLine:
    """Raises NotFound for another person's print and for one that has expired."""
    return _line(_row(key, actor))


def fetch(key: str, actor: Actor) -> Printed:
    """The finished file, drawn anew when it is gone. Raises NotFound when it is not ready."""
    row = _row(key, actor)
    if row.state != "ready":
        raise NotFound
    return printing.sheet(_order_of(row), actor)


@jobs.every(3600, "prints.sweep")
def sweep() -> int:
    """Forgets prints whose time is over, and files that nobody asked for as long."""
    with write():
        gone = PrintFile.delete().where(PrintFile.expires_at < clock.now()).execute()
    print_store.forget(KEPT.total_seconds())
    return int(gone)


def _mine(actor: Actor) -> Any:
    live = PrintFile.expires_at > clock.now()
    return PrintFile.select().where((PrintFile.person == actor.person_id) & live)


def _row(key: str, actor: Actor) -> PrintFile:
    row = _mine(actor).where(PrintFile.key == key).first() if KEY.fullmatch(key) else None
    if row is None:
        raise NotFound
    return row


def _order_of(row: PrintFile) -> PrintSheet:
    kept: dict[str, Any] = row.order
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in kept.items()}
    return replace(PrintSheet(), **values)


def _noting(key: str) -> Callable[[int], None]:
    """Writes down how far a print is, seldom enough not to be felt."""
    told = 0

    def note(drawn: int) -> None:
        nonlocal told
        if drawn - told >= _STEP:
            told = drawn
            _set(key, drawn=drawn)

    return note


def _set(key: str, **values: Any) -> None:
    with write():
        PrintFile.update(**values).where(PrintFile.key == key).execute()


def _told(refused: RoundtagError) -> dict[str, Any]:
    first = refused.errors[0] if isinstance(refused, Invalid) else refused
    return {"message": first.message, "values": first.values}


def _line(row: PrintFile) -> PrintLine:
    problem = row.problem or {}
    return PrintLine(row.key, row.labels, row.drawn, row.state, row.name,
                     problem.get("message", ""), problem.get("values", {}), row.created_at,
                     row.expires_at)  # fmt: skip
