"""Reads cost a fixed number of queries, however much there is to show."""

from datetime import date

from roundtag import clock, devices, faults, history, packs, rooms, rounds, tagging
from roundtag.access import ATTENDEE
from roundtag.db import write
from roundtag.models import Answer, Device, History, Inspection, RoundDevice, Tag, Unit
from tags import codes
from tests.seeing import count_queries, queries_of
from tests.world import World, check_form, deliver, fault_form, jpeg, swap_form

TODAY = date(2026, 11, 22)


def full_page(world: World) -> None:
    """One line of every kind with words, a photo and an open fault."""
    _, photo = jpeg()
    deliver("inspection", check_form(world, note="好", photo=f"blob:{photo.sha256}"),
            world.engineer, photos=(photo,))  # fmt: skip
    deliver("swap", swap_form(world, note="换"), world.engineer)
    deliver("fault", fault_form(world, description="暗"), world.engineer)


def more_checks(world: World, count: int) -> None:
    """Copies of the last check: rows as the verb writes them, without its cost."""
    last = Inspection.select().order_by(Inspection.id.desc()).dicts().first()
    line = History.select().where(History.kind == "inspection").dicts().first()
    with write():
        for number in range(count):
            entry = Inspection.create(**{**last, "id": None, "submission": f"copy-{number}"})
            Answer.create(client=world.client_id, inspection=entry, room=world.room.id,
                          device=world.devices[0].id, item="lamp", value="7", verdict="pass",
                          at=clock.now())  # fmt: skip
            History.create(**{**line, "id": None, "subject_id": entry.id})


def more_devices(world: World, count: int) -> None:
    unit = Unit.get(Unit.serial == "SNA1")
    for number in range(count):
        device = Device.create(client=world.client_id, room=world.room.id, name=f"屏 {number}",
                               code=f"A-X{number:03}", category="projector")  # fmt: skip
        Unit.create(model=unit.model_id, serial=f"X{number}", place="device", device=device)
        Tag.create(code=codes.new(), state="bound", client=world.client_id, device=device,
                   made_at=clock.now())  # fmt: skip
        RoundDevice.create(client=world.client_id, round=world.round_id, device=device)


def test_the_device_page_costs_the_same_with_4_and_with_200_entries(world: World) -> None:
    full_page(world)

    def read() -> devices.DevicePage:
        return devices.page(world.devices[0].id, world.tags[0], world.engineer)

    few = queries_of(read)
    more_checks(world, 200)
    deliver("swap", swap_form(world, expected_old_serial="SPA1", new_serial="SPA2", note="又"),
            world.engineer)  # fmt: skip
    deliver("fault", fault_form(world, symptom="no_sound"), world.engineer)
    assert len(read().history) == history.PAGE
    assert read().more
    assert queries_of(read) == few
    assert few <= 30  # seven of them for what a swap could put in


def test_the_logbook_pages_through_everything_once(world: World) -> None:
    full_page(world)
    more_checks(world, 33)
    device, seen, before = world.devices[0].id, [], None
    while True:
        entries, more = devices.history_after(device, before or 10**9, world.engineer)
        seen += [entry.id for entry in entries]
        before = seen[-1]
        if not more:
            break
    lines = History.select(History.id).where(History.device == device)
    assert sorted(seen) == sorted(line.id for line in lines)
    assert len(seen) == len(set(seen))


def test_the_logbook_loses_nothing_when_the_clock_steps_back(world: World) -> None:
    deliver("inspection", check_form(world), world.engineer)
    more_checks(world, 25)
    device = world.devices[0].id
    for row in History.select().where(History.device == device):
        History.update(at=f"2026-11-{row.id % 9 + 10}T00:00:00.000000Z").where(
            History.id == row.id
        ).execute()
    seen: list[int] = []
    before = None
    for _ in range(9):
        page = history.of_device(device, before)
        seen += [entry.id for entry in page]
        if not page:
            break
        before = seen[-1]
    assert len(seen) == len(set(seen)) == History.select().where(History.device == device).count()


def test_lists_cost_the_same_with_2_and_with_80_devices(world: World) -> None:
    deliver("fault", fault_form(world), world.engineer)
    reads = {
        "round": lambda: rounds.page(world.round_id, world.engineer, TODAY),
        "cards": lambda: rounds.cards(world.engineer, TODAY),
        "next": lambda: rounds.next_stops(world.round_id, 5),
        "devices": lambda: devices.lines(world.engineer),
        "rooms": lambda: rooms.lines(world.engineer),
        "room": lambda: rooms.page(world.room.id, world.engineer),
        "attendee": lambda: faults.attendee_page(tagging.resolve(world.room_tag, ATTENDEE)),
        "tags": lambda: tagging.bound(world.engineer),
        "pack": lambda: packs.manifest(world.engineer, "zh", "b"),
        "faults": lambda: faults.lines(world.engineer),
    }
    few = {name: queries_of(read) for name, read in reads.items()}
    more_devices(world, 78)
    for device in Device.select().where(Device.code.startswith("A-X")).limit(20):
        code = tagging.codes_of_devices([device.id])[device.id]
        deliver("fault", {"tag": code, "symptom": "no_sound"}, world.engineer)
    assert {name: queries_of(read) for name, read in reads.items()} == few
    assert few.pop("pack") <= 38  # what up to 2,000 pages show, each kind of fact in one query
    assert max(few.values()) <= 17
    assert rounds.cards(world.engineer, TODAY)[0].progress.total == 80


def test_the_page_of_a_fault_costs_the_same_with_many_duplicates(world: World) -> None:
    first = deliver("fault", fault_form(world), world.engineer).subject_id
    deliver("fault", fault_form(world), world.engineer)
    few = queries_of(lambda: faults.page(int(first or 0), world.engineer))
    for _ in range(8):
        deliver("fault", fault_form(world), world.engineer)
    assert queries_of(lambda: faults.page(int(first or 0), world.engineer)) == few


def test_the_counter_counts(world: World) -> None:
    with count_queries() as sent:
        Device.get_by_id(world.devices[0].id)
        list(Tag.select())
    assert len(sent) == 2
