"""The list of repair orders, narrowed as its address says; what is late comes first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from peewee import JOIN, fn

from roundtag import clock
from roundtag.access import Actor, visible
from roundtag.fields import Fields, key_of
from roundtag.models import Client, Device, DeviceModel, RepairOrder, Unit, tuples
from roundtag.repairs import states

PAGE = 50
MOST = 5000
"""Lines of a file."""
LAST = fn.COALESCE(RepairOrder.agreed_on, RepairOrder.due_on)
DONE = ("tested", "ended")
NewUnit = Unit.alias()


@dataclass(frozen=True)
class Wish:
    """`state`: open, all or one of the states; `page` from 1."""

    state: str = "open"
    client: int | None = None
    maker: str = ""
    late: bool = False
    page: int = 1

    def query(self, **other: Any) -> str:
        said = {"state": "" if self.state == "open" else self.state, "client": self.client,
                "maker": self.maker, "late": "1" if self.late else "", **other}  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


def read_wish(form: Fields) -> Wish:
    """What an address asks for; anything that makes no sense is left out."""
    state, client, page = form.raw("state"), form.raw("client"), form.raw("page")
    return Wish(
        state if state in ("all", *states.STATES) else "open",
        key_of(client),
        form.raw("maker")[:80],
        form.raw("late") == "1",
        max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
    )


@dataclass(frozen=True)
class OrderLine:
    """`last_day`: by which it must work again; `days`: how many are left, negative when late."""

    id: int
    number: str
    client_id: int
    client: str
    model: str
    serial: str
    new_serial: str
    device_id: int | None
    device: str
    maker: str
    maker_number: str
    route: str
    state: str
    problem: str
    opened_at: datetime
    last_day: date | None
    days: int | None
    late: bool
    was_late: bool
    shipment_id: int | None
    ended_how: str


@dataclass(frozen=True)
class Listing:
    wish: Wish
    clients: list[tuple[int, str]]
    makers: list[str]
    lines: list[OrderLine] = field(default_factory=list)
    before: int = 0
    after: int = 0


def listing(wish: Wish, actor: Actor, now: datetime) -> Listing:
    """A page of the orders in view; a fixed number of queries."""
    known = visible(actor, Client.select(Client.id, Client.name), Client.id).order_by(Client.code)
    makers = visible(actor, RepairOrder.select(RepairOrder.maker).distinct(), RepairOrder.client)
    query = _narrowed(wish, actor, now)
    rows = list(query.limit(PAGE + 1).offset((wish.page - 1) * PAGE))
    return Listing(wish, [(key, name) for key, name in tuples(known)],
                   sorted(name for (name,) in tuples(makers) if name),
                   lines_of(rows[:PAGE], clock.local_day(now)),
                   wish.page - 1, wish.page + 1 if len(rows) > PAGE else 0)  # fmt: skip


def all_lines(wish: Wish, actor: Actor, now: datetime) -> list[OrderLine]:
    """Everything that the address asks for, for a file; one query."""
    return lines_of(_narrowed(wish, actor, now).limit(MOST), clock.local_day(now))


def _narrowed(wish: Wish, actor: Actor, now: datetime) -> Any:
    query = with_names()
    if wish.state == "open":
        query = query.where(RepairOrder.ended_at.is_null())
    elif wish.state != "all":
        query = query.where(RepairOrder.state == wish.state)
    today = clock.local_day(now).isoformat()
    for wanted, where in (
        (wish.client, RepairOrder.client == wish.client),
        (wish.maker, RepairOrder.maker == wish.maker),
        (wish.late, (today > LAST) & RepairOrder.state.not_in(DONE)),
    ):
        query = query.where(where) if wanted else query
    if wish.state == "all":
        query = query.order_by(RepairOrder.id.desc())
    elif wish.state == "ended":
        query = query.order_by(RepairOrder.ended_at.desc(), RepairOrder.id.desc())
    else:
        query = query.order_by(LAST.is_null(), LAST, RepairOrder.id)
    return visible(actor, query, RepairOrder.client)


def with_names() -> Any:
    return (
        RepairOrder.select(RepairOrder, Client, DeviceModel, Unit, Device, NewUnit.id,
                           NewUnit.serial, NewUnit.place, NewUnit.warranty_until)
        .join(Client, on=(RepairOrder.client == Client.id))
        .switch(RepairOrder).join(DeviceModel, JOIN.LEFT_OUTER)
        .switch(RepairOrder)
        .join(Unit, JOIN.LEFT_OUTER, on=(RepairOrder.unit == Unit.id), attr="unit")
        .switch(RepairOrder)
        .join(NewUnit, JOIN.LEFT_OUTER, on=(RepairOrder.new_unit == NewUnit.id), attr="new_unit")
        .switch(RepairOrder).join(Device, JOIN.LEFT_OUTER, on=(RepairOrder.device == Device.id))
    )  # fmt: skip


def lines_of(rows: Iterable[RepairOrder], today: date) -> list[OrderLine]:
    return [line_of(row, today) for row in rows]


def line_of(row: RepairOrder, today: date) -> OrderLine:
    last = row.agreed_on or row.due_on
    running = last is not None and row.state not in DONE
    return OrderLine(
        row.id, row.number, row.client_id, row.client.name,
        f"{row.model.maker} {row.model.name}" if row.model else row.maker,
        row.unit.serial if row.unit else "",
        row.new_unit.serial if row.new_unit else "",
        row.device_id, row.device.name if row.device else "",
        row.maker, row.maker_number, row.route, row.state, row.problem or "", row.opened_at, last,
        (last - today).days if running and last else None,
        bool(running and last and last < today), row.late_at is not None, row.shipment_id,
        row.ended_how,
    )  # fmt: skip
