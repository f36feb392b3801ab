"""Tag sheets: which tags, on which stock, from which label on, as a PDF."""

from dataclasses import dataclass

from roundtag import addresses, tagging
from roundtag.access import Actor
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.tagging import TagLine
from roundtag.words import N_
from tags import qr, stock
from tags.sheet import LARGEST_OFFSET, SCALES, Kind, Label, SheetError, missing_glyphs
from tags.sheet import sheet as draw
from tags.stock import Stock

MAX_LABELS = 2000
DEFAULT_STOCK = "L7160"


@dataclass(frozen=True)
class PrintSheet:
    """`offset` in mm (right, down) and `scale` undo a printer's error; `start` 1 is top left."""

    codes: tuple[str, ...]
    stock: str = DEFAULT_STOCK
    start: int = 1
    offset: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    name: str
    labels: int
    missing: frozenset[str]
    """Characters that the font lacks; they are printed as 〓."""


def stocks() -> list[Stock]:
    return [stock.get(name) for name in stock.names()]


def read(form: Fields) -> PrintSheet:
    """Reads the sheet form; raises Invalid naming every bad field."""
    name = form.choice("stock", stock.names(), required=N_("Choose a label stock.")) or ""
    codes = tuple(form.many("tag"))
    if not codes:
        form.refuse("tag", "required", N_("Choose at least one tag."))
    if len(codes) > MAX_LABELS:
        form.refuse("tag", "many", N_("At most %(limit)s labels at once."), limit=MAX_LABELS)
    start = form.whole("start") or 1
    if name in stock.names() and not 1 <= start <= stock.get(name).per_page:
        form.refuse("start", "range", N_("This sheet has labels 1 to %(last)s."),
                    last=stock.get(name).per_page)  # fmt: skip
    order = PrintSheet(
        codes,
        name,
        start,
        (form.decimal("offset_x", *_OFFSETS), form.decimal("offset_y", *_OFFSETS)),
        form.decimal("scale", *SCALES, default=1.0),
    )
    form.done()
    return order


_OFFSETS = (-LARGEST_OFFSET, LARGEST_OFFSET)


def sheet(order: PrintSheet, actor: Actor) -> Printed:
    """The sheet of tags in the actor's view, in walking order. Raises NotFound for others' tags,
    Invalid for tags that must not be printed."""
    lines = tagging.printable(actor, order.codes)
    base = addresses.base_url()
    labels = [_label(line, base) for line in lines]
    try:
        pdf = draw(labels, stock.get(order.stock), start=order.start, offset=order.offset,
                   scale=order.scale)  # fmt: skip
    except SheetError as refused:
        raise invalid(refused.code, "sheet", str(refused)) from refused
    name = f"roundtag-{order.stock}-{len(labels)}.pdf"
    return Printed(pdf, name, len(labels), frozenset(missing_glyphs(labels)))


_KINDS: dict[str, Kind] = {"device": "device", "room": "room", "blank": "blank"}


def _label(line: TagLine, base: str) -> Label:
    return Label(
        code=line.code,
        url=qr.address(base, line.code),
        title=line.name,
        subtitle=line.subtitle,
        kind=_KINDS[line.kind],
    )
