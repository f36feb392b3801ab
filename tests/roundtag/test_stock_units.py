"""A unit's page: where it is and was, seen only by those whose it is; corrected with a reason."""

from datetime import date

import pytest

from roundtag import ledger, slips, spares, stock
from roundtag.access import SYSTEM
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Client, Log, Unit, UnitChange
from roundtag.storekeeping import overview, rules, store_pages, told, units
from tests.roundtag import stocking
from tests.seeing import leaf_texts, queries_of, snapshot
from tests.world import World, deliver, person, run, swap_form


def one(serial: str) -> Unit:
    return Unit.get(Unit.serial == serial)


def edit(of: str, **changes: object) -> units.EditUnit:
    unit = one(of)
    shown = {"serial": unit.serial, "warranty_until": unit.warranty_until, "reason": "抄错",
             "seen": units.digest(unit)}  # fmt: skip
    return units.EditUnit(unit.id, **{**shown, **changes})  # type: ignore[arg-type]


def test_a_unit_tells_where_it_was(world: World) -> None:
    deliver("swap", swap_form(world), world.engineer)
    new = units.page(one("SPA1").id, world.engineer)
    assert (new.place.place, new.place.name) == ("device", "视频会议室 · 投影机 1")
    assert [(m.source.name, m.target.place, m.person) for m in new.movements] == [
        ("备件库", "device", "engineer-a 先生")]  # fmt: skip
    old = units.page(one("SNA1").id, world.engineer)
    assert (old.place.place, old.place.url[:9]) == ("repair", "/repairs/")
    assert old.place.name.startswith("RO-")


def test_another_clients_unit_is_not_there(world: World, other: World) -> None:
    for serial in ("SPA1", "SNA1"):
        with pytest.raises(NotFound):
            units.page(one(serial).id, other.engineer)
    deliver("swap", swap_form(world), world.engineer)
    with pytest.raises(NotFound):  # at repair: its order is A's
        units.page(one("SNA1").id, other.engineer)
    assert units.by_serial("spa1", other.engineer) == []
    assert [hit.serial for hit in units.by_serial("spa1", world.engineer)] == ["SPA1"]


def test_a_clients_people_never_see_the_providers_own(world: World, other: World) -> None:
    depot = stocking.depot()
    stocking.moved(one("SPA1"), stock.Spot("store", depot))
    with pytest.raises(NotFound):
        units.page(one("SPA1").id, world.viewer)
    assert units.page(one("SPA1").id, world.engineer).place.name == "总库"
    assert units.page(one("SPA1").id, other.engineer).movements[0].source.hidden


def test_what_a_unit_did_elsewhere_is_not_told(world: World, other: World) -> None:
    """It came from A's store to B's: B sees that it came, not from where nor by whom."""
    depot, theirs = stocking.depot(), stocking.own_store(other).id
    for place in (depot, theirs):
        stocking.moved(one("SPA1"), stock.Spot("store", place))
    page = units.page(one("SPA1").id, other.viewer)
    assert [(m.source.name, m.source.hidden, m.target.name) for m in page.movements] == [
        ("", True, "备件库"), ("", True, "")]  # fmt: skip
    assert page.movements[1].person is None
    shown = store_pages.page(theirs, other.viewer).movements
    assert [m.source.name for m in shown] == [""]


def test_a_unit_with_the_client_or_scrapped_stays_theirs(world: World, other: World) -> None:
    stocking.moved(one("SPA1"), stock.Spot("client", world.client_id))
    stocking.moved(one("SPA2"), stock.Spot("scrap"))
    for serial in ("SPA1", "SPA2"):
        assert units.page(one(serial).id, world.viewer).serial == serial
        with pytest.raises(NotFound):
            units.page(one(serial).id, other.engineer)
    assert units.page(one("SPA1").id, world.viewer).place.name == Client.get_by_id(
        world.client_id).name  # fmt: skip


def test_a_serial_number_is_corrected_with_a_reason(world: World) -> None:
    order = edit("SPA1", serial="SPA9", warranty_until=date(2030, 1, 1), reason="铭牌看错")
    assert run(units.edit_unit, order, world.manager).outcome == "done"
    row = UnitChange.get()
    assert (row.before, row.now) == (
        {"serial": "SPA1", "warranty_until": None},
        {"serial": "SPA9", "warranty_until": "2030-01-01"},
    )
    page = units.page(one("SPA9").id, world.engineer)
    assert [(c.note, c.person) for c in page.corrections] == [("铭牌看错", "manager-a 先生")]
    assert units.page(one("SPA9").id, world.viewer).corrections == []
    assert "铭牌看错" not in leaf_texts()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_what_stands_against_a_correction(world: World) -> None:
    stale = edit("SPA1", serial="SPA8")
    with pytest.raises(Invalid):
        run(units.edit_unit, edit("SPA1", serial="spa2"))
    assert run(units.edit_unit, edit("SPA1", serial="SPA7")).outcome == "done"
    assert run(units.edit_unit, stale).outcome == "conflict"
    assert run(units.edit_unit, edit("SNA1", serial="X")).outcome == "conflict"
    before = snapshot()
    for actor, wrong in ((world.engineer, Forbidden), (world.viewer, Forbidden)):
        with pytest.raises(wrong):
            run(units.edit_unit, edit("SPA2", serial="X"), actor)
    keeper = person("keeper-a", ("storekeeper", "client", world.client_id))
    depot = stocking.depot()
    stocking.moved(one("SPA2"), stock.Spot("store", depot))
    with pytest.raises(Forbidden):
        run(units.edit_unit, edit("SPA2", serial="X"), keeper)
    assert snapshot()["unit_change"] == before["unit_change"]


def test_a_unit_is_put_on_its_shelf(world: World, other: World) -> None:
    unit = one("SPA1")
    order = rules.PlaceUnit(unit.id, "B-2", unit.shelf)
    assert run(rules.place_unit, order, world.engineer).outcome == "done"
    assert one("SPA1").shelf == "B-2"
    assert run(rules.place_unit, rules.PlaceUnit(unit.id, "C", "A-1")).outcome == "conflict"
    for actor in (other.engineer, world.viewer):
        with pytest.raises((Forbidden, NotFound)):
            run(rules.place_unit, rules.PlaceUnit(unit.id, "C", "B-2"), actor)
    depot = stocking.depot()
    stocking.moved(unit, stock.Spot("store", depot))
    with pytest.raises(Forbidden):
        run(rules.place_unit, rules.PlaceUnit(unit.id, "C", ""), world.engineer)
    out = rules.PlaceUnit(one("SNA1").id, "C", "")
    assert run(rules.place_unit, out).outcome == "conflict"


def test_a_serial_number_leads_to_its_unit(world: World, other: World) -> None:
    found = overview.overview(overview.Wish(text="SPA1"), world.viewer)
    assert [(hit.serial, hit.place) for hit in found.units] == [("SPA1", "store")]
    assert overview.overview(overview.Wish(text="SPA1"), other.viewer).units == []


def test_a_units_page_costs_the_same_after_many_movements(world: World) -> None:
    own, depot = stocking.own_store(world).id, stocking.depot()
    stocking.moved(one("SPA1"), stock.Spot("store", depot))
    key = one("SPA1").id
    few = queries_of(lambda: units.page(key, SYSTEM))
    for number in range(20):
        stocking.moved(one("SPA1"), stock.Spot("store", (own, depot)[number % 2]))
    assert queries_of(lambda: units.page(key, SYSTEM)) == few <= 14
    assert len(units.page(key, SYSTEM).movements) == 21


def test_every_reason_of_a_movement_has_words() -> None:
    """Reasons are codes in the book; a page shows none of them as it is."""
    given = {"swap_back", "repair", "repaired", "purchase", "replaced", "cancelled", "client",
             "count", "retired", "reinstated", "opening"}  # fmt: skip
    assert set(told.REASONS) >= {*slips.WORDS, *spares.REASONS, *given}
