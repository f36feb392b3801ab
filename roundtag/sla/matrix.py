"""What a contract promises: level × {response, on site, restore}, each in its own counting of time.

Plain data with one JSON shape, read strictly: what does not fit is refused, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple

from roundtag.sla.worktime import ALWAYS, DAYS, HOURS, KINDS, OFFICE_HOURS, Week

LEVELS = ("I", "II", "III", "IV")
TARGETS = RESPONSE, ON_SITE, RESTORE = ("response", "on_site", "restore")
WARN = (50, 80, 100)
"""Percent of a promise at which somebody is told."""
UNTRIAGED = "III"
"""The level that a fault is held to until somebody has set one."""
LONGEST = 60 * 24 * 366


class Promise(NamedTuple):
    """`minutes` counted in `calendar`; None: until the next working day's hours end."""

    calendar: str
    minutes: int | None

    def as_json(self) -> dict[str, Any]:
        return {"calendar": self.calendar, "minutes": self.minutes}


class Cell(NamedTuple):
    """What holds for a fault that comes on a working day, and for one that comes on a day off."""

    workday: Promise | None
    off: Promise | None

    def as_json(self) -> dict[str, Any]:
        return {"workday": self.workday and self.workday.as_json(),
                "off": self.off and self.off.as_json()}  # fmt: skip


NOTHING = Cell(None, None)
Rows = Mapping[str, Mapping[str, Cell]]


def always(promise: Promise) -> Cell:
    """The same promise on whatever day."""
    return Cell(promise, promise)


@dataclass(frozen=True)
class Matrix:
    """A published version (`number` from 1), or the shipped default (0)."""

    rows: Rows
    definitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    week: Week = OFFICE_HOURS
    zone: str = "Asia/Shanghai"
    warn: tuple[int, ...] = WARN
    number: int = 0

    @cached_property
    def terms(self) -> dict[tuple[str, str, bool], tuple[str, timedelta | None] | None]:
        """By level, target and whether the report came on a working day: the calendar, and how
        much counted time; None for that: until the next working day's hours end."""
        return {
            (level, target, workday): _term(cell.workday if workday else cell.off)
            for level, row in self.rows.items()
            for target, cell in row.items()
            for workday in (True, False)
        }

    @cached_property
    def minds_the_day(self) -> bool:
        """Whether anything depends on the kind of day on which the report came."""
        return any(cell.workday != cell.off for row in self.rows.values() for cell in row.values())


def _term(promise: Promise | None) -> tuple[str, timedelta | None] | None:
    if promise is None:
        return None
    minutes = promise.minutes
    return promise.calendar, None if minutes is None else timedelta(minutes=minutes)


def rows_as_json(rows: Rows) -> dict[str, Any]:
    return {level: {target: cell.as_json() for target, cell in row.items()}
            for level, row in rows.items()}  # fmt: skip


def rows_from_json(data: Mapping[str, Any]) -> Rows:
    """Raises ValueError or KeyError for what is not the shape of `rows_as_json`."""
    return {level: {target: _cell(data[level][target]) for target in TARGETS} for level in LEVELS}


def _cell(data: Mapping[str, Any]) -> Cell:
    return Cell(_promise(data["workday"]), _promise(data["off"]))


def _promise(data: Mapping[str, Any] | None) -> Promise | None:
    if data is None:
        return None
    calendar, minutes = data["calendar"], data["minutes"]
    if calendar not in KINDS:
        raise ValueError(f"no such calendar: {calendar}")
    if minutes is not None and not 0 < minutes <= LONGEST:
        raise ValueError(f"not a duration: {minutes}")
    return Promise(calendar, minutes)


def week_from_json(data: list[list[list[int]]]) -> Week:
    week: Week = tuple(tuple((first, last) for first, last in day) for day in data)
    if len(week) != 7:
        raise ValueError("a week has seven days")
    return week


def _row(calendar: str, response: int, on_site: int | None, restore: int) -> dict[str, Cell]:
    return {
        RESPONSE: always(Promise(calendar, response)),
        ON_SITE: always(Promise(calendar, on_site)),
        RESTORE: always(Promise(calendar, restore)),
    }


SHIPPED: Rows = {
    "I": _row(ALWAYS, 10, 60, 4 * 60),
    "II": _row(ALWAYS, 20, 2 * 60, 8 * 60),
    "III": _row(HOURS, 30, 8 * 60, 24 * 60),
    "IV": _row(HOURS, 2 * 60, None, 72 * 60),
}

_BY_THE_DAY = {
    RESPONSE: Cell(Promise(DAYS, 2 * 60), None),
    ON_SITE: Cell(None, Promise(ALWAYS, 5 * 60)),
    RESTORE: NOTHING,
}
BY_THE_DAY: Rows = {level: {**_BY_THE_DAY, RESTORE: SHIPPED[level][RESTORE]} for level in LEVELS}
"""Response within 2 hours on working days, on site within 5 hours on all others."""

WITHIN_AN_HOUR: Rows = {
    level: {**SHIPPED[level], RESPONSE: always(Promise(ALWAYS, 60))} for level in LEVELS
}
"""Response within one hour at any time."""

PRESETS: Mapping[str, Rows] = {
    "shipped": SHIPPED, "by_the_day": BY_THE_DAY, "within_an_hour": WITHIN_AN_HOUR,
}  # fmt: skip

DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "I": {
        "zh": "会议系统整体瘫痪，或正在进行的会议无法继续。",
        "en": "The whole meeting system is down, or a running meeting cannot go on.",
    },
    "II": {
        "zh": "主要功能（音频、视频、投票、同传等）中断，会议只能勉强进行。",
        "en": "A main function (sound, picture, voting, interpretation …) is out; a meeting can "
        "hardly be held.",
    },
    "III": {
        "zh": "单台设备或个别功能故障，会议可以照常进行。",
        "en": "One device or a single function fails; meetings go on.",
    },
    "IV": {
        "zh": "不影响使用的小问题、咨询或改进建议。",
        "en": "A blemish that disturbs nobody, a question or a wish.",
    },
}

DEFAULT = Matrix(SHIPPED, DEFINITIONS)
