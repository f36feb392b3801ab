"""The sections of a report as flowables, in the order of its pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer

from roundtag import blobs
from roundtag.reports import charts, grid, words
from roundtag.reports.grid import AMBER, INK, RED, SOFT, Grid
from roundtag.reports.pdf_images import Picture, Pictures
from roundtag.reports.shape import (
    Abnormal,
    Bad,
    Figures,
    Group,
    InspectionReport,
    Issue,
    Photo,
    Problem,
    Signed,
)
from roundtag.reports.words import Lang, pick, say
from tags import fonts

MOST_CHARTS = 60
COLOURS = {"fail": RED, "fixed": AMBER}
SIGN_HEIGHT = 46.0


class Words(Flowable):
    """Lines of text in one face and size."""

    def __init__(self, text: str, size: float = 9, face: str = fonts.SANS, colour: Any = INK,
                 after: float = 4, keep: float = 0) -> None:  # fmt: skip
        super().__init__()
        self.text, self.size, self.face, self.colour = text, size, face, colour
        self.after, self.keep = after, keep

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.lines = grid.wrapped(self.text, self.face, self.size, width)
        self.width, self.height = width, len(self.lines) * self.size * 1.4 + self.after
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFont(self.face, self.size)
        self.canv.setFillColor(self.colour)
        for number, line in enumerate(self.lines):
            self.canv.drawString(0, self.height - self.size * (1.4 * number + 1.05), line)


def all_of(report: InspectionReport, lang: Lang, width: float, issue: Issue) -> list[Flowable]:
    made: list[Flowable] = [*_cover(report, lang, width, issue)]
    for section in (_abnormal, _failures, _fixed, _outside, _leftover, _undone, _consumed,
                    _remarks, _signatures, _doings, _further):  # fmt: skip
        made += section(report, lang, width)
    return [*made, PageBreak(), *_records(report, lang, width), *_photos(report, lang, width)]


def _headed(key: str, lang: Lang) -> list[Flowable]:
    return [CondPageBreak(90), Spacer(0, 10), Words(say(key, lang), 12, fonts.BOLD)]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[float],
           width: float, lang: Lang, colours: Callable[[Sequence[str]], tuple[Any, ...]] | None
           = None) -> list[Flowable]:  # fmt: skip
    """A table, or the word that there is nothing."""
    widths = [width * share / sum(shares) for share in shares]
    made = [grid.row(one, widths, colours=colours(one) if colours else ()) for one in rows]
    if not made:
        return [Words(say("none", lang), 9, colour=SOFT)]
    return [Grid(widths, _head(heads, widths, lang), made), Spacer(0, 4)]


def _head(keys: Sequence[str], widths: Sequence[float], lang: Lang) -> grid.Row:
    return grid.row([say(key, lang) for key in keys], widths, face=fonts.BOLD)


def _cover(report: InspectionReport, lang: Lang, width: float, issue: Issue) -> Iterator[Flowable]:
    yield Words(pick(report.client, lang), 13, colour=SOFT, after=2)
    yield Words(f"{words.title(report.occasion, lang)}  {report.period}", 22, fonts.BOLD, after=10)
    done = words.moment(report.completed, report.zone)
    facts = [
        ("number", issue.number or say("draft", lang)),
        ("replaces", issue.replaces),
        ("contract", f"{report.contract}  {report.contract_number}"),
        ("round", f"{pick(report.name, lang)}  {report.period}"),
        ("due", words.day(report.due_on, lang)),
        ("completed", done if not report.figures.left
         else f"{say('not_completed', lang)}  {done}".strip()),
        ("engineers", "、".join(report.engineers) if lang == "zh"
         else ", ".join(report.engineers)),
        ("issued", words.day(issue.day, lang)),
        ("digest", report.digest),
    ]  # fmt: skip
    shares = [width * 0.22, width * 0.78]
    rows = [grid.row((say(key, lang), text), shares, 9, colours=(SOFT,)) for key, text in facts
            if text]  # fmt: skip
    yield Grid(shares, None, rows, 9)
    yield Spacer(0, 12)
    yield Words(say("summary", lang), 12, fonts.BOLD)
    yield from _summary(report, lang, width)
    yield Words(say("times", lang, zone=report.zone), 7.5, colour=SOFT, after=8)
    yield Words(say("rooms", lang), 10, fonts.BOLD)
    yield from _groups(report.rooms, "room", lang, width)
    yield Words(say("categories", lang), 10, fonts.BOLD)
    yield from _groups(report.categories, "category", lang, width)


FIGURES = ("stops", "done", "passed", "fixed_n", "failed", "left", "rate")


def _summary(report: InspectionReport, lang: Lang, width: float) -> Iterator[Flowable]:
    shares = (1, 1, 1, 1.2, 1, 1, 1.2, 1.1, 1.7)
    widths = [width * share / sum(shares) for share in shares]
    heads = [say(key, lang) for key in (*FIGURES, "target")] + [
        words.deadline(report.due_on, lang)]  # fmt: skip
    cells = [*_numbers(report.figures), words.percent(report.target),
             say("yes" if report.in_time else "no", lang)]  # fmt: skip
    rate = report.figures.rate
    low = RED if rate is not None and rate < report.target else None
    colours = (None,) * 6 + (low, None, None if report.in_time else RED)
    yield Grid(widths, None, [grid.row(heads, widths, colours=(SOFT,) * 9)])
    yield Grid(widths, None, [grid.row(cells, widths, 11, colours=colours)], 11)
    told = say("by_due", lang, n=report.by_due, all=report.figures.stops)
    yield Words(told, 8, colour=SOFT, after=2)


def _numbers(one: Figures) -> list[str]:
    return [*map(str, (one.stops, one.done, one.passed, one.fixed, one.failed, one.left)),
            words.percent(one.rate)]  # fmt: skip


def _groups(groups: Iterable[Group], key: str, lang: Lang, width: float) -> list[Flowable]:
    place = key == "room"
    heads = (key, *(("place",) if place else ()), *FIGURES)
    rows = (
        (pick(one.name, lang), *((one.place,) if place else ()), *_numbers(one.figures))
        for one in groups
    )
    return _table(heads, rows, (5, 5, *[1.6] * 7) if place else (5, *[1.6] * 7), width, lang)


def _abnormal(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    made = _headed("abnormal", lang)
    if not report.abnormal:
        return [*made, Words(say("none", lang), 9, colour=SOFT)]
    chart = charts.WIDTH + 12
    widths = [*((width - chart) * share for share in (0.4, 0.24, 0.2, 0.16)), chart]
    rows = [_reading(one, widths, lang) for one in report.abnormal[:MOST_CHARTS]]
    heads = grid.row([*(say(key, lang) for key in ("device", "item", "value", "limits")), ""],
                     widths, face=fonts.BOLD)  # fmt: skip
    made += [Grid(widths, heads, rows), Spacer(0, 4)]
    if len(report.abnormal) > MOST_CHARTS:
        made.append(Words(say("more_charts", lang), 8, colour=SOFT))
    return made


def _reading(one: Abnormal, widths: Sequence[float], lang: Lang) -> grid.Row:
    cells = (f"{one.place.no}. {one.place.device} {one.place.device_code}\n{one.place.room}",
             pick(one.name, lang), f"{one.value} {one.unit}".strip(), one.limits, "")  # fmt: skip
    left = sum(widths[:-1]) + 6

    def chart(canvas: Any, x: float, y: float, height: float) -> None:
        charts.put(one, canvas, x + left, y + (height - charts.HEIGHT) / 2)

    return grid.row(cells, widths, least=charts.HEIGHT + 8, colours=(None, None, RED), draws=chart)


def _named(one: Any) -> str:
    return f"{one.no}. {one.device or one.room} {one.device_code}".strip()


def _bad(key: str, bad: Iterable[Bad], report: InspectionReport, lang: Lang,
         width: float) -> list[Flowable]:  # fmt: skip
    heads = ["room", "device", "item", "value", "note", "person", "time"]
    shares = [2.6, 3.2, 2.4, 1.8, 4, 1.8, 2.3]
    if key == "failures":
        heads.append("fault")
        shares.append(2.2)
    rows = (
        (one.place.room, _named(one.place), pick(one.name, lang), pick(one.found, lang), one.note,
         one.person, words.moment(one.at, report.zone),
         *((" ".join(one.faults),) if key == "failures" else ()))
        for one in bad
    )  # fmt: skip
    return [*_headed(key, lang), *_table(heads, rows, shares, width, lang)]


def _failures(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    return _bad("failures", report.failures, report, lang, width)


def _fixed(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    return _bad("fixed", report.fixed, report, lang, width)


def _problems(key: str, found: Iterable[Problem], lang: Lang, width: float) -> list[Flowable]:
    rows = (
        (one.room, one.device, pick(one.item, lang), one.words, one.found_on, one.person,
         say("open" if one.open else "settled", lang), one.fault)
        for one in found
    )  # fmt: skip
    heads = ("room", "device", "item", "words", "found_on", "person", "state", "fault")
    return [*_headed(key, lang), *_table(heads, rows, (3, 3, 2, 5, 2.2, 2, 1.7, 2.2), width, lang)]


def _outside(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    return _problems("outside", report.outside, lang, width)


def _leftover(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    return _problems("leftover", report.leftover, lang, width)


def _undone(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    rows = ((one.place.room, _named(one.place), one.reason) for one in report.undone)
    return [*_headed("undone", lang),
            *_table(("room", "device", "reason"), rows, (3, 4, 6), width, lang)]  # fmt: skip


def _consumed(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    rows = (
        (one.room, one.device, pick(one.name, lang), f"{one.value} {one.unit}".strip(), one.used,
         one.person, words.moment(one.at, report.zone))
        for one in report.consumed
    )  # fmt: skip
    heads = ("room", "device", "kind", "reading", "used", "person", "time")
    return [*_headed("consumed", lang),
            *_table(heads, rows, (3, 3.4, 2.6, 2.6, 1.6, 2, 2.6), width, lang)]  # fmt: skip


def _remarks(report: InspectionReport, lang: Lang, _width: float) -> list[Flowable]:
    text = pick(report.remarks, lang) or report.remarks[0] or report.remarks[1]
    return [*_headed("remarks", lang), Words(text or say("none", lang), 9,
                                             colour=INK if text else SOFT)]  # fmt: skip


def _signatures(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    widths = [width * share for share in (0.2, 0.12, 0.16, 0.17, 0.35)]
    rows = [_signed(one, widths, report.zone, lang) for one in report.signed]
    if not rows:
        return [*_headed("signatures", lang), Words(say("none", lang), 9, colour=SOFT)]
    head = _head(("step", "decision", "person", "time", "signature"), widths, lang)
    return [*_headed("signatures", lang), Grid(widths, head, rows), Spacer(0, 4)]


def _signed(one: Signed, widths: Sequence[float], zone: str, lang: Lang) -> grid.Row:
    name = f"{one.name}\n{say('by_link', lang)}" if one.by_link else one.name
    beside = "" if one.sha256 else one.name
    cells = (say(words.STEPS[one.step], lang), say(one.decision, lang), name,
             words.moment(one.at, zone), one.note or beside)  # fmt: skip
    if not one.sha256 or not blobs.has(one.sha256):
        return grid.row(cells, widths, colours=(None, RED if one.decision == "sent-back" else None))
    picture = Picture(blobs.path_of(one.sha256), sum(widths[:-1]) + 6, widths[-1] - 12,
                      SIGN_HEIGHT - 6)  # fmt: skip
    return grid.row(cells, widths, least=SIGN_HEIGHT + (14 if one.note else 0), draws=picture.put)


def _doings(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    rows = (
        (one.person, str(one.done), str(one.scanned), words.moment(one.first, report.zone),
         words.moment(one.last, report.zone))
        for one in report.doings
    )  # fmt: skip
    heads = ("person", "done", "scanned", "first", "last")
    return [*_headed("doings", lang), *_table(heads, rows, (4, 2, 2, 3, 3), width, lang)]


def _further(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    rows = (
        (one.place, one.person, words.moment(one.at, report.zone),
         words.verdict(one.result, lang), say(one.why, lang), one.reason)
        for one in report.further
    )  # fmt: skip
    heads = ("device", "person", "time", "result", "why", "reason")
    return [*_headed("further", lang), *_table(heads, rows, (4, 2, 2.6, 1.6, 2.6, 4), width, lang)]


def _records(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    """Every answer of every entry that counts, in walking order."""
    shares = (3.4, 2.6, 1.8, 1.6, 4.6)
    widths = [width * share / sum(shares) for share in shares]
    rows: list[grid.Row] = []
    for entry in report.entries:
        rows.append(grid.spanned(_entry_line(entry, report.zone, lang), widths))
        rows += [_answer(one, widths, lang) for one in entry.answers]
        if entry.note:
            rows.append(grid.row(("", "", "", "", entry.note), widths))
    head = _head(("item", "value", "limits", "verdict", "note"), widths, lang)
    made: list[Flowable] = [Words(say("records", lang), 12, fonts.BOLD)]
    return made + ([Grid(widths, head, rows)] if rows else [Words(say("none", lang))])


def _entry_line(entry: Any, zone: str, lang: Lang) -> str:
    place = entry.place
    parts = (f"{_named(place)}  {place.room} {place.floor}".strip(),
             words.verdict(entry.result, lang), entry.person, words.moment(entry.at, zone),
             say("scanned", lang) if entry.scanned else "", " ".join(entry.faults))  # fmt: skip
    return "  ·  ".join(part for part in parts if part)


def _answer(one: Any, widths: Sequence[float], lang: Lang) -> grid.Row:
    colour = COLOURS.get(one.verdict)
    value = pick(one.value, lang)
    found = f"{value} {one.unit}".strip() if value else ""
    return grid.row((pick(one.name, lang), found, one.limits, words.verdict(one.verdict, lang),
                     one.note), widths, colours=(None, colour, None, colour))  # fmt: skip


def _photos(report: InspectionReport, lang: Lang, width: float) -> list[Flowable]:
    if not report.photos:
        return []
    caption = partial(_caption, zone=report.zone, lang=lang)
    shown = [(photo.sha256, caption(photo)) for photo in report.photos]
    rows = [Pictures(shown[n : n + 3], width) for n in range(0, len(shown), 3)]
    return [PageBreak(), Words(say("photos", lang), 12, fonts.BOLD), *rows]


def _caption(photo: Photo, zone: str, lang: Lang) -> str:
    place = photo.place
    return (f"{_named(place)}\n{place.room} · {pick(photo.item, lang)}\n"
            f"{words.moment(photo.at, zone)}")  # fmt: skip
