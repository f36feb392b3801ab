"""consumables: what was used per month, kind and site."""

import csv
import io
import itertools
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import consumables
from roundtag.consumables import sheets, uses
from roundtag.models import Answer, DeviceModel, Inspection, Store, Swap, Unit
from roundtag.stock import levels
from tests.seeing import queries_of
from tests.world import World, check_form, deliver, swap_form

TODAY = date(2026, 11, 25)


def read(world: World, item: str, day: str, value: str, note: str | None = None,
         device: int = 0) -> None:  # fmt: skip
    """A copy of an entry with one counter, received at noon of a day."""
    last = Inspection.select().dicts().first()
    if last is None:
        deliver("inspection", check_form(world), world.engineer)
        last = Inspection.select().dicts().first()
    at = datetime.fromisoformat(f"{day}T04:00:00+00:00")
    key = f"copy-{Inspection.select().count()}"
    entry = Inspection.create(**{**last, "id": None, "submission": key, "received_at": at})
    Answer.create(client=world.client_id, inspection=entry, room=world.room.id, item=item,
                  device=world.devices[device].id, value=value, verdict="pass", note=note,
                  at=at)  # fmt: skip


def report(world: World, span: int = 6) -> consumables.Report:
    return consumables.report(world.engineer, None, span, TODAY)


def lines(world: World, span: int = 6) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(line.kind.code, line.site, line.counts) for line in report(world, span).lines]


def test_a_lamp_is_used_where_its_hours_begin_anew_with_a_reason(world: World) -> None:
    for day, value, note in (("2026-08-05", "3800", None), ("2026-09-05", "12", "换灯泡"),
                             ("2026-10-05", "300", None)):  # fmt: skip
        read(world, "lamp_hours", day, value, note)
    assert lines(world) == [("lamp", "园区A", (0, 0, 0, 1, 0, 0))]
    (use,) = report(world).uses
    assert (use.before, use.now, use.note) == ("3800", "12", "换灯泡")


def test_a_fall_without_a_reason_is_an_older_reading_and_no_lamp(world: World) -> None:
    for day, value in (("2026-08-05", "3800"), ("2026-09-05", "3700"), ("2026-10-05", "3900")):
        read(world, "lamp_hours", day, value)
    assert lines(world) == []


def test_changes_are_counted_by_how_much_the_counter_rose(world: World) -> None:
    read(world, "remote_changes", "2025-12-05", "2")
    read(world, "remote_changes", "2026-06-10", "4")
    read(world, "remote_changes", "2026-11-10", "5")
    read(world, "remote_changes", "2026-11-11", "5")
    read(world, "remote_changes", "2026-11-12", "7", device=1)
    assert lines(world) == [("remote_battery", "园区A", (2, 0, 0, 0, 0, 1))]
    assert lines(world, 3) == [("remote_battery", "园区A", (0, 0, 1))]


def test_units_swapped_for_wear_are_counted_by_category(world: World) -> None:
    deliver("swap", swap_form(world, reason="wear", old_unit_to="scrap"), world.engineer)
    deliver("swap", swap_form(world, 1, new_serial="SPA2"), world.engineer)
    Swap.update(received_at=datetime(2026, 10, 31, 17, tzinfo=UTC)).execute()
    assert lines(world) == [("unit:projector", "园区A", (0, 0, 0, 0, 0, 1))]


def test_the_stock_that_remains_is_told_where_the_catalogue_knows_it(
    world: World, other: World
) -> None:
    read(world, "lamp_hours", "2026-08-05", "3800")
    read(world, "lamp_hours", "2026-09-05", "12", "换灯泡")
    assert report(world).stocks == {"lamp": None}
    model = DeviceModel.create(category="projector", maker="爱普生", name="ELPLP97 灯泡")
    assert report(world).stocks == {"lamp": 0}
    mine, theirs = Store.get(Store.code == "KA"), Store.get(Store.code == "KB")
    for number, store in enumerate((mine, mine, theirs)):
        Unit.create(model=model, serial=f"L{number}", place="store", store=store)
    levels.recount()
    assert report(world).stocks == {"lamp": 2}


def test_another_client_sees_nothing_of_it(world: World, other: World) -> None:
    read(world, "lamp_hours", "2026-08-05", "3800")
    read(world, "lamp_hours", "2026-09-05", "12", "换灯泡")
    assert consumables.report(other.engineer, world.client_id, 6, TODAY).lines == []


def test_the_months_end_with_the_running_one(world: World) -> None:
    assert report(world, 3).months == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    assert len(report(world, 7).months) == 6
    assert report(world, 12).months[0] == date(2025, 12, 1)


def test_a_month_begins_at_midnight_of_the_contracts_zone(world: World) -> None:
    read(world, "lamp_hours", "2026-08-05", "3800")
    read(world, "lamp_hours", "2026-09-05", "12", "换")
    for moment, place in (("2026-08-31T15:59:59+00:00", 2), ("2026-08-31T16:00:00+00:00", 3)):
        at = datetime.fromisoformat(moment)
        Answer.update(at=at).where(Answer.value == "12").execute()
        assert lines(world)[0][2].index(1) == place


def test_the_files_hold_the_table(world: World) -> None:
    read(world, "lamp_hours", "2026-08-05", "3800")
    read(world, "lamp_hours", "2026-09-05", "12", "=cmd")
    found = report(world, 3)
    rows = [["Consumable", "Site", "2026-09", "2026-10", "2026-11", "Total", "In stock"],
            ["投影机灯泡", "园区A", 1, 0, 0, 1, ""]]  # fmt: skip
    text = sheets.csv_file(found, str, lambda kind: kind.zh).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [[str(cell) for cell in row] for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(sheets.xlsx_file(found, str, lambda kind: kind.zh)))
    read_back = [[cell if cell is not None else "" for cell in row]
                 for row in book.active.iter_rows(values_only=True)]  # fmt: skip
    assert read_back == rows


def test_the_report_costs_the_same_with_many_uses(world: World) -> None:
    read(world, "lamp_hours", "2026-08-05", "3800")
    read(world, "lamp_hours", "2026-09-05", "12", "换")
    few = queries_of(lambda: report(world))
    for number in range(30):
        read(world, "battery_changes", f"2026-10-{number + 1:02}", str(number), device=1)
    assert queries_of(lambda: report(world)) == few
    assert few <= 8


LAMP = next(kind for kind in uses.kinds() if kind.code == "lamp")
CHANGES = next(kind for kind in uses.kinds() if kind.code == "remote_battery")


@given(st.lists(st.integers(0, 900), max_size=20))
def test_a_counter_that_only_rises_uses_what_it_rose(steps: list[int]) -> None:
    values = [sum(steps[:n]) for n in range(len(steps) + 1)]
    pairs = list(itertools.pairwise(values))
    assert sum(uses.used(CHANGES, str(a), str(b), None) for a, b in pairs) == sum(steps)
    assert sum(uses.used(LAMP, str(a), str(b), "x") for a, b in pairs) == 0


@pytest.mark.parametrize("value", [None, "", "pass", "一"])
def test_what_is_no_number_tells_of_nothing(value: str | None) -> None:
    for kind in (LAMP, CHANGES):
        assert uses.used(kind, "5", value, "x") == uses.used(kind, value, "5", "x") == 0
    assert uses.used(CHANGES, "1", str(uses.MOST + 2), None) == 0
    assert timedelta(days=365) < uses.BEFORE
