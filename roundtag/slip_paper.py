"""A slip on paper (A4), with a symbol of its address and room for signatures by hand."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from roundtag import clock
from roundtag.reports import grid
from roundtag.reports import pdf as paper
from roundtag.reports.grid import SOFT, Grid
from roundtag.reports.pdf import WIDTH
from roundtag.reports.pdf_parts import Words
from roundtag.reports.words import Lang
from roundtag.slips import SlipPage
from tags import fonts, qr

WORDS: dict[str, tuple[str, str]] = {
    "receive": ("入库单", "Goods received"),
    "draw": ("领用单", "Draw slip"),
    "return": ("归还单", "Return slip"),
    "transfer": ("调拨单", "Transfer slip"),
    "use": ("耗用单", "Use slip"),
    "adjust": ("盘点调整单", "Adjustment"),
    "scrap": ("报废单", "Scrap slip"),
    "hand_over": ("移交客户单", "Handed over to the client"),
    "from_client": ("客户交入单", "Taken from the client"),
    "reverse": ("冲销单", "Reversal"),
    "number": ("单号", "Number"),
    "at": ("时间", "Time"),
    "store": ("备件库", "Store"),
    "other": ("对方库", "Other store"),
    "carrier": ("携带人", "Carried by"),
    "client": ("客户", "Client"),
    "device": ("设备", "Device"),
    "fault": ("故障单", "Fault"),
    "who": ("经办人", "Filed by"),
    "signer": ("签收人", "Signed by"),
    "note": ("说明", "Note"),
    "way": ("调整方向", "Direction"),
    "less": ("盘亏", "Missing"),
    "more": ("盘盈", "Found"),
    "undoes": ("冲销", "Undoes"),
    "undone_by": ("已被冲销", "Undone by"),
    "no": ("序号", "No."),
    "model": ("型号", "Model"),
    "serial": ("序列号", "Serial number"),
    "pieces": ("数量", "Pieces"),
    "total": ("合计", "Total"),
    "keeper": ("库管签字：", "Storekeeper:"),
    "taker": ("领用／归还人签字：", "Taken or brought by:"),
    "scan": ("扫码查看", "Scan to open"),
}
SIDE, SIGN_HEIGHT = 74.0, 62.0


def say(key: str, lang: Lang) -> str:
    return WORDS[key][0 if lang == "zh" else 1]


def pdf(slip: SlipPage, lang: Lang, url: str, ink: bytes | None = None) -> bytes:
    """The slip as a PDF; `url` is what its symbol says, `ink` the drawn signature as PNG."""
    title = f"{say(slip.kind, lang)} {slip.number}"
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "slip.pdf")
        paper.lay(_parts(slip, lang, url, ink), target, title=title, number=slip.number, lang=lang)
        return target.read_bytes()


def _parts(slip: SlipPage, lang: Lang, url: str, ink: bytes | None) -> Iterator[Flowable]:
    yield _Symbol(url, say("scan", lang))
    yield Words(say(slip.kind, lang), 22, fonts.BOLD, after=10)
    widths = [WIDTH * 0.2, WIDTH * 0.8 - SIDE - 12]
    rows = [row for name, value in _facts(slip, lang) if value
            for row in grid.rows((name, value), widths, 9, colours=(SOFT,))]  # fmt: skip
    yield Grid(widths, None, rows, 9)
    yield Spacer(0, 12)
    yield _lines(slip, lang)
    yield CondPageBreak(SIGN_HEIGHT + 20)
    yield Spacer(0, 16)
    yield _signatures(lang, ink)


def _facts(slip: SlipPage, lang: Lang) -> Iterator[tuple[str, str]]:
    at = clock.local(slip.at)
    yield say("number", lang), slip.number
    yield say("at", lang), f"{at:%Y-%m-%d %H:%M}"
    yield say("store", lang), slip.store
    yield say("other", lang), slip.other
    yield say("carrier", lang), slip.carrier or ""
    yield say("client", lang), slip.client.name if slip.client else ""
    yield say("device", lang), f"{slip.device.name} {slip.device.code}" if slip.device else ""
    yield say("fault", lang), slip.fault
    if slip.kind == "adjust":
        yield say("way", lang), say("more" if slip.found else "less", lang)
    yield say("who", lang), slip.who or ""
    yield say("signer", lang), slip.signer or ""
    yield say("note", lang), slip.note or ""
    yield say("undoes", lang), slip.undoes[1] if slip.undoes else ""
    yield say("undone_by", lang), slip.undone_by[1] if slip.undone_by else ""


def _lines(slip: SlipPage, lang: Lang) -> Grid:
    widths = [WIDTH * share for share in (0.08, 0.44, 0.36, 0.12)]
    heads = [say(key, lang) for key in ("no", "model", "serial", "pieces")]
    rows = [
        grid.row((str(n), line.model, line.serial, str(line.quantity)), widths, 9)
        for n, line in enumerate(slip.lines, 1)
    ]
    rows.append(grid.row(("", say("total", lang), "", str(slip.total)), widths, 9))
    return Grid(widths, grid.row(heads, widths, 9, face=fonts.BOLD), rows, 9)


def _signatures(lang: Lang, ink: bytes | None) -> Grid:
    """Both lines; what was drawn on the phone stands in the second one."""
    widths = [WIDTH / 2] * 2

    def draw(canvas: Any, x: float, y: float, _room: float) -> None:
        if ink:
            picture = ImageReader(io.BytesIO(ink))
            canvas.drawImage(picture, x + WIDTH / 2 + 90, y + 4, 120, 48,
                             preserveAspectRatio=True)  # fmt: skip

    row = grid.row([say("keeper", lang), say("taker", lang)], widths, 9, least=SIGN_HEIGHT,
                   colours=(SOFT, SOFT), draws=draw)  # fmt: skip
    return Grid(widths, None, [row], 9)


class _Symbol(Flowable):
    """The address as a QR symbol, in the corner on the right; it takes no room of its own."""

    def __init__(self, url: str, words: str) -> None:
        super().__init__()
        self.url, self.words = url, words

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        try:
            picture = ImageReader(io.BytesIO(qr.png(self.url, 4)))
        except qr.AddressError:
            return
        self.canv.drawImage(picture, WIDTH - SIDE, -SIDE, SIDE, SIDE)
        self.canv.setFont(fonts.SANS, 7)
        self.canv.setFillColor(SOFT)
        self.canv.drawCentredString(WIDTH - SIDE / 2, -SIDE - 7, self.words)
