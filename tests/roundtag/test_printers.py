"""Printers: named, measured, corrected (item 14)."""

import pytest

from roundtag import ledger, printers
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from tests import world as worlds
from tests.world import World

MEASURED = {"left": "21", "top": "19.5", "across": "170.5", "down": "257.8"}


def read(**changed: str) -> printers.KeepPrinter:
    return printers.read(Fields({"name": "前台", "stock": "L7160", **changed}.items()))


def keep(**changed: str) -> int:
    return int(worlds.run(printers.keep_printer, read(**changed)).subject_id or 0)


def measure(key: int, **changed: str) -> printers.Calibrate:
    return printers.read_measures(Fields({**MEASURED, **changed}.items()), key)


def test_what_was_measured_becomes_the_correction(world: World) -> None:
    key = keep()
    assert not printers.one(key).calibrated
    worlds.run(printers.calibrate, measure(key), world.engineer)
    found = printers.one(key)
    assert found.calibrated
    assert found.correction.scale == pytest.approx(1 / 1.003, abs=0.0002)
    assert found.correction.offset == pytest.approx((-0.937, 0.558), abs=0.02)
    assert ledger.verify(None) == []


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"left": ""}, "left", "required"),
        ({"down": "x"}, "down", "range"),
        ({"across": "163.2", "down": "246.7"}, "across", "scaled"),
        ({"down": "252"}, "down", "uneven"),
        ({"left": "35"}, "left", "far"),
    ],
)
def test_measures_that_cannot_be_are_told(
    world: World, changed: dict[str, str], field: str, code: str
) -> None:
    key = keep()
    with pytest.raises(Invalid) as caught:
        measure(key, **changed)
    assert (caught.value.errors[0].field, caught.value.errors[0].code) == (field, code)
    assert not printers.one(key).calibrated


def test_a_roll_printer_is_known_by_its_stock(world: World) -> None:
    found = printers.one(keep(stock="Zebra-40x60", dpi="300"))
    assert (found.kind, found.dpi) == ("roll", 300.0)
    assert printers.stock_of(found).dots == (472, 708)


def test_a_name_is_one_printers_and_free_when_it_is_gone(world: World) -> None:
    key = keep()
    with pytest.raises(Invalid):
        keep()
    worlds.run(printers.keep_printer,
               printers.read(Fields([("name", "前台"), ("stock", "5163")]), key))  # fmt: skip
    assert printers.one(key).stock == "5163"
    worlds.run(printers.retire_printer, printers.RetirePrinter(key))
    with pytest.raises(NotFound):
        printers.one(key)
    assert keep() != key


def test_bad_fields_are_named(store: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(name="", dpi="9", stock="nope")
    assert {e.field for e in caught.value.errors} == {"name", "dpi", "stock"}


def test_a_printer_whose_stock_is_gone_still_has_a_page(world: World) -> None:
    key = int(worlds.run(printers.keep_printer,
                         printers.KeepPrinter("旧", "sheet", "gone")).subject_id or 0)  # fmt: skip
    assert printers.stock_of(printers.one(key)).name == "L7160"


def test_a_viewer_keeps_no_printer(world: World) -> None:
    with pytest.raises(Forbidden):
        worlds.run(printers.keep_printer, read(), world.viewer)
