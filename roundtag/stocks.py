"""Label stock: what can be bought and the provider's own, described by a form and checked live."""

from dataclasses import dataclass

from roundtag import addresses
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import LabelStock
from roundtag.words import N_
from tags import layout, qr, stock
from tags.stock import Stock

PAGE = (20.0, 450.0)
LABEL = (10.0, 450.0)
DPI = (150.0, 610.0)
MOST_COLUMNS, MOST_ROWS = 12, 40
KINDS = ("sheet", "roll")


@dataclass(frozen=True)
class KeepStock:
    """A stock to add, or with `stock_id` to change."""

    stock: Stock
    stock_id: int | None = None


@dataclass(frozen=True)
class RetireStock:
    stock_id: int


@dataclass(frozen=True)
class OwnStock:
    id: int
    stock: Stock


def everything() -> list[Stock]:
    """What can be bought, then the provider's own by name."""
    return [*map(stock.get, stock.names()), *(line.stock for line in own())]


def own() -> list[OwnStock]:
    query = LabelStock.select().where(LabelStock.retired_at.is_null()).order_by(LabelStock.name)
    return [OwnStock(row.id, _of(row)) for row in query]


def get(name: str) -> Stock:
    """The stock of that name. Raises NotFound."""
    found = next((one for one in everything() if one.name == name), None)
    if found is None:
        raise NotFound
    return found


def one(stock_id: int) -> OwnStock:
    """A stock of the provider's own. Raises NotFound."""
    return OwnStock(stock_id, _of(_row(stock_id)))


def modules() -> int:
    """The side of the symbols that this installation prints, in modules."""
    return len(qr.matrix(qr.address(addresses.base_url(), "0" * 10)))


def read(form: Fields, stock_id: int | None = None) -> KeepStock:
    """Reads the form; raises Invalid naming every bad field with its remedy."""
    name = form.text("name", required=N_("Give it a name."), limit=40) or ""
    read_one = _roll if form.choice("kind", KINDS) == "roll" else _sheet
    found = read_one(form, name)
    if not form.errors:
        _refuse_impossible(form, found)
    form.done()
    return KeepStock(found, stock_id)


def keep_stock(command: KeepStock, deed: Deed) -> Outcome:
    """Adds or changes a stock. It belongs to no client: whoever prints anywhere may keep it."""
    refuse_taken(command)
    values = _columns(command.stock)
    if command.stock_id is None:
        row = deed.create(LabelStock, **values)
    else:
        row = deed.change(_row(command.stock_id), **values)
    return Outcome(N_("%(name)s can be printed on."), url="/tags/stocks",
                   values={"name": row.name}, subject_id=row.id)  # fmt: skip


def retire_stock(command: RetireStock, deed: Deed) -> Outcome:
    row = deed.change(_row(command.stock_id), retired_at=deed.received_at)
    return Outcome(N_("%(name)s is no longer offered."), url="/tags/stocks",
                   values={"name": row.name})  # fmt: skip


def _row(stock_id: int) -> LabelStock:
    row = LabelStock.get_or_none((LabelStock.id == stock_id) & LabelStock.retired_at.is_null())
    if row is None:
        raise NotFound
    return row


def refuse_taken(command: KeepStock) -> None:
    """Raises Invalid when another stock has this name."""
    others = {line.stock.name for line in own() if line.id != command.stock_id}
    if command.stock.name in others | set(stock.names()):
        raise invalid("name", "taken", N_("Another stock has this name. Choose another one."))


def _length(form: Fields, name: str, low: float, high: float) -> float:
    if not form.raw(name):
        form.refuse(name, "required", N_("Measure it, in mm."))
        return low
    return round(form.decimal(name, low, high, low), 3)


def _sheet(form: Fields, name: str) -> Stock:
    page = (_length(form, "page_w", *PAGE), _length(form, "page_h", *PAGE))
    label = (_length(form, "label_w", *LABEL), _length(form, "label_h", *LABEL))
    grid = (_count(form, "columns", MOST_COLUMNS), _count(form, "rows", MOST_ROWS))
    corner = (_length(form, "corner_x", 0, PAGE[1]), _length(form, "corner_y", 0, PAGE[1]))
    pitch = tuple(
        _length(form, field, *LABEL) if grid[axis] > 1 else label[axis]
        for axis, field in enumerate(("pitch_x", "pitch_y"))
    )
    return Stock(name, page, label, grid, corner, (pitch[0], pitch[1]))


def _roll(form: Fields, name: str) -> Stock:
    label = (_length(form, "label_w", *LABEL), _length(form, "label_h", *LABEL))
    dpi = round(form.decimal("dpi", *DPI, default=203.2), 2)
    dots = tuple(int(side * dpi / stock.INCH + 1e-6) for side in label)
    return stock.roll(name, label, dpi, (dots[0], dots[1]))


def _count(form: Fields, name: str, most: int) -> int:
    number = form.whole(name) or 0
    if not 1 <= number <= most:
        form.refuse(name, "range", N_("Give a number from %(low)s to %(high)s."),
                    low=1, high=most)  # fmt: skip
        return 1
    return number


def _refuse_impossible(form: Fields, found: Stock) -> None:
    axes = (("pitch_x", "columns", "label_w"), ("pitch_y", "rows", "label_h"))
    for axis, (pitch, count, label) in enumerate(axes):
        _refuse_overlap(form, found, axis, pitch)
        _refuse_overhang(form, found, axis, count if found.grid[axis] > 1 else label)
    if not form.errors:
        _refuse_small(form, found)


def _refuse_overlap(form: Fields, found: Stock, axis: int, field: str) -> None:
    if found.grid[axis] > 1 and found.pitch[axis] < found.label[axis] - 1e-6:
        form.refuse(field, "overlap",
                    N_("The labels would overlap: from one edge to the next it is at least the "
                       "label's own size, %(size)s mm."),
                    size=f"{found.label[axis]:g}")  # fmt: skip


def _refuse_overhang(form: Fields, found: Stock, axis: int, field: str) -> None:
    end = found.corner[axis] + (found.grid[axis] - 1) * found.pitch[axis] + found.label[axis]
    if end > found.page[axis] + 0.05:
        form.refuse(field, "outside",
                    N_("The last label would end at %(end)s mm, but the page ends at %(page)s mm. "
                       "Give fewer labels, or measure again."),
                    end=f"{end:.1f}", page=f"{found.page[axis]:g}")  # fmt: skip


def _refuse_small(form: Fields, found: Stock) -> None:
    count = modules()
    if layout.module_of(found, count) < layout.FLOOR - 1e-6:
        form.refuse("label_h", "small",
                    N_("The QR code would be smaller than %(least)s mm, which phones cannot read. "
                       "Choose a larger label."), least=f"{count * layout.FLOOR:.1f}")  # fmt: skip


_LENGTHS = ("page_w", "page_h", "label_w", "label_h", "corner_x", "corner_y", "pitch_x", "pitch_y")


def _columns(found: Stock) -> dict[str, object]:
    lengths = (*found.page, *found.label, *found.corner, *found.pitch)
    values = zip(_LENGTHS, (round(mm * 1000) for mm in lengths), strict=True)
    return {"name": found.name, **dict(values), "columns": found.grid[0], "rows": found.grid[1],
            "dpi": round(found.dpi * 100)}  # fmt: skip


def _of(row: LabelStock) -> Stock:
    w, h, label_w, label_h, x, y, pitch_x, pitch_y = (getattr(row, n) / 1000 for n in _LENGTHS)
    if row.dpi:
        dots = tuple(int(side * row.dpi / 100 / stock.INCH + 1e-6) for side in (label_w, label_h))
        return stock.roll(row.name, (label_w, label_h), row.dpi / 100, (dots[0], dots[1]))
    return Stock(row.name, (w, h), (label_w, label_h), (row.columns, row.rows), (x, y),
                 (pitch_x, pitch_y))  # fmt: skip
