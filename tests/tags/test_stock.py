"""Label stock (item 11): the makers' figures and what they must add up to."""

import pytest

from tags import stock
from tags.layout import CUT, Box, clear_area, place

GOLDEN = {
    "L7160": (139.29, 243.75),
    "L7163": (106.25, 243.75),
    "L7651": (167.15, 265.3),
    "A4-24": (140.0, 259.5),
    "A4-24-margins": (139.6, 250.2),
    "A4-30": (140.0, 267.3),
    "5160": (144.46, 241.3),
    "5163": (110.49, 215.9),
    "L7159": (139.29, 250.2),
    "A4-8": (105.0, 222.75),
    "square-2in": (149.24, 212.22),
    "square-1.5in": (157.96, 228.6),
}
V3 = 29


def apart(a: Box, b: Box) -> bool:
    return a.right <= b.x + 1e-6 or a.bottom <= b.y + 1e-6


def inside(inner: Box, outer: Box, margin: float = 0.0) -> bool:
    return (
        inner.x >= outer.x + margin - 1e-6
        and inner.y >= outer.y + margin - 1e-6
        and inner.right <= outer.right - margin + 1e-6
        and inner.bottom <= outer.bottom - margin + 1e-6
    )


def test_11_the_grid_fits_the_page_and_nothing_overlaps(chosen: stock.Stock) -> None:
    page = Box(0, 0, *chosen.page)
    labels = [Box(*one) for one in stock.cells(chosen)]
    assert len(labels) == chosen.per_page
    assert all(inside(one, page) for one in labels)
    pairs = ((a, b) for i, a in enumerate(labels) for b in labels[i + 1 :])
    assert all(apart(a, b) or apart(b, a) for a, b in pairs)


def test_11_the_last_label_lies_where_it_did(chosen: stock.Stock) -> None:
    x, y, *_ = stock.cell(chosen, chosen.per_page - 1)
    assert (x, y) == pytest.approx(GOLDEN.get(chosen.name, (0.0, 0.0)), abs=0.05)
    assert chosen.is_roll or chosen.name in GOLDEN


def test_11_ink_stays_inside_the_label_and_the_page(chosen: stock.Stock) -> None:
    page = Box(0, 0, *chosen.page)
    for index, one in enumerate(stock.cells(chosen)):
        label, clear, plan = Box(*one), clear_area(chosen, index), place(chosen, index, V3)
        quiet = plan.module * 4
        zone = Box(plan.symbol.x - quiet, plan.symbol.y - quiet, (V3 + 8) * plan.module, 0)
        zone = Box(zone.x, zone.y, zone.w, zone.w)
        assert inside(clear, label, 2)
        assert inside(clear, page, 0 if chosen.is_roll else 5)
        assert inside(plan.symbol, clear)
        assert inside(plan.words, clear)
        assert inside(zone, label, CUT)
        assert apart(zone, plan.words)


def test_11_every_symbol_of_a_sheet_has_one_size_above_the_floor(chosen: stock.Stock) -> None:
    sides = {place(chosen, index, V3).symbol.w for index in range(chosen.per_page)}
    assert len(sides) == 1
    assert sides.pop() >= 14.5


ROLLS = {  # dots across and along, and a module's dots for a version 3 symbol
    "Zebra-50x30": (203.2, 400, 240, 6),
    "Zebra-40x60": (203.2, 320, 480, 8),
    "Brother-62x29": (300.0, 696, 271, 8),
    "Brother-62": (300.0, 696, 402, 11),
    "DYMO-30334": (300.0, 651, 339, 9),
    "DYMO-99012": (300.0, 392, 961, 11),
}


@pytest.mark.parametrize("name", sorted(ROLLS))
def test_11_a_roll_is_a_whole_number_of_dots(name: str) -> None:
    on = stock.get(name)
    dpi, across, along, dots = ROLLS[name]
    assert (on.dpi, *on.dots, on.per_page) == (dpi, across, along, 1)
    assert place(on, 0, V3).module == pytest.approx(dots * on.dot)
    assert dots * on.dot >= 0.5
    area = stock.printable(on)
    assert [side / on.dot for side in area.page] == pytest.approx([across, along])
    where = place(area, 0, V3).symbol
    assert [round(at / on.dot, 6) % 1 for at in (where.x, where.y)] == [0, 0]


def test_11_a_roll_at_another_resolution_keeps_its_printable_area() -> None:
    on = stock.at_dpi(stock.get("Zebra-50x30"), 300)
    assert on.dots == (590, 354)
    assert on.edges == pytest.approx((0.0, 0.0), abs=0.05)
    assert stock.at_dpi(stock.get("L7160"), 300) == stock.get("L7160")


def test_11_a_grid_too_wide_would_be_seen() -> None:
    wide = stock.Stock("wide", stock.A4, (70, 37), (3, 8), (0.5, 0.5), (70, 37))
    assert not all(inside(Box(*one), Box(0, 0, *wide.page)) for one in stock.cells(wide))


def test_unknown_stock_and_position() -> None:
    with pytest.raises(stock.UnknownStockError) as caught:
        stock.get("L0000")
    assert (caught.value.code, caught.value.name) == ("unknown-stock", "L0000")
    for index in (-1, 21):
        with pytest.raises(IndexError):
            stock.cell(stock.get("L7160"), index)
