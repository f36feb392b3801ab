"""Printing labels: which ones, on which stock, from which label on, by which printer."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from roundtag import addresses, labelling, print_store, printers, stocks, store_labels, tagging
from roundtag.access import Actor
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.words import N_
from tags import designs, layout, qr, raster
from tags.sheet import Label, SheetError, missing_on
from tags.sheet import sheet as draw
from tags.stock import Stock, at_dpi

MAX_LABELS = 5000
DEFAULT_STOCK = "L7160"
DESIGNS = ("usual", "small")
"""`usual`: a room gets a door label, a device a device label; `small` says less on devices."""
FILES = ("pdf", "png")
Progress = Callable[[int], object]


@dataclass(frozen=True)
class PrintSheet:
    """`codes` are tags, `units` spare units, `shelves` keys of shelves. `start` 1 is top left.
    `offset` in mm (right, down) and `scale` undo a printer's error, as does `printer`, whose own
    they then are."""

    codes: tuple[str, ...] = ()
    stock: str = DEFAULT_STOCK
    start: int = 1
    offset: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    units: tuple[int, ...] = ()
    printer: int | None = None
    design: str = "usual"
    file: str = "pdf"
    shelves: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(set(self.codes)) + len(set(self.units)) + len(set(self.shelves))


@dataclass(frozen=True)
class Odd:
    """A label with characters that no printed face has."""

    name: str
    signs: str


@dataclass(frozen=True)
class Printed:
    data: bytes
    mime: str
    name: str
    labels: int
    missing: frozenset[str]
    """Characters that the font lacks; they are printed as 〓."""


@dataclass(frozen=True)
class Preview:
    """The first page as it will be printed, and what there is to say about all of them.

    `symbol` is the smallest symbol's side in mm; `near`: phones read it close up only.
    """

    png: bytes
    labels: int
    pages: int
    symbol: float
    near: bool
    odd: tuple[Odd, ...]


def read(form: Fields) -> PrintSheet:
    """Reads the sheet form; raises Invalid naming every bad field."""
    known = {one.name: one for one in stocks.everything()}
    name = form.choice("stock", known, required=N_("Choose a label stock.")) or ""
    codes, units, shelves = tuple(form.many("tag")), _units(form), tuple(form.many("shelf"))
    if not codes and not units and not shelves:
        form.refuse("tag", "required", N_("Choose at least one tag."))
    if len(codes) + len(units) + len(shelves) > MAX_LABELS:
        form.refuse("tag", "many", N_("At most %(limit)s labels at once."), limit=MAX_LABELS)
    start, on = form.whole("start") or 1, known.get(name)
    start = 1 if on and on.is_roll else start
    if on and not 1 <= start <= on.per_page:
        form.refuse("start", "range", N_("This sheet has labels 1 to %(last)s."),
                    last=on.per_page)  # fmt: skip
    file = form.choice("file", FILES) or "pdf"
    if file == "png" and on and not on.is_roll:
        form.refuse("file", "sheet", N_("Pictures are for rolls. Take the PDF for a sheet."))
    order = PrintSheet(codes, name, start, units=units, printer=_printer(form, on), file=file,
                       design=form.choice("design", DESIGNS) or "usual",
                       shelves=shelves)  # fmt: skip
    form.done()
    return order


def _units(form: Fields) -> tuple[int, ...]:
    found = form.many("unit")
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in found):
        form.refuse("tag", "unknown", N_("Choose one of the list."))
        return ()
    return tuple(map(int, found))


def _printer(form: Fields, on: Stock | None) -> int | None:
    number = form.whole("printer")
    if number is None:
        return None
    found = next((p for p in printers.everyone() if p.id == number), None)
    if found is None:
        form.refuse("printer", "unknown", N_("Choose one of the list."))
    elif on and (found.kind == "roll") != on.is_roll:
        form.refuse("printer", "kind", N_("This printer does not take this stock. "
                                          "Choose another printer or another stock."))  # fmt: skip
    return number


def sheet(order: PrintSheet, actor: Actor, progress: Progress | None = None) -> Printed:
    """The labels of what the actor may see, in walking order, as one file.

    Raises NotFound for tags and units of others, Invalid for what cannot be printed.
    """
    return file_of(order, labels_of(order, actor), progress)


def file_of(order: PrintSheet, labels: Sequence[Label],
            progress: Progress | None = None) -> Printed:  # fmt: skip
    """These labels as `order` says. The same ones again are the same file, taken from the disk."""
    on, order = stock_of(order), corrected(order)
    data = print_store.kept(digest_of(order, labels, on),
                            lambda: _make(order, labels, on, progress))  # fmt: skip
    return Printed(data, *_called(order, labels), len(labels),
                   frozenset().union(*map(missing_on, labels)))  # fmt: skip


def preview(order: PrintSheet, actor: Actor, width: int = 840) -> Preview:
    """The very file that `sheet` makes, its first page rendered `width` pixels wide."""
    labels, on = labels_of(order, actor), stock_of(order)
    order = corrected(order)
    first = on.per_page - order.start + 1
    pdf = _draw(order, labels[:first], on)
    dpi = on.dpi if on.is_roll else width / on.page[0] * 25.4
    least = min(_module(on, one) * len(qr.matrix(one.url)) for one in labels)
    odd = tuple(Odd(one.title or one.code, "".join(sorted(found)))
                for one in labels if (found := missing_on(one)))  # fmt: skip
    pages = -(-(order.start - 1 + len(labels)) // on.per_page)
    return Preview(raster.preview(pdf, dpi), len(labels), pages, least,
                   least < layout.NEAR - 0.05, odd)  # fmt: skip


def labels_of(order: PrintSheet, actor: Actor) -> list[Label]:
    """Raises NotFound when one is not in the actor's view, Invalid when one must not be printed or
    its symbol would be too small."""
    lines = tagging.printable(actor, order.codes)
    spares = store_labels.units(actor, order.units) if order.units else []
    shelves = store_labels.shelves(actor, order.shelves) if order.shelves else []
    if len(lines) + len(spares) + len(shelves) != order.count or not order.count:
        raise NotFound
    base = addresses.base_url()
    found = [labelling.of_tag(line, base, order.design) for line in lines]
    found += [store_labels.of_unit(unit) for unit in spares]
    found += [store_labels.of_shelf(shelf) for shelf in shelves]
    _refuse_small(found, stock_of(order))
    return found


def _module(on: Stock, one: Label) -> float:
    return layout.module_of(on, len(qr.matrix(one.url)), designs.get(one.kind))


def _refuse_small(labels: Sequence[Label], on: Stock) -> None:
    for one in labels:
        module = _module(on, one)
        if module < layout.FLOOR - 1e-6:
            raise invalid(
                "stock", "small",
                N_("On this stock the QR code of %(name)s would be too fine for phones: squares "
                   "of %(mm)s mm, at least %(least)s mm are needed. Choose a larger label."),
                name=one.title or one.code, mm=f"{module:.2f}", least=layout.FLOOR,
            )  # fmt: skip


def stock_of(order: PrintSheet) -> Stock:
    on = stocks.get(order.stock)
    return on if order.printer is None else at_dpi(on, printers.one(order.printer).dpi)


def corrected(order: PrintSheet) -> PrintSheet:
    if order.printer is None:
        return order
    found = printers.one(order.printer).correction
    return replace(order, offset=found.offset, scale=found.scale)


def digest_of(order: PrintSheet, labels: Sequence[Label], on: Stock) -> str:
    """Names a file by everything that is in it."""
    said = [asdict(one) for one in labels]
    return print_store.digest(asdict(on), order.start, order.offset, order.scale, order.file, said)


def _make(order: PrintSheet, labels: Sequence[Label], on: Stock,
          progress: Progress | None) -> bytes:  # fmt: skip
    if order.file == "pdf":
        return _draw(order, labels, on, progress)
    pictures = []
    for png in raster.dots(labels, on):
        pictures.append(png)
        if progress:
            progress(len(pictures))
    return (
        pictures[0]
        if len(pictures) == 1
        else print_store.zipped([one.code for one in labels], pictures)
    )


def _draw(order: PrintSheet, labels: Sequence[Label], on: Stock,
          progress: Progress | None = None) -> bytes:  # fmt: skip
    try:
        return draw(labels, on, start=order.start, offset=order.offset, scale=order.scale,
                    progress=progress)  # fmt: skip
    except SheetError as refused:
        raise invalid(refused.code, "sheet", str(refused)) from refused


def _called(order: PrintSheet, labels: Sequence[Label]) -> tuple[str, str]:
    """Media type and name of the file."""
    kind = "pdf" if order.file == "pdf" else "png" if len(labels) == 1 else "zip"
    mime = {"pdf": "application/pdf", "png": "image/png", "zip": "application/zip"}[kind]
    stock = "".join(c for c in order.stock if c.isascii() and (c.isalnum() or c in "-_.")) or "tags"
    return mime, f"roundtag-{stock}-{len(labels)}.{kind}"
