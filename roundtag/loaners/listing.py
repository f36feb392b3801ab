"""The list of loaners, narrowed as its address says, and the page of one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from roundtag import clock, people
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Client,
    Device,
    DeviceModel,
    Fault,
    Loaner,
    RepairOrder,
    Room,
    Store,
    Unit,
    dicts,
    tuples,
)

PAGE = 50
STATES = ("out", "late", "all")


@dataclass(frozen=True)
class Wish:
    """`state`: out (overdue first), late, or all that was ever lent; `page` from 1."""

    state: str = "out"
    client: int | None = None
    text: str = ""
    page: int = 1

    def query(self, **other: Any) -> str:
        said = {"state": "" if self.state == "out" else self.state, "client": self.client,
                "q": self.text, **other}  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


def read_wish(form: Fields) -> Wish:
    """What an address asks for; anything that makes no sense is left out."""
    state, page = form.raw("state"), _number(form.raw("page"))
    return Wish(state if state in STATES else "out", _number(form.raw("client")),
                form.raw("q")[:80], min(page or 1, 10_000))  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True)
class LoanerLine:
    """`late`: days since the day on which it was due, 0 while in time; `own_place`: where the unit
    that it stands for is by now, with the store's name; `repair`: that unit's open order."""

    id: int
    client_id: int
    serial: str
    model: str
    device_id: int
    device: str
    device_code: str
    room: str
    out_at: datetime
    out_by: str | None
    due_on: date | None
    late: int
    fault_id: int | None
    fault: str | None
    own_serial: str | None
    own_place: str
    own_store: str
    repair_id: int | None
    repair: str | None
    back_at: datetime | None
    back_by: str | None
    back_how: str
    note: str | None


@dataclass(frozen=True)
class Listing:
    wish: Wish
    clients: list[tuple[int, str]]
    lines: list[LoanerLine] = field(default_factory=list)
    more: bool = False


def listing(wish: Wish, actor: Actor, now: datetime, most: int = PAGE) -> Listing:
    """Loaners in view, the most overdue first; a fixed number of queries."""
    known = tuples(visible(actor, Client.select(Client.id, Client.name), Client.id)
                   .order_by(Client.code))  # fmt: skip
    query, today = _query(), clock.local_day(now)
    if wish.state == "all":
        query = query.order_by(Loaner.out_at.desc(), Loaner.id.desc())
    else:
        query = query.where(Loaner.back_at.is_null())
        query = query.order_by(Loaner.due_on.is_null(), Loaner.due_on, Loaner.id)
    if wish.state == "late":
        query = query.where(Loaner.due_on < today.isoformat())
    if wish.client:
        query = query.where(Loaner.client == wish.client)
    if wish.text:
        said = Unit.serial.contains(wish.text) | Device.name.contains(wish.text)
        query = query.where(said | Device.code.contains(wish.text) | Room.name.contains(wish.text))
    skipped = (wish.page - 1) * most
    rows = dicts(visible(actor, query, Loaner.client).offset(skipped).limit(most + 1))
    return Listing(wish, [(key, name) for key, name in known], _lines(rows[:most], today),
                   len(rows) > most)  # fmt: skip


def page(loaner_id: int, actor: Actor, now: datetime) -> LoanerLine:
    """Raises NotFound."""
    query = visible(actor, _query().where(Loaner.id == loaner_id), Loaner.client)
    found = _lines(dicts(query), clock.local_day(now))
    if not found:
        raise NotFound
    return found[0]


def _query() -> Any:
    own = Unit.alias()
    ordered = (RepairOrder.unit == own.id) & RepairOrder.ended_at.is_null()
    return (
        Loaner.select(
            Loaner, Unit.serial, DeviceModel.maker, DeviceModel.name.alias("model"),
            Device.name.alias("device_name"), Device.code, Room.name.alias("room"),
            Fault.number, own.serial.alias("own_serial"), own.place.alias("own_place"),
            Store.name.alias("own_store"), RepairOrder.id.alias("repair_id"),
            RepairOrder.number.alias("repair"),
        )
        .join(Unit, on=Loaner.unit).join(DeviceModel).switch(Loaner)
        .join(Device, on=Loaner.device).join(Room).switch(Loaner)
        .left_outer_join(Fault, on=Loaner.fault).switch(Loaner)
        .left_outer_join(own, on=(own.id == Loaner.stands_for))
        .left_outer_join(Store, on=(Store.id == own.store)).switch(Loaner)
        .left_outer_join(RepairOrder, on=ordered)
    )  # fmt: skip


def _lines(rows: Iterable[dict[str, Any]], today: date) -> list[LoanerLine]:
    listed = list(rows)
    keys = {row[name] for row in listed for name in ("out_by", "back_by")} - {None}
    names = people.names(keys)
    return [
        LoanerLine(
            row["id"], row["client"], row["serial"], f"{row['maker']} {row['model']}",
            row["device"], row["device_name"], row["code"], row["room"], row["out_at"],
            names.get(row["out_by"]), row["due_on"], _late(row, today), row["fault"],
            row["number"], row["own_serial"], row["own_place"] or "", row["own_store"] or "",
            row["repair_id"], row["repair"], row["back_at"], names.get(row["back_by"]),
            row["back_how"], row["note"],
        )
        for row in listed
    ]  # fmt: skip


def _late(row: dict[str, Any], today: date) -> int:
    if row["back_at"] or row["due_on"] is None:
        return 0
    return max((today - row["due_on"]).days, 0)
