"""Devices in other people's hands: lent until a day, returned, and reminded of once per day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roundtag import clock, days, history, jobs, notify, people
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.db import database, write
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.models import Device, Lending, Room
from roundtag.words import N_

LIMIT = 200
LENT = N_("It was lent already. It must come back first.")


@dataclass(frozen=True)
class LendDevice:
    device_id: int
    borrower: str
    due_on: date
    purpose: str | None = None


def read(form: Fields, device_id: int, today: date) -> LendDevice:
    borrower = form.text("borrower", limit=100, required=N_("Say who takes it."))
    due_on = days.read(form, "due_on", required=N_("Say when it comes back."), earliest=today)
    purpose = form.text("purpose")
    form.done()
    return LendDevice(device_id, borrower or "", due_on or today, purpose)


def lend_device(command: LendDevice, deed: Deed) -> Outcome:
    """Gives a device into somebody's hands; one that is lent or retired stays."""
    query = Device.select().where(Device.id == command.device_id)
    device = visible(deed.actor, query, Device.client).first()
    if device is None:
        raise NotFound
    deed.require(device.client_id)
    Device.update(id=Device.id).where(Device.id == device.id).execute()  # two people come in turn
    where = f"/devices/{device.id}"
    if Device.get_by_id(device.id).retired_at:
        return Outcome(N_("This device was retired before."), where, "conflict")
    if open_of(device.id):
        return Outcome(LENT, where, "conflict")
    row = deed.create(
        Lending,
        client=device.client_id,
        device=device,
        borrower=command.borrower,
        purpose=command.purpose,
        due_on=command.due_on,
        lent_at=deed.received_at,
        lent_by=deed.person_id,
        submission=deed.id,
    )
    history.record(deed, "lent", device, subject_id=row.id, due_on=command.due_on.isoformat())
    return Outcome(N_("The device is lent until %(day)s."), where,
                   values={"day": command.due_on.isoformat()}, subject_id=row.id)  # fmt: skip


def open_of(device_id: int) -> Lending | None:
    return Lending.get_or_none((Lending.device == device_id) & Lending.returned_at.is_null())


@dataclass(frozen=True)
class ReturnDevice:
    lending_id: int
    condition: str | None = None


def return_device(command: ReturnDevice, deed: Deed) -> Outcome:
    """Takes a device back, with a word on its condition."""
    row = _one(command.lending_id, deed.actor)
    deed.require(row.client_id)
    still_out = (Lending.id == row.id) & Lending.returned_at.is_null()
    where = f"/devices/{row.device_id}"
    if not deed.claim(Lending, still_out, returned_at=deed.received_at,
                      returned_by=deed.person_id):  # fmt: skip
        return Outcome(N_("It came back before."), where, "conflict", subject_id=row.id)
    deed.change(Lending.get_by_id(row.id), condition=command.condition)
    history.record(deed, "returned", row.device, subject_id=row.id)
    return Outcome(N_("The device is back."), where, subject_id=row.id)


@dataclass(frozen=True)
class ExtendLending:
    lending_id: int
    due_on: date


def extend_lending(command: ExtendLending, deed: Deed) -> Outcome:
    """Sets another day; a reminder follows on that day too."""
    row = _one(command.lending_id, deed.actor)
    deed.require(row.client_id)
    where = f"/lendings/{row.id}"
    still_out = (Lending.id == row.id) & Lending.returned_at.is_null()
    if not deed.claim(Lending, still_out, due_on=command.due_on):
        return Outcome(N_("It came back before."), where, "conflict", subject_id=row.id)
    history.record(deed, "extended", row.device, before=row.due_on.isoformat(),
                   now=command.due_on.isoformat())  # fmt: skip
    return Outcome(N_("The device is lent until %(day)s."), where,
                   values={"day": command.due_on.isoformat()}, subject_id=row.id)  # fmt: skip


def read_day(form: Fields, lending_id: int, today: date) -> ExtendLending:
    due_on = days.read(form, "due_on", required=N_("Say when it comes back."), earliest=today)
    form.done()
    return ExtendLending(lending_id, due_on or today)


def _one(lending_id: int, actor: Actor) -> Lending:
    query = Lending.select().where(Lending.id == lending_id)
    found = visible(actor, query, Lending.client).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class LendingLine:
    """`late` when the day has passed and it has not come back."""

    id: int
    client_id: int
    device_id: int
    device: str
    device_code: str
    room: str
    borrower: str | None
    purpose: str | None
    due_on: date
    late: bool
    lent_at: datetime
    lent_by: str | None
    returned_at: datetime | None
    returned_by: str | None
    condition: str | None


def lines(actor: Actor, today: date, state: str = "out") -> list[LendingLine]:
    """What is out, the most overdue first; else everything, the newest first. Two queries."""
    query = _with_places()
    if state == "out":
        query = query.where(Lending.returned_at.is_null()).order_by(Lending.due_on, Lending.id)
    else:
        query = query.order_by(Lending.id.desc())
    return _lines(visible(actor, query, Lending.client).limit(LIMIT), today)


def page(lending_id: int, actor: Actor, today: date) -> LendingLine:
    query = _with_places().where(Lending.id == lending_id)
    found = _lines(visible(actor, query, Lending.client), today)
    if not found:
        raise NotFound
    return found[0]


def _with_places() -> Any:
    return Lending.select(Lending, Device, Room).join(Device).join(Room)


def _lines(query: Iterable[Lending], today: date) -> list[LendingLine]:
    rows = list(query)
    names = people.names(
        {key for row in rows for key in (row.lent_by_id, row.returned_by_id) if key}
    )
    return [
        LendingLine(
            row.id, row.client_id, row.device_id, row.device.name, row.device.code,
            row.device.room.name, row.borrower, row.purpose, row.due_on,
            row.returned_at is None and row.due_on < today, row.lent_at,
            names.get(row.lent_by_id), row.returned_at, names.get(row.returned_by_id),
            row.condition,
        )
        for row in rows
    ]  # fmt: skip


@jobs.every(900, "lending.remind")
def keep_reminding() -> int:
    """The scheduler's call of `remind`."""
    with database.connection_context():
        return remind(clock.now())


def remind(now: datetime) -> int:
    """Tells who lent a device, and its owner, that its day has come; once per person and day.

    Returns how many lendings are due.
    """
    today = clock.local_day(now).isoformat()
    due = (
        Lending.select(Lending, Device)
        .join(Device)
        .where(Lending.returned_at.is_null() & (Lending.due_on <= today))
    )
    rows = list(due)
    with write():
        _tell(rows, now)
    return len(rows)


def _tell(rows: list[Lending], now: datetime) -> None:
    for row in rows:
        for person_id in sorted({row.lent_by_id, row.device.owner_id} - {None}):
            notify.tell(person_id, "lending-due", f"lending-{row.id}-{row.due_on.isoformat()}",
                        now, url=f"/lendings/{row.id}", device=row.device.name,
                        due_on=row.due_on.isoformat())  # fmt: skip
