"""The seams laid early: calendar, duty, links, approvals, documents, notices, contracts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from roundtag import (
    access,
    approvals,
    calendar,
    clients,
    clock,
    documents,
    duty,
    jobs,
    links,
    notices,
    notify,
    rounds,
)
from roundtag.access import Actor
from roundtag.db import write
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import (
    CalendarException,
    CapabilityLink,
    Contract,
    Grant,
    Job,
    Notification,
    Person,
)
from tests.seeing import snapshot
from tests.world import World, contract, run

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def refused(verb: Callable[..., Any], order: object, actor: Actor) -> list[tuple[str, str]]:
    before = snapshot()
    with pytest.raises(Invalid) as found:
        run(verb, order, actor)
    assert snapshot() == before
    return [(error.field, error.code) for error in found.value.errors]


# Days as the State Council arranged 2026: holidays moved, weekends worked in their place.
@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 1), False), (date(2026, 1, 2), False), (date(2026, 1, 4), True),
        (date(2026, 2, 14), True), (date(2026, 2, 17), False), (date(2026, 2, 28), True),
        (date(2026, 4, 6), False), (date(2026, 5, 1), False), (date(2026, 5, 9), True),
        (date(2026, 6, 19), False), (date(2026, 9, 20), True), (date(2026, 9, 25), False),
        (date(2026, 10, 1), False), (date(2026, 10, 10), True), (date(2026, 11, 20), True),
        (date(2026, 11, 21), False), (date(2026, 11, 22), False), (date(2026, 11, 23), True),
    ],
)  # fmt: skip
def test_working_days_of_2026(day: date, working: bool) -> None:
    assert calendar.covers(day)
    assert calendar.is_working_day(day) == working


def test_years_that_nobody_arranged_yet_are_plain_weeks() -> None:
    assert 2026 in calendar.known_years()
    for day in (date(1999, 10, 1), date(2090, 10, 2)):
        assert not calendar.covers(day)
        assert calendar.is_working_day(day) == (day.weekday() < 5)


def test_a_clients_own_days_win(world: World, other: World) -> None:
    saturday, monday = date(2026, 11, 21), date(2026, 11, 23)
    for day, working in ((saturday, True), (monday, False)):
        CalendarException.create(client=world.client_id, day=day, working=working)
    own = calendar.exceptions(world.client_id)
    assert own == {saturday: True, monday: False}
    assert calendar.is_working_day(saturday, own)
    assert not calendar.is_working_day(monday, own)
    assert calendar.exceptions(other.client_id) == {}


def turn(world: World, person: Actor, start: datetime, hours: int = 8) -> duty.PutOnDuty:
    return duty.PutOnDuty(
        world.contract_id, person.person_id or 0, start, start + timedelta(hours=hours)
    )


def on(world: World, at: datetime = NOW) -> list[int]:
    return [person.id for person in duty.on_duty(contract(world), at)]


def test_an_exception_is_filed_once_and_may_be_turned(world: World, other: World) -> None:
    day = date(2026, 12, 24)
    for working in (False, False, True):
        run(calendar.except_day, calendar.ExceptDay(world.client_id, day, working), world.manager)
    assert calendar.exceptions(world.client_id) == {day: True}
    with pytest.raises(Forbidden):
        run(calendar.except_day, calendar.ExceptDay(world.client_id, day, False), other.manager)


def test_a_round_needs_a_contract_and_a_month(world: World) -> None:
    with pytest.raises(NotFound):
        run(rounds.open_round, rounds.OpenRound(999, "monthly", "2026-12"), world.manager)
    for period, occasion in (("2026-13", "monthly"), ("soon", "monthly"), ("2026-12", "yearly")):
        order = rounds.OpenRound(world.contract_id, occasion, period)
        with pytest.raises(Invalid):
            run(rounds.open_round, order, world.manager)


def test_the_roster_says_who_answers_from_and_until(world: World) -> None:
    run(duty.put_on_duty, turn(world, world.viewer, NOW), world.manager)
    engineers = [world.engineer.person_id]
    Grant.update(since=NOW - timedelta(days=9)).execute()
    assert on(world, NOW - timedelta(seconds=1)) == engineers
    assert on(world) == on(world, NOW + timedelta(hours=7, minutes=59)) == [world.viewer.person_id]
    assert on(world, NOW + timedelta(hours=8)) == engineers


def test_a_disabled_person_never_answers(world: World) -> None:
    Grant.update(since=NOW - timedelta(days=9)).execute()
    run(duty.put_on_duty, turn(world, world.viewer, NOW), world.manager)
    Person.update(active=False).where(Person.id == world.viewer.person_id).execute()
    assert on(world) == [world.engineer.person_id]
    Person.update(active=False).execute()
    assert on(world) == []


def test_the_providers_engineers_answer_other_clients_do_not(world: World, other: World) -> None:
    Grant.update(since=NOW - timedelta(days=9)).execute()
    assert on(world) == [world.engineer.person_id]
    Grant.update(scope="provider").where(Grant.person == other.engineer.person_id).execute()
    assert on(world) == [world.engineer.person_id, other.engineer.person_id]
    Grant.update(until=NOW).where(Grant.person == world.engineer.person_id).execute()
    assert on(world) == [other.engineer.person_id]


def test_a_turn_ends_after_it_starts_and_is_the_offices_to_set(world: World) -> None:
    assert refused(duty.put_on_duty, turn(world, world.viewer, NOW, 0), world.manager) == [
        ("ends_at", "order")
    ]
    with pytest.raises(Forbidden):
        run(duty.put_on_duty, turn(world, world.viewer, NOW), world.engineer)


def test_a_link_keeps_only_the_hash_of_its_secret(world: World) -> None:
    secret = links.grant("fault-status", 7, clock.now())
    assert len(secret) >= 22
    assert secret not in repr(snapshot())
    assert links.subject("fault-status", secret) == 7
    assert links.subject("fault-status", secret + "x") is None
    CapabilityLink.update(expires_at=clock.now()).execute()
    assert links.subject("fault-status", secret) is None


def decision(world: World, **changed: Any) -> approvals.Decide:
    values = {"client_id": world.client_id, "subject": "plan", "subject_id": 4, "step": "client",
              "decision": "approved", **changed}  # fmt: skip
    return approvals.Decide(**values)


def test_the_latest_decision_stands_and_earlier_ones_stay(world: World) -> None:
    assert approvals.standing("plan", 4, "client") is None
    run(approvals.decide, decision(world, decision="sent-back", note="缺照片"), world.viewer)
    run(approvals.decide, decision(world, amount="1200.00"), world.viewer)
    latest = approvals.standing("plan", 4, "client")
    assert latest is not None
    assert (latest.decision, latest.amount, latest.person_id) == (
        "approved", "1200.00", world.viewer.person_id)  # fmt: skip
    assert approvals.Approval.select().count() == 2


def test_a_refusal_needs_a_reason(world: World) -> None:
    for changed, error in (
        ({"decision": "refused"}, ("note", "required")),
        ({"decision": "sent-back", "note": ""}, ("note", "required")),
        ({"decision": "perhaps"}, ("decision", "unknown")),
    ):
        assert refused(approvals.decide, decision(world, **changed), world.viewer) == [error]


def test_nobody_decides_at_another_client(world: World, other: World) -> None:
    with pytest.raises(Forbidden):
        run(approvals.decide, decision(world), other.viewer)


def document(world: World, number: str = "BG-2026-001") -> documents.IssueDocument:
    digest = documents.data_digest({"rows": [1, 2]})
    return documents.IssueDocument(world.client_id, number, "monthly", digest, "f" * 64)


def test_a_document_is_issued_once_under_its_number(world: World) -> None:
    run(documents.issue_document, document(world), world.manager)
    assert refused(documents.issue_document, document(world), world.manager) == [
        ("number", "taken")
    ]
    with pytest.raises(Forbidden):
        run(documents.issue_document, document(world, "BG-2"), world.engineer)


def test_equal_data_has_an_equal_digest_whatever_its_order() -> None:
    assert documents.data_digest({"a": 1, "b": [1, 2]}) == documents.data_digest(
        {"b": [1, 2], "a": 1}
    )
    assert documents.data_digest({"a": 1}) != documents.data_digest({"a": 2})


def tell(world: World, dedupe: str = "fault-1", *channels: str) -> None:
    with write():
        notify.tell(world.viewer.person_id or 0, "fault-reported", dedupe, clock.now(),
                    url="/faults/1", channels=channels or ("app",), number="F-1")  # fmt: skip


def test_the_same_cause_is_one_message_per_person_and_channel(world: World) -> None:
    for _ in range(3):
        tell(world)
    tell(world, "fault-2")
    assert notices.unread(world.viewer) == 2
    assert notices.unread(world.engineer) == 0


def test_a_message_of_a_deed_that_failed_is_never_sent(world: World) -> None:
    def fail() -> None:
        with write():
            tell(world, "fault-1", "app", "mail")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert Notification.select().count() == Job.select().count() == 0


def test_mail_goes_into_the_spool_once(fresh_world: World, data_dir: Path) -> None:
    world = fresh_world
    key = world.viewer.person_id
    Person.update(email="viewer@example.com").where(Person.id == key).execute()
    for _ in range(2):
        tell(world, "fault-1", "app", "mail")
    job = Job.get()
    jobs.perform(job.id)
    (file,) = (data_dir / "spool").iterdir()
    mail = message_from_bytes(file.read_bytes())
    assert mail["To"] == "viewer@example.com"
    assert "F-1" in file.read_text()
    file.unlink()
    notify.send_mail(**job.args)
    assert list((data_dir / "spool").iterdir()) == []


def test_without_an_address_no_mail_is_tried(fresh_world: World, data_dir: Path) -> None:
    tell(fresh_world, "fault-1", "mail")
    jobs.perform(Job.get().id)
    assert Job.get().state == "done"
    assert not (data_dir / "spool").exists()


def test_contracts_of_a_day(world: World) -> None:
    later = clients.AddContract(
        world.client_id, "HT-2", "续签", date(2027, 6, 1), date(2028, 5, 31)
    )
    run(clients.add_contract, later, access.SYSTEM)

    def number(day: date) -> str | None:
        found = clients.contract_at(world.client_id, day)
        return found.number if found else None

    first = contract(world)
    assert number(first.starts_on) == number(date(2027, 5, 31)) == "HT-A"
    assert number(date(2027, 6, 1)) == number(date(2028, 5, 31)) == "HT-2"
    assert number(first.starts_on - timedelta(days=1)) is None
    assert number(date(2028, 6, 1)) is None


def test_clients_and_contracts_are_named_once(world: World) -> None:
    assert refused(clients.add_client, clients.AddClient("A", "又一个"), access.SYSTEM) == [
        ("code", "taken")
    ]
    day = date(2027, 1, 1)
    for number, end, error in (("HT-A", date(2028, 1, 1), ("number", "taken")),
                               ("HT-9", day, ("ends_on", "order"))):  # fmt: skip
        order = clients.AddContract(world.client_id, number, "合同", day, end)
        assert refused(clients.add_contract, order, access.SYSTEM) == [error]
    assert Contract.select().count() == 2
