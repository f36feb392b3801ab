"""Sheets: the PDF taken apart (items 15, 16 and 20)."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from tags import fonts, layout, stock
from tags.sheet import sheet
from tests.tags.reading import MM, crop, labels, plan_of, render


def zip_fonts(pdf: bytes) -> list[tuple[str, dict[str, object]]]:
    page = PdfReader(BytesIO(pdf)).pages[0]
    return [(key, font.get_object()) for key, font in page["/Resources"]["/Font"].items()]


def test_15_every_font_is_embedded_as_a_subset_with_unicode() -> None:
    pdf = sheet(labels(7), stock.get("L7160"))
    found = PdfReader(BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    used = [font.get_object() for font in found if "ToUnicode" in str(font.get_object())]
    names = {str(font["/BaseFont"]) for font in used}
    assert {name.split("+")[-1] for name in names} >= {fonts.SANS, fonts.BOLD, fonts.MONO}
    assert all(re.match(r"/[A-Z]{6}\+", name) for name in names)
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)
    content = PdfReader(BytesIO(pdf)).pages[0].get_contents().get_data()
    drawn_with = set(re.findall(rb"/(F\S+) [\d.]+ Tf", content))
    embedded = {key[1:].encode() for key, font in zip_fonts(pdf) if "/FontDescriptor" in font}
    assert len(pdf) < 200_000
    assert drawn_with - {b"F1"} <= embedded


def test_15_a_thousand_labels_stay_below_1500_kb() -> None:
    made = labels(65) * 4
    assert len(sheet(made, stock.get("L7160"))) < 1_500_000 * len(made) / 1000


def test_16_no_scaling_and_an_exact_page(chosen: stock.Stock) -> None:
    reader = PdfReader(BytesIO(sheet(labels(2), chosen)))
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/PrintScaling"] == "/None"
    size = [float(edge) / MM for edge in reader.pages[0].mediabox]
    assert size == pytest.approx([0, 0, *chosen.page], abs=0.001)


def test_16_the_same_input_gives_the_same_bytes() -> None:
    made, on = labels(30), stock.get("L7160")
    first = sheet(made, on, start=5)
    sheet(labels(3), stock.get("5160"))
    assert sheet(made, on, start=5) == first


def test_20_one_fill_per_symbol_and_no_seams() -> None:
    on = stock.get("L7160")
    made = [one for one in labels(21) if one.kind == "device"]
    pdf = sheet(made, on)
    page = PdfReader(BytesIO(pdf)).pages[0]
    operators = [operator for _, operator in ContentStream(page.get_contents(), None).operations]
    assert sum(operator in (b"f", b"f*", b"B", b"b") for operator in operators) == len(made)
    assert not page.images
    image, plan = render(pdf, 301), plan_of(on, 0, made[0])
    finder = layout.Box(plan.symbol.x, plan.symbol.y, plan.module * 7, plan.module)
    inner = replace(finder, x=finder.x + 0.2, y=finder.y + 0.2, w=finder.w - 0.4, h=finder.h - 0.4)
    assert crop(image, 301, inner).getextrema() == (0, 0)
    column = replace(inner, w=inner.h, h=inner.w)
    assert crop(image, 301, column).getextrema() == (0, 0)
