"""The records that have a name of their own: one list per round, on paper and as a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import Spacer

from roundtag.reports import grid, pdf, words, xlsx
from roundtag.reports.grid import SOFT, Grid
from roundtag.reports.pdf_parts import Words
from roundtag.reports.shape import Answered, Entry, InspectionReport
from roundtag.reports.words import Lang, pick, say
from tags import fonts

SIZE = landscape(A4)
WIDTH = SIZE[0] - pdf.LEFT - pdf.RIGHT
ROUTINE = ("no.", "room", "device", "code", "item", "value", "limits", "verdict", "note", "person",
           "time")  # fmt: skip
TEST = ("no.", "room", "device", "code", "item", "value", "limits", "verdict", "remedy", "person",
        "day")  # fmt: skip
SHARES = (1, 3, 3, 2.4, 3.4, 2, 1.8, 1.8, 5, 2, 2.7)


@dataclass(frozen=True)
class Named:
    """`measured`: only readings are listed, as in a register of tests."""

    zh: str
    en: str
    columns: Sequence[str] = ROUTINE
    measured: bool = False


INSPECTION = Named("巡检记录表", "Inspection record")
NAMED = {
    "monthly": INSPECTION,
    "daily": INSPECTION,
    "weekly": Named("周抽检记录表", "Weekly sample record"),
    "quarterly": Named("设备养护记录表", "Upkeep record"),
    "half_yearly": Named("检测登记表", "Test register", TEST, measured=True),
}


def of(report: InspectionReport) -> Named:
    return NAMED.get(report.occasion, INSPECTION)


def title(report: InspectionReport, lang: Lang) -> str:
    named = of(report)
    return named.zh if lang == "zh" else named.en


def rows(report: InspectionReport, lang: Lang) -> Iterator[tuple[str, ...]]:
    """One row per item, in walking order; of a test register only what was measured, or failed."""
    named = of(report)
    for entry in report.entries:
        for one in entry.answers:
            if not named.measured or one.kind in ("reading", "counter") or one.verdict == "fail":
                yield _row(entry, one, report.zone, lang, named)


def _row(entry: Entry, one: Answered, zone: str, lang: Lang, named: Named) -> tuple[str, ...]:
    place = entry.place
    value = pick(one.value, lang)
    at = words.moment(entry.at, zone)
    note = " ".join(filter(None, (one.note, *(entry.faults if one.verdict == "fail" else ()))))
    return (str(place.no), place.room, place.device or pick(place.category, lang),
            place.device_code, pick(one.name, lang), f"{value} {one.unit}".strip() if value else "",
            one.limits, words.verdict(one.verdict, lang), note, entry.person,
            at[:10] if named.measured else at)  # fmt: skip


def write_pdf(report: InspectionReport, lang: Lang, target: Path) -> None:
    """A list across the page, with the names of the three steps below it."""
    fonts.load()
    named = of(report)
    widths = [WIDTH * share / sum(SHARES) for share in SHARES]
    lines = [grid.row(one, widths) for one in rows(report, lang)]
    head = grid.row([say(key, lang) for key in named.columns], widths, face=fonts.BOLD)
    name = title(report, lang)
    parts = [
        Words(name, 16, fonts.BOLD, after=2),
        Words(f"{pick(report.client, lang)} · {report.contract} · "
              f"{pick(report.name, lang)} {report.period}", 9, colour=SOFT, after=8),
        Grid(widths, head, lines) if lines else Words(say("none", lang)),
        Spacer(0, 10),
        Words(signed(report, lang), 9),
    ]  # fmt: skip
    pdf.lay(parts, target, title=f"{name} {report.period}", number=report.contract_number,
            lang=lang, author=report.contract, size=SIZE)  # fmt: skip


def signed(report: InspectionReport, lang: Lang) -> str:
    """The names of the steps so far, each with its day."""
    latest = {one.step: one for one in report.signed if one.decision == "approved"}
    parts = [
        f"{say(words.STEPS[step], lang)}: {one.name} {words.moment(one.at, report.zone)[:10]}"
        for step, one in latest.items()
    ]
    return "    ".join(parts)


def write_xlsx(report: InspectionReport, lang: Lang, target: Path) -> None:
    named = of(report)
    heads = [say(key, lang) for key in named.columns]
    widths = (6, 20, 20, 14, 22, 12, 12, 10, 36, 12, 18)
    xlsx.save([(title(report, lang), heads, rows(report, lang), widths)], target,
              f"{title(report, lang)} {report.period}")  # fmt: skip
