"""The iCalendar feed, read back by a parser, and its address."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from roundtag import clock, plans, rounds
from roundtag.access import Actor
from roundtag.errors import NotFound
from roundtag.models import Person, Submission
from tests.roundtag.test_plans import save
from tests.world import World, run

BASE = "https://roundtag.example"


def secret(actor: Actor) -> str:
    run(plans.renew_feed, plans.RenewFeed(), actor)
    path = plans.granted(actor, clock.now())
    assert path.startswith("/calendar/")
    return path.removeprefix("/calendar/").removesuffix(".ics")


def events(key: str, now: datetime | None = None, english: bool = False) -> dict[str, Any]:
    book = Calendar.from_ical(plans.feed(key, now or clock.now(), BASE, english))
    return {str(event["UID"]): event for event in book.walk("VEVENT")}


def test_a_feed_reads_back_as_whole_days(world: World) -> None:
    key = secret(world.engineer)
    [event] = events(key).values()
    tour = rounds.cards(world.engineer, clock.local_day(clock.now()))[0]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (tour.due_on, tour.due_on + timedelta(1))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["DTSTAMP"].dt.tzinfo is not None
    assert event["URL"] == f"{BASE}/rounds/{world.round_id}"
    assert str(event["SUMMARY"]).startswith("月检")
    assert str(next(iter(events(key, english=True).values()))["SUMMARY"]).startswith("Monthly")


def test_a_planned_round_keeps_its_uid_when_it_opens(world: World) -> None:
    kept = save(world, engineer_id=world.engineer.person_id, name="名" * 60)
    key, january = secret(world.engineer), datetime(2027, 1, 4, 1, tzinfo=UTC)
    uid = f"plan-{kept.id}/2027-01@roundtag"
    before = events(key, january)[uid]
    rounds.ensure(january)
    after = events(key, january)[uid]
    assert before["DTSTART"].dt == after["DTSTART"].dt == date(2027, 1, 8)
    assert before["SUMMARY"] == after["SUMMARY"]
    assert "名" * 60 in str(after["SUMMARY"])
    lines = plans.feed(key, january, BASE, False).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)  # no character is cut in two


def test_an_engineer_gets_their_own_and_an_office_all_in_view(world: World, other: World) -> None:
    uids = set(events(secret(world.viewer)))
    assert uids == {f"round-{world.round_id}@roundtag"}
    both = {f"round-{key}@roundtag" for key in (world.round_id, other.round_id)}
    assert set(events(secret(world.manager))) == both
    assert set(events(secret(other.engineer))) == {f"round-{other.round_id}@roundtag"}


def test_a_new_address_ends_the_former_one(world: World) -> None:
    first = secret(world.engineer)
    assert plans.standing(world.engineer, clock.now())
    second = secret(world.engineer)
    assert events(second)
    for gone in (first, "unknown", ""):
        with pytest.raises(NotFound):
            events(gone)
    run(plans.revoke_feed, plans.RevokeFeed(), world.engineer)
    with pytest.raises(NotFound):
        events(second)
    assert plans.standing(world.engineer, clock.now()) is None


def test_a_disabled_person_has_no_feed(world: World) -> None:
    key = secret(world.engineer)
    Person.update(active=False).where(Person.id == world.engineer.person_id).execute()
    with pytest.raises(NotFound):
        events(key)


def test_no_receipt_holds_the_address(world: World) -> None:
    key = secret(world.engineer)
    assert not any(key in repr(row.__data__) for row in Submission.select())
