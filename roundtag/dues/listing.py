"""The list of what is owed, narrowed as its address says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from peewee import fn

from roundtag import clock, people
from roundtag.access import Actor, visible
from roundtag.dues.kinds import HOURS, KINDS, WITHDRAWN
from roundtag.fields import Fields
from roundtag.models import Client, Device, Fault, FaultDue, Room, tuples

MOST = 200
LEADER = "engineer"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class DueLine:
    """`faults`: how many demand a replacement; `who`: the leading engineer where it is theirs."""

    id: int
    kind: str
    fault_id: int | None
    number: str | None
    symptom: str | None
    device_id: int | None
    device: str | None
    room: str
    client_id: int
    client: str
    raised_at: datetime
    due_at: datetime | None
    late: bool
    who: str | None
    done_at: datetime | None
    done_by: str | None
    done_how: str
    faults: int

    @property
    def last_day(self) -> datetime | None:
        """A moment of the day with which the time ends; None where hours count."""
        term = KINDS[self.kind].term
        days = term is not None and term.unit != HOURS
        return self.due_at - SECOND if self.due_at and days else None

    @property
    def url(self) -> str:
        return f"/faults/{self.fault_id}#dues" if self.fault_id else f"/devices/{self.device_id}"


@dataclass(frozen=True)
class Wish:
    """What the list is narrowed to; `state` open or done."""

    kind: str = ""
    client: int | None = None
    mine: bool = False
    state: str = "open"

    def query(self, **other: Any) -> str:
        said = {"kind": self.kind, "client": self.client, "mine": "1" if self.mine else "",
                "state": "" if self.state == "open" else self.state, **other}  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


def read_wish(form: Fields) -> Wish:
    """What an address asks for; anything that makes no sense is left out."""
    kind, client = form.raw("kind"), form.raw("client")
    return Wish(
        kind if kind in (*KINDS, "article") else "",
        int(client) if client.isascii() and client.isdecimal() and len(client) < 10 else None,
        form.raw("mine") == "1",
        "done" if form.raw("state") == "done" else "open",
    )


@dataclass(frozen=True)
class Listing:
    wish: Wish
    clients: list[tuple[int, str]]
    lines: list[DueLine] = field(default_factory=list)
    more: bool = False


def listing(wish: Wish, actor: Actor, now: datetime) -> Listing:
    """Dues in view, what is late first; a fixed number of queries."""
    known = tuples(visible(actor, Client.select(Client.id, Client.name), Client.id)
                   .order_by(Client.code))  # fmt: skip
    if wish.state == "open":
        query = query_of_lines().where(FaultDue.done_at.is_null())
        query = query.order_by(FaultDue.due_at.is_null(), FaultDue.due_at, FaultDue.id)
    else:
        ended = FaultDue.done_at.is_null(False) & (FaultDue.done_how != WITHDRAWN)
        query = query_of_lines().where(ended).order_by(FaultDue.done_at.desc(), FaultDue.id.desc())
    for wanted, where in ((wish.kind, FaultDue.kind == wish.kind),
                          (wish.client, FaultDue.client == wish.client),
                          (wish.mine, _mine(actor))):  # fmt: skip
        query = query.where(where) if wanted else query
    rows = list(visible(actor, query, FaultDue.client).limit(MOST + 1))
    lines = lines_of(rows[:MOST], now)
    return Listing(wish, [(key, name) for key, name in known], lines, len(rows) > MOST)


def overdue(actor: Actor, now: datetime | None = None, limit: int = 50) -> list[DueLine]:
    """What is late, the longest first; two queries."""
    now = now or clock.now()
    late = FaultDue.done_at.is_null() & (FaultDue.due_at < now)
    query = query_of_lines().where(late).order_by(FaultDue.due_at, FaultDue.id)
    return lines_of(list(visible(actor, query, FaultDue.client).limit(limit)), now)


def _mine(actor: Actor) -> Any:
    """What is up to this person: faults they lead, and what their roles owe at each client."""
    led = [code for code, kind in KINDS.items() if kind.owes == LEADER]
    where = FaultDue.kind.in_(led) & (Fault.assignee == actor.person_id)
    for right in actor.rights:
        codes = [code for code, kind in KINDS.items() if kind.owes == right.role != LEADER]
        here = FaultDue.kind.in_(codes)
        if right.scope != "provider":
            here &= FaultDue.client == right.client_id
        where |= here
    return where


def query_of_lines() -> Any:
    return (
        FaultDue.select(FaultDue, Fault, Device, Room, Client)
        .left_outer_join(Fault).switch(FaultDue)
        .left_outer_join(Device).switch(FaultDue)
        .join(Room, on=(Room.id == fn.COALESCE(Fault.room, Device.room)), attr="room")
        .switch(FaultDue).join(Client, on=(FaultDue.client == Client.id))
    )  # fmt: skip


def lines_of(rows: Iterable[FaultDue], now: datetime) -> list[DueLine]:
    rows = list(rows)
    keys = {row.done_by_id for row in rows} | {row.fault.assignee_id for row in rows if row.fault}
    names = people.names(keys - {None})
    return [_line(row, names, now) for row in rows]


def _line(row: Any, names: dict[int, str], now: datetime) -> DueLine:
    fault, device = row.fault, row.device
    leads = KINDS[row.kind].owes == LEADER and fault
    return DueLine(
        row.id, row.kind, row.fault_id, fault and fault.number, fault and fault.symptom,
        row.device_id, device and device.name, row.room.name, row.client_id, row.client.name,
        row.raised_at, row.due_at, _late(row, now), names.get(fault.assignee_id) if leads else None,
        row.done_at, names.get(row.done_by_id), row.done_how, len(row.faults),
    )  # fmt: skip


def _late(row: FaultDue, now: datetime) -> bool:
    return row.due_at is not None and row.due_at < (row.done_at or now)
