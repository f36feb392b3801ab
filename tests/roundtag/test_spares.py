"""spares.swap: device, stock, fault and history agree, or nothing moves."""

from typing import Any

import pytest

from roundtag import devices, history, ledger, spares, sync
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import (
    Conflict,
    DeviceModel,
    Fault,
    FaultEvent,
    StockMovement,
    Store,
    Swap,
    Unit,
)
from tests.seeing import (
    assert_units_are_where_their_movements_say,
    at_once,
    counts,
    grown,
    snapshot,
)
from tests.world import World, deliver, envelope, fault_form, jpeg, new_id, swap_form


def send(world: World, device: int = 0, **more: str) -> Receipt:
    return deliver("swap", swap_form(world, device, **more), world.engineer)


def refusal(world: World, **more: str) -> dict[str, str]:
    """field → code of a refused swap, which must leave nothing behind."""
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        send(world, **more)
    assert snapshot() == before
    return {error.field: error.code for error in refused.value.errors}


def unit(serial: str) -> Unit:
    return Unit.get(Unit.serial == serial)


def test_a_swap_moves_both_units_and_tells_everyone(world: World) -> None:
    before = counts()
    receipt = send(world, note="灯泡烧了")
    assert receipt.outcome == "done"
    assert receipt.values == {"old": "SNA1", "new": "SPA1"}
    assert grown(before) == {
        "history": 1,
        "leaf": 2,
        "counter": 1,
        "repair_event": 1,
        "repair_order": 1,
        "stock_movement": 2,
        "submission": 1,
        "swap": 1,
    }
    page = devices.page(world.devices[0].id, world.tags[0], world.engineer)
    assert page.unit is not None
    assert page.unit.serial == "SPA1"
    assert [line.serial for line in page.spares] == ["SPA2"]
    assert (page.history[0].kind, page.history[0].note) == ("swap", "灯泡烧了")
    assert page.history[0].data["new_serial"] == "SPA1"
    assert (unit("SNA1").place, unit("SNA1").device_id) == ("repair", None)
    assert unit("SPA1").shelf == ""
    assert_units_are_where_their_movements_say()
    assert ledger.verify(None) + ledger.verify(world.client_id) == []


@pytest.mark.parametrize("target", spares.OLD_UNIT_TO)
def test_the_old_unit_goes_where_the_form_says(world: World, target: str) -> None:
    store = unit("SPA1").store_id
    send(world, old_unit_to=target)
    assert unit("SNA1").place == target
    assert unit("SNA1").store_id == (store if target == "store" else None)
    assert_units_are_where_their_movements_say()


def test_there_and_back_again(world: World) -> None:
    send(world, old_unit_to="store")
    send(world, expected_old_serial="SPA1", new_serial="SNA1", old_unit_to="store")
    assert unit("SNA1").device_id == world.devices[0].id
    assert StockMovement.select().count() == 4
    assert_units_are_where_their_movements_say()


def test_a_typed_serial_wins_over_the_list(world: World) -> None:
    assert send(world, new_serial_typed=" SPA2 ").values["new"] == "SPA2"


def test_a_device_without_a_unit_gets_its_first(world: World) -> None:
    Unit.delete().where(Unit.serial == "SNA1").execute()
    receipt = send(world, expected_old_serial="")
    assert receipt.values == {"old": "—", "new": "SPA1"}
    filed = Swap.get_by_id(receipt.subject_id)
    assert (filed.old_unit_id, filed.old_serial, filed.old_unit_to) == (None, None, "")
    assert StockMovement.select().count() == 1


def test_another_unit_in_the_device_than_the_form_showed_is_a_conflict(world: World) -> None:
    send(world)
    before, places = counts(), list(Unit.select().tuples())
    receipt = send(world, new_serial="SPA2")
    assert receipt.outcome == "conflict"
    assert receipt.values == {"expected": "SNA1", "found": "SPA1"}
    assert grown(before) == {"conflict": 1, "history": 1, "leaf": 1, "submission": 1}
    assert list(Unit.select().tuples()) == places
    assert Conflict.get_by_id(receipt.subject_id).kind == "device-already-swapped"
    assert history.of_device(world.devices[0].id)[0].kind == "conflict"


def test_a_unit_that_is_in_use_already_is_a_conflict(world: World) -> None:
    send(world)
    places = list(Unit.select().tuples())
    receipt = send(world, 1, new_serial="SPA1")
    assert receipt.outcome == "conflict"
    assert list(Unit.select().tuples()) == places
    assert Conflict.get_by_id(receipt.subject_id).kind == "unit-already-used"


def test_a_conflict_replayed_stays_one_conflict(world: World) -> None:
    send(world)
    key = new_id()
    first = deliver("swap", swap_form(world), world.engineer, id=key)
    before = snapshot()
    again = deliver("swap", swap_form(world), world.engineer, id=key)
    assert (first.outcome, again.outcome, again.repeated) == ("conflict", "conflict", True)
    assert snapshot() == before


def test_bad_fields_are_named_all_at_once(world: World) -> None:
    assert refusal(world, new_serial="", reason="", old_unit_to="pocket") == {
        "new_serial": "required",
        "reason": "required",
        "old_unit_to": "unknown",
    }
    assert refusal(world, new_serial="NO-SUCH") == {"new_serial": "unknown"}
    assert refusal(world, note="x" * 2001) == {"note": "long"}
    assert refusal(world, fault="first") == {"fault": "number"}
    assert refusal(world, expected_old_serial="S" * 81) == {"expected_old_serial": "long"}


def test_spares_of_another_category_do_not_fit(world: World) -> None:
    world.devices[0].category = "mixer"
    world.devices[0].save()
    assert refusal(world) == {"new_serial": "unknown"}


def test_another_clients_spares_are_as_unknown_as_none(world: World, other: World) -> None:
    assert refusal(world, new_serial="SPB1") == {"new_serial": "unknown"}
    assert refusal(world, new_serial="SNB1") == {"new_serial": "unknown"}


def test_the_providers_own_store_serves_every_client(world: World, other: World) -> None:
    Store.update(client=None).where(Store.client == other.client_id).execute()
    assert send(world, new_serial="SPB1").outcome == "done"


def test_another_clients_device_is_not_found(world: World, other: World) -> None:
    before = snapshot()
    with pytest.raises(NotFound):
        deliver("swap", swap_form(other), world.engineer)
    assert snapshot() == before


def test_a_client_may_look_but_not_swap(world: World) -> None:
    before = snapshot()
    with pytest.raises(Forbidden):
        deliver("swap", swap_form(world), world.viewer)
    assert snapshot() == before


def a_fault(world: World, device: int = 0) -> Fault:
    receipt = deliver("fault", fault_form(world, device), world.engineer)
    return Fault.get_by_id(receipt.subject_id)


def kinds(fault: Fault) -> list[str]:
    events = FaultEvent.select().where(FaultEvent.fault == fault.id).order_by(FaultEvent.id)
    return [event.kind for event in events]


def test_a_swap_for_a_fault_moves_the_fault_on(world: World) -> None:
    fault = a_fault(world)
    receipt = send(world, fault=str(fault.id))
    assert Fault.get_by_id(fault.id).state == "on_site"
    assert Swap.get_by_id(receipt.subject_id).fault_id == fault.id
    assert kinds(fault) == ["reported", "on_site", "swapped"]
    assert ledger.verify(world.client_id) == []


def test_a_swap_that_settles_the_fault_resolves_it(world: World) -> None:
    fault = a_fault(world)
    send(world, fault=str(fault.id), settles_fault="1")
    settled = Fault.get_by_id(fault.id)
    assert (settled.state, settled.remedy) == ("resolved", "SNA1 → SPA1")
    assert settled.resolved_by_id == world.engineer.person_id
    assert kinds(fault) == ["reported", "on_site", "swapped", "resolved"]
    assert [e.kind for e in history.of_device(world.devices[0].id)][:2] == ["resolved", "swap"]
    assert ledger.verify(world.client_id) == []


def test_a_fault_of_another_device_or_one_resolved_is_left_alone(world: World) -> None:
    elsewhere, done = a_fault(world, 1), a_fault(world)
    Fault.update(state="resolved").where(Fault.id == done.id).execute()
    send(world, fault=str(elsewhere.id), settles_fault="1")
    send(world, fault=str(done.id), expected_old_serial="SPA1", new_serial="SPA2")
    assert Fault.get_by_id(elsewhere.id).state == "reported"
    assert Fault.get_by_id(done.id).state == "resolved"


def test_photos_of_a_swap_hang_on_it(world: World) -> None:
    _, photo = jpeg()
    fields = swap_form(world, photo=f"blob:{photo.sha256}")
    deliver("swap", fields, world.engineer, photos=(photo,))
    entry = history.of_device(world.devices[0].id)[0]
    assert [(p.field, p.here) for p in entry.photos] == [("photo", False)]


def swaps_at_once(world: World, fields: list[dict[str, str]]) -> list[Any]:
    sent = [envelope("swap", form, world.engineer.person_id) for form in fields]
    return at_once([lambda one=one: sync.submit(one, world.engineer) for one in sent])


def test_one_spare_for_two_devices_at_once_goes_to_one(fresh_world: World) -> None:
    world = fresh_world
    receipts = swaps_at_once(world, [swap_form(world, n % 2) for n in range(6)])
    assert sorted(receipt.outcome for receipt in receipts) == ["conflict"] * 5 + ["done"]
    assert Swap.select().count() == 1
    assert StockMovement.select().count() == 2
    assert_units_are_where_their_movements_say()
    assert ledger.verify(None) + ledger.verify(world.client_id) == []


def test_two_spares_for_one_device_at_once_put_one_in(fresh_world: World) -> None:
    world = fresh_world
    fields = [swap_form(world, new_serial=f"SPA{n % 2 + 1}") for n in range(6)]
    receipts = swaps_at_once(world, fields)
    assert sorted(receipt.outcome for receipt in receipts) == ["conflict"] * 5 + ["done"]
    assert_units_are_where_their_movements_say()


def test_the_same_model_comes_first_among_fitting_spares(world: World) -> None:
    first = Unit.get(Unit.serial == "SPA2")
    other_model = DeviceModel.create(category="projector", maker="索尼", name="X", grade=9)
    Unit.update(model=other_model).where(Unit.serial == "SPA1").execute()
    lines = spares.fitting(world.devices[0], first.model_id)
    assert [(line.serial, line.rank) for line in lines] == [("SPA2", "model"), ("SPA1", "other")]
