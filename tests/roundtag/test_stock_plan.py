"""The spares plan counted by hand, its sheets read back, and the notice of what runs low."""

import io
from datetime import date, timedelta

import openpyxl

from roundtag import catalogues, clock, stock
from roundtag.access import SYSTEM
from roundtag.models import Device, DeviceModel, Fault, Notification, Person, StockRule, Swap, Unit
from roundtag.storekeeping import low, plan, reorder, sheets, substitutes
from tests import world as worlds
from tests.roundtag import stocking
from tests.seeing import at_once, queries_of
from tests.world import World, deliver, run, swap_form

TODAY = date(2026, 11, 22)
NOW = clock.now() + timedelta(hours=1)


def needs(actor: object = SYSTEM, client: int | None = None) -> dict[str, plan.Need]:
    now = clock.now()
    return {need.full: need for need in plan.of(actor, client, now, clock.local_day(now)).needs}  # type: ignore[arg-type]


def need(world: World) -> plan.Need:
    return needs(world.engineer)["爱普生 CB-L500"]


def settings(part: DeviceModel | None = None, **device: object) -> None:
    Device.update(**device).execute()


def test_nothing_speaks_for_a_spare(world: World) -> None:
    found = need(world)
    assert (found.in_use, found.failures, found.suggested, found.held) == (2, 0, 0, 2)


def test_key_devices_age_and_failures_add_up(world: World) -> None:
    settings(key_device=True)
    assert need(world).suggested == 1
    year = clock.local_day(clock.now()).year
    settings(installed_on=date(year - 6, 1, 1).isoformat())
    found = need(world)
    assert (found.life, found.old, found.many_old, found.suggested) == (6, 2, True, 2)
    settings(key_device=False, installed_on=date(year - 5, 12, 31).isoformat())
    assert need(world).suggested == 0  # five years: within the six-year rule


def test_a_failure_counts_once(world: World) -> None:
    fault = worlds.fault(world)
    Fault.update(kind="device").execute()
    assert need(world).failures == 1
    deliver("swap", swap_form(world, fault=str(fault)), world.engineer)
    assert need(world).failures == 1  # the swap was for this fault
    deliver("swap", swap_form(world, 1, new_serial="SPA2"), world.engineer)
    found = need(world)
    assert (found.failures, found.suggested) == (2, 1)  # 2 × 10 ÷ 250, rounded up
    Fault.update(kind="misuse").execute()
    assert need(world).failures == 2  # both units were swapped as faulty
    old = clock.to_text(clock.now() - timedelta(days=400))

    Swap.update(received_at=old).execute()
    Fault.update(reported_at=old).execute()
    assert need(world).failures == 0


def test_never_more_than_are_in_use(world: World) -> None:
    year = clock.local_day(clock.now()).year
    settings(key_device=True, installed_on=date(year - 9, 1, 1).isoformat())
    Unit.update(place="scrap", device=None).where(Unit.serial == "SNA2").execute()
    assert (need(world).in_use, need(world).suggested) == (1, 1)


def test_a_plan_is_of_ones_own_clients(world: World, other: World) -> None:
    assert needs(world.engineer)["爱普生 CB-L500"].by_client == {"客户A": 2}
    assert needs(world.engineer, other.client_id)["爱普生 CB-L500"].by_client == {"客户A": 2}
    assert needs()["爱普生 CB-L500"].by_client == {"客户A": 2, "客户B": 2}


def test_the_plan_costs_the_same_with_many_models(world: World) -> None:
    few = queries_of(needs)
    for number in range(8):
        key = stocking.part(f"M{number}", "serial", category="projector")
        device = Device.create(client=world.client_id, room=world.room, name="x",
                               code=f"A-N{number}", category="projector")  # fmt: skip
        Unit.create(model=key, serial=f"N{number}", place="device", device=device)
    assert len(needs()) == 9
    assert queries_of(needs) == few <= 8


def read_back(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_plan_reads_back_from_its_sheet(world: World) -> None:
    settings(key_device=True)
    model = stocking.projector()
    DeviceModel.update(discontinued_on="2025-01-01", name="=CB-L500").execute()
    newer = stocking.part("EB-900", "serial", category="projector", grade=2)
    for language, why, none in (("zh", "关键设备 2 台，须常备 1 件。", "未指定替代型号"),
                                ("en", "Key devices: 2; one piece must be at hand.",
                                 "No substitute named")):  # fmt: skip
        say = catalogues.of(language).gettext
        found = plan.of(world.engineer, None, NOW, TODAY)
        rows = read_back(sheets.plan_file(found, say, language))
        assert (rows[2][2], rows[2][3], rows[2][11], rows[2][13]) == ("'=CB-L500", 2, 1, why)
        assert rows[2][15] == none
    order = substitutes.AddSubstitute(model.id, newer, "better")
    run(substitutes.add_substitute, order)
    rows = read_back(sheets.plan_file(plan.of(world.engineer, None, NOW, TODAY), say, "en"))
    assert rows[2][15] == "南孚 EB-900"


def test_the_reorder_list_reads_back_from_its_sheet(world: World) -> None:
    store, key = stocking.depot(), stocking.part(price="2.50")
    stocking.opened(store, key, 2)
    stocking.ruled(store, key, 10, 3)
    say = catalogues.of("en").gettext
    rows = read_back(sheets.reorder_file(reorder.page(SYSTEM), say))
    assert rows[2][:9] == ["总库", "南孚 LR6", 2, 10, 3, 5, 2.5, 12.5, "CNY"]
    assert rows[3][7] == 12.5


def test_what_is_made_no_more_has_the_price_of_what_is_bought_instead(world: World) -> None:
    store, key = stocking.depot(), stocking.part(price="2.50", discontinued_on=date(2026, 1, 1))
    stocking.ruled(store, key, 3)
    assert [line.price for line in reorder.page(SYSTEM).lines] == [""]
    for name, price in (("LR6 Plus", "4.00"), ("LR6 Max", "9.00")):
        other = stocking.part(name, price=price)
        run(substitutes.add_substitute, substitutes.AddSubstitute(key, other, "same", ""))
    line = reorder.page(SYSTEM).lines[0]
    assert (line.price, line.sum) == (line.substitutes[0].price, f"{3 * float(line.price):.2f}")


def told() -> list[tuple[str, int, int]]:
    rows = Notification.select().where(Notification.kind == "stock-low").order_by(Notification.id)
    return [(Person.get_by_id(row.recipient_id).username, row.data["held"], row.data["minimum"])
            for row in rows]  # fmt: skip


def test_a_store_that_runs_low_is_told_once_per_crossing(world: World, other: World) -> None:
    store, key = stocking.depot(), stocking.part()
    stocking.opened(store, key, 5)
    stocking.ruled(store, key, 4)
    assert low.tell_low(NOW) == 0
    stocking.shifted(key, 2, stock.Spot("store", store), stock.Spot("used"))
    for minutes in (1, 20):
        low.tell_low(NOW + timedelta(minutes=minutes))
    assert told() == [("manager-a", 3, 4), ("manager-b", 3, 4)]  # the provider's storekeepers
    stocking.shifted(key, 1, stock.Spot("store", store), stock.Spot("used"))
    low.tell_low(NOW + timedelta(minutes=40))
    assert len(told()) == 2
    stocking.shifted(key, 9, stock.Spot("supplier"), stock.Spot("store", store))
    low.tell_low(NOW + timedelta(minutes=60))
    assert StockRule.get().low_at is None
    stocking.shifted(key, 9, stock.Spot("store", store), stock.Spot("used"))
    assert low.tell_low(NOW + timedelta(minutes=80)) == 1
    assert [held for _, held, _ in told()] == [3, 3, 2, 2]


def test_a_bag_that_runs_low_is_told_to_its_carrier(world: World) -> None:
    stocking.ruled(stocking.bag(world.engineer), stocking.part(), 1)
    low.tell_low(NOW)
    assert ("engineer-a", 0, 1) in told()


def test_two_schedulers_tell_it_once(fresh_world: World) -> None:
    stocking.ruled(stocking.depot(), stocking.part(), 1)
    at_once([lambda: low.tell_low(NOW) for _ in range(3)])
    assert len(told()) == len(set(told())) > 0
