"""Pictures of a finished PDF: previews and what roll printers burn (items 16, 21 and 22)."""

import random
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from tags import raster, stock
from tags.sheet import sheet
from tests.tags.reading import decoded, labels, plan_of, render

ROLLS = [name for name in stock.names() if stock.get(name).is_roll]


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


@pytest.mark.parametrize("name", ROLLS)
def test_16_a_roll_has_a_page_for_each_label(name: str) -> None:
    document = pypdfium2.PdfDocument(sheet(labels(3), stock.get(name)))
    assert len(document) == 3


@pytest.mark.parametrize("name", ROLLS)
def test_21_a_picture_has_one_bit_per_dot_and_whole_dots_per_module(name: str) -> None:
    on = stock.get(name)
    made = labels(10)
    area = stock.printable(on)
    for one, png in zip(made, raster.dots(made, on), strict=True):
        picture = opened(png)
        assert (picture.mode, picture.size) == ("1", on.dots)
        assert decoded(picture.convert("L")) == [one.url]
        plan = plan_of(area, 0, one)
        each = plan.module / on.dot
        assert each == pytest.approx(round(each))
        assert round(each) >= 4
        # The top left finder is seven modules of ink, then white: not one dot more or less.
        x, y = round(plan.symbol.x / on.dot), round(plan.symbol.y / on.dot)
        row = [picture.getpixel((x + i, y)) for i in range(-1, 7 * round(each) + 1)]
        assert row == [255, *[0] * (7 * round(each)), 255]


@pytest.mark.parametrize("name", ["Zebra-50x30", "Brother-62x29"])
def test_21_a_dot_more_or_less_of_ink_still_decodes(name: str) -> None:
    (one,) = labels(1)
    (png,) = raster.dots([one], stock.get(name))
    grey = opened(png).convert("L")
    for worn in (grey.filter(ImageFilter.MinFilter(3)), grey.filter(ImageFilter.MaxFilter(3))):
        assert decoded(worn) == [one.url]


def test_the_preview_is_the_printed_page() -> None:
    on = stock.get("L7160")
    pdf = sheet(labels(10), on, start=7, offset=(0.4, -0.2), scale=1.002)
    shown, printed = opened(raster.preview(pdf, 96)).convert("L"), render(pdf, 96)
    assert shown.size == pytest.approx(printed.size, abs=1)
    size = min(shown.width, printed.width), min(shown.height, printed.height)
    pairs = zip(shown.crop((0, 0, *size)).tobytes(), printed.crop((0, 0, *size)).tobytes(),
                strict=True)  # fmt: skip
    far = sum(abs(a - b) > 48 for a, b in pairs)
    assert far < size[0] * size[1] / 1000
    other = render(sheet(labels(10), on, start=8), 96).crop((0, 0, *size)).tobytes()
    assert sum(abs(a - b) > 48 for a, b in zip(shown.crop((0, 0, *size)).tobytes(), other,
                                               strict=True)) > 5000  # fmt: skip


def test_22_tilt_small_pixels_and_damage() -> None:
    """Fixed-seed gates: 45° tilt, 3 pixels a module, an 8 % patch beside the finders."""
    chance, made = random.Random(22), [one for one in labels(40) if one.kind == "device"][:20]
    seen = {"tilt": 0, "small": 0, "patch": 0}
    for one in made:
        on = stock.get("L7160")
        plan = plan_of(on, 0, one)
        side = plan.module * (plan.symbol.w / plan.module + 8)
        page = render(sheet([one], on), 600)
        k = 600 / 25.4
        left, top = (plan.symbol.x - 4 * plan.module) * k, (plan.symbol.y - 4 * plan.module) * k
        symbol = page.crop((round(left), round(top), round(left + side * k), round(top + side * k)))
        seen["tilt"] += decoded(_tilted(symbol)) == [one.url]
        modules = round(side / plan.module)
        small = symbol.resize((modules * 3, modules * 3), Image.Resampling.BOX)
        seen["small"] += decoded(small) == [one.url]
        seen["patch"] += decoded(_patched(symbol, modules, chance)) == [one.url]
    assert seen["tilt"] >= 0.95 * len(made)
    assert seen["small"] >= 0.95 * len(made)
    assert seen["patch"] >= 0.9 * len(made)


def _tilted(symbol: Image.Image) -> Image.Image:
    """Seen from 45° above: shorter, and narrower at the top."""
    w, h = symbol.size
    short = symbol.resize((w, round(h * 0.707)), Image.Resampling.BOX)
    back = round(w * 0.12)
    coefficients = _perspective([(0, 0), (w, 0), (w, short.height), (0, short.height)],
                                [(back, 0), (w - back, 0), (w, short.height),
                                 (0, short.height)])  # fmt: skip
    return short.transform(short.size, Image.Transform.PERSPECTIVE, coefficients,
                           Image.Resampling.BICUBIC, fillcolor=255)  # fmt: skip


def _perspective(source: list[tuple[int, int]], target: list[tuple[int, int]]) -> list[float]:
    """The eight coefficients that take `target` back to `source`, by Gaussian elimination."""
    rows = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1.0, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1.0, -v * x, -v * y, v])
    for i in range(8):
        pivot = max(range(i, 8), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(8):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[8] for row in rows]


def _patched(symbol: Image.Image, modules: int, chance: random.Random) -> Image.Image:
    """A white patch over 8 % of the dark square, clear of the finders and their timing lines."""
    size = symbol.width / modules
    side = ((modules - 8) ** 2 * 0.08) ** 0.5
    x = chance.uniform(4 + 9, modules - 4 - side)
    y = chance.uniform(4 + 9, modules - 4 - side) if x < modules - 12 - side else 4 + 9.0
    worn = symbol.copy()
    worn.paste(255, tuple(round(edge * size) for edge in (x, y, x + side, y + side)))
    return worn
