"""A stocktake from its opening to its closing: lists of two phones, and what the office does."""

import csv
import io
import itertools
import json
from typing import Any

import openpyxl
import pytest

from roundtag import clock, devices, ledger, lending, packs, stock, stocktakes, sync, tagging
from roundtag.access import SYSTEM, Actor, Right
from roundtag.commands import Deed, Envelope, Outcome
from roundtag.db import database
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Device,
    Room,
    RoundDevice,
    Stocktake,
    StocktakeEntry,
    StocktakeReason,
    StocktakeVisit,
    Tag,
    Unit,
)
from roundtag.register import neutral
from roundtag.stocktakes import sheets
from tags import codes
from tests import world as worlds
from tests.seeing import at_once, queries_of, snapshot
from tests.world import World, count_form, deliver, envelope, run, stocktake, swap_form

UNKNOWN = "7K3M9QX2PR"


@pytest.fixture
def second_room(world: World) -> Room:
    """A302 with one device, A-X01."""
    return worlds.add_room(world)


def tag_of(code: str) -> str:
    device = Device.get(Device.code == code)
    return str(Tag.get(Tag.device == device).code)


def listed(world: World, key: int, room: Room, *codes: str, **more: str) -> Envelope:
    fields = {"stocktake": str(key), "room": str(room.id), "others": " ".join(codes),
              "scanned": " ".join(codes), **more}  # fmt: skip
    return envelope("count", fields, world.engineer.person_id)


def outcomes(key: int, actor: Actor = SYSTEM) -> dict[str, str]:
    """What became of each device, by its code, and of each unknown code."""
    lines = stocktakes.report(key, actor).result.lines
    return {line.code or line.tag: line.outcome for line in lines}


def test_a_list_is_filed_once_and_the_ledger_holds_it(world: World) -> None:
    key = stocktake(world)
    made = listed(world, key, world.room, world.tags[0], world.tags[0], UNKNOWN, note="一台无标签")
    receipt = sync.submit(made, world.engineer)
    assert (receipt.outcome, receipt.values["count"]) == ("done", 2)
    before = snapshot()
    assert sync.submit(made, world.engineer).repeated
    assert snapshot() == before
    entries = list(StocktakeEntry.select().order_by(StocktakeEntry.id))
    assert [(e.code, e.device_id, e.scanned) for e in entries] == [
        (world.tags[0], world.devices[0].id, True), (UNKNOWN, None, True)]  # fmt: skip
    assert outcomes(key) == {"A-P01": "found", "A-P02": "missing", UNKNOWN: "unknown"}
    assert ledger.verify(world.client_id) == []
    assert "一台无标签" not in json.dumps(snapshot()["leaf"], ensure_ascii=False)


def test_every_outcome_of_the_report(world: World, second_room: Room) -> None:
    key = stocktake(world)
    deliver("swap", swap_form(world), world.engineer)  # a unit went out and another one in
    run(devices.retire_device, devices.RetireDevice("A-P02", "A"))
    made = listed(world, key, world.room, world.tags[1], tag_of("A-X01"), world.room_tag, UNKNOWN)
    sync.submit(made, world.engineer)
    assert outcomes(key) == {
        "A-P01": "missing", "A-P02": "retired", "A-X01": "misplaced", UNKNOWN: "unknown"
    }  # fmt: skip
    result = stocktakes.report(key, world.viewer).result
    here, there = result.rooms
    assert (here.tally.expected, here.tally.missing, here.tally.strange, here.visits) == (
        1,
        1,
        3,
        1,
    )
    assert (there.tally.expected, there.tally.misplaced, there.visits) == (1, 1, 0)
    misplaced = next(line for line in result.lines if line.outcome == "misplaced")
    assert misplaced.seen_in == ((world.room.id, "视频会议室"),)
    assert (result.expected, result.visited) == (2, 1)


def test_a_device_whose_unit_is_out_is_not_missed(world: World) -> None:
    key = stocktake(world)

    def take_out(command: worlds.Place, deed: Deed) -> Outcome:
        unit = stock.hold(Unit.get(Unit.serial == "SNA1").id)
        stock.move(deed, unit, stock.Spot("repair"), "faulty")
        return Outcome("out")

    take_out.__name__ = "import_spares"
    run(take_out, worlds.Place(world.client_id, "A"))
    assert outcomes(key) == {"A-P01": "away", "A-P02": "uncounted"}
    sync.submit(listed(world, key, world.room, nothing="1"), world.engineer)
    assert outcomes(key) == {"A-P01": "away", "A-P02": "missing"}
    room = stocktakes.room(key, world.room.id, world.engineer)
    assert [(d.code, d.away) for d in room.devices] == [("A-P01", True), ("A-P02", False)]


def test_a_lent_device_is_not_missed_until_it_is_back(world: World) -> None:
    key = stocktake(world)
    order = lending.LendDevice(world.devices[0].id, "李", clock.local_day(clock.now()))
    out = run(lending.lend_device, order)
    sync.submit(listed(world, key, world.room, nothing="1"), world.engineer)
    assert outcomes(key) == {"A-P01": "away", "A-P02": "missing"}
    run(lending.return_device, lending.ReturnDevice(int(out.subject_id or 0)))
    assert outcomes(key) == {"A-P01": "missing", "A-P02": "missing"}


def test_lists_of_two_phones_in_every_order_say_the_same(world: World, second_room: Room) -> None:
    """Whoever is first, and however often each is delivered: one count, one report."""
    second = worlds.person("second-a", ("engineer", "client", world.client_id))
    said = []

    def filed(order: tuple[int, ...]) -> Any:
        key = stocktake(world)
        again = count_form(world, key, code=world.tags[1])
        lists = [
            (listed(world, key, world.room, *world.tags), world.engineer),
            (listed(world, key, second_room, world.tags[0], UNKNOWN), world.engineer),
            (envelope("count", again, second.person_id), second),
        ]
        for one in order:
            made, actor = lists[one]
            assert sync.submit(made, actor).outcome == "done"
        for made, actor in lists:
            assert sync.submit(made, actor).repeated
        lines = stocktakes.report(key, SYSTEM).result.lines
        return [(x.code or x.tag, x.outcome, x.seen_in, x.people) for x in lines]

    for order in itertools.permutations(range(3)):
        with database.atomic() as end:
            said.append(filed(order))
            end.rollback()
    assert all(one == said[0] for one in said)
    assert {(code, outcome, people) for code, outcome, _, people in said[0]} == {
        ("A-P01", "found", 1), ("A-P02", "found", 2), ("A-X01", "missing", 0),
        (UNKNOWN, "unknown", 1),
    }  # fmt: skip


def test_a_replaced_label_still_counts_its_device(world: World) -> None:
    key = stocktake(world)
    run(tagging.replace_tag, tagging.ReplaceTag(world.tags[0]))
    sync.submit(listed(world, key, world.room, world.tags[0]), world.engineer)
    assert outcomes(key)["A-P01"] == "found"


def test_a_device_without_a_label_is_ticked(world: World) -> None:
    key = stocktake(world)
    Tag.update(state="lost").where(Tag.code == world.tags[1]).execute()
    room = stocktakes.room(key, world.room.id, world.engineer)
    assert [device.tag for device in room.devices] == [world.tags[0], ""]
    fields = {**count_form(world, key), "untagged": str(world.devices[1].id)}
    deliver("count", fields, world.engineer)
    assert outcomes(key) == {"A-P01": "found", "A-P02": "found"}


def test_another_clients_device_is_an_unknown_code(world: World, other: World) -> None:
    key = stocktake(world)
    provider = worlds.person("both", ("engineer", "provider", None))
    fields = {
        **count_form(world, key),
        "others": other.tags[0],
        "untagged": str(other.devices[0].id),
    }
    deliver("count", fields, provider)
    assert outcomes(key) == {"A-P01": "found", "A-P02": "missing", other.tags[0]: "unknown"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"others": "7K3M9QX2PX"}, "others"),
        ({"typed": "7K3M9"}, "typed"),
        ({"others": ""}, "others"),
        ({"stocktake": "x", "nothing": "1"}, "stocktake"),
        ({"others": " ".join([UNKNOWN] * 1001)}, "others"),
    ],
)
def test_a_bad_list_names_its_field_and_leaves_nothing(
    world: World, fields: dict[str, str], wrong: str
) -> None:
    form = {"stocktake": str(stocktake(world)), "room": str(world.room.id), **fields}
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        deliver("count", form, world.engineer)
    assert [error.field for error in refused.value.errors] == [wrong]
    assert snapshot() == before


def test_who_may(world: World, other: World) -> None:
    key = stocktake(world)
    before = snapshot()
    with pytest.raises(Forbidden):
        deliver("count", count_form(world, key), world.viewer)
    with pytest.raises(NotFound):
        deliver("count", count_form(world, key), other.engineer)
    with pytest.raises(NotFound):
        deliver("count", {**count_form(world, key), "room": str(other.room.id)}, world.engineer)
    for verb, order in (
        (stocktakes.close_stocktake, stocktakes.CloseStocktake(key)),
        (stocktakes.explain_missing,
         stocktakes.ExplainMissing(key, world.devices[0].id, "repair")),
        (stocktakes.open_stocktake,
         stocktakes.OpenStocktake("client", world.client_id, "x")),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            run(verb, order, world.engineer)
        stranger = Actor(None, (Right("manager", "client", other.client_id, other.client_id),))
        with pytest.raises((NotFound, Invalid)):
            run(verb, order, stranger)
    for read in (
        lambda: stocktakes.report(key, other.engineer),
        lambda: stocktakes.rooms(key, other.engineer),
        lambda: stocktakes.room(key, world.room.id, other.engineer),
    ):
        with pytest.raises(NotFound):
            read()
    assert stocktakes.cards(other.engineer) == []
    assert stocktakes.choices(world.engineer) == []
    assert snapshot() == before


@pytest.mark.parametrize("scope", ["client", "site", "building", "room"])
def test_the_scope_says_which_rooms(world: World, second_room: Room, scope: str) -> None:
    room = world.room
    place = {"client": world.client_id, "site": room.building.site_id,
             "building": room.building_id, "room": room.id}[scope]  # fmt: skip
    key = stocktake(world, scope, place)
    _, rooms = stocktakes.rooms(key, world.engineer)
    expected = ["A301"] if scope == "room" else ["A301", "A302"]
    assert [one.code for one in rooms] == expected
    [card] = stocktakes.cards(world.viewer)
    assert card.counted == (0, len(expected))
    if scope == "room":
        with pytest.raises(NotFound):
            stocktakes.room(key, second_room.id, world.engineer)


def test_a_room_out_of_use_is_not_walked_to(world: World, second_room: Room) -> None:
    key = stocktake(world)
    Room.update(retired_at="2026-01-01T00:00:00.000000Z").where(Room.id == second_room.id).execute()
    _, rooms = stocktakes.rooms(key, world.engineer)
    assert [one.code for one in rooms] == ["A301"]
    offered = {one.key for one in stocktakes.choices(world.manager)}
    assert f"room:{world.room.id}" in offered
    assert f"room:{second_room.id}" not in offered


def test_what_is_seen_outside_the_scope_is_at_its_place_or_not(
    world: World, second_room: Room
) -> None:
    key = stocktake(world, "room", world.room.id)
    sync.submit(listed(world, key, world.room, tag_of("A-X01")), world.engineer)
    assert outcomes(key)["A-X01"] == "misplaced"
    assert stocktakes.report(key, SYSTEM).result.expected == 2


def test_the_report_is_frozen_at_the_closing_and_late_lists_are_kept_beside_it(
    world: World, second_room: Room
) -> None:
    key = stocktake(world)
    sync.submit(listed(world, key, world.room, world.tags[0]), world.engineer)
    why = stocktakes.ExplainMissing(key, world.devices[1].id, "repair", "送修，单号 12")
    assert run(stocktakes.explain_missing, why, world.manager).outcome == "done"
    assert run(stocktakes.close_stocktake, stocktakes.CloseStocktake(key),
               world.manager).outcome == "done"  # fmt: skip
    then = stocktakes.report(key, world.viewer)
    late = listed(world, key, world.room, world.tags[1], note="晚到")
    receipt = sync.submit(late, world.engineer)
    assert (receipt.outcome, "closed before" in receipt.message) == ("done", True)
    run(devices.move_device, devices.MoveDevice("A-P01", "A", "A302"))
    run(devices.retire_device, devices.RetireDevice("A-P02", "A"))
    now = stocktakes.report(key, world.viewer)
    assert now.result == then.result
    assert now.whole
    assert [(note.codes, note.text) for note in now.late] == [(("投影机 2",), "晚到")]
    assert now.notes == []
    missing = next(line for line in now.result.lines if line.code == "A-P02")
    assert (missing.outcome, missing.reason, missing.note) == ("missing", "repair", "送修，单号 12")
    assert now.result.explained == 1
    assert "送修" not in json.dumps(Stocktake.get_by_id(key).result, ensure_ascii=False)
    assert run(stocktakes.explain_missing, why, world.manager).outcome == "conflict"
    assert run(stocktakes.close_stocktake, stocktakes.CloseStocktake(key),
               world.manager).outcome == "conflict"  # fmt: skip
    assert ledger.verify(world.client_id) == []


def test_a_result_that_was_altered_is_told(world: World) -> None:
    key = stocktake(world)
    run(stocktakes.close_stocktake, stocktakes.CloseStocktake(key), world.manager)
    kept = Stocktake.get_by_id(key).result
    kept["lines"][0]["outcome"] = "found"
    Stocktake.update(result=kept).where(Stocktake.id == key).execute()
    assert not stocktakes.report(key, SYSTEM).whole


def test_the_newest_reason_counts_and_other_needs_words(world: World) -> None:
    key = stocktake(world)
    sync.submit(listed(world, key, world.room, nothing="1"), world.engineer)
    for kind in ("lent", "disposed"):
        order = stocktakes.ExplainMissing(key, world.devices[0].id, kind)
        run(stocktakes.explain_missing, order, world.manager)
    first = stocktakes.report(key, SYSTEM).result.lines[0]
    assert (first.code, first.reason) == ("A-P01", "disposed")
    assert StocktakeReason.select().count() == 2
    for pairs, field in (([("kind", "other"), ("device", "1")], "note"), ([("kind", "x")], "kind")):
        with pytest.raises(Invalid) as refused:
            stocktakes.read_reason(Fields(pairs), key)
        assert [error.field for error in refused.value.errors] == [field]
    with pytest.raises(NotFound):
        run(stocktakes.explain_missing, stocktakes.ExplainMissing(key, None, "lent"), world.manager)


def test_one_tap_moves_a_device_to_where_it_was_seen(world: World, second_room: Room) -> None:
    key = stocktake(world)
    sync.submit(listed(world, key, second_room, world.tags[0]), world.engineer)
    assert outcomes(key)["A-P01"] == "misplaced"
    device = world.devices[0].id
    with pytest.raises(Forbidden):
        stocktakes.move_here(worlds.new_id(), key, device, second_room.id, world.engineer)
    receipt = stocktakes.move_here(worlds.new_id(), key, device, second_room.id, world.manager)
    assert receipt.outcome == "done"
    assert outcomes(key)["A-P01"] == "found"
    with pytest.raises(NotFound):
        stocktakes.move_here(worlds.new_id(), key, device, None, world.manager)


def test_entries_are_never_changed(world: World) -> None:
    sync.submit(listed(world, stocktake(world), world.room, world.tags[0]), world.engineer)
    for statement in (StocktakeEntry.update(code="x"), StocktakeEntry.delete()):
        with database.atomic() as end:
            with pytest.raises(Exception, match="append-only"):
                statement.execute()
            end.rollback()


def test_a_phone_holds_the_rooms_of_open_stocktakes(
    world: World, other: World, second_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    RoundDevice.delete().execute()
    key = stocktake(world)

    def pages(actor: Actor) -> dict[str, str]:
        found = packs.manifest(actor, "zh", "b1").pages
        return {page.url: page.v for page in found if page.url.startswith("/stocktakes")}

    base = f"/stocktakes/{key}/rooms"
    here, there = f"{base}/{world.room.id}", f"{base}/{second_room.id}"
    before = pages(world.engineer)
    assert list(before) == [base, here, there]
    assert pages(world.viewer) == pages(other.engineer) == {}
    sync.submit(listed(world, key, world.room, world.tags[0]), world.engineer)
    after = pages(world.engineer)
    assert {url for url in before if before[url] != after[url]} == {base, here}
    monkeypatch.setattr("roundtag.stocktakes.walks.LIMIT", 1)
    assert list(pages(world.engineer)) == [base, here]
    run(stocktakes.close_stocktake, stocktakes.CloseStocktake(key), world.manager)
    assert pages(world.engineer) == {}


def test_pages_cost_the_same_with_few_and_with_many(world: World, second_room: Room) -> None:
    key = stocktake(world)
    sync.submit(listed(world, key, world.room, world.tags[0], UNKNOWN, note="x"), world.engineer)
    reads = {
        "report": lambda: stocktakes.report(key, world.engineer),
        "rooms": lambda: stocktakes.rooms(key, world.engineer),
        "room": lambda: stocktakes.room(key, world.room.id, world.engineer),
        "walk": lambda: stocktakes.to_walk(world.engineer),
        "cards": lambda: stocktakes.cards(world.engineer, closed=True),
        "choices": lambda: stocktakes.choices(world.manager),
    }
    few = {name: queries_of(read) for name, read in reads.items()}
    for number in range(30):
        room = Room.create(client=world.client_id, building=world.room.building_id, floor="9",
                           code=f"A9{number}", name=f"室 {number}", kind="video")  # fmt: skip
        Device.create(client=world.client_id, room=room, name="屏", code=f"Q{number}",
                      category="display")  # fmt: skip
        read = world.tags[number % 2], codes.new()
        sync.submit(listed(world, key, room, *read, note="又"), world.engineer)
    stocktake(world)
    assert {name: queries_of(read) for name, read in reads.items()} == few
    assert max(few.values()) <= 14


def test_files_hold_every_line_and_no_formula(world: World) -> None:
    key = stocktake(world)
    Device.update(name="=1+1", asset_number="@x").where(Device.code == "A-P01").execute()
    sync.submit(listed(world, key, world.room, world.tags[0], UNKNOWN), world.engineer)
    report = stocktakes.report(key, world.viewer)
    data = sheets.csv_file(report, str.upper)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0][:2] == ["OUTCOME", "DEVICE CODE"]
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [
        ("MISSING", "A-P02", "投影机 2"),
        ("UNKNOWN CODE", "", ""),
        ("FOUND", "A-P01", "'=1+1"),
    ]
    assert not [cell for row in rows for cell in row if cell.startswith(neutral.RISKY)]
    book = openpyxl.load_workbook(io.BytesIO(sheets.xlsx_file(report, str)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert "=1+1" in [cell.value for cell in cells]


def test_of_two_who_close_at_once_one_does_and_no_list_falls_between(fresh_world: World) -> None:
    world = fresh_world
    key = stocktake(world)
    order = stocktakes.CloseStocktake(key)
    made = [envelope("count", count_form(world, key), world.engineer.person_id) for _ in range(4)]
    done = at_once([
        *[lambda: run(stocktakes.close_stocktake, order, world.manager)] * 2,
        *[lambda one=one: sync.submit(one, world.engineer) for one in made],
    ])  # fmt: skip
    assert sorted(getattr(one, "outcome", repr(one)) for one in done) == ["conflict", *["done"] * 5]
    report = stocktakes.report(key, SYSTEM)
    timely = StocktakeVisit.select().where(~StocktakeVisit.late).count()
    assert report.result.rooms[0].visits == timely
    assert len(report.late) == 4 - timely
    assert ledger.verify(world.client_id) == []


def test_a_phone_of_another_client_learns_nothing_of_a_kept_row(world: World, other: World) -> None:
    key = stocktake(world)
    made: Envelope = listed(world, key, world.room, world.tags[0])
    sync.submit(made, world.engineer)
    with pytest.raises(NotFound):
        deliver("count", count_form(other, key), other.engineer)
