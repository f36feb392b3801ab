"""The clocks by hand: what a desk would work out with a calendar and a pencil."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from roundtag.sla.clocks import Clocks, clocks
from roundtag.sla.events import Event
from roundtag.sla.matrix import BY_THE_DAY, DEFAULT, WITHIN_AN_HOUR, Matrix
from roundtag.sla.worktime import Calendars

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    """Of November 2026: day and time in China. The 25th is a Wednesday."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=ZONE).astimezone(UTC)


def tell(now: str, *events: tuple[str, ...], matrix: Matrix = DEFAULT) -> Clocks:
    """Events as (time, kind, what, claimed, of); each has its place as its id."""
    told = []
    for place, (when, kind, *more) in enumerate(events):
        what, claimed, of = (*more, *("", "", "")[len(more) :])
        told.append(Event(kind, at(when), what, at(claimed) if claimed else None, None, place,
                          int(of) if of else None))  # fmt: skip
    return clocks(told, matrix, Calendars(), at(now))


def when(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%d %H:%M}" if moment else ""


def states(told: Clocks) -> list[str]:
    return [clock.state for clock in told]


def dues(told: Clocks) -> list[str]:
    return [when(clock.due_at) for clock in told]


ONE = ("25 09:02", "reported", "I")
THREE = ("25 16:00", "reported", "III")


@pytest.mark.parametrize(("level", "reported", "due"), [
    ("I", "28 23:55", ["29 00:05", "29 00:55", "29 03:55"]),
    ("II", "25 09:00", ["25 09:20", "25 11:00", "25 17:00"]),
    ("III", "25 17:15", ["26 09:15", "27 09:45", "01 11:45"]),  # a working day has seven hours
    ("IV", "27 10:00", ["27 12:00", "30 17:30", "11 12:00"]),
    ("IV", "28 10:00", ["30 11:00", "30 17:30", "14 11:00"]),  # comes on a Saturday
])  # fmt: skip
def test_the_shipped_matrix(level: str, reported: str, due: list[str]) -> None:
    told = tell(reported, (reported, "reported", level))
    assert dues(told) == due
    assert states(told) == ["running"] * 3


def test_response_by_the_kind_of_day() -> None:
    """Two hours on working days, on site within five hours on all others."""
    matrix = Matrix(BY_THE_DAY)
    friday = tell("27 10:00", ("27 10:00", "reported", "II"), matrix=matrix)
    assert dues(friday)[:2] == ["27 12:00", ""]
    saturday = tell("28 10:00", ("28 10:00", "reported", "II"), matrix=matrix)
    assert dues(saturday)[:2] == ["", "28 15:00"]
    assert states(saturday)[:2] == ["none", "running"]


def test_response_within_an_hour() -> None:
    told = tell("29 00:00", ("28 23:30", "reported", "IV"), matrix=Matrix(WITHIN_AN_HOUR))
    assert dues(told)[0] == "29 00:30"


def test_in_time_to_the_last_instant() -> None:
    """A deed at the instant that it is due is in time; a microsecond later it is not."""
    due = at("25 09:12")
    for late, state in ((timedelta(), "met"), (timedelta(microseconds=1), "met_late")):
        told = [Event("reported", at("25 09:02"), "I"), Event("responded", due + late)]
        assert clocks(told, DEFAULT, Calendars(), at("25 10:00")).response.state == state
    assert tell("25 09:12", ONE).response.state == "running"
    assert tell("25 09:13", ONE).response.state == "breached"


def test_a_lower_level_forgives_nothing() -> None:
    told = tell("25 09:30", ONE, ("25 09:20", "level", "III")).response
    assert (told.state, when(told.breached_at), when(told.due_at)) == (
        "breached", "25 09:12", "25 09:32")  # fmt: skip
    late = tell("25 09:40", ONE, ("25 09:20", "level", "III"), ("25 09:25", "responded"))
    assert late.response.state == "met_late"
    assert [(b.level, when(b.due_at)) for b in late.response.breaches] == [("I", "25 09:12")]


def test_a_higher_level_counts_from_the_report() -> None:
    told = tell("25 10:30", ("25 09:02", "reported", "III"), ("25 09:10", "responded"),
                ("25 10:15", "level", "I"))  # fmt: skip
    assert dues(told) == ["25 09:32", "25 10:02", "25 13:02"]
    assert states(told) == ["met", "breached", "running"]
    assert when(told.on_site.breached_at) == "25 10:15"


def test_an_untriaged_fault_is_held_to_level_three() -> None:
    assert tell("25 09:10", ("25 09:02", "reported")).response.level == "III"


def test_pauses_stop_what_their_reason_stops() -> None:
    told = tell("26 18:00", THREE, ("25 16:10", "paused", "part_loaner"), ("26 10:00", "resumed"))
    assert dues(told) == ["25 16:30", "26 17:00", "01 14:20"]
    assert dues(tell("26 18:00", THREE))[2] == "01 10:30"
    assert not [*told.response.pauses, *told.on_site.pauses]


def test_while_paused_the_deadline_moves_on() -> None:
    events = ONE, ("25 09:05", "responded"), ("25 09:32", "paused", "room_in_use")
    told = tell("25 11:32", *events)
    assert states(told) == ["met", "paused", "paused"]
    assert (when(told.on_site.due_at), told.on_site.remaining) == ("25 12:02", 30 * MINUTE)
    assert told.next_due == told.on_site.due_at


def test_two_reasons_hold_until_both_are_gone() -> None:
    events = (ONE, ("25 09:10", "paused", "client"), ("25 09:20", "paused", "no_access"),
              ("25 09:30", "resumed", "client"), ("25 09:40", "resumed", "no_access"))  # fmt: skip
    assert when(tell("25 09:50", *events).on_site.due_at) == "25 10:32"


def test_help_from_afar_needs_no_visit() -> None:
    told = tell("26 09:00", ONE, ("25 09:30", "restored"))
    assert states(told) == ["met_late", "stopped", "met"]
    late = tell("26 09:00", ONE, ("25 11:00", "restored"))
    assert states(late) == ["met_late", "breached", "met"]


def test_a_duplicate_stops_all() -> None:
    assert states(tell("26 09:00", ONE, ("25 09:08", "cancelled"))) == ["stopped"] * 3


def test_a_reopening_starts_anew_and_keeps_what_was_broken() -> None:
    told = tell("26 08:05", ONE, ("25 09:20", "responded"), ("25 09:30", "restored"),
                ("26 08:00", "reopened"))  # fmt: skip
    assert dues(told) == ["26 08:10", "26 09:00", "26 12:00"]
    assert (told.response.cycle, told.response.state) == (2, "running")
    assert [(b.cycle, when(b.at)) for b in told.response.breaches] == [(1, "25 09:12")]


def test_the_receipt_decides_until_a_supervisor_accepts_the_claim() -> None:
    events = ONE, ("25 12:00", "on_site", "", "25 09:11")
    assert tell("25 12:00", *events).on_site.state == "met_late"
    told = tell("25 13:00", *events, ("25 12:30", "claim_accepted", "", "", "1"))
    assert [(c.state, when(c.met_at)) for c in told][:2] == [("met", "25 09:11")] * 2
    assert told.on_site.breaches == ()


def test_a_slip_is_taken_back() -> None:
    events = ONE, ("25 09:05", "responded"), ("25 09:08", "undone", "", "", "1")
    assert tell("25 09:07", *events).response.state == "met"
    assert tell("25 09:09", *events).response.state == "running"


def test_thresholds_are_known_ahead() -> None:
    told = tell("25 09:03", ONE).restore
    assert [when(told.reached(part)) for part in (50, 80, 100)] == [
        "25 11:02", "25 12:14", "25 13:02"]  # fmt: skip
    done = tell("26 09:00", ONE, ("25 12:00", "restored")).restore
    assert [when(done.reached(part)) for part in (50, 80)] == ["25 11:02", ""]
    assert done.fraction == pytest.approx(178 / 240)


def test_what_came_later_is_not_known_yet() -> None:
    assert tell("25 09:03", ONE, ("25 09:05", "responded")).response.state == "running"
    with pytest.raises(ValueError, match="no report"):
        tell("25 09:01", ONE)
