"""The packing list of a shipment: on paper, where each line's symbol opens its order, and XLSX."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reportlab.platypus import Flowable, Spacer

from roundtag import clock
from roundtag.addresses import base_url
from roundtag.errors import NotFound
from roundtag.repairs.lines import OrderLine
from roundtag.reports import grid, symbols
from roundtag.reports import pdf as paper
from roundtag.reports import xlsx as book
from roundtag.reports.grid import SOFT, Grid
from roundtag.reports.pdf import WIDTH
from roundtag.reports.pdf_parts import Words
from roundtag.reports.words import Lang
from roundtag.shipments.pages import ShipmentPage
from tags import fonts

SIDE = 54.0
"""Points of a symbol with its quiet zone: 19 mm, of at most 41 modules."""
WORDS: dict[str, tuple[str, str]] = {
    "title": ("装箱单", "Packing list"),
    "maker": ("收件厂商", "To the maker"),
    "address": ("地址", "Address"),
    "carrier": ("承运", "Carrier"),
    "tracking": ("运单号", "Tracking number"),
    "sent": ("发出日期", "Sent on"),
    "count": ("件数", "Units"),
    "note": ("备注", "Note"),
    "number": ("返修单", "Repair order"),
    "model": ("型号", "Model"),
    "serial": ("序列号", "Serial number"),
    "problem": ("故障描述", "Problem"),
    "maker_number": ("厂商单号", "Maker's number"),
    "scan": ("扫描打开", "Scan to open"),
    "receiver": ("收货人签字", "Received by"),
    "sender": ("发货人签字", "Sent by"),
}


def say(key: str, lang: Lang) -> str:
    return WORDS[key][1 if lang == "en" else 0]


def file(found: ShipmentPage, kind: str, language: str) -> bytes:
    """The packing list as pdf or xlsx. Raises NotFound for any other kind."""
    if kind not in ("pdf", "xlsx"):
        raise NotFound
    lang: Lang = "en" if language == "en" else "zh"
    return pdf(found, lang) if kind == "pdf" else xlsx(found, lang)


def pdf(found: ShipmentPage, lang: Lang) -> bytes:
    """A4, the same shipment the same bytes."""
    return _made(lambda target: _pdf(found, lang, target))


def xlsx(found: ShipmentPage, lang: Lang) -> bytes:
    heads = [say(key, lang) for key in ("number", "model", "serial", "problem", "maker_number")]
    rows = [(one.number, one.model, _serial(one), one.problem, one.maker_number)
            for one in found.orders]  # fmt: skip
    sheet = (found.line.number, heads, rows, (16, 28, 22, 50, 20))
    return _made(lambda target: book.save([sheet], target, found.line.number))


def _made(write: Callable[[Path], Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list"
        write(target)
        return target.read_bytes()


def _serial(one: OrderLine) -> str:
    return one.new_serial or one.serial


def _pdf(found: ShipmentPage, lang: Lang, target: Path) -> None:
    line = found.line
    title = f"{say('title', lang)} {line.number}"
    paper.lay(_parts(found, lang), target, title=title, number=line.number, lang=lang,
              author=line.maker)  # fmt: skip


def _parts(found: ShipmentPage, lang: Lang) -> Iterator[Flowable]:
    line = found.line
    yield Words(f"{say('title', lang)}  {line.number}", 20, fonts.BOLD, after=8)
    sent = f"{clock.local(line.sent_at):%Y-%m-%d}" if line.sent_at else ""
    facts = (("maker", line.maker), ("address", found.address), ("carrier", line.carrier),
             ("tracking", line.tracking), ("sent", sent), ("count", str(len(found.orders))),
             ("note", found.note))  # fmt: skip
    widths = [WIDTH * 0.18, WIDTH * 0.82 - SIDE - 8, SIDE + 8]
    rows = [grid.row((say(key, lang), value, ""), widths, 9, colours=(SOFT,))
            for key, value in facts if value]  # fmt: skip
    rows[0] = grid.row((say("maker", lang), line.maker, ""), widths, 9, least=SIDE + 6,
                       colours=(SOFT,), draws=_symbol(f"/shipments/{line.id}",
                                                      sum(widths[:2]) + 4))  # fmt: skip
    yield Grid(widths, None, rows, 9)
    yield Spacer(0, 10)
    yield _table(found, lang)
    yield Spacer(0, 16)
    half = [WIDTH / 2] * 2
    signs = [say(key, lang) for key in ("sender", "receiver")]
    yield Grid(half, None, [grid.row(signs, half, 9, least=46, colours=(SOFT,) * 2)], 9)


def _table(found: ShipmentPage, lang: Lang) -> Grid:
    shares = (2.2, 3.4, 2.6, 4.2, 2.2)
    left = WIDTH - SIDE - 8
    widths = [*(left * share / sum(shares) for share in shares), SIDE + 8]
    keys = ("number", "model", "serial", "problem", "maker_number", "scan")
    rows = [
        grid.row((one.number, one.model, _serial(one), one.problem, one.maker_number, ""), widths,
                 8.5, least=SIDE + 6, draws=_symbol(f"/repairs/{one.id}", left + 4))
        for one in found.orders
    ]  # fmt: skip
    head = grid.row([say(key, lang) for key in keys], widths, face=fonts.BOLD)
    return Grid(widths, head, rows, 8.5)


def _symbol(path: str, at: float) -> Callable[[Any, float, float, float], None]:
    """Draws the symbol of an address of ours at `at` from the left; none for one too long."""

    def draw(canvas: Any, x: float, y: float, height: float) -> None:
        symbols.draw(canvas, base_url() + path, x + at, y + (height - SIDE) / 2, SIDE)

    return draw
