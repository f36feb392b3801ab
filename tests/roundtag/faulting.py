"""Faults for tests: people of any role, a clock that stands still, steps in short."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from roundtag import clock, faults, ledger
from roundtag.access import Actor, Right
from roundtag.models import Contract, Fault, FaultEvent, Grant, Notification, Person
from tests.world import World, deliver, fault_form, run

DAY = datetime(2026, 11, 25, tzinfo=UTC)
"""A Wednesday; the hours below are China's."""


def stand_at(patch: pytest.MonkeyPatch, hour: str, day: int = 25) -> datetime:
    """Stops the clock at "09:02" China time of a day of November 2026 (31: 1 December)."""
    clocked = [*map(int, hour.split(":")), 0, 0][:3]
    local = datetime(2026, 11 + day // 31, day % 31 + (day > 30), *clocked,
                     tzinfo=clock.local(DAY).tzinfo)  # fmt: skip
    moment = local.astimezone(UTC)
    patch.setattr(clock, "now", lambda: moment)
    return moment


def long_ago() -> None:
    """Everybody's rights and the contracts hold since before the days of these tests."""
    Grant.update(since=datetime(2020, 1, 1, tzinfo=UTC)).execute()
    Contract.update(starts_on=date(2020, 1, 1), ends_on=date(2030, 12, 31)).execute()


def broken_leaves(world: World) -> list[str]:
    """What the log says of rows that differ, but for the contract that `long_ago` has moved."""
    return [line for line in ledger.verify(world.client_id) if not line.startswith("contract ")]


def acting(world: World, *roles: str) -> Actor:
    """Somebody with these roles at the world's client; who it is does not matter."""
    key = world.manager.person_id
    return Actor(key, tuple(Right(r, "client", world.client_id, world.client_id) for r in roles))


def colleague(world: World, name: str, role: str) -> Actor:
    """A person of a role at the client, who never signs in."""
    person = Person.create(username=name, name=name)
    Grant.create(person=person, role=role, scope="client", scope_id=world.client_id,
                 since=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
    return Actor(person.id, (Right(role, "client", world.client_id, world.client_id),))


def report(world: World, device: int = 0, **more: str) -> Fault:
    receipt = deliver("fault", fault_form(world, device, **more), world.engineer)
    return Fault.get_by_id(receipt.subject_id)


def triage(world: World, fault: Fault, level: str = "III", who: Actor | None = None,
           **more: Any) -> Any:  # fmt: skip
    order = faults.TriageFault(fault.id, level, "high", "room", **more)
    return run(faults.triage_fault, order, who or acting(world, "desk"))


def stand(fault: Fault, state: str, **columns: Any) -> Fault:
    """Puts a fault into a state without its steps."""
    Fault.update(state=state, **columns).where(Fault.id == fault.id).execute()
    return Fault.get_by_id(fault.id)


def step(fault: Fault, kind: str, state: str = "", **more: Any) -> FaultEvent:
    """An engineer's step as its own verb would write it, received now."""
    before = Fault.get_by_id(fault.id).state
    if state:
        stand(fault, state)
    return FaultEvent.create(client=fault.client_id, fault=fault, kind=kind, at=clock.now(),
                             before=before if state else "", **more)  # fmt: skip


def notices(fault: Fault) -> list[tuple[str, str, str]]:
    """(who, kind, when) of everything in the app about a fault, in order, when in China's time."""
    rows = Notification.select(Notification, Person).join(Person).where(
        (Notification.url == f"/faults/{fault.id}") & (Notification.channel == "app")
    )  # fmt: skip
    return sorted((f"{clock.local(row.created_at):%d %H:%M}", row.kind, row.recipient.username)
                  for row in rows)  # fmt: skip


def kinds(fault: Fault) -> list[str]:
    rows = FaultEvent.select().where(FaultEvent.fault == fault.id).order_by(FaultEvent.id)
    return [row.kind for row in rows]
