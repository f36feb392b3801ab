"""Level I: an entry every hour until the fault is restored."""

from datetime import timedelta

import pytest

from roundtag.sla.events import Event
from roundtag.sla.progress import Owed, progress_owed
from tests.roundtag.sla.test_clocks import at, when

ONE = ("25 10:15", "reported", "I")
Line = tuple[str, ...]


def owed(now: str, *events: Line) -> Owed | None:
    told = [Event(kind, at(time), *more, id=place) for place, (time, kind, *more) in
            enumerate(events)]  # fmt: skip
    return progress_owed(told, at(now))


def summary(found: Owed | None) -> tuple[str, list[str], bool] | None:
    return found and (when(found.due_at), [when(one) for one in found.missed], found.late)


@pytest.mark.parametrize(("now", "events", "said"), [
    ("25 10:15", [ONE], ("25 11:15", [], False)),
    ("25 11:15", [ONE], ("25 12:15", [], False)),  # at the instant it may still come
    ("25 11:16", [ONE], ("25 12:15", ["25 11:15"], True)),
    ("25 13:16", [ONE], ("25 14:15", ["25 11:15", "25 12:15", "25 13:15"], True)),
    ("25 11:20", [ONE, ("25 11:00", "progress")], ("25 12:00", [], False)),
    ("25 11:20", [ONE, ("25 11:15", "progress")], ("25 12:15", [], False)),
    ("25 11:40", [ONE, ("25 11:30", "progress")], ("25 12:30", ["25 11:15"], False)),
    ("25 11:40", [ONE, ("25 11:15", "responded")], ("25 12:15", ["25 11:15"], True)),
    ("25 11:40", [ONE, ("25 10:20", "paused", "client")], ("25 12:15", ["25 11:15"], True)),
    ("25 12:40", [ONE, ("25 11:10", "restored")], None),
    ("25 12:40", [ONE, ("25 11:10", "level", "II")], None),
    ("25 12:40", [ONE, ("25 11:10", "cancelled")], None),
    ("25 12:40", [("25 10:15", "reported", "II"), ("25 12:00", "level", "I")],
     ("25 13:00", [], False)),
    ("25 12:40", [ONE, ("25 11:10", "restored"), ("25 12:00", "reopened")],
     ("25 13:00", [], False)),
    ("25 12:40", [("25 10:15", "reported", "III")], None),
])  # fmt: skip
def test_what_is_owed(now: str, events: list[Line], said: object) -> None:
    assert summary(owed(now, *events)) == said


def test_a_restoration_taken_back_leaves_the_hours_running() -> None:
    told = [Event("reported", at("25 10:15"), "I", id=1), Event("restored", at("25 10:30"), id=2),
            Event("undone", at("25 10:40"), id=3, of=2)]  # fmt: skip
    assert summary(progress_owed(told, at("25 11:20"))) == ("25 12:15", ["25 11:15"], True)


def test_another_rhythm() -> None:
    told = [Event("reported", at("25 10:15"), "II")]
    found = progress_owed(told, at("25 10:50"), frozenset({"II"}), timedelta(minutes=30))
    assert summary(found) == ("25 11:15", ["25 10:45"], True)
