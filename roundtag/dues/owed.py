"""What a fault obliges to, from its events: no database, no clock, no state.

The same events always give the same dues, so that a slip that is taken back, an accepted claim or
a reopening needs no rule of its own: what is not owed any more is simply not in the answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from roundtag.dues.kinds import FALLBACK, FIXED, LOANER, ORIGINAL
from roundtag.sla.events import Event, corrected

GRAVE = ("I", "II")
MONTH = timedelta(days=30)
MANY = 3
End = tuple[datetime, str] | None
"""When and how (a code of HOWS) it came to an end by itself."""


@dataclass(frozen=True)
class Facts:
    """What the events do not tell. `level`, `kind`: of the fault as it stands; `lapsed`: when the
    promise to restore was broken, by cycle from 1; `loans` and `renewals`: units of the same or a
    better grade put in, for a while or for good; `written`: it has a diagnosis in words;
    `over`: it was entered when help had come already."""

    level: str = ""
    kind: str = ""
    has_device: bool = True
    lapsed: Mapping[int, datetime] = field(default_factory=dict)
    loans: Sequence[datetime] = ()
    renewals: Sequence[datetime] = ()
    retired_at: datetime | None = None
    written: bool = False
    grouped: bool = False
    over: bool = False


class Owed(NamedTuple):
    """`mark` tells causes of one kind at one fault apart; `cause`: the event that raised it, None
    for time itself."""

    kind: str
    mark: str
    raised_at: datetime
    cause: int | None
    ended: End = None


class Cycle:
    """The events from a report or a reopening to the next one."""

    def __init__(self, number: int, level: str) -> None:
        self.number, self.level, self.levels = number, level, {level}
        self.firsts: dict[str, Event] = {}
        self.grave: Event | None = None
        """Since when it has been of a grave level and not restored."""

    def take(self, event: Event) -> None:
        if event.kind == "level" or (event.kind == "reported" and event.what):
            self.level = event.what
            self.levels.add(event.what)
        if not self.restored:
            self.grave = (self.grave or event) if self.level in GRAVE else None
        self.firsts.setdefault(event.kind, event)

    def first(self, *kinds: str) -> Event | None:
        found = [self.firsts[kind] for kind in kinds if kind in self.firsts]
        return min(found, key=lambda event: event.at, default=None)

    @property
    def restored(self) -> Event | None:
        return self.first("restored", "resolved")

    @property
    def began_at(self) -> datetime:
        return next(iter(self.firsts.values())).at

    def restored_after(self, event: Event | None) -> End:
        done = self.restored
        return (done.at, "restored") if done and event else None


def owed(events: Iterable[Event], facts: Facts) -> list[Owed]:
    """All that a fault has raised in its present cycle, and what outlives a cycle."""
    told = corrected(events)
    cycle = _last_cycle(told, facts)
    found = [one for rule in RULES.values() if (one := rule(cycle, facts))]
    found += [Owed("maker", str(event.id), event.at, event.id)
              for event in told if event.kind == "maker_called"]  # fmt: skip
    return found


def _last_cycle(told: Sequence[Event], facts: Facts) -> Cycle:
    cycle = Cycle(1, "" if any(event.kind == "level" for event in told) else facts.level)
    for event in told:
        if event.kind == "reopened":
            cycle = Cycle(cycle.number + 1, cycle.level)
        cycle.take(event)
    return cycle


def _of(kind: str, cycle: Cycle, cause: Event | None, ended: End = None) -> Owed | None:
    return Owed(kind, str(cycle.number), cause.at, cause.id, ended) if cause else None


def _fallback(cycle: Cycle, facts: Facts) -> Owed | None:
    marked = [event for event in (cycle.grave, cycle.first("unusable")) if event]
    over = facts.over and cycle.number == 1
    cause = None if over else min(marked, key=lambda event: event.at, default=None)
    return _of(FALLBACK, cycle, cause, cycle.restored_after(cause))


def _loaner(cycle: Cycle, facts: Facts) -> Owed | None:
    beyond, lapsed = cycle.first("irreparable"), facts.lapsed.get(cycle.number)
    since = min([at for at in (lapsed, beyond and beyond.at) if at], default=None)
    if since is None or not facts.has_device:
        return None
    lent = min((at for at in facts.loans if at >= cycle.began_at), default=None)
    ends = [(lent, "swap")] if lent else []
    ends += [(cycle.restored.at, "restored")] if cycle.restored else []
    cause = beyond.id if beyond and beyond.at == since else None
    return Owed(LOANER, str(cycle.number), since, cause, min(ends, default=None))


def _diagnosis(cycle: Cycle, facts: Facts) -> Owed | None:
    done = cycle.restored if facts.written else None
    return _of("diagnosis", cycle, cycle.first("on_site"), (done.at, "step") if done else None)


def _original(cycle: Cycle, facts: Facts) -> Owed | None:
    cause = cycle.first("irreparable")
    if cause is None:
        return None
    ends = [(at, "swap") for at in facts.renewals if at > cause.at]
    ends += [(facts.retired_at, "retired")] if facts.retired_at else []
    return _of(ORIGINAL, cycle, cause, min(ends, default=None))


def _problem(cycle: Cycle, facts: Facts) -> Owed | None:
    done = cycle.first("resolved") if facts.kind in FIXED else None
    return _of("problem", cycle, done, (done.at, "grouped") if done and facts.grouped else None)


def _on(kind: str, *events: str) -> Callable[[Cycle, Facts], Owed | None]:
    return lambda cycle, facts: _of(kind, cycle, cycle.first(*events))


def _major(cycle: Cycle, facts: Facts) -> Owed | None:
    return _of("major_report", cycle, cycle.first("resolved") if "I" in cycle.levels else None)


RULES: Mapping[str, Callable[[Cycle, Facts], Owed | None]] = {
    FALLBACK: _fallback,
    LOANER: _loaner,
    "diagnosis": _diagnosis,
    ORIGINAL: _original,
    "response_report": _on("response_report", "restored", "resolved"),
    "report": _on("report", "resolved"),
    "analysis_report": _on("analysis_report", "resolved"),
    "major_report": _major,
    "problem": _problem,
    "callback": _on("callback", "resolved"),
}
MATTERS = frozenset({
    "level", "on_site", "restored", "resolved", "reopened", "undone", "claim_accepted",
    "cancelled", "separated", "accepted", "unusable", "irreparable", "maker_called", "dismissed",
})  # fmt: skip
"""Events after which something else may be owed; a report owes nothing yet but at its device."""


def run_of(reports: Sequence[tuple[int, datetime]]) -> list[int]:
    """The faults of the first run of three at one device within thirty days back from a report,
    and what came after them; none when there is no such run. `reports`: in order of their time."""
    for place in range(MANY - 1, len(reports)):
        back = reports[place][1] - MONTH
        if reports[place - MANY + 1][1] >= back:
            return [key for key, at in reports if at >= back]
    return []
