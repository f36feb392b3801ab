"""Sheets: names that are too long or cannot be drawn (items 17 and 18)."""

from dataclasses import replace

import pypdfium2

from tags import fonts, layout, stock
from tags.sheet import missing_glyphs, sheet
from tests.tags.reading import (
    NAMES,
    boxes_of_text,
    ink_outside,
    labels,
    plan_of,
    quiet_zone,
    render,
)


def test_17_long_names_stay_in_the_inset_and_out_of_the_quiet_zone(chosen: stock.Stock) -> None:
    made = labels(max(min(chosen.per_page, 21), len(NAMES)))
    pdf = sheet(made, chosen)
    for number, one in enumerate(made):
        page, index = divmod(number, chosen.per_page)
        image = render(pdf, 150, page)
        cell, clear = layout.Box(*stock.cell(chosen, index)), layout.clear_area(chosen, index)
        plan = plan_of(chosen, index, one)
        assert ink_outside(image, 150, cell, clear) == 0
        assert ink_outside(image, 150, quiet_zone(plan), plan.symbol) == 0
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf))
    assert "…" in text


def test_17_lines_of_one_label_do_not_overlap(chosen: stock.Stock) -> None:
    made = labels(len(NAMES))
    pdf = sheet(made, chosen)
    pages = [boxes_of_text(pdf, chosen, page) for page in range(len(pypdfium2.PdfDocument(pdf)))]
    assert sum(map(len, pages)) > 3 * len(made)
    for found in pages:
        for i, a in enumerate(found):
            for b in found[i + 1 :]:
                across = min(a.right, b.right) - max(a.x, b.x)
                down = min(a.bottom, b.bottom) - max(a.y, b.y)
                assert min(across, down) < 0.3


def test_17_ink_in_the_quiet_zone_would_be_seen() -> None:
    on = stock.get("L7160")
    (one,) = labels(1)
    image, plan = render(sheet([one], on), 150), plan_of(on, 0, one)
    narrower = replace(plan, symbol=replace(plan.symbol, w=plan.symbol.w - 3 * plan.module))
    assert ink_outside(image, 150, quiet_zone(plan), narrower.symbol) > 0


def test_18_what_the_font_lacks_is_named_and_substituted() -> None:
    (one,) = labels(1)
    odd = replace(one, title="𠮷野 🎤", subtitle="会\u200b议室\ufe0f\t二\n层\x07")
    assert missing_glyphs([odd]) == {"𠮷", "🎤"}
    assert missing_glyphs([one]) == set()
    page = pypdfium2.PdfDocument(sheet([odd], stock.get("L7160")))[0]
    text = page.get_textpage().get_text_range()
    assert "〓野 〓" in text
    assert "会议室 二 层" in text


def test_18_every_gb2312_hanzi_can_be_drawn() -> None:
    pairs = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    hanzi = "".join(pair.decode("gb2312", "ignore") for pair in pairs)
    assert len(hanzi) == 6763
    assert fonts.missing(hanzi) == set()
