"""A report as a workbook, written row by row: cells are text or numbers, never formulas."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from roundtag.register.neutral import shield
from roundtag.reports import words
from roundtag.reports.shape import Entry, Figures, Group, InspectionReport, Issue, Place, Problem
from roundtag.reports.words import Lang, pick, say

BOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
DRAFT = Issue()
LONGEST = 32_767
EPOCH = datetime(2000, 1, 1)
"""Of creation, in every workbook: the same report gives the same bytes."""
Cell = str | int | float
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Cell]], Sequence[int]]
"""Name, headings, rows, widths in characters."""


def write(report: InspectionReport, lang: Lang, target: Path, issue: Issue = DRAFT) -> None:
    save(sheets(report, lang, issue), target, words.title(report.occasion, lang))


def save(made: Iterable[Sheet], target: Path, title: str) -> None:
    with xlsxwriter.Workbook(str(target), {**BOOK, "tmpdir": str(target.parent)}) as book:
        book.set_properties({"title": title, "created": EPOCH, "comments": "Roundtag"})
        bold = book.add_format({"bold": True, "bg_color": "#F1F2F3", "text_wrap": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, heads, rows, widths in made:
            sheet = book.add_worksheet(name)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
            sheet.freeze_panes(1 if heads else 0, 0)
            top = [(heads, bold)] if heads else []
            for line, (cells, look) in enumerate([*top, *((one, wrap) for one in rows)]):
                _line(sheet, line, cells, look)
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            if heads:
                sheet.repeat_rows(0)


def _line(sheet: Any, line: int, cells: Sequence[Cell], look: Any) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(line, column, shield(cell)[:LONGEST], look)
        else:
            sheet.write_number(line, column, cell, look)


def sheets(report: InspectionReport, lang: Lang, issue: Issue) -> Iterator[Sheet]:
    zh = lang == "zh"
    yield ("概况" if zh else "Summary", (), _summary(report, lang, issue), (24, 60))
    yield _sheet("记录" if zh else "Records", RECORD, _records(report, lang), lang,
                 (*PLACE_WIDTHS, 10, 18, 8, 12, 14, 24, 14, 8, 12, 10, 30))  # fmt: skip
    yield _sheet("按会议室" if zh else "By room", ("room", "place", *FIGURES),
                 _groups(report.rooms, lang, True), lang, (24, 24, *[10] * 7))  # fmt: skip
    yield _sheet("按类别" if zh else "By category", ("category", *FIGURES),
                 _groups(report.categories, lang, False), lang, (24, *[10] * 7))  # fmt: skip
    yield _sheet("异常读数" if zh else "Out of limits",
                 (*PLACE, "item", "value", "unit", "limits"), _abnormal(report, lang), lang,
                 (*PLACE_WIDTHS, 24, 12, 8, 12))  # fmt: skip
    bad = (*PLACE, "item", "value", "note", "person", "time", "fault")
    for name, found in (("不合格项目" if zh else "Failed", report.failures),
                        ("当场修复" if zh else "Fixed", report.fixed)):  # fmt: skip
        rows = (
            (*_place(one.place, lang), pick(one.name, lang), pick(one.found, lang), one.note,
             one.person, words.moment(one.at, report.zone), " ".join(one.faults))
            for one in found
        )  # fmt: skip
        yield _sheet(name, bad, rows, lang, (*PLACE_WIDTHS, 24, 14, 40, 12, 18, 16))
    for name, problems in (("项目外问题" if zh else "Outside items", report.outside),
                           ("遗留问题" if zh else "Left over", report.leftover)):  # fmt: skip
        yield _problems(name, problems, lang)
    yield _sheet("未检" if zh else "Not done", (*PLACE, "reason"),
                 ((*_place(one.place, lang), one.reason) for one in report.undone), lang,
                 (*PLACE_WIDTHS, 40))  # fmt: skip
    yield _sheet("耗材" if zh else "Consumables",
                 ("room", "device", "kind", "reading", "unit", "used", "person", "time"),
                 ((one.room, one.device, pick(one.name, lang), one.value, one.unit, one.used,
                   one.person, words.moment(one.at, report.zone)) for one in report.consumed),
                 lang, (20, 20, 20, 14, 8, 10, 12, 18))  # fmt: skip
    yield _sheet("验收" if zh else "Acceptance",
                 ("step", "decision", "person", "time", "note", "digest"),
                 ((say(words.STEPS[one.step], lang), say(one.decision, lang), one.name,
                   words.moment(one.at, report.zone), one.note, one.sha256)
                  for one in report.signed), lang, (20, 12, 16, 18, 40, 66))  # fmt: skip


RECORD = ("no.", "building", "floor", "room_code", "room", "device", "code", "category", "result",
          "time", "scanned", "person", "fault", "item", "value", "unit", "limits", "verdict",
          "note")  # fmt: skip
PLACE = ("no.", "building", "floor", "room_code", "room", "device", "code", "category")
PLACE_WIDTHS = (6, 12, 8, 12, 20, 20, 14, 14)
FIGURES = ("stops", "done", "passed", "fixed_n", "failed", "left", "rate")


def _sheet(name: str, keys: Sequence[str], rows: Iterable[Sequence[Cell]], lang: Lang,
           widths: Sequence[int]) -> Sheet:  # fmt: skip
    return name, [say(key, lang) for key in keys], rows, widths


def _summary(report: InspectionReport, lang: Lang, issue: Issue) -> Iterator[Sequence[Cell]]:
    yield say("client", lang), pick(report.client, lang)
    yield say("number", lang), issue.number or say("draft", lang)
    yield say("replaces", lang), issue.replaces
    yield say("contract", lang), f"{report.contract} {report.contract_number}"
    yield say("round", lang), f"{pick(report.name, lang)} {report.period}"
    yield say("due", lang), report.due_on
    yield say("completed", lang), words.moment(report.completed, report.zone)
    yield words.deadline(report.due_on, lang), say("yes" if report.in_time else "no", lang)
    yield say("engineers", lang), "、".join(report.engineers)
    for key, cell in zip(FIGURES, _numbers(report.figures), strict=True):
        yield say(key, lang), cell
    yield say("target", lang), words.percent(report.target)
    yield say("issued", lang), issue.day
    yield say("digest", lang), report.digest
    yield say("log_head", lang), issue.told_head
    yield say("remarks", lang), pick(report.remarks, lang)
    yield "", say("times", lang, zone=report.zone)


def _numbers(one: Figures) -> list[Cell]:
    return [one.stops, one.done, one.passed, one.fixed, one.failed, one.left,
            words.percent(one.rate)]  # fmt: skip


def _place(one: Place, lang: Lang) -> tuple[Cell, ...]:
    return (one.no, one.building, one.floor, one.room_code, one.room, one.device, one.device_code,
            pick(one.category, lang))  # fmt: skip


def _records(report: InspectionReport, lang: Lang) -> Iterator[Sequence[Cell]]:
    for entry in report.entries:
        yield from rows_of(entry, report.zone, lang)


def rows_of(entry: Entry, zone: str, lang: Lang) -> Iterator[Sequence[Cell]]:
    """One row for each item of an entry; an entry without items is a row of its own."""
    first = (*_place(entry.place, lang), words.verdict(entry.result, lang),
             words.moment(entry.at, zone), say("yes" if entry.scanned else "no", lang),
             entry.person, " ".join(entry.faults))  # fmt: skip
    for one in entry.answers:
        yield (*first, pick(one.name, lang), pick(one.value, lang), one.unit, one.limits,
               words.verdict(one.verdict, lang), one.note)  # fmt: skip
    if entry.note or not entry.answers:
        yield (*first, "", "", "", "", "", entry.note)


def _groups(groups: Iterable[Group], lang: Lang, placed: bool) -> Iterator[Sequence[Cell]]:
    for one in groups:
        yield (pick(one.name, lang), *((one.place,) if placed else ()), *_numbers(one.figures))


def _abnormal(report: InspectionReport, lang: Lang) -> Iterator[Sequence[Cell]]:
    for one in report.abnormal:
        yield (*_place(one.place, lang), pick(one.name, lang), one.value, one.unit, one.limits)


def _problems(name: str, found: Iterable[Problem], lang: Lang) -> Sheet:
    rows = (
        (one.room, one.device, pick(one.item, lang), one.words, one.found_on, one.person,
         say("open" if one.open else "settled", lang), one.fault)
        for one in found
    )  # fmt: skip
    keys = ("room", "device", "item", "words", "found_on", "person", "state", "fault")
    return _sheet(name, keys, rows, lang, (20, 20, 20, 40, 12, 12, 10, 16))
