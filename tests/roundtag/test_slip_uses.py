"""A used part: filed at the device with or without network, booked once, settled when short."""

from typing import Any

import pytest

from roundtag import consumables, devices, history, packs, reviews, settling, slips
from roundtag.commands import Receipt
from roundtag.consumables import sheets
from roundtag.errors import Forbidden, Invalid
from roundtag.models import Conflict, StockSlip, Store
from tests.roundtag.slipping import bag_of, depot, file, level, part, stocked, store, use_form
from tests.roundtag.test_consumables import TODAY, read
from tests.seeing import at_once, queries_of, snapshot
from tests.world import World, deliver, fault, new_id, person, run

pytestmark = pytest.mark.usefixtures("books_agree")


def use(world: World, source: str, count: str = "1", who: Any = None, **more: Any) -> Receipt:
    key = {"id": more.pop("id")} if "id" in more else {}
    return deliver("use", use_form(world, source, count, **more), who or world.engineer, **key)


def test_a_part_is_used_out_of_ones_bag(world: World) -> None:
    lamp = stocked(world)
    file(world.engineer, "draw", store(world), pieces=((lamp, 2),))
    bag, number = bag_of(world.engineer), fault(world)
    page = devices.page(world.devices[0].id, world.tags[0], world.engineer)
    assert [(one.mine, one.quantity) for one in page.parts] == [(True, 2), (False, 3)]
    receipt = use(world, page.parts[0].value, "２", fault=str(number), note="换灯")
    assert receipt.outcome == "done"
    assert level(bag, lamp) == 0
    slip = StockSlip.get_by_id(receipt.subject_id)
    assert (slip.kind, slip.fault_id, slip.client_id) == ("use", number, world.client_id)
    line = history.of_device(world.devices[0].id)[0]
    assert (line.kind, line.note) == ("used", "换灯")
    assert line.data["parts"] == [{"name": "爱普生 ELPLP97", "count": 2}]


def test_a_use_sent_twice_is_booked_once(world: World) -> None:
    lamp, key = stocked(world), new_id()
    for _ in range(2):
        use(world, f"{store(world)}:{lamp}", id=key)
    assert level(store(world), lamp) == 4


def test_what_does_not_fit_is_not_offered(world: World, other: World) -> None:
    """Another kind's parts, another client's store and somebody else's bag."""
    stocked(world, where=store(other))
    cable = part("HDMI", "", "display")
    lamp = part()
    file(world.manager, "receive", store(world), pieces=((cable, 1),))
    file(world.manager, "receive", depot(), pieces=((lamp, 1),))
    mate = person("mate", ("engineer", "client", world.client_id))
    file(mate, "draw", depot_id(), pieces=((lamp, 1),))
    assert devices.page(world.devices[0].id, "x", world.engineer).parts == []
    for where in (bag_of(mate), store(other)):
        with pytest.raises(Invalid):
            use(world, f"{where}:{lamp}")


def depot_id() -> int:
    return int(Store.get(Store.code == "D1").id)


@pytest.mark.parametrize(("fields", "wrong"), [
    ({"source": ""}, {"source": "required"}),
    ({"source": "x:y", "quantity": "0"}, {"source": "required", "quantity": "range"}),
    ({"source": "999999:1"}, {"source": "unknown"}),
    ({"quantity": "-1"}, {"quantity": "range"}),
])  # fmt: skip
def test_bad_fields_are_named(world: World, fields: dict[str, str], wrong: dict[str, str]) -> None:
    lamp = stocked(world)
    before = snapshot()
    with pytest.raises(Invalid) as told:
        deliver("use", {**use_form(world, f"{store(world)}:{lamp}"), **fields}, world.engineer)
    assert {e.field: e.code for e in told.value.errors} == wrong
    assert snapshot() == before


def test_clients_do_not_use_parts(world: World) -> None:
    lamp = stocked(world)
    with pytest.raises(Forbidden):
        use(world, f"{store(world)}:{lamp}", who=world.viewer)


# Too few


def test_too_few_is_a_conflict_that_the_office_settles(world: World) -> None:
    lamp, where = stocked(world, 1), depot()
    file(world.manager, "receive", where, pieces=((lamp, 5),))
    receipt = use(world, f"{store(world)}:{lamp}", "3")
    assert receipt.outcome == "conflict"
    assert level(store(world), lamp) == 1
    found = Conflict.get_by_id(receipt.subject_id)
    assert (found.kind, found.expected, found.found) == (
        "stock-short", "爱普生 ELPLP97 × 3", "备件库: 1")  # fmt: skip
    key = f"conflict:{found.id}"
    shown = reviews.page(key, world.manager)
    assert [one[0] for one in shown.stores] == [where, store(world)]
    with pytest.raises(Invalid):  # the entry's own store still holds too few
        settling.settle(new_id(), settling.Settle(key, "apply"), world.manager)
    answer = settling.settle(new_id(), settling.Settle(key, "apply", store=where), world.manager)
    assert answer.outcome == "done"
    assert (level(where, lamp), level(store(world), lamp)) == (2, 1)
    slip = StockSlip.get(StockSlip.kind == "use")
    assert (slip.person_id, slip.submission) == (world.engineer.person_id, found.submission)
    assert settling.settle(new_id(), settling.Settle(key, "apply", store=where),
                           world.manager).outcome == "conflict"  # fmt: skip


def test_left_as_it_is_nothing_is_booked(world: World) -> None:
    lamp = stocked(world, 1)
    key = f"conflict:{use(world, f'{store(world)}:{lamp}', '3').subject_id}"
    settling.settle(new_id(), settling.Settle(key, "leave"), world.manager)
    assert level(store(world), lamp) == 1


def test_no_store_of_another_client_settles_it(world: World, other: World) -> None:
    lamp = stocked(world, 1)
    file(world.manager, "receive", depot("D2"), pieces=((lamp, 1),))
    Store.update(client=other.client_id).where(Store.code == "D2").execute()
    key = f"conflict:{use(world, f'{store(world)}:{lamp}', '3').subject_id}"
    theirs = Store.get(Store.code == "D2").id
    assert theirs not in [one[0] for one in reviews.page(key, world.manager).stores]
    with pytest.raises(Invalid):
        settling.settle(new_id(), settling.Settle(key, "apply", store=theirs), world.manager)


def test_of_two_phones_that_use_the_last_piece_one_is_a_conflict(fresh_world: World) -> None:
    world = fresh_world
    lamp = stocked(world, 1)
    source = f"{store(world)}:{lamp}"
    mate = person("mate", ("engineer", "client", world.client_id))
    answers = at_once([lambda a=a: use(world, source, who=a) for a in (world.engineer, mate)])  # type: ignore[misc]
    assert sorted(a.outcome for a in answers) == ["conflict", "done"]  # type: ignore[union-attr]
    assert level(store(world), lamp) == 0


# What the phone holds


def test_the_pack_follows_the_bag(world: World) -> None:
    lamp = stocked(world)
    before = {p.url: p.v for p in packs.manifest(world.engineer, "zh", "b").pages}
    file(world.engineer, "draw", store(world), pieces=((lamp, 1),))
    after = {p.url: p.v for p in packs.manifest(world.engineer, "zh", "b").pages}
    assert before["/bag"] != after["/bag"]
    assert before[f"/t/{world.tags[0]}"] != after[f"/t/{world.tags[0]}"]
    assert "/bag" not in {p.url for p in packs.manifest(world.viewer, "zh", "b").pages}


def test_the_bag_costs_the_same_however_much_is_in_it(world: World) -> None:
    lamp = stocked(world)
    file(world.engineer, "draw", store(world), pieces=((lamp, 1),))
    few = queries_of(lambda: slips.bag(world.engineer))
    file(world.engineer, "draw", store(world), serials=("SPA1", "SPA2"))
    assert queries_of(lambda: slips.bag(world.engineer)) == few
    assert few <= 4


# Consumables


def report(world: World) -> list[tuple[str, int]]:
    found = consumables.report(world.engineer, None, 3, TODAY)
    return [(line.kind.code, line.total) for line in found.lines]


def on_day(day: str) -> None:
    StockSlip.update(at=f"{day}T04:00:00.000000Z").where(StockSlip.kind == "use").execute()


def test_a_use_and_a_counter_within_three_days_are_one(world: World) -> None:
    """Red when the twin of a counter is not looked for."""
    lamp = stocked(world)
    read(world, "lamp_hours", "2026-08-05", "3800")
    read(world, "lamp_hours", "2026-10-05", "12", "换灯泡")
    use(world, f"{store(world)}:{lamp}")
    for day, count in (("2026-10-02", 1), ("2026-10-08", 1), ("2026-10-09", 2), ("2026-10-01", 2)):
        on_day(day)
        assert report(world) == [("lamp", count)], day
    use(world, f"{store(world)}:{lamp}")
    on_day("2026-10-05")
    assert report(world) == [("lamp", 2)]  # one counter takes one slip


def test_uses_per_device_and_what_is_left(world: World) -> None:
    lamp, cable = stocked(world, 6), part("HDMI", "")
    file(world.manager, "receive", store(world), pieces=((cable, 5),))
    use(world, f"{store(world)}:{lamp}", "2", device=1)
    undone = use(world, f"{store(world)}:{lamp}", "3")
    use(world, f"{store(world)}:{cable}", "1")
    run(slips.reverse_slip, slips.ReverseSlip(int(undone.subject_id or 0), "x"), world.manager)
    on_day("2026-11-05")
    found = consumables.report(world.engineer, None, 3, TODAY)
    assert [(one.kind.code, one.code, one.total) for one in found.devices] == [
        ("lamp", "A-P02", 2), ("parts:projector", "A-P01", 1)]  # fmt: skip
    assert found.stocks == {"lamp": 4, "parts:projector": 4}
    text = sheets.csv_file(found, str, lambda kind: kind.en, by_device=True).decode("utf-8-sig")
    assert text.splitlines()[1] == "投影机 2,A-P02,Projector lamps,0,0,2,2"
