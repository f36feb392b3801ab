"""The spares plan and the reorder list as workbooks: counts are numbers, all else is text."""

import io
from collections.abc import Callable, Iterable
from decimal import Decimal

import xlsxwriter

from roundtag.data import category
from roundtag.register.neutral import guard
from roundtag.stock.catalogue import Named
from roundtag.storekeeping import plan, reorder
from roundtag.words import N_

Say = Callable[[str], str]
Cell = str | int | Decimal | None
SAFE_BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
             "strings_to_urls": False}  # fmt: skip
NO_SUBSTITUTE = N_("No substitute named")


def plan_file(found: plan.Plan, say: Say, language: str) -> bytes:
    """`say` and `language` (zh or en) belong together."""
    head = (N_("Category"), N_("Maker"), N_("Model"), N_("In use"), N_("Where"),
            N_("Key devices"), N_("Past their design life"), N_("Failures in 12 months"),
            N_("Lead time (working days)"), N_("Held"), N_("Minimum set"), N_("Suggested"),
            N_("Lacking"), N_("Why"), N_("Discontinued"), N_("Substitutes"))  # fmt: skip
    rows = (_need(need, say, language) for need in found.needs)
    title = f"{say(N_('Spares plan'))} {found.on.isoformat()}"
    return _book(say(N_("Spares plan")), title, map(say, head), rows)


def _need(need: plan.Need, say: Say, language: str) -> list[Cell]:
    where = "；".join(f"{name} {count}" for name, count in sorted(need.by_client.items()))
    return [
        _category(need, language), need.part.maker, need.part.name, need.in_use, where,
        need.key_devices, need.old, need.failures, need.lead_days, need.held, need.minimum,
        need.suggested, need.short, why(need, say), _since(need.part.discontinued_on),
        _named(need.discontinued, need.substitutes, say),
    ]  # fmt: skip


def why(need: plan.Need, say: Say) -> str:
    return " ".join(say(message) % values for message, values in need.reasons())


def _category(need: plan.Need, language: str) -> str:
    found = category(need.part.category)
    return found.name_en if language == "en" else found.name_zh


def _since(day: object) -> str:
    return str(day) if day else ""


def _named(gone: bool, substitutes: list[Named], say: Say) -> str:
    if not gone:
        return ""
    return "；".join(one.full for one in substitutes) or say(NO_SUBSTITUTE)


def reorder_file(found: reorder.Reorder, say: Say) -> bytes:
    head = (N_("Held in"), N_("Model"), N_("Held"), N_("Minimum"), N_("On order"), N_("To order"),
            N_("Price of one"), N_("Sum"), N_("Currency"), N_("Substitutes"))  # fmt: skip
    rows: list[list[Cell]] = [
        [line.store, line.part, line.held, line.minimum, line.on_order, line.to_order,
         _money(line.price), _money(line.sum), line.currency,
         _named(line.discontinued, line.substitutes, say)]
        for line in found.lines
    ]  # fmt: skip
    rows += [[say(N_("Total")), "", None, None, None, None, None, _money(total), currency, ""]
             for currency, total in found.totals.items()]  # fmt: skip
    return _book(say(N_("Reorder list")), say(N_("Reorder list")), map(say, head), rows)


def _money(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _book(name: str, title: str, head: Iterable[str], rows: Iterable[list[Cell]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE_BOOK) as book:
        sheet = book.add_worksheet(name[:31])
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        sheet.write_string(0, 0, title, bold)
        for column, word in enumerate(head):
            sheet.write_string(1, column, word, bold)
        for number, row in enumerate(rows, 2):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, money)
        sheet.freeze_panes(2, 0)
        sheet.set_column(0, 15, 18)
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell,
           money: object) -> None:  # fmt: skip
    if isinstance(cell, str):
        sheet.write_string(row, column, guard(cell)[:32_767])
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, float(cell), money)
    elif cell is not None:
        sheet.write_number(row, column, cell)
