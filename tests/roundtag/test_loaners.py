"""Loaners: one row from the swap that lends to the one that brings back; late ones told once."""

from datetime import date, timedelta
from typing import Any

import pytest

from roundtag import (
    access,
    clock,
    devices,
    history,
    ledger,
    loaners,
    settling,
    stock,
)
from roundtag.commands import Receipt
from roundtag.db import write
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Conflict,
    Contract,
    Device,
    DeviceModel,
    Fault,
    Loaner,
    Notification,
    Store,
    Substitute,
    Swap,
    Unit,
)
from tests import world as worlds
from tests.seeing import (
    assert_units_are_where_their_movements_say,
    at_once,
    queries_of,
    snapshot,
)
from tests.world import World, deliver, run, swap_form


def lend(world: World, device: int = 0, **more: str) -> Receipt:
    fields = {"reason": "loan", "old_unit_to": "store", **more}
    return deliver("swap", swap_form(world, device, **fields), world.engineer, form_version="2")


def own_back(world: World, **more: str) -> Receipt:
    fields = {"reason": "back", "old_unit_to": "store", "expected_old_serial": "SPA1",
              "new_serial": "SNA1", **more}  # fmt: skip
    return deliver("swap", swap_form(world, **fields), world.engineer, form_version="2")


def sound(world: World) -> None:
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []
    assert ledger.verify(None) + ledger.verify(world.client_id) == []


def state(world: World) -> tuple[str, str]:
    lines = devices.lines(world.engineer)
    return devices.page(world.devices[0].id, "x", world.engineer).state, lines[0].state


def today() -> date:
    return clock.local_day(clock.now())


def a_fault(world: World) -> Fault:
    return Fault.get_by_id(worlds.fault(world))


def head(world: World) -> Any:
    return worlds.person("head-a", ("supervisor", "client", world.client_id))


# Out and back


def test_a_swap_lends_and_the_next_one_brings_back(world: World) -> None:
    lend(world)
    row = Loaner.get()
    own, spare = Unit.get(Unit.serial == "SNA1"), Unit.get(Unit.serial == "SPA1")
    assert (row.unit_id, row.stands_for_id, row.back_how) == (spare.id, own.id, "")
    assert row.due_on == today() + timedelta(days=30)
    assert row.out_by_id == world.engineer.person_id
    assert state(world) == ("loaner", "loaner")
    card = devices.page(world.devices[0].id, "x", world.engineer).unit
    assert card is not None
    assert card.loaner is not None
    assert (card.loaner.own, card.loaner.own_here) == ("SNA1", True)
    sound(world)
    own_back(world)
    row = Loaner.get()
    assert (row.back_how, row.swap_back_id) == ("returned", Swap.get(Swap.reason == "back").id)
    assert state(world) == ("ok", "ok")
    sound(world)


def test_the_day_of_the_form_counts_and_the_contract_s_term(world: World) -> None:
    lend(world, due_on="2030-02-03")
    assert Loaner.get().due_on == date(2030, 2, 3)
    Contract.update(terms={"loaner_days": 7}).execute()
    lend(world, 1, new_serial="SPA2")
    assert Loaner.get(Loaner.unit == Unit.get(Unit.serial == "SPA2")).due_on == today() + timedelta(
        7
    )


@pytest.mark.parametrize("terms", [{"loaner_days": 0}, {"loaner_days": True}, {"loaner_days": "9"},
                                   {"loaner_days": 10_000}])  # fmt: skip
def test_what_is_no_term_is_thirty_days(world: World, terms: dict[str, Any]) -> None:
    Contract.update(terms=terms).execute()
    lend(world)
    assert Loaner.get().due_on == today() + timedelta(days=30)


def test_a_loaner_for_a_loaner_stands_for_the_same_unit(world: World) -> None:
    lend(world)
    lend(world, expected_old_serial="SPA1", new_serial="SPA2")
    first, second = Loaner.select().order_by(Loaner.id)
    assert first.back_how == "returned"
    assert (second.back_at, second.stands_for_id) == (None, first.stands_for_id)
    sound(world)


def test_a_retired_device_s_loaner_is_back(world: World) -> None:
    lend(world)
    store = Store.get(Store.code == "KA").id
    run(devices.retire_device, devices.RetireDevice("A-P01", "A", "拆", "store", store))
    assert Loaner.get().back_how == "returned"
    sound(world)


# What the form offers


def test_the_own_unit_comes_first_while_a_loaner_is_in(world: World) -> None:
    lend(world)
    offer = devices.page(world.devices[0].id, "x", world.engineer).offer
    assert [(line.serial, line.rank) for line in offer.spares] == [
        ("SNA1", "own"),
        ("SPA2", "model"),
    ]
    assert offer.own_first is not None


def test_named_substitutes_come_before_grades_and_others(world: World) -> None:
    own = Unit.get(Unit.serial == "SNA1")
    with write():
        made = {name: DeviceModel.create(category="projector", maker="索尼", name=name, grade=grade)
                for name, grade in (("named", 0), ("better", 5), ("worse", 0))}  # fmt: skip
        Substitute.create(model=own.model_id, substitute=made["named"], grade="same")
        Substitute.create(model=own.model_id, substitute=made["worse"], grade="same",
                          removed_at=clock.now())  # fmt: skip
        store = Store.get(Store.code == "KA")
        for name, model in made.items():
            Unit.create(model=model, serial=name, place="store", store=store)
    lines = devices.page(world.devices[0].id, "x", world.engineer).offer.spares
    assert [line.serial for line in lines] == ["SPA1", "SPA2", "named", "better", "worse"]
    assert [line.rank for line in lines[2:]] == ["substitute", "grade", "other"]


def test_what_one_carries_is_offered_first(world: World) -> None:
    with write():
        bag = Store.create(code="B1", name="包", kind="bag", person=world.engineer.person_id)
        Unit.update(store=bag.id).where(Unit.serial == "SPA2").execute()
    lines = devices.page(world.devices[0].id, "x", world.engineer).offer.spares
    assert [(line.serial, line.mine) for line in lines] == [("SPA2", True), ("SPA1", False)]


def test_other_clients_stores_closed_ones_and_others_bags_offer_nothing(
    world: World, other: World
) -> None:
    def offered() -> list[str]:
        page = devices.page(world.devices[0].id, "x", world.engineer)
        return [line.serial for line in page.offer.spares]

    assert offered() == ["SPA1", "SPA2"]
    with write():
        Store.update(kind="bag", person=world.manager.person_id).where(Store.code == "KA").execute()
    assert offered() == []
    with write():
        Store.update(person=world.engineer.person_id).where(Store.code == "KA").execute()
    assert offered() == ["SPA1", "SPA2"]
    with write():
        Store.update(retired_at=clock.now()).where(Store.code == "KA").execute()
    assert offered() == []


def test_the_old_unit_goes_to_the_chosen_store_or_the_own_bag(world: World, other: World) -> None:
    with write():
        depot = Store.create(code="D1", name="总库")
        bag = Store.create(code="B1", name="包", kind="bag", person=world.engineer.person_id)
        theirs = Store.create(code="B2", name="包", kind="bag", person=world.manager.person_id)
    for store in (theirs.id, Store.get(Store.code == "KB").id, 999_999):
        before = snapshot()
        with pytest.raises(Invalid) as told:
            lend(world, old_unit_store=str(store))
        assert told.value.errors[0].field == "old_unit_store"
        assert snapshot() == before
    lend(world, old_unit_store=str(depot.id))
    assert Unit.get(Unit.serial == "SNA1").store_id == depot.id
    own_back(world, old_unit_store="bag")
    assert Unit.get(Unit.serial == "SPA1").store_id == bag.id
    assert_units_are_where_their_movements_say()
    assert stock.problems() == []


def test_without_a_bag_it_is_said(world: World) -> None:
    with pytest.raises(Invalid) as told:
        lend(world, old_unit_store="bag")
    assert "bag" in told.value.errors[0].message


# The old serial number


def test_another_serial_on_the_old_unit_is_done_and_told(world: World) -> None:
    receipt = lend(world, old_serial_seen="SNA2")
    assert receipt.outcome == "done"
    assert Unit.get(Unit.serial == "SNA2").device_id == world.devices[1].id
    row = Conflict.get()
    assert (row.kind, row.expected, row.found) == ("serial-differs", "SNA1", "SNA2")
    order = settling.Settle(f"conflict:{row.id}", "accept")
    assert run(settling.settle_conflict, order, world.manager).outcome == "done"
    sound(world)


def test_a_serial_that_was_read_counts_for_more_than_an_old_page(world: World) -> None:
    lend(world)
    receipt = lend(world, new_serial="SPA2", old_serial_seen="SPA1")
    assert receipt.outcome == "done"
    assert not Conflict.select().exists()
    assert lend(world, new_serial="SPA1", old_serial_seen="SNA9").outcome == "conflict"
    sound(world)


# Longer, or for good


def test_kept_for_good(world: World) -> None:
    lend(world)
    key, boss = Loaner.get().id, head(world)
    order = loaners.KeepLoaner(key, "客户满意", "王处长 11-26 同意")
    assert run(loaners.keep_loaner, order, boss).outcome == "done"
    row = Loaner.get()
    assert (row.back_how, row.note) == ("kept", "客户满意\n王处长 11-26 同意")
    assert state(world) == ("ok", "ok")
    line = history.of_device(world.devices[0].id)[0]
    assert (line.kind, line.note) == ("loaner_kept", "客户满意 · 王处长 11-26 同意")
    assert run(loaners.keep_loaner, order, boss).outcome == "conflict"
    extend = loaners.ExtendLoaner(key, date(2030, 1, 1), "x")
    assert run(loaners.extend_loaner, extend, boss).outcome == "conflict"
    sound(world)


def test_extended_and_told_late_once_per_day_that_passes(world: World) -> None:
    lend(world, due_on="2026-11-01")
    now = clock.now()
    assert loaners.ensure(now) == 1
    assert loaners.ensure(now) == 0
    told = {
        row.recipient_id for row in Notification.select().where(Notification.kind == "loaner-late")
    }
    assert told >= {world.engineer.person_id, world.manager.person_id}
    first = Notification.select().where(Notification.kind == "loaner-late").count()
    late = loaners.listing(loaners.Wish("late"), world.engineer, now).lines
    assert [line.late > 0 for line in late] == [True]
    order = loaners.ExtendLoaner(Loaner.get().id, today(), "备件晚到")
    run(loaners.extend_loaner, order, world.manager)
    assert loaners.ensure(now) == 0
    assert loaners.listing(loaners.Wish("late"), world.engineer, now).lines == []
    assert loaners.ensure(now + timedelta(days=1)) == 1
    assert Notification.select().where(Notification.kind == "loaner-late").count() == 2 * first
    sound(world)


def test_who_may_not(world: World, other: World) -> None:
    lend(world)
    key = Loaner.get().id
    stranger = worlds.person("head-b", ("supervisor", "client", other.client_id))
    before = snapshot()
    keep = loaners.KeepLoaner(key, "x", "y")
    extend = loaners.ExtendLoaner(key, date(2030, 1, 1), "x")
    for verb, order in ((loaners.keep_loaner, keep), (loaners.extend_loaner, extend)):
        with pytest.raises(Forbidden):
            run(verb, order, world.engineer)
        with pytest.raises(NotFound):
            run(verb, order, stranger)
    with pytest.raises(NotFound):
        loaners.page(key, other.engineer, clock.now())
    assert loaners.listing(loaners.Wish(), other.engineer, clock.now()).lines == []
    assert snapshot() == before


def test_bad_fields_are_named() -> None:
    day: Any = lambda form, key: loaners.read_extension(form, key, today())  # noqa: E731
    for read, wrong in ((loaners.read_keeping, {"reason", "consent"}),
                        (day, {"reason", "due_on"})):  # fmt: skip
        with pytest.raises(Invalid) as told:
            read(Fields([]), 1)
        assert {one.field for one in told.value.errors} == wrong


# The list


def test_the_list_costs_the_same_with_one_and_with_many(world: World) -> None:
    lend(world)

    def read() -> loaners.Listing:
        return loaners.listing(loaners.Wish(), world.engineer, clock.now())

    few = queries_of(read)
    row = Loaner.select().dicts().first()
    spare = Unit.get(Unit.serial == "SPA2")
    with write():
        for number in range(60):
            device = Device.create(client=world.client_id, room=world.room, name=f"屏 {number}",
                                   code=f"A-Y{number}", category="projector")  # fmt: skip
            unit = Unit.create(model=spare.model_id, serial=f"=Y{number}", place="device",
                               device=device)  # fmt: skip
            Loaner.create(**{**row, "id": None, "unit": unit, "device": device, "swap_out": None})
    assert len(read().lines) == 50
    assert read().more
    assert queries_of(read) == few <= 3
    second = loaners.listing(loaners.Wish(page=2), world.engineer, clock.now())
    assert (len(second.lines), second.more) == (11, False)
    found = loaners.listing(loaners.Wish(text="=Y5"), world.engineer, clock.now(), most=5000)
    assert len(found.lines) == 11
    text = loaners.csv_file(found.lines, str).decode("utf-8-sig")
    assert "'=Y5" in text
    assert "\n=Y" not in text


# Loaners of before this release


def test_a_loaner_of_before_gets_its_row_with_a_leaf(world: World) -> None:
    lend(world)
    with write():
        Loaner.delete().execute()
    fault = a_fault(world)
    assert [point.kind for point in loaners.open_points(fault)] == ["loaner"]
    assert loaners.in_place(world.devices[0].id)
    # The deleted row has a leaf in this test alone; what counts is that the new one has its own.
    named = set(ledger.verify(world.client_id))
    assert loaners.ensure(clock.now()) == 1
    row = Loaner.get()
    assert (row.unit.serial, row.due_on, row.back_at) == ("SPA1", None, None)
    assert set(ledger.verify(world.client_id)) <= named
    assert loaners.ensure(clock.now()) == 0
    own_back(world)
    assert Loaner.get().back_how == "returned"


def test_a_unit_that_left_by_another_way_is_noted(world: World) -> None:
    lend(world)

    def take_away(command: worlds.Place, deed: Any) -> Any:
        unit = stock.hold(Unit.get(Unit.serial == "SPA1").id)
        stock.move(deed, unit, stock.Spot(stock.SCRAP), "test")
        return worlds.Outcome("gone")

    take_away.__name__ = "import_register"
    run(take_away, worlds.Place(world.client_id, "A"))
    assert loaners.ensure(clock.now()) == 1
    assert Loaner.get().back_how == "returned"
    assert loaners.ensure(clock.now()) == 0


# Races


def test_of_keeping_and_bringing_back_at_once_one_ends_the_loaner(fresh_world: World) -> None:
    world = fresh_world
    lend(world)
    keep = loaners.KeepLoaner(Loaner.get().id, "x", "y")
    at_once([lambda: run(loaners.keep_loaner, keep, access.SYSTEM), lambda: own_back(world)])
    row = Loaner.get()
    assert row.back_how in {"kept", "returned"}
    assert Unit.get(Unit.device == world.devices[0].id).serial == "SNA1"
    assert (row.swap_back_id is None) == (row.back_how == "kept")
    sound(world)
