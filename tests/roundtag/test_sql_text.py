"""The short way writes what peewee writes: the same text and the same values, of every query that
an entry and the busiest reads send, and of the shapes that they do not have."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from peewee import Case, Context, Value, fn

from roundtag import acceptance, devices, faults, people, sync
from roundtag.access import SYSTEM
from roundtag.db import database
from roundtag.models import Client, Device, Fault, Grant, Log, Person, Room, Unit
from roundtag.sql_text import ShortWay
from tests.world import World, envelope

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OTHER = Device.alias()
NAMED = Device.alias("other")
SHAPES: dict[str, Callable[[], Any]] = {
    "joined": lambda: Device.select(Device, Room).join(Room).where(Device.id == 7),
    "aliased": lambda: Device.select(OTHER.code).join(OTHER, on=Device.backup_device == OTHER.id),
    "named": lambda: NAMED.select().where((NAMED.id == 1) | (NAMED.code == "x")),
    "among": lambda: Device.select().where(Device.id.in_([1, 2]) & ~Device.room.in_([])),
    "null": lambda: Device.select().where(Device.room.is_null() | (Device.name != None)),  # noqa: E711
    "nested": lambda: Device.select().where(Device.room == Room.select(fn.MAX(Room.id))),
    "outer": lambda: Room.select().where(
        fn.EXISTS(OTHER.select(Value(1)).where(OTHER.room == Room.id))
    ),
    "likewise": lambda: Device.select().where(Device.name.contains("a%") | (Device.name ** "b")),
    "case": lambda: Device.select(Case(None, [(Device.id > 3, 1)], 0).alias("late")),
    "moments": lambda: Fault.select().where(
        (Fault.reported_at <= NOW) & (Fault.reported_at > "2026")
    ),
    "days": lambda: Unit.select().where(Unit.warranty_until >= date(2026, 3, 1)),
    "yes": lambda: Device.select().where(Device.key_device == True),  # noqa: E712
    "row": lambda: Device.select().where(Device.room == Room(id=3)),
    "counted": lambda: Room.select(Room.id, fn.COUNT(Device.id).alias("n")).join(Device)
        .group_by(Room.id).having(fn.COUNT(Device.id) > 2).order_by(Room.code.desc()),
    "derived": lambda: _derived(),
    "with": lambda: _common(),
    "update": lambda: Log.update(size=Log.size + 1).where(Log.client == 1).returning(Log.id),
    "insert": lambda: Person.insert(username="a", name="b", active=True),
    "delete": lambda: Device.delete().where((Device.id == 1) & (Device.code < "x")),
    "granted": lambda: people.rights.granted(NOW, Grant.person).where(Grant.role == "engineer"),
    "united": lambda: Device.select(Device.id) | Device.select(OTHER.id).where(OTHER.id > 1),
}  # fmt: skip


def _derived() -> Any:
    inner = Device.select(Device.room.alias("at"), fn.COUNT(Device.id).alias("n")).group_by(
        Device.room
    )
    return Room.select(Room.id, inner.c.n).join(inner, on=inner.c.at == Room.id)


def _common() -> Any:
    few = Client.select(Client.id).where(Client.code == "x").cte("few")
    return Device.select(Device.id).join(few, on=Device.client == few.c.id).with_cte(few)


def both(query: Any) -> tuple[Any, Any]:
    options = database.obj.get_context_options()
    return tuple(way(**options).sql(query).query() for way in (Context, ShortWay))  # type: ignore[return-value]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_written_alike(store: None, shape: str) -> None:
    plain, short = both(SHAPES[shape]())
    assert short == plain


def test_what_is_sent_is_written_alike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = database.obj.execute, list[str]()

    def comparing(query: Any, **options: Any) -> Any:
        plain, short = both(query)
        assert short == plain
        seen.append(short[0])
        return real(query, **options)

    monkeypatch.setattr(database.obj, "execute", comparing)
    devices.page(world.devices[0].id, world.tags[0], world.engineer)
    acceptance.sent_back_at(world.devices[0].id)
    faults.lines(SYSTEM)
    pairs = {"tag": world.tags[0], "symptom": "no_sound"}
    assert sync.submit(envelope("fault", pairs, world.engineer.person_id), world.engineer)
    assert len(seen) > 40
    assert isinstance(database.obj.get_sql_context(), ShortWay)
