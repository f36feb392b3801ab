"""Late rounds escalate: who is told when, once, also after days in which nothing ran."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roundtag import calendar, clock, jobs, rounds
from roundtag.models import Job, Notification, Round, RoundDevice
from roundtag.rounds import lateness
from tests.seeing import queries_of
from tests.world import World, check_form, deliver, person, run

DUE = date(2027, 6, 15)
"""A Tuesday, after the grants of the world began."""


@pytest.fixture
def late(world: World) -> World:
    """One open round, due on DUE; a supervisor beside the engineer and the manager."""
    person("boss", ("supervisor", "client", world.client_id))
    Round.update(due_on=DUE).where(Round.id == world.round_id).execute()
    Round.update(closed_at=clock.now()).where(Round.id != world.round_id).execute()
    return world


def on(day: date) -> datetime:
    """Nine in the morning of the contract's day."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def told() -> dict[str, set[str]]:
    """Kind → who has a message in the application, by user name."""
    found: dict[str, set[str]] = {}
    for row in Notification.select().where(Notification.channel == "app"):
        found.setdefault(row.kind, set()).add(row.recipient.username)
    return found


@pytest.mark.parametrize(
    ("days", "kinds"),
    [
        (-2, set()),
        (-1, {"round-due-tomorrow"}),
        (0, {"round-due-tomorrow"}),
        (1, {"round-overdue"}),
        (2, {"round-overdue", "round-overdue-long"}),
        (30, {"round-overdue", "round-overdue-long"}),
    ],
)
def test_what_is_told_on_which_day(late: World, days: int, kinds: set[str]) -> None:
    lateness.tell_all(on(DUE + timedelta(days=days)))
    assert set(told()) == kinds


def test_each_person_is_told_each_thing_once(late: World) -> None:
    backup = person("backup", ("engineer", "client", late.client_id))
    Round.update(backup=backup.person_id).where(Round.id == late.round_id).execute()
    sent = [lateness.tell_all(on(DUE + timedelta(days=n))) for n in (-1, -1, 0, 1, 1, 2, 2, 3)]
    assert sent == [2, 0, 0, 3, 0, 1, 0, 0]
    assert told() == {
        "round-due-tomorrow": {"engineer-a", "backup"},
        "round-overdue": {"engineer-a", "backup", "boss"},
        "round-overdue-long": {"manager-a"},
    }
    assert Notification.select().where(Notification.channel == "mail").count() == 6
    assert Job.select().where(Job.name == "send_mail").count() == 6


def test_who_was_given_rooms_is_told_as_well(late: World) -> None:
    second = person("second", ("engineer", "client", late.client_id))
    run(rounds.share_round, rounds.ShareRound(late.round_id, (late.room.id,), second.person_id))
    lateness.tell_all(on(DUE))
    assert told()["round-due-tomorrow"] == {"engineer-a", "second"}


def test_two_working_days_pass_over_days_off(late: World) -> None:
    for day in (DUE + timedelta(days=1), DUE + timedelta(days=2)):
        run(calendar.except_day, calendar.ExceptDay(late.client_id, day, False))
    lateness.tell_all(on(DUE + timedelta(days=3)))
    assert "round-overdue-long" not in told()
    lateness.tell_all(on(DUE + timedelta(days=6)))
    assert "round-overdue-long" in told()


def test_the_national_holiday_is_no_working_time() -> None:
    """30 September 2026 to 9 October: the first week of October is off, the 8th is worked."""
    own: dict[date, bool] = {}
    assert lateness.working_days(date(2026, 9, 30), date(2026, 10, 7), own) == 0
    assert lateness.working_days(date(2026, 9, 30), date(2026, 10, 8), own) == 1


@pytest.mark.parametrize("end", ["done", "closed", "accepted"])
def test_a_round_that_is_finished_is_nothing_to_tell(late: World, end: str) -> None:
    if end == "done":
        for device in range(2):
            deliver("inspection", check_form(late, device), late.engineer)
    elif end == "closed":
        run(rounds.close_round, rounds.CloseRound(late.round_id), late.manager)
    else:
        Round.update(stage="accepted").where(Round.id == late.round_id).execute()
    assert lateness.tell_all(on(DUE + timedelta(days=9))) == 0


def test_a_due_day_that_moves_is_told_anew(late: World) -> None:
    assert lateness.tell_all(on(DUE)) == 1
    Round.update(due_on=DUE + timedelta(days=7)).where(Round.id == late.round_id).execute()
    assert lateness.tell_all(on(DUE)) == 0
    assert lateness.tell_all(on(DUE + timedelta(days=7))) == 1


def test_the_message_says_which_round_and_how_much_is_left(late: World) -> None:
    lateness.tell_all(on(DUE))
    row = Notification.get(Notification.channel == "app")
    assert row.url == f"/rounds/{late.round_id}"
    assert (row.data["left"], row.data["due_on"]) == (2, "2027-06-15")


def test_the_scheduler_knows_the_task_and_quiet_turns_are_cheap(late: World) -> None:
    assert "rounds.lateness" in jobs.standing
    now = on(DUE + timedelta(days=5))
    lateness.tell_all(now)
    assert queries_of(lambda: lateness.tell_all(now)) <= 9


def test_a_quiet_turn_asks_as_often_with_twenty_rounds_as_with_one(late: World) -> None:
    now = on(DUE + timedelta(days=5))
    lateness.tell_all(now)
    few = queries_of(lambda: lateness.tell_all(now))
    model = Round.select().where(Round.id == late.round_id).dicts().first()
    for number in range(20):
        tour = Round.create(**{**model, "id": None, "slot": None, "period": f"2027-{number}"})
        RoundDevice.create(client=late.client_id, round=tour, device=late.devices[0])
    assert lateness.tell_all(now) == 20 * 3
    assert queries_of(lambda: lateness.tell_all(now)) == few
