"""readings: the courses of what was measured at a device, and the counters of a client due soon."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roundtag import checklists, readings
from roundtag.checklists import PublishChecklists
from roundtag.errors import NotFound
from roundtag.models import Answer, Device, Inspection
from tests.seeing import queries_of
from tests.world import World, check_form, deliver, run

START = datetime(2026, 1, 5, 2, tzinfo=UTC)
TODAY = date(2026, 6, 10)
LAMP = {"key": "hours", "kind": "counter", "unit": "h", "max": 2000, "zh": "灯泡时数",
        "en": "Lamp hours"}  # fmt: skip
VOLT = {"key": "volt", "kind": "reading", "unit": "V", "min": 198, "max": 242, "zh": "电压",
        "en": "Voltage"}  # fmt: skip
WORD = {"key": "word", "kind": "text", "zh": "备注", "en": "Remark"}


@pytest.fixture
def lamps(world: World) -> World:
    """The projectors' monthly checklist asks for lamp hours and a voltage."""
    spec = {"category": "projector", "occasion": "monthly", "name_zh": "月检", "name_en": "Monthly"}
    run(checklists.publish_checklists, PublishChecklists(({**spec, "items": [LAMP, VOLT, WORD]},)))
    version = checklists.latest("projector", "monthly")
    assert version
    world.version_id = version.id
    return world


def read(world: World, item: str, *values: str, device: int = 0, days: int = 30,
         verdict: str = "pass") -> None:  # fmt: skip
    """Copies of one entry, so many days apart."""
    last = Inspection.select().where(Inspection.device == world.devices[device].id).dicts().first()
    if last is None:
        values_now = {"item.hours": "1", "item.volt": "220", "item.word": "好"}
        deliver("inspection", {**check_form(world, device), **values_now}, world.engineer)
        Answer.delete().where(Answer.device == world.devices[device].id).execute()
        last = Inspection.select().order_by(Inspection.id.desc()).dicts().first()
    for number, value in enumerate(values):
        at = START + timedelta(days=days * number)
        key = f"copy-{device}-{item}-{number}-{value}"
        entry = Inspection.create(**{**last, "id": None, "submission": key, "received_at": at})
        Answer.create(client=world.client_id, inspection=entry, room=world.room.id, item=item,
                      device=world.devices[device].id, value=value, verdict=verdict,
                      at=at)  # fmt: skip


def test_courses_stand_in_the_checklists_order_with_who_and_when(lamps: World) -> None:
    read(lamps, "volt", "220", "221.5")
    read(lamps, "hours", "100", "400", "700", "1000")
    found = readings.of_device(lamps.devices[0].id, lamps.engineer)
    assert found.place.code == "A-P01"
    assert [course.item.key for course in found.courses] == ["hours", "volt"]
    hours, volt = found.courses
    assert [r.point.value for r in hours.reads] == [1000, 700, 400, 100]
    assert hours.reads[0].who == "engineer-a 先生"
    assert hours.reads[0].round_id == lamps.round_id
    assert hours.forecast
    assert (hours.forecast.kind, hours.forecast.share) == ("ahead", 50)
    assert hours.forecast.on == date(2026, 4, 5) + timedelta(days=100)
    assert volt.forecast is None
    assert volt.chart
    assert [limit.kind for limit in volt.chart.limits] == ["min", "max"]


def test_nothing_measured_is_an_empty_page_and_other_clients_see_nothing(
    lamps: World, other: World
) -> None:
    assert readings.of_device(lamps.devices[1].id, lamps.engineer).courses == []
    assert readings.of_room(lamps.room.id, lamps.engineer).courses == []
    for look, key in ((readings.of_device, lamps.devices[0].id), (readings.of_room, lamps.room.id)):
        with pytest.raises(NotFound):
            look(key, other.engineer)


def test_a_rooms_own_check_has_courses_too(lamps: World) -> None:
    read(lamps, "volt", "220")
    Inspection.update(device=None, room=lamps.room.id).where(Inspection.id > 0).execute()
    Answer.update(device=None).where(Answer.id > 0).execute()
    (course,) = readings.of_room(lamps.room.id, lamps.engineer).courses
    assert [r.point.value for r in course.reads] == [220]


def test_lamps_due_lists_the_soonest_first(lamps: World) -> None:
    read(lamps, "hours", "100", "600", "1100", "1600")
    read(lamps, "hours", "100", "700", "1300", "1900", "2100", device=1)
    found = readings.lamps_due(lamps.manager, None, 90, TODAY)
    assert [(line.code, line.forecast.kind) for line in found.lines] == [
        ("A-P01", "ahead"), ("A-P02", "reached"),
    ]  # fmt: skip
    assert found.unknown == 0
    assert readings.lamps_due(lamps.manager, None, 90, date(2025, 1, 1)).lines == []


def test_a_retired_device_and_another_client_are_left_out(lamps: World, other: World) -> None:
    read(lamps, "hours", "2100")
    assert len(readings.lamps_due(lamps.engineer, None, 30, TODAY).lines) == 1
    assert readings.lamps_due(other.engineer, lamps.client_id, 30, TODAY).lines == []
    Device.update(retired_at=START).where(Device.id == lamps.devices[0].id).execute()
    assert readings.lamps_due(lamps.engineer, None, 30, TODAY).lines == []


def test_too_few_points_are_counted_not_listed(lamps: World) -> None:
    read(lamps, "hours", "100", "200")
    found = readings.lamps_due(lamps.engineer, None, 365, TODAY)
    assert (found.lines, found.unknown) == ([], 1)


def test_the_hint_of_a_device(lamps: World) -> None:
    read(lamps, "hours", "100", "600", "1100", "1600")
    version = checklists.latest("projector", "monthly")
    (hint,) = readings.hints(lamps.devices[0].id, version, TODAY)
    assert hint[0].key == "hours"
    assert readings.hints(lamps.devices[0].id, version, date(2025, 1, 1)) == []
    assert queries_of(lambda: readings.hints(lamps.devices[0].id, None, TODAY)) == 0


def test_reads_cost_the_same_with_few_and_many_values(lamps: World) -> None:
    reads = {
        "device": lambda: readings.of_device(lamps.devices[0].id, lamps.engineer),
        "due": lambda: readings.lamps_due(lamps.engineer, None, 90, TODAY),
    }
    read(lamps, "hours", "100", "600")
    few = {name: queries_of(look) for name, look in reads.items()}
    read(lamps, "volt", *[str(n) for n in range(200, 240)])
    read(lamps, "hours", *[str(n) for n in range(700, 1500, 20)], device=1)
    assert {name: queries_of(look) for name, look in reads.items()} == few
    assert few == {"device": 3, "due": 4}
    assert len(readings.of_device(lamps.devices[0].id, lamps.engineer).courses[1].reads) == 24
