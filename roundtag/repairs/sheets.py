"""The list of orders as a workbook. No money is in it."""

import io
from collections.abc import Callable, Iterable, Iterator

import xlsxwriter

from roundtag.register.neutral import shield
from roundtag.repairs import states
from roundtag.repairs.lines import OrderLine
from roundtag.words import N_

BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
        "strings_to_urls": False}  # fmt: skip
Say = Callable[[str], str]
HEADS = (
    N_("Repair order"), N_("Client"), N_("Model"), N_("Serial number"), N_("New serial number"),
    N_("Device"), N_("To which maker"), N_("Maker's number"), N_("Way"), N_("State"), N_("Problem"),
    N_("Opened on"), N_("Must work again by"), N_("Overdue"),
)  # fmt: skip
WIDTHS = (14, 22, 26, 20, 20, 22, 16, 18, 20, 22, 40, 12, 14, 10)


def xlsx_file(lines: Iterable[OrderLine], say: Say) -> bytes:
    """One sheet of text; nothing in it is taken for a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, BOOK) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(_rows(lines, say)):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, shield(cell)[:32_767])
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _rows(lines: Iterable[OrderLine], say: Say) -> Iterator[list[str]]:
    yield [say(head) for head in HEADS]
    for one in lines:
        state = states.ENDINGS[one.ended_how] if one.ended_how else states.WORDS[one.state]
        yield [
            one.number, one.client, one.model, one.serial, one.new_serial, one.device, one.maker,
            one.maker_number, say(states.ROUTE_WORDS[one.route]) if one.route else "", say(state),
            one.problem, f"{one.opened_at:%Y-%m-%d}",
            one.last_day.isoformat() if one.last_day else "",
            say(N_("Yes")) if one.late or one.was_late else "",
        ]  # fmt: skip
