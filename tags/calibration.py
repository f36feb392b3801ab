"""How far off a printer is: a page to measure, and what the measures say.

The page has four crosses, nominally `inset` from its edges. Somebody measures on paper how far the
top left cross is from the left and the top edge, and how far it is to the two crosses next to it.
"""

from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tags import fonts
from tags.stock import Stock

MOST = 10.0
# Beyond this a viewer has scaled the page; no printer is that far off.
SCALES = (0.98, 1.02)
# A tape read to half a millimetre over the length of a page.
UNEVEN = 0.006

_ARM = 4.0
_LINES = (
    "打印时选 100 %（实际大小），不要选“适合页面”。",
    "Print at 100 % (actual size), not “fit to page”.",
    "用毫米尺量四个距离，填到打印机页面： / Measure four distances in mm and enter them:",
    "A  左上十字到纸左边 / from the left edge of the paper to the top left cross",
    "B  左上十字到纸上边 / from the top edge of the paper to the top left cross",
    "C  左上十字到右上十字 / from the top left cross to the top right cross",
    "D  左上十字到左下十字 / from the top left cross to the bottom left cross",
)


class CalibrationError(ValueError):
    """Measures that cannot be. `code`: scaled (`percent`), uneven, far."""

    def __init__(self, code: str, percent: float = 100.0) -> None:
        super().__init__(f"{code}: the page came out at {percent:.1f} %")
        self.code, self.percent = code, percent


@dataclass(frozen=True)
class Correction:
    """What `tags.sheet.sheet` is given, so that a printer prints where it should."""

    offset: tuple[float, float]
    scale: float


def inset(stock: Stock) -> float:
    """How far the crosses should be from the edges."""
    return 8.0 if stock.is_roll else 20.0


def nominal(stock: Stock) -> tuple[float, float, float, float]:
    """What an exact printer gives for A, B, C and D, in mm."""
    edge = inset(stock)
    return edge, edge, stock.page[0] - 2 * edge, stock.page[1] - 2 * edge


def correction(stock: Stock, left: float, top: float, across: float, down: float) -> Correction:
    """The correction for measures A to D in mm. Raises CalibrationError."""
    edge, _, wide, high = nominal(stock)
    stretched = (across / wide, down / high)
    scale = (stretched[0] * wide + stretched[1] * high) / (wide + high)
    if not SCALES[0] <= scale <= SCALES[1]:
        raise CalibrationError("scaled", scale * 100)
    if abs(stretched[0] - stretched[1]) > max(UNEVEN, 1.0 / min(wide, high)):
        raise CalibrationError("uneven")
    offset = tuple((scale * edge - measured) / scale for measured in (left, top))
    if max(map(abs, offset)) > MOST:
        raise CalibrationError("far")
    return Correction((round(offset[0], 3), round(offset[1], 3)), round(1 / scale, 6))


def page(stock: Stock) -> bytes:
    """The PDF to measure: crosses, rulers along the top and left ones, and what to do."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(stock.page[0] * mm, stock.page[1] * mm), invariant=1)
    canvas.setTitle("Roundtag calibration")
    canvas.setViewerPreference("PrintScaling", "None")
    fonts.load()
    canvas.translate(0, stock.page[1] * mm)
    canvas.scale(mm, mm)
    canvas.setLineWidth(0.15)
    _crosses(canvas, stock)
    _rulers(canvas, stock)
    if not stock.is_roll:
        _words(canvas, stock)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _crosses(canvas: Canvas, stock: Stock) -> None:
    edge, arm = inset(stock), _ARM if not stock.is_roll else 2.5
    for x in (edge, stock.page[0] - edge):
        for y in (edge, stock.page[1] - edge):
            canvas.line(x - arm, -y, x + arm, -y)
            canvas.line(x, -y - arm, x, -y + arm)


def _rulers(canvas: Canvas, stock: Stock) -> None:
    """A line each millimetre from the top left cross, longer at fives and numbered at tens."""
    edge, _, wide, high = nominal(stock)
    canvas.setFont(fonts.SANS, 2.4)
    for at in range(int(wide) + 1):
        canvas.line(edge + at, -edge, edge + at, -edge - _tick(at))
        if at % 10 == 0 and at:
            canvas.drawCentredString(edge + at, -edge - 6, str(at))
    for at in range(int(high) + 1):
        canvas.line(edge, -edge - at, edge + _tick(at), -edge - at)
        if at % 10 == 0 and at:
            canvas.drawString(edge + 4, -edge - at - 0.8, str(at))


def _tick(at: int) -> float:
    return 3.0 if at % 10 == 0 else 2.0 if at % 5 == 0 else 1.2


def _words(canvas: Canvas, stock: Stock) -> None:
    canvas.setFont(fonts.SANS, 3.6)
    left = nominal(stock)[0]
    for number, line in enumerate(_LINES):
        canvas.drawString(left + 14, -(stock.page[1] / 3 + 7 * number), line)
