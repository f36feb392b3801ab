"""The list of devices: every filter, every order, page by page, one client at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from roundtag import clock, device_list, lending, search
from roundtag.access import SYSTEM, Actor
from roundtag.device_list import CHOICES, FILTERS, SORTS, Wish
from roundtag.fields import Fields
from roundtag.models import Device, DeviceIndex, Room, Tag, Unit
from tests.seeing import queries_of
from tests.world import World, deliver, fault_form, run

TODAY = clock.local_day(clock.now())


def more_devices(world: World, count: int) -> None:
    unit = Unit.get(Unit.serial == f"SN{world.code}1")
    for number in range(count):
        device = Device.create(
            client=world.client_id, room=world.room.id, name=f"设备 {number % 7}",
            code=f"A-X{number:03}", category="projector" if number % 3 else "camera",
            position="", installed_on=date(2000 + number % 9, 2, 1) if number % 4 else None,
        )  # fmt: skip
        if number % 5:
            Unit.create(model=unit.model_id, serial=f"X{number:04}", place="device", device=device)
    search.rebuild()


def codes(wish: Wish, actor: Actor) -> list[str]:
    return [line.code for line in device_list.page(wish, actor).lines]


def everything(wish: Wish, actor: Actor) -> list[str]:
    """All codes, from the first page to the last."""
    seen: list[str] = []
    while True:
        page = device_list.page(wish, actor)
        seen += [line.code for line in page.lines]
        if page.after is None:
            return seen
        wish = replace(wish, after=page.after)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_everything_once_and_lead_back(
    world: World, monkeypatch: pytest.MonkeyPatch, sort: str, down: bool
) -> None:
    more_devices(world, 23)
    monkeypatch.setattr(device_list, "PAGE", 4)
    wish = Wish(sort=sort, down=down)
    seen = everything(wish, world.engineer)
    assert len(seen) == len(set(seen)) == 25
    first = device_list.page(wish, world.engineer)
    assert first.before is None
    assert first.total == 25
    second = device_list.page(replace(wish, after=first.after), world.engineer)
    back = device_list.page(replace(wish, before=second.before), world.engineer)
    assert [line.code for line in back.lines] == [line.code for line in first.lines] == seen[:4]
    assert back.before is None
    assert back.after == first.after


def test_a_page_keeps_its_place_when_devices_come_before_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_devices(world, 9)
    monkeypatch.setattr(device_list, "PAGE", 4)
    first = device_list.page(Wish(sort="code"), world.engineer)
    wish = Wish(sort="code", after=first.after)
    before = codes(wish, world.engineer)
    Device.create(client=world.client_id, room=world.room.id, name="新", code="A-A00",
                  category="camera")  # fmt: skip
    search.rebuild()
    assert codes(wish, world.engineer) == before


def _warranty(days: int) -> Callable[[World], None]:
    def change(world: World) -> None:
        until = TODAY + timedelta(days=days)
        Unit.update(warranty_until=until).where(Unit.device == world.devices[0].id).execute()

    return change


def _set(**values: object) -> Callable[[World], None]:
    return lambda world: (
        Device.update(**values).where(Device.id == world.devices[0].id).execute() and None
    )


CASES: dict[tuple[str, str], Callable[[World], object]] = {
    ("category", "camera"): _set(category="camera"),
    ("state", "fault"): lambda world: deliver("fault", fault_form(world), world.engineer),
    ("state", "empty"): lambda world: (
        Unit.update(device=None, place="repair").where(Unit.device == world.devices[0].id).execute()
    ),
    ("state", "lent"): lambda world: run(
        lending.lend_device, lending.LendDevice(world.devices[0].id, "李", TODAY)
    ),
    ("state", "retired"): _set(retired_at=clock.now()),
    ("key", "1"): _set(key_device=True),
    ("warranty", "ended"): _warranty(-1),
    ("warranty", "ending"): _warranty(90),
    ("life", "over"): _set(installed_on=date(TODAY.year - 6, 1, 1)),
    ("lacks", "tag"): lambda world: (
        Tag.update(state="revoked").where(Tag.device == world.devices[0].id).execute()
    ),
    ("lacks", "unit"): lambda world: (
        Unit.update(device=None, place="repair").where(Unit.device == world.devices[0].id).execute()
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case))
def test_a_filter_leaves_what_it_says(world: World, case: tuple[str, str]) -> None:
    wish = Wish(filters=dict([case]))
    assert codes(wish, world.engineer) == []
    CASES[case](world)
    search.rebuild()
    assert codes(wish, world.engineer) == ["A-P01"]
    assert device_list.page(wish, world.engineer).total == 1


def test_devices_that_nobody_owns_are_found(world: World) -> None:
    _set(owner=world.engineer.person_id)(world)
    assert codes(Wish(filters={"lacks": "owner"}), world.engineer) == ["A-P02"]


@pytest.mark.parametrize(
    ("installed", "over"),
    [(date(TODAY.year - 5, 1, 1), False), (date(TODAY.year - 6, 1, 1), True), (None, False)],
)
def test_life_is_counted_from_the_day_of_installation(
    world: World, installed: date | None, over: bool
) -> None:
    _set(installed_on=installed)(world)
    search.rebuild()
    found = codes(Wish(filters={"life": "over"}), world.engineer)
    assert found == (["A-P01"] if over else [])


def test_retired_devices_are_shown_when_asked_for(world: World) -> None:
    _set(retired_at=clock.now())(world)
    search.rebuild()
    assert codes(Wish(), world.engineer) == ["A-P02"]
    assert codes(Wish(filters={"state": "all"}), world.engineer) == ["A-P01", "A-P02"]


def test_places_narrow_the_list(world: World) -> None:
    room = Room.get_by_id(world.room.id)
    keys = {"room": room.id, "building": room.building_id, "site": room.building.site_id}
    for name, key in keys.items():
        assert len(codes(Wish(filters={name: str(key)}), world.engineer)) == 2
        assert codes(Wish(filters={name: str(key + 999)}), world.engineer) == []


def test_an_address_means_one_wish_and_a_wish_one_address(world: World) -> None:
    given = [("q", "投影"), ("category", "projector"), ("state", "all"), ("sort", "serial"),
             ("down", "1"), ("client", "3"), ("room", "5")]  # fmt: skip
    wish = device_list.read(Fields(given))
    from urllib.parse import parse_qsl

    again = device_list.read(Fields(parse_qsl(wish.query())))
    assert again == wish
    assert "category" not in wish.without("category")
    assert device_list.read(Fields([("after", "7")])).after == 7


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "１", "\0", "%", "", "1 OR 1=1"])
def test_what_cannot_be_understood_is_left_out(world: World, value: str) -> None:
    for name in (*FILTERS, "sort", "down", "client", "after", "before"):
        wish = device_list.read(Fields([(name, value)]))
        page = device_list.page(wish, world.engineer)
        assert page.wish.filters == {} or name not in CHOICES


def test_several_clients_are_looked_at_one_at_a_time(world: World, other: World) -> None:
    page = device_list.page(Wish(), SYSTEM)
    assert [client.code for client in page.clients] == ["A", "B"]
    assert {line.code[0] for line in page.lines} == {"A"}
    page = device_list.page(Wish(client=other.client_id), SYSTEM)
    assert {line.code[0] for line in page.lines} == {"B"}
    mine = device_list.page(Wish(client=other.client_id), world.engineer)
    assert {line.code[0] for line in mine.lines} == {"A"}
    assert device_list.page(Wish(), Actor(None)).lines == []


def test_no_more_are_counted_than_can_be_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_devices(world, 9)
    monkeypatch.setattr(device_list, "MOST", 5)
    assert device_list.page(Wish(), world.engineer).total == 6
    assert len(device_list.matching(Wish(), world.engineer)) == 6


def test_the_list_costs_the_same_with_2_and_with_80_devices(world: World) -> None:
    def read() -> device_list.DeviceList:
        return device_list.page(Wish(text="投影 a"), world.engineer)

    few = queries_of(read)
    more_devices(world, 78)
    assert queries_of(read) == few
    assert few <= 12
    assert DeviceIndex.select().count() >= 80
