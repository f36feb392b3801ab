"""What the sheet tests share: labels to print, and eyes to read a PDF with."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import cycle, islice

import pypdfium2
import zxingcpp
from PIL import Image

from tags import codes, designs, layout, qr, stock
from tags.sheet import SERIAL, SHELF, Label

BASE = "https://av.example.com"
MM = 72 / 25.4
NAMES = (
    ("投影机 P01", "3 号楼 · 第二会议室", "device"),
    ("第二会议室", "3 号楼 2 层 · 40 席", "room"),
    ("激光工程投影机 EB-PU1007B（吊装，左侧，第三排）" * 3, "国际会议中心" * 9, "device"),
    ("国际会议中心多功能厅（可分隔）" * 4, "主楼 1 层", "room"),
    ("Wireless microphone receiver, upper rack " * 3, "Boardroom " * 9, "device"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 4, "", "room"),
    ("", "", "device"),
    ("投影机 P02", "第二会议室", "small"),
    ("爱普生 CB-L500", "3 号楼备件库 · A-2", "spare"),
    ("A-12", "3 号楼备件库（地下一层，东侧）", "shelf"),
    ("", "", "blank"),
)


@cache
def pool() -> list[Label]:
    """One page of the smallest labels: symbols are costly, so all tests print from these."""
    made = []
    for number, (title, subtitle, kind) in enumerate(islice(cycle(NAMES), 65)):
        code, serial = codes.new(), f"X2A-{number:04}/B"
        url = qr.address(BASE, code)
        if kind == "spare":
            code, url = serial, SERIAL + serial
        if kind == "shelf":
            code, url = f"KA/R-{number:03}", f"{SHELF}KA/R-{number:03}"
        made.append(Label(code, url, title, subtitle, "报修热线 400-800-1234", kind))
    return made


def labels(count: int) -> list[Label]:
    return pool()[:count]


def render(pdf: bytes, dpi: int, page: int = 0) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[page].render(scale=dpi / 72, grayscale=True).to_pil()


def crop(image: Image.Image, dpi: int, box: layout.Box) -> Image.Image:
    k = dpi / 25.4
    return image.crop(tuple(round(edge * k) for edge in (box.x, box.y, box.right, box.bottom)))


def printed_in(page: pypdfium2.PdfPage, on: stock.Stock, cell: layout.Box) -> str:
    bottom, top = on.page[1] - cell.bottom, on.page[1] - cell.y
    bounds = [edge * MM for edge in (cell.x, bottom, cell.right, top)]
    return page.get_textpage().get_text_bounded(*bounds)


def printed_codes(text: str) -> list[str | None]:
    """Tag codes and serial numbers as a person reads them off the label."""
    found = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", text)
    serials = re.findall(r"\bX2A-[0-9]{4}/B|\bKA/R-[0-9]{3}\b", text)
    return [codes.parse(one) for one in found] + serials


def decoded(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def plan_of(on: stock.Stock, index: int, one: Label) -> layout.Place:
    return layout.place(on, index, len(qr.matrix(one.url)), designs.get(one.kind))


def wrong_cells(pdf: bytes, dpi: int, on: stock.Stock, expected: Sequence[Label]) -> list[int]:
    document, wrong = pypdfium2.PdfDocument(pdf), []
    images = [render(pdf, dpi, page) for page in range(len(document))]
    for number, one in enumerate(expected):
        page, index = divmod(number, on.per_page)
        cell = layout.Box(*stock.cell(on, index))
        shown = printed_codes(printed_in(document[page], on, cell))
        if decoded(crop(images[page], dpi, cell)) != [one.url] or shown != [one.code]:
            wrong.append(number)
    return wrong


def boxes_of_text(pdf: bytes, on: stock.Stock, number: int = 0) -> list[layout.Box]:
    page = pypdfium2.PdfDocument(pdf)[number]
    found = []
    for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
        left, bottom, right, top = (edge / MM for edge in one.get_bounds())
        if right > left:
            found.append(layout.Box(left, on.page[1] - top, right - left, top - bottom))
    return found


def symbols(pdf: bytes, on: stock.Stock, page: int = 0) -> list[layout.Box]:
    """The filled paths that are squares: a room's black bar is not."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for one in document[page].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (edge / MM for edge in one.get_bounds())
        if abs((right - left) - (top - bottom)) < 0.05:
            found.append(layout.Box(left, on.page[1] - top, right - left, top - bottom))
    return found


def quiet_zone(plan: layout.Place) -> layout.Box:
    quiet, symbol = plan.module * 4, plan.symbol
    side = symbol.w + 2 * quiet
    return layout.Box(symbol.x - quiet, symbol.y - quiet, side, side)


def ink_outside(image: Image.Image, dpi: int, outer: layout.Box, inner: layout.Box) -> int:
    """Dark pixels of `outer` that are not in `inner`; a pixel's width of blur is allowed."""
    k, slack = dpi / 25.4, 2
    part = crop(image, dpi, outer).point(lambda value: 255 if value < 100 else 0)
    left, top = (inner.x - outer.x) * k - slack, (inner.y - outer.y) * k - slack
    size = (round(inner.w * k + 2 * slack), round(inner.h * k + 2 * slack))
    part.paste(0, (round(left), round(top), round(left) + size[0], round(top) + size[1]))
    edge = Image.new("L", part.size, 0)
    shrunk = part.crop((slack, slack, part.width - slack, part.height - slack))
    edge.paste(shrunk, (slack, slack))
    return edge.histogram()[255]
