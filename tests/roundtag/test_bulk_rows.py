"""Rows written in bulk are the rows that are written one by one, and leave the same leaves."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from roundtag import bulk_rows, ledger, register
from roundtag.access import SYSTEM
from roundtag.commands import Deed, Outcome
from roundtag.models import Device, History, Leaf, Room, Tag, Unit
from tests.roundtag.test_register import DEVICES, ROOMS, add_client, bring, sound
from tests.seeing import count_queries
from tests.world import World, open_provider, run

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_a_leaf_is_canonical_whatever_it_holds(leaf: dict[str, Any]) -> None:
    try:
        wanted = rfc8785.dumps(leaf)
    except rfc8785.CanonicalizationError:
        return
    assert ledger.canonical(leaf) == wanted


class Both:
    """Stands for any command: stores devices, singly or in bulk."""

    def __init__(self, world: World) -> None:
        self.client, self.room = world.client_id, world.room.id

    def rows(self, mark: str) -> list[dict[str, Any]]:
        return [{"client": self.client, "room": self.room, "code": f"{mark}{n}", "name": "屏",
                 "category": "display", "key_device": n == 1} for n in range(3)]  # fmt: skip


def import_register(command: Both, deed: Deed) -> Outcome:
    for row in command.rows("one"):
        deed.create(Device, **row)
    keys = deed.create_many(Device, command.rows("many"))
    assert [Device.get_by_id(key).code for key in keys] == ["many0", "many1", "many2"]
    deed.create_many(History, [
        {"client": command.client, "room": command.room, "device": Device.get_by_id(key),
         "kind": "registered", "at": deed.received_at, "data": {"n": 1}} for key in keys
    ])  # fmt: skip
    assert deed.create_many(Tag, [{"code": "7K3M9QX2PD", "state": "blank",
                                   "made_at": deed.received_at}]) == ["7K3M9QX2PD"]  # fmt: skip
    assert deed.create_many(Device, []) == []
    return Outcome("done")


def test_one_by_one_and_in_bulk_are_alike(world: World) -> None:
    run(import_register, Both(world), SYSTEM)
    leaf = Leaf.select().where(Leaf.text.contains("many0")).get()
    images = {c["after"]["code"]: c["after"] for c in json.loads(leaf.text)["changes"]
              if c["table"] == "device"}  # fmt: skip
    for number in range(3):
        one, many = images[f"one{number}"], images[f"many{number}"]
        assert {**one, "id": 0, "code": ""} == {**many, "id": 0, "code": ""}
    assert sound(world.client_id)


def change_rooms(command: World, deed: Deed) -> Outcome:
    rooms = list(Room.select().where(Room.client == command.client_id))
    devices = list(Device.select().where(Device.client == command.client_id).order_by(Device.id))
    changes = [(devices[0], {"name": "甲"}), (devices[1], {"name": "乙"}),
               (rooms[0], {"floor": "9"}), (devices[0], {"supplier": "丙"})]  # fmt: skip
    deed.change_many(changes)
    return Outcome("done")


def test_many_changes_are_written_and_sealed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(register.verbs.access.DEEDS, "change_rooms", None)
    run(change_rooms, world, SYSTEM)
    names = [d.name for d in Device.select().where(Device.client == world.client_id).order_by("id")]
    assert names == ["甲", "乙"]
    assert Room.get_by_id(world.room.id).floor == "9"
    assert sound(world.client_id)


def test_a_statement_holds_as_much_as_both_databases_take(store: str) -> None:
    open_provider()
    client = add_client("A")
    many = bulk_rows.BOUND // len(bulk_rows.shape_of(Room).names) + 5
    lines = "".join(f"园区,主楼,R{n},会议室,会议室,20\n" for n in range(many))
    bring(client, ("r.csv", ROOMS.split("\n")[0] + "\n" + lines))
    assert Room.select().where(Room.client == client).count() == many
    assert sound(client)


def devices(count: int, model: str, name: str = "投影机", start: int = 0) -> str:
    rows = (f"R1,D{n},{name},projector,爱普生,{model}-{n},N-{n},2027-01-31\n"
            for n in range(start, start + count))  # fmt: skip
    return DEVICES.split("\n")[0] + "\n" + "".join(rows)


def sent(client: int, text: str) -> int:
    with count_queries() as statements:
        bring(client, ("d.csv", text))
    return len(statements)


def test_two_hundred_rows_cost_about_as_many_statements_as_one_hundred(store: str) -> None:
    open_provider()
    client = add_client("A")
    bring(client, ("r.csv", ROOMS))
    few, many = sent(client, devices(100, "X")), sent(client, devices(200, "Y", start=100))
    assert many <= few + 4
    few = sent(client, devices(100, "Z", name="屏"))
    many = sent(client, devices(200, "Z", name="屏", start=100))
    assert many <= few + 4
    assert Unit.select().count() == 300
    assert sound(client)
