"""Label stock of one's own: described, checked, changed, put away (item 11)."""

import pytest

from roundtag import ledger, printing, stocks
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import LabelStock
from roundtag.printing import PrintSheet
from tests import world as worlds
from tests.world import World

GOOD = {"name": "得力 2×5", "kind": "sheet", "page_w": "210", "page_h": "297", "label_w": "95",
        "label_h": "50", "columns": "2", "rows": "5", "corner_x": "8", "corner_y": "20",
        "pitch_x": "98,5", "pitch_y": "52"}  # fmt: skip


def read(**changed: str) -> stocks.KeepStock:
    return stocks.read(Fields({**GOOD, **changed}.items()))


def keep(**changed: str) -> int:
    return int(worlds.run(stocks.keep_stock, read(**changed)).subject_id or 0)


def test_a_stock_of_ones_own_is_offered_and_printed_on(world: World) -> None:
    key = keep()
    found = stocks.one(key).stock
    assert (found.grid, found.pitch, found.per_page) == ((2, 5), (98.5, 52.0), 10)
    assert found in stocks.everything()
    assert printing.sheet(PrintSheet((world.room_tag,), found.name, 10), world.engineer).labels == 1
    assert ledger.verify(None) == []


def test_a_roll_needs_its_label_and_dots_only(world: World) -> None:
    key = keep(
        kind="roll", label_w="70", label_h="40", dpi="300", page_w="", columns="", pitch_x=""
    )
    found = stocks.one(key).stock
    assert (found.is_roll, found.dpi, found.dots) == (True, 300.0, (826, 472))


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"label_w": ""}, "label_w", "required"),
        ({"label_w": "abc"}, "label_w", "range"),
        ({"label_w": "9999"}, "label_w", "range"),
        ({"columns": "0"}, "columns", "range"),
        ({"rows": "-1"}, "rows", "number"),
        ({"pitch_x": "90"}, "pitch_x", "overlap"),
        ({"pitch_x": "110"}, "columns", "outside"),
        ({"rows": "6"}, "rows", "outside"),
        ({"columns": "1", "label_w": "205"}, "label_w", "outside"),
        ({"label_w": "20", "label_h": "12"}, "label_h", "small"),
        ({"kind": "roll", "dpi": "72"}, "dpi", "range"),
    ],
)
def test_what_cannot_be_is_named_with_its_remedy(
    store: str, changed: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        read(**changed)
    assert (field, code) in {(e.field, e.code) for e in caught.value.errors}
    assert LabelStock.select().count() == 0


def test_every_bad_field_is_named_at_once(store: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(name="", page_w="x", rows="")
    assert {e.field for e in caught.value.errors} == {"name", "page_w", "rows"}


def test_a_name_is_one_stocks(world: World) -> None:
    keep()
    for name in (GOOD["name"], "L7160"):
        with pytest.raises(Invalid) as caught:
            keep(name=name)
        assert caught.value.errors[0].code == "taken"


def test_a_stock_is_changed_and_put_away(world: World) -> None:
    key = keep()
    command = stocks.read(Fields({**GOOD, "rows": "4"}.items()), key)
    worlds.run(stocks.keep_stock, command)
    assert stocks.one(key).stock.grid == (2, 4)
    worlds.run(stocks.retire_stock, stocks.RetireStock(key))
    assert stocks.own() == []
    with pytest.raises(NotFound):
        stocks.one(key)
    with pytest.raises(NotFound):
        worlds.run(stocks.retire_stock, stocks.RetireStock(key))
    assert keep() != key  # its name is free again
    assert ledger.verify(None) == []


def test_a_viewer_keeps_no_stock(world: World) -> None:
    with pytest.raises(Forbidden):
        worlds.run(stocks.keep_stock, read(), world.viewer)
