"""Sheets: where codes land and how they decode (items 7 and 12 to 14)."""

from dataclasses import replace

import pypdfium2
import pytest

from tags import layout, stock
from tags.sheet import SheetError, sheet
from tests.tags.reading import (
    labels,
    plan_of,
    printed_codes,
    printed_in,
    symbols,
    wrong_cells,
)


def test_07_a_code_that_differs_from_its_address_is_refused() -> None:
    first, second = labels(2)
    for wrong in (replace(first, code=second.code), replace(first, code=first.code.lower())):
        with pytest.raises(SheetError) as caught:
            sheet([wrong], stock.get("L7160"))
        assert caught.value.code == "label"


@pytest.mark.parametrize("dpi", [203, 300])
def test_12_each_code_is_in_its_cell_and_equals_the_printed_text(
    chosen: stock.Stock, dpi: int
) -> None:
    """Every design on every stock; rolls have a page for each label."""
    made = labels(max(min(chosen.per_page, 12), 10))
    assert wrong_cells(sheet(made, chosen), dpi, chosen, made) == []


def test_12_a_full_sheet_at_300_dpi() -> None:
    on = stock.get("L7160")
    made = labels(on.per_page)
    pdf = sheet(made, on)
    assert wrong_cells(pdf, 300, on, made) == []
    assert wrong_cells(pdf, 300, on, [made[1], made[0], *made[2:]]) == [0, 1]


def test_13_start_position_and_overflow() -> None:
    on = stock.get("L7160")
    made = labels(23)
    document = pypdfium2.PdfDocument(sheet(made, on, start=21))
    assert len(document) == 3
    for page, index, one in (
        (0, 20, made[0]),
        (1, 0, made[1]),
        (1, 20, made[21]),
        (2, 0, made[22]),
    ):
        text = printed_in(document[page], on, layout.Box(*stock.cell(on, index)))
        assert printed_codes(text) == [one.code]
    assert len(pypdfium2.PdfDocument(sheet(made[:21], on))) == 1
    assert len(pypdfium2.PdfDocument(sheet(made[:20], on, start=2))) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"start": 0}, "start"),
        ({"start": 22}, "start"),
        ({"offset": (11.0, 0.0)}, "offset"),
        ({"offset": (0.0, float("nan"))}, "offset"),
        ({"scale": 1.2}, "scale"),
        ({"scale": 0.0}, "scale"),
    ],
)
def test_13_what_no_sheet_can_be(wrong: dict[str, object], code: str) -> None:
    with pytest.raises(SheetError) as caught:
        sheet(labels(1), stock.get("L7160"), **wrong)
    assert caught.value.code == code
    with pytest.raises(SheetError):
        sheet([], stock.get("L7160"))


def test_14_offset_and_scale_are_exact() -> None:
    on = stock.get("L7160")
    made = labels(21)
    before = symbols(sheet(made, on), on)
    after = symbols(sheet(made, on, offset=(1.5, -0.75), scale=1.01), on)
    assert len(before) == len(after) == 21
    for old, new in zip(before, after, strict=True):
        assert new.x == pytest.approx(old.x * 1.01 + 1.5, abs=0.01)
        assert new.y == pytest.approx(old.y * 1.01 - 0.75, abs=0.01)
        assert new.w == pytest.approx(old.w * 1.01, abs=0.01)


def test_14_symbols_lie_where_the_plan_says(chosen: stock.Stock) -> None:
    made = labels(min(chosen.per_page, 21))
    planned = [plan_of(chosen, i, made[i]) for i in range(len(made))]
    for plan, drawn in zip(planned, symbols(sheet(made, chosen), chosen), strict=True):
        assert (drawn.x, drawn.y, drawn.w) == pytest.approx(
            (plan.symbol.x, plan.symbol.y, plan.symbol.w), abs=0.05
        )
