"""The sections of a document of a fault, each from its own part of the data."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from roundtag.fault_papers.shape import FaultPaper, Happened, Timing
from roundtag.fault_papers.words import WORDS, code, level, say, span
from roundtag.reports import words
from roundtag.reports.words import Lang, pick
from roundtag.sla.events import REASONS

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """Facts, a table, text, photos (hash and caption): whatever it has. `alarms`: rows of what was
    not kept. `written`: a person writes its text."""

    key: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    heads: tuple[str, ...] = ()
    rows: Rows = ()
    shares: tuple[float, ...] = ()
    alarms: frozenset[int] = frozenset()
    text: str = ""
    photos: tuple[tuple[str, str], ...] = ()
    written: bool = False
    no: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.text or any(value for _, value in self.facts))


def text_of(paper: FaultPaper, key: str, lang: Lang) -> str:
    """What was written, in the other language where it was written in that one only."""
    found = next((one for one in paper.written if one.section == key), None)
    return (pick((found.zh, found.en), lang) or found.zh or found.en) if found else ""


def _moment(text: str, paper: FaultPaper) -> str:
    return words.moment(text, paper.zone)


def _facts(key: str, paper: FaultPaper, lang: Lang, *names: tuple[str, str]) -> Section:
    return Section(key, say(key, lang), facts=tuple((say(k, lang), v) for k, v in names if v))


def _table(key: str, lang: Lang, heads: str, shares: tuple[float, ...], rows: Rows,
           alarms: frozenset[int] = frozenset()) -> Section:  # fmt: skip
    return Section(key, say(key, lang), heads=tuple(say(one, lang) for one in heads.split()),
                   rows=rows, shares=shares, alarms=alarms)  # fmt: skip


def _fault(paper: FaultPaper, lang: Lang) -> Section:
    return _facts(
        "fault", paper, lang,
        ("level", level(paper.level, lang)),
        ("symptom", pick(paper.symptom, lang)),
        ("description", paper.description),
        ("source", code("source", paper.source, lang)),
        ("reporter", paper.reporter),
        ("reported_at", _moment(paper.reported_at, paper)),
        ("claimed_at", _moment(paper.claimed_at, paper)),
        ("afterwards", say("yes", lang) if paper.afterwards else ""),
        ("urgency", code("urgency", paper.urgency, lang)),
        ("scope", code("scope", paper.scope, lang)),
        ("support_mode", code("support_mode", paper.support_mode, lang)),
        ("state", code("state", paper.state, lang)),
        ("restored_at", _moment(paper.restored_at, paper)),
        ("resolved_at", _moment(paper.resolved_at, paper)),
        ("resolved_by", paper.resolved_by),
        ("observed_until", words.day(paper.observed_until, lang)),
        ("closed_at", _moment(paper.closed_at, paper)),
    )  # fmt: skip


def _place(paper: FaultPaper, lang: Lang) -> Section:
    return _facts(
        "place", paper, lang,
        ("building", paper.building), ("floor", paper.floor), ("room_code", paper.room_code),
        ("room", paper.room), ("device", paper.device), ("code", paper.device_code),
        ("category", pick(paper.category, lang)), ("position", paper.position),
        ("unit", paper.unit), ("serial", paper.serial),
    )  # fmt: skip


def _clocks(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple(_timing(one, paper, lang) for one in paper.timings)
    late = frozenset(n for n, one in enumerate(paper.timings)
                     if one.state in ("breached", "met_late"))  # fmt: skip
    return _table("clocks", lang, "cycle target level promised started due actual elapsed outcome",
                  (0.9, 1.6, 1.3, 2.5, 2.4, 2.4, 2.4, 1.7, 1.9), rows, late)  # fmt: skip


def _timing(one: Timing, paper: FaultPaper, lang: Lang) -> tuple[str, ...]:
    return (str(one.cycle), code("target", one.target, lang), level(one.level, lang),
            _promised(one, lang), _moment(one.started_at, paper), _moment(one.due_at, paper),
            _moment(one.met_at, paper), span(one.elapsed, lang) if one.met_at else "",
            _outcome(one, lang))  # fmt: skip


def _promised(one: Timing, lang: Lang) -> str:
    if not one.calendar:
        return say("nothing", lang)
    if one.budget is None:
        return say("next_day", lang)
    return f"{span(one.budget, lang)} ({code('calendar', one.calendar, lang)})"


def _outcome(one: Timing, lang: Lang) -> str:
    said = code("clock", one.state, lang)
    if one.met_at and one.budget is not None and one.elapsed > one.budget:
        return f"{said}\n{say('overrun', lang, n=span(one.elapsed - one.budget, lang))}"
    return said


def _cost(paper: FaultPaper, lang: Lang) -> Section:
    """What a person wrote of it, else what the engineers said with their steps."""
    told = "\n".join(one.note for one in paper.course if one.kind == "cost" and not one.undone)
    return Section("cost", say("cost", lang), text=text_of(paper, "cost", lang) or told,
                   written=True)  # fmt: skip


def _late(paper: FaultPaper, lang: Lang) -> Section:
    """Every promise that was broken, each level's own, and what a person says to it."""
    lines = tuple(
        (str(one.cycle), code("target", one.target, lang), level(one.level, lang),
         _moment(one.due_at, paper), _moment(one.at, paper))
        for one in paper.broken
    )  # fmt: skip
    said = text_of(paper, "late", lang)
    made = _table("late", lang, "cycle target level due broken_at", (1, 2, 2, 3, 3), lines,
                  frozenset(range(len(lines))))  # fmt: skip
    missing = say("unsaid", lang) if lines else say("in_time_all", lang)
    return replace(made, text=said or missing, written=True)


def _levels(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple((_moment(one.at, paper), level(one.level, lang), one.person, one.note)
                 for one in paper.levels)  # fmt: skip
    return _table("levels", lang, "time level person note", (2.4, 1.4, 2.5, 6), rows)


def _pauses(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple(
        (_moment(one.since, paper), _moment(one.until, paper), reason(one.reason, lang),
         "、".join(code("target", t, lang) for t in one.stops) if lang == "zh"
         else ", ".join(code("target", t, lang) for t in one.stops), one.person, one.note)
        for one in paper.pauses
    )  # fmt: skip
    return _table("pauses", lang, "since until reason stops person note",
                  (2.4, 2.4, 3, 2, 2.5, 3.6), rows)  # fmt: skip


def reason(value: str, lang: Lang) -> str:
    known = REASONS.get(value)
    return (known.en if lang == "en" else known.zh) if known else value


def _finding(paper: FaultPaper, lang: Lang) -> Section:
    return _facts("finding", paper, lang, ("diagnosis", paper.diagnosis), ("cause", paper.cause),
                  ("cause_kind", code("cause_kind", paper.cause_kind, lang)),
                  ("remedy", paper.remedy))  # fmt: skip


def _parts(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple(
        (_moment(one.at, paper), f"{one.old}\n{one.old_serial}".strip(),
         f"{one.new}\n{one.new_serial}".strip(), code("old_to", one.old_to, lang),
         code("reason", one.reason, lang), one.person, one.note)
        for one in paper.parts
    )  # fmt: skip
    return _table("parts", lang, "time old new old_to reason person note",
                  (2.4, 3, 3, 1.7, 1.5, 2.5, 3), rows)  # fmt: skip


def _crew(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple((one.person, say("lead" if one.lead else "member", lang),
                  _moment(one.joined_at, paper), _moment(one.left_at, paper))
                 for one in paper.crew)  # fmt: skip
    return _table("crew", lang, "person role joined left_crew", (4, 3, 3, 3), rows)


def _linked(paper: FaultPaper, lang: Lang) -> Section:
    twins = "\n".join(f"{one.number}  {_moment(one.at, paper)}  "
                      f"{code('source', one.source, lang)}" for one in paper.twins)  # fmt: skip
    return _facts("linked", paper, lang, ("twins", twins),
                  ("problem", f"{paper.problem}  {paper.problem_title}".strip()))  # fmt: skip


def _ratings(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple((one.number, f"{one.stars} / 5", one.comment, _moment(one.at, paper))
                 for one in paper.ratings)  # fmt: skip
    return _table("ratings", lang, "report_no stars comment time", (2.6, 1.4, 6, 2.4), rows)


def _course(paper: FaultPaper, lang: Lang) -> Section:
    rows = tuple((_moment(one.at, paper), _moment(one.claimed_at, paper), happened(one, lang),
                  one.person, one.note) for one in paper.course)  # fmt: skip
    return _table("course", lang, "time claimed_at happened person note",
                  (2.4, 2.4, 3.2, 2.5, 5.7), rows)  # fmt: skip


def happened(one: Happened, lang: Lang) -> str:
    """An entry of the file in words."""
    what = {"level": level(one.what, lang), "paused": reason(one.what, lang),
            "resumed": reason(one.what, lang),
            "responded": code("support_mode", one.what, lang)}.get(one.kind, one.what)  # fmt: skip
    key = f"event.{one.kind}"
    if key not in WORDS:
        said = say("event.", lang, code=one.kind)
    else:
        said = say(key, lang, what=what).rstrip("：: ") + _more(one, lang)
    return said + (say("undone", lang) if one.undone else "")


def _more(one: Happened, lang: Lang) -> str:
    """What kind of restoring, callback … it was, where that has words."""
    key = f"what.{one.kind}.{one.what}"
    if key not in WORDS:
        return ""
    return f"（{say(key, lang)}）" if lang == "zh" else f" ({say(key, lang)})"


def _photos(paper: FaultPaper, lang: Lang) -> Section:
    shown = tuple(
        (one.sha256, f"{say('photo', lang, n=n)}  {code('photo_of', one.of, lang)}\n"
                     f"{_moment(one.at, paper)}")
        for n, one in enumerate(paper.photos, 1)
    )  # fmt: skip
    rows = tuple((str(n), code("photo_of", one.of, lang), _moment(one.at, paper), one.sha256)
                 for n, one in enumerate(paper.photos, 1))  # fmt: skip
    made = _table("photos", lang, "no. photo_of time photo_hash", (1, 2, 3, 8), rows)
    return replace(made, photos=shown)


BUILD: dict[str, Callable[[FaultPaper, Lang], Section]] = {
    "fault": _fault, "place": _place, "clocks": _clocks, "late": _late, "levels": _levels,
    "cost": _cost, "pauses": _pauses, "finding": _finding, "parts": _parts, "crew": _crew,
    "linked": _linked, "ratings": _ratings, "course": _course, "photos": _photos,
}  # fmt: skip
