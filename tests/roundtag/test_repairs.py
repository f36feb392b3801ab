"""The life of a repair order: every step in every state, and what it does to unit and stock."""

from collections.abc import Callable
from datetime import date

import pytest

from roundtag import history, ledger, quotes, repairs, stock
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Log, Notification, Quote, RepairOrder, Store, Unit
from roundtag.repairs import states
from tests.repairing import Bench, all_adds_up, bench, place_of
from tests.seeing import leaf_texts, snapshot
from tests.world import World, deliver, person, run, swap_form

PRICED = ("quoting", "offered", "approved", "refused")


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


def sound() -> None:
    assert all_adds_up()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def unit_of(at: Bench, key: int) -> Unit:
    return Unit.get_by_id(at.order(key).unit_id)


# Whole ways


def test_in_warranty_to_the_maker_and_back(at: Bench) -> None:
    key = at.open()
    assert place_of(unit_of(at, key)) == "repair"
    assert at.decide(key, "warranty").outcome == "done"  # until 2028 by its record
    assert at.order(key).due_on is not None
    assert at.send(key).outcome == "done"
    assert at.receive(key, shelf="B-2").outcome == "done"
    unit = unit_of(at, key)
    assert (unit.place, unit.store_id, unit.shelf) == ("store", at.store.id, "B-2")
    assert at.test(key).outcome == "done"
    order = at.order(key)
    assert (order.state, order.ended_how, order.test) == ("ended", "store", "ok")
    assert at.kinds(key) == ["opened", "decided", "sent", "received", "tested", "ended"]
    lines = [entry.data for entry in history.of_device(order.device_id) if entry.kind == "repair"]
    assert [line["step"] for line in lines] == ["store", "received", "sent"]
    sound()


def test_out_of_warranty_nothing_is_done_before_the_approval(at: Bench) -> None:
    key = at.open()
    at.decide(key)
    for step in (lambda: at.send(key), lambda: at.offer(key) and at.send(key)):
        receipt = step()
        assert receipt.outcome == "conflict"
        assert "Nothing is done before" in receipt.message
        assert at.order(key).sent_at is None
    quote = quotes.latest("repair", key)
    assert quote
    assert at.answer(quote.id).outcome == "done"
    order = at.order(key)
    assert (order.state, order.confirmed_at is not None) == ("approved", True)
    assert at.send(key).outcome == "done"
    sound()


def test_what_fails_its_test_goes_back_and_the_second_unit_stays(at: Bench) -> None:
    key = at.to("failed")
    assert at.send(key).outcome == "done"
    assert place_of(unit_of(at, key)) == "repair"
    assert at.receive(key, "NEU-1", warranty_until=date(2030, 1, 1)).outcome == "done"
    order = at.order(key)
    assert (place_of(order.unit_id), place_of(order.new_unit_id)) == ("supplier", "store")
    assert Unit.get_by_id(order.new_unit_id).warranty_until == date(2030, 1, 1)
    at.test(key, "failed")
    at.send(key)
    assert place_of(order.new_unit_id) == "repair"
    assert at.receive(key).outcome == "done"
    at.test(key)
    assert place_of(order.new_unit_id) == "store"
    sound()


def test_a_purchase_in_place_of_a_unit_scraps_it(at: Bench) -> None:
    key = at.open()
    with pytest.raises(Invalid):
        at.decide(key, "purchase")
    assert at.decide(key, "purchase", specification="CB-L510").outcome == "done"
    at.answer(at.offer(key))
    at.send(key, carrier="")
    with pytest.raises(Invalid) as told:
        at.receive(key)
    assert told.value.errors[0].field == "new_serial"
    old = unit_of(at, key)
    assert at.receive(key, "NEW-9").outcome == "done"
    assert place_of(old) == "scrap"
    at.test(key)
    assert (at.order(key).ended_how, place_of(at.order(key).new_unit_id)) == ("store", "store")
    sound()


def test_a_purchase_without_a_unit(at: Bench) -> None:
    model = Unit.select().first().model_id
    order = repairs.OpenPurchase(at.world.client_id, model, "同型号", None, at.world.devices[0].id)
    key = int(run(repairs.open_purchase, order, at.keeper).subject_id or 0)
    assert at.send(key).outcome == "conflict"
    at.answer(at.offer(key))
    assert at.send(key, carrier="").outcome == "done"
    with pytest.raises(Invalid):
        at.receive(key, "SPA1")  # a serial that is on file already
    assert at.receive(key, "NEW-1").outcome == "done"
    assert at.test(key, then="device").url == f"/t/{at.world.tags[0]}"
    sound()


def test_a_purchase_that_never_comes_is_cancelled(at: Bench) -> None:
    model = Unit.select().first().model_id
    order = repairs.OpenPurchase(at.world.client_id, model, "同型号")
    key = int(run(repairs.open_purchase, order, at.keeper).subject_id or 0)
    at.answer(at.offer(key))
    at.send(key, carrier="")
    assert at.cancel(key, None).outcome == "done"
    assert at.order(key).ended_how == "cancelled"


def test_a_warranty_that_the_maker_denies_goes_to_a_quote(at: Bench) -> None:
    key = at.to("sent")
    assert at.decide(key, "quote").outcome == "done"
    order = at.order(key)
    assert (order.state, order.due_on) == ("quoting", None)
    at.answer(at.offer(key), "refused")
    assert at.end(key, "client").outcome == "done"
    assert place_of(order.unit_id) == "client"
    sound()


# Every step in every state

STEPS: dict[str, Callable[[Bench, int], Receipt]] = {
    "decide": lambda at, key: at.decide(key, "quote"),
    "quote": lambda at, key: at.draft(key),
    "send": lambda at, key: at.send(key),
    "receive": lambda at, key: at.receive(key),
    "test": lambda at, key: at.test(key),
    "end": lambda at, key: at.end(key, "scrap"),
    "cancel": lambda at, key: at.cancel(key),
}


@pytest.mark.parametrize("state", states.STATES)
def test_a_step_out_of_order_changes_nothing_and_says_so(at: Bench, state: str) -> None:
    key = at.to(state)
    route = at.order(key).route
    for step, take in STEPS.items():
        if states.may(step, state, route):
            continue
        before = snapshot_of(key)
        receipt = take(at, key)
        assert receipt.outcome == "conflict", (state, step)
        assert receipt.values["number"] == at.order(key).number
        assert snapshot_of(key) == before, (state, step)
    sound()


@pytest.mark.parametrize(
    ("step", "state"),
    [(step, state) for step, rows in states.TABLE.items() if step in STEPS for state in rows],
)
def test_each_cell_of_the_table(at: Bench, step: str, state: str) -> None:
    key = at.to(state)
    if not states.may(step, state, at.order(key).route):
        pytest.skip("only on another route, which has a test of its own")
    assert STEPS[step](at, key).outcome == "done"
    sound()


def snapshot_of(key: int) -> object:
    return snapshot()["repair_order"], snapshot()["stock_movement"], snapshot()["unit"]


# Who may


@pytest.mark.parametrize("role", ["engineer", "analyst", "desk", "quality", "librarian", "client",
                                  "auditor"])  # fmt: skip
def test_only_the_store_and_its_heads_move_orders(at: Bench, role: str) -> None:
    who = person(f"x-{role}", (role, "client", at.world.client_id))
    opened, sent = at.open(), at.to("sent", 1)
    before = snapshot()
    for call in (
        lambda: at.decide(opened, who=who),
        lambda: at.send(opened, who=who),
        lambda: at.receive(sent, who=who),
        lambda: run(repairs.end_repair, repairs.EndRepair(opened, "scrap", "x"), who),
        lambda: run(repairs.cancel_repair, repairs.CancelRepair(opened, "x", at.store.id), who),
        lambda: at.ask(sent, date(2099, 1, 1), who),
        lambda: at.draft(opened, who=who),
    ):
        with pytest.raises(Forbidden):
            call()
    assert snapshot() == before


@pytest.mark.parametrize("role", ["storekeeper", "manager", "supervisor", "admin"])
def test_the_store_and_its_heads_may(at: Bench, role: str) -> None:
    who = person(f"x-{role}", (role, "client", at.world.client_id))
    key = at.open()
    assert at.decide(key, "warranty", who=who).outcome == "done"
    assert at.send(key, who=who).outcome == "done"
    assert at.receive(key, who=who).outcome == "done"


def test_another_clients_people_find_nothing(at: Bench, other: World) -> None:
    key = at.to("sent")
    who = person("x-theirs", ("manager", "client", other.client_id))
    before = snapshot()
    for call in (
        lambda: at.decide(key, who=who),
        lambda: at.receive(key, who=who),
        lambda: at.draft(key, who=who),
        lambda: at.ask(key, date(2099, 1, 1), who),
    ):
        with pytest.raises(NotFound):
            call()
    assert snapshot() == before


def test_a_providers_store_needs_a_right_of_the_provider(at: Bench) -> None:
    who = person("x-keeper", ("storekeeper", "client", at.world.client_id))
    depot = Store.create(code="D1", name="总库")
    key = at.to("sent")
    with pytest.raises((Forbidden, Invalid)):
        at.receive(key, who=who, store=depot.id)
    assert at.receive(key, store=depot.id).outcome == "done"  # manager-a keeps the provider's
    assert all_adds_up()


def test_no_unit_goes_into_another_clients_store(at: Bench, other: World) -> None:
    key = at.to("sent")
    theirs = Store.get(Store.client == other.client_id)
    for store in (theirs.id, None, 999_999):
        with pytest.raises(Invalid) as told:
            at.receive(key, store=store)
        assert told.value.errors[0].field == "store"
    Store.update(retired_at=at.order(key).opened_at).where(Store.id == at.store.id).execute()
    with pytest.raises(Invalid):
        at.receive(key)


# Opening


def test_a_unit_of_a_store_is_taken_out_for_repair(at: Bench) -> None:
    spare = Unit.get(Unit.serial == "SPA1")
    key = int(run(repairs.open_repair, repairs.OpenRepair(spare.id, "电源坏"), at.keeper).subject_id
              or 0)  # fmt: skip
    assert (place_of(spare), at.order(key).client_id) == ("repair", at.world.client_id)
    again = run(repairs.open_repair, repairs.OpenRepair(spare.id, "电源坏"), at.keeper)
    assert (again.outcome, again.values) == ("conflict", {"number": at.order(key).number})
    assert at.cancel(key).outcome == "done"
    assert place_of(spare) == "store"
    sound()


def test_a_unit_in_a_device_is_taken_out_by_a_swap_only(at: Bench) -> None:
    used = Unit.get(Unit.serial == "SNA1")
    receipt = run(
        repairs.open_repair, repairs.OpenRepair(used.id, "x", at.world.client_id), at.keeper
    )
    assert (receipt.outcome, place_of(used)) == ("conflict", "device")


def test_for_a_unit_of_the_provider_the_client_must_be_said(at: Bench) -> None:
    depot = Store.create(code="D1", name="总库")
    spare = Unit.create(model=Unit.get(Unit.serial == "SPA1").model_id, serial="D-1", place="store",
                        store=depot)  # fmt: skip
    stock.levels.recount()
    for client in (None, 999_999):
        with pytest.raises(Invalid):
            run(repairs.open_repair, repairs.OpenRepair(spare.id, "x", client), at.keeper)
    order = repairs.OpenRepair(spare.id, "x", at.world.client_id)
    assert run(repairs.open_repair, order, at.keeper).outcome == "done"
    with pytest.raises(NotFound):
        run(repairs.open_repair, repairs.OpenRepair(999_999, "x"), at.keeper)
    assert all_adds_up()


def swap_in(at: Bench, serial: str, device: int, old_serial: str, to: str) -> None:
    form = swap_form(at.world, device, new_serial=serial, expected_old_serial=old_serial,
                     old_unit_to=to)  # fmt: skip
    assert deliver("swap", form, at.world.engineer).outcome == "done"


def test_put_into_a_device_before_its_test_it_ends_there(at: Bench) -> None:
    key = at.to("received")
    swap_in(at, "SNA1", 0, "SPA1", "store")
    assert place_of(unit_of(at, key)) == "device"
    assert at.test(key).outcome == "done"
    assert (at.order(key).ended_how, place_of(unit_of(at, key))) == ("device", "device")
    sound()


def test_out_of_a_device_again_it_gets_an_order_of_its_own(at: Bench) -> None:
    key = at.to("received")
    unit = unit_of(at, key)
    swap_in(at, "SNA1", 0, "SPA1", "store")
    swap_in(at, "SPA1", 0, "SNA1", "repair")
    assert (at.order(key).state, at.order(key).ended_how) == ("ended", "device")
    open_ones = RepairOrder.select().where(RepairOrder.ended_at.is_null())
    assert [(row.unit_id, row.state) for row in open_ones] == [(unit.id, "opened")]
    sound()


# Words


@pytest.mark.parametrize("until", [None, date(2020, 1, 1)])
def test_warranty_without_a_day_to_show_for_it_needs_a_reason(
    at: Bench, until: date | None
) -> None:
    key = at.open()
    Unit.update(warranty_until=until).where(Unit.id == at.order(key).unit_id).execute()
    with pytest.raises(Invalid) as told:
        at.decide(key, "warranty")
    assert told.value.errors[0].field == "reason"
    assert at.decide(key, "warranty", reason="厂家同意").outcome == "done"


def test_scrap_handing_back_and_cancelling_need_a_word(at: Bench) -> None:
    key = at.open()
    for call in (lambda: at.end(key, "scrap", None), lambda: at.end(key, "client", None),
                 lambda: at.cancel(key, note=None), lambda: at.end(key, "store"),
                 lambda: at.end(key, "cancelled")):  # fmt: skip
        with pytest.raises(Invalid):
            call()
    assert at.order(key).state == "opened"


def test_free_words_stay_out_of_the_log(at: Bench) -> None:
    key = at.to("failed")
    at.end(key, "scrap", "屏碎了")
    assert at.order(key).problem == "不亮"
    for word in ("不亮", "还是不亮", "屏碎了"):
        assert word not in leaf_texts()
    sound()


def test_who_answers_for_the_store_hears_that_it_is_back(at: Bench) -> None:
    keeper = person("x-keeper", ("storekeeper", "client", at.world.client_id))
    at.to("received")
    told = Notification.select().where(Notification.kind == "repair-received")
    assert keeper.person_id in {row.recipient_id for row in told}
    assert at.keeper.person_id not in {row.recipient_id for row in told}  # who did it knows


def test_a_route_decided_anew_withdraws_the_quote(at: Bench) -> None:
    key = at.to("offered")
    at.decide(key, "warranty")
    assert [row.state for row in Quote.select()] == ["withdrawn"]
    assert at.order(key).state == "decided"
