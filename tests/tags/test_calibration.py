"""The calibration page, and what its measures say of a printer (item 14)."""

import pypdfium2
import pytest

from tags import calibration, stock
from tags.sheet import sheet
from tests.tags.reading import MM, labels, symbols

SHEETS = ("L7160", "5163", "Zebra-50x30", "DYMO-99012")


def measured(on: stock.Stock, scale: float, dx: float, dy: float) -> tuple[float, ...]:
    """What a person measures on the page of a printer that is off by so much."""
    edge, _, wide, high = calibration.nominal(on)
    return edge * scale + dx, edge * scale + dy, wide * scale, high * scale


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("off", [(1.0, 0.0, 0.0), (0.995, 1.2, -0.8), (1.008, -2.0, 3.0)])
def test_14_the_correction_undoes_the_printers_error(
    name: str, off: tuple[float, float, float]
) -> None:
    on, (scale, dx, dy) = stock.get(name), off
    found = calibration.correction(on, *measured(on, *off))
    exact = symbols(sheet(labels(1), on), on)[0]
    sent = symbols(sheet(labels(1), on, offset=found.offset, scale=found.scale), on)[0]
    assert sent.x * scale + dx == pytest.approx(exact.x, abs=0.02)
    assert sent.y * scale + dy == pytest.approx(exact.y, abs=0.02)
    assert sent.w * scale == pytest.approx(exact.w, abs=0.02)


@pytest.mark.parametrize(
    ("measures", "code"),
    [
        ((20.0, 20.0, 163.2, 246.7), "scaled"),  # "fit to page" made it 96 %
        ((20.0, 20.0, 170.0, 252.0), "uneven"),
        ((35.0, 20.0, 170.0, 257.0), "far"),
    ],
)
def test_14_measures_that_cannot_be(measures: tuple[float, ...], code: str) -> None:
    with pytest.raises(calibration.CalibrationError) as caught:
        calibration.correction(stock.get("L7160"), *measures)
    assert caught.value.code == code


@pytest.mark.parametrize("name", SHEETS)
def test_14_the_page_has_crosses_and_rulers(name: str) -> None:
    on = stock.get(name)
    page = pypdfium2.PdfDocument(calibration.page(on))[0]
    edge, _, wide, high = calibration.nominal(on)
    lines = []
    for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (value / MM for value in one.get_bounds())
        lines.append(((left + right) / 2, on.page[1] - (bottom + top) / 2, right - left,
                      top - bottom))  # fmt: skip
    for x in (edge, edge + wide):
        for y in (edge, edge + high):
            arms = [(w, h) for cx, cy, w, h in lines
                    if (cx, cy) == pytest.approx((x, y), abs=0.1) and max(w, h) > 4.5]  # fmt: skip
            assert len(arms) == 2
    ticks = sorted(x for x, y, w, h in lines if h > w and 0 < y - edge < 2 and w < 1 and h < 3.5)
    assert len(ticks) >= int(wide)
    assert ticks[11] - ticks[1] == pytest.approx(10, abs=0.05)
