"""Printers: each one's error is measured on a page of its own and undone in every print."""

from dataclasses import dataclass

from roundtag import stocks
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.db import write
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Printer, PrintHabit
from roundtag.words import N_
from tags import calibration
from tags.calibration import CalibrationError, Correction
from tags.stock import Stock, at_dpi

KINDS = ("sheet", "roll")
MEASURES = ("left", "top", "across", "down")
_LONGEST = 500.0


@dataclass(frozen=True)
class KeepPrinter:
    """A printer to add, or with `printer_id` to change. `dpi` 0: as its stock says."""

    name: str
    kind: str
    stock: str
    dpi: float = 0.0
    printer_id: int | None = None


@dataclass(frozen=True)
class Calibrate:
    """What was measured on the printer's calibration page, in mm."""

    printer_id: int
    left: float
    top: float
    across: float
    down: float


@dataclass(frozen=True)
class RetirePrinter:
    printer_id: int


@dataclass(frozen=True)
class PrinterLine:
    id: int
    name: str
    kind: str
    stock: str
    dpi: float
    correction: Correction
    calibrated: bool


@dataclass(frozen=True)
class Habit:
    printer_id: int | None
    stock: str


def everyone() -> list[PrinterLine]:
    query = Printer.select().where(Printer.retired_at.is_null()).order_by(Printer.name)
    return [_line(row) for row in query]


def one(printer_id: int) -> PrinterLine:
    """Raises NotFound."""
    return _line(_row(printer_id))


def stock_of(printer: PrinterLine) -> Stock:
    """What the printer usually prints on, at its own resolution; another one when that is gone."""
    fitting = [on for on in stocks.everything() if on.is_roll == (printer.kind == "roll")]
    usual = next((on for on in fitting if on.name == printer.stock), fitting[0])
    return at_dpi(usual, printer.dpi)


def read(form: Fields, printer_id: int | None = None) -> KeepPrinter:
    name = form.text("name", required=N_("Give it a name."), limit=40) or ""
    known = {one.name: one for one in stocks.everything()}
    stock = form.choice("stock", known, required=N_("Choose a label stock.")) or ""
    dpi = form.decimal("dpi", *stocks.DPI) if form.raw("dpi") else 0.0
    form.done()
    return KeepPrinter(name, "roll" if known[stock].is_roll else "sheet", stock, round(dpi, 2),
                       printer_id)  # fmt: skip


def keep_printer(command: KeepPrinter, deed: Deed) -> Outcome:
    """Adds or changes a printer. It belongs to no client: whoever prints anywhere may keep it."""
    if any(p.name == command.name and p.id != command.printer_id for p in everyone()):
        raise invalid("name", "taken", N_("Another printer has this name. Choose another one."))
    values = {"name": command.name, "kind": command.kind, "stock": command.stock,
              "dpi": round(command.dpi * 100)}  # fmt: skip
    if command.printer_id is None:
        row = deed.create(Printer, **values)
    else:
        row = deed.change(_row(command.printer_id), **values)
    return Outcome(N_("%(name)s is kept. Print its calibration page once."),
                   url=f"/tags/printers/{row.id}", values={"name": row.name},
                   subject_id=row.id)  # fmt: skip


def read_measures(form: Fields, printer_id: int) -> Calibrate:
    """Raises Invalid; measures that no printer gives are told with their likely cause."""
    printer = one(printer_id)
    for name in MEASURES:
        if not form.raw(name):
            form.refuse(name, "required", N_("Measure it, in mm."))
    found = {name: form.decimal(name, 0.0, _LONGEST) for name in MEASURES}
    form.done()
    _correction(printer, *found.values())
    return Calibrate(printer_id, **found)


def calibrate(command: Calibrate, deed: Deed) -> Outcome:
    row = _row(command.printer_id)
    found = _correction(_line(row), command.left, command.top, command.across, command.down)
    deed.change(row, offset_x=round(found.offset[0] * 1000), offset_y=round(found.offset[1] * 1000),
                scale=round(found.scale * 1_000_000), calibrated_at=deed.received_at)  # fmt: skip
    return Outcome(N_("From now on %(name)s prints where it should."),
                   url=f"/tags/printers/{row.id}", values={"name": row.name})  # fmt: skip


def retire_printer(command: RetirePrinter, deed: Deed) -> Outcome:
    row = deed.change(_row(command.printer_id), retired_at=deed.received_at)
    return Outcome(N_("%(name)s is no longer offered."), url="/tags/printers",
                   values={"name": row.name})  # fmt: skip


def habit(actor: Actor) -> Habit:
    """What this person printed with last; a printer that is gone is none."""
    query = PrintHabit.select(PrintHabit, Printer).left_outer_join(Printer)
    row = query.where(PrintHabit.person == actor.person_id).first()
    if row is None:
        return Habit(None, "")
    gone = row.printer is None or row.printer.retired_at is not None
    return Habit(None if gone else row.printer_id, row.stock)


def remember(actor: Actor, printer_id: int | None, stock: str) -> None:
    if actor.person_id is None:
        return
    values = {"printer": printer_id, "stock": stock}
    with write():
        PrintHabit.insert(person=actor.person_id, **values).on_conflict(
            conflict_target=[PrintHabit.person], update=values
        ).execute()


_CAUSES = {
    "scaled": ("across", N_("The page came out at %(percent)s %% of its size. Print it again at "
                            "100 %%, not “fit to page”, and measure once more.")),
    "uneven": ("down", N_("Across and down do not fit each other. Measure both once more.")),
    "far": ("left", N_("The page is shifted by more than a centimetre. Look how the paper lies in "
                       "the tray, print it again, and measure once more.")),
}  # fmt: skip


def _correction(printer: PrinterLine, *measures: float) -> Correction:
    try:
        return calibration.correction(stock_of(printer), *measures)
    except CalibrationError as wrong:
        field, message = _CAUSES[wrong.code]
        raise invalid(field, wrong.code, message, percent=f"{wrong.percent:.1f}") from wrong


def _row(printer_id: int) -> Printer:
    row = Printer.get_or_none((Printer.id == printer_id) & Printer.retired_at.is_null())
    if row is None:
        raise NotFound
    return row


def _line(row: Printer) -> PrinterLine:
    found = Correction((row.offset_x / 1000, row.offset_y / 1000), row.scale / 1_000_000)
    return PrinterLine(row.id, row.name, row.kind, row.stock, row.dpi / 100, found,
                       row.calibrated_at is not None)  # fmt: skip
