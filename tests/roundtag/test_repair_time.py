"""How long a repair may take: working days, more time by consent beforehand, what is overdue."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roundtag import access, calendar, clock, commands, dues, links, mails, repairs
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import (
    Approval,
    CalendarException,
    Contract,
    Fault,
    FaultDue,
    Notification,
    OutMail,
    RepairOrder,
    ReportContact,
)
from roundtag.repairs import deadlines, overdue, pages
from tests.repairing import Bench, bench
from tests.seeing import snapshot
from tests.world import World, fault, new_id, person, resolve, run

FAR = date(2099, 1, 1)


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


def at_day(patch: pytest.MonkeyPatch, day: date, hour: int = 4) -> datetime:
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    patch.setattr(clock, "now", lambda: moment)
    return moment


# Working days


@pytest.mark.parametrize(("confirmed", "days", "due"), [
    (date(2026, 9, 23), 10, date(2026, 10, 14)),
    # 24; 25-27 Mid-Autumn; 28, 29, 30; 1-7 October off; 8, 9; Sat 10 is worked; 12, 13, 14
    (date(2026, 2, 10), 10, date(2026, 3, 2)),
    # 11-14 (Sat 14 worked), Spring Festival 15-23, 24-28 (Sat 28 worked), Mon 2
    (date(2026, 11, 23), 10, date(2026, 12, 7)),
    (date(2026, 11, 21), 10, date(2026, 12, 4)),  # confirmed on a Saturday
    (date(2026, 11, 23), 20, date(2026, 12, 21)),
    (date(2026, 11, 23), 1, date(2026, 11, 24)),
])  # fmt: skip
def test_working_days_over_chinese_holidays(confirmed: date, days: int, due: date) -> None:
    assert deadlines.after(confirmed, days) == due
    assert calendar.working_days_between(confirmed + timedelta(days=1), due) == days


def test_a_clients_own_days_count(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, working in ((date(2026, 11, 25), False), (date(2026, 11, 28), True)):
        CalendarException.create(client=at.world.client_id, day=day, working=working)
    at_day(monkeypatch, date(2026, 11, 24))
    key = at.to("decided")
    assert at.order(key).due_on == date(2026, 12, 8)


@pytest.mark.parametrize(("terms", "abroad", "days"), [
    ({}, False, 10), ({}, True, 20), ({"repair_days": {"home": 5}}, False, 5),
    ({"repair_days": {"home": 5}}, True, 20), ({"repair_days": {"abroad": 30}}, True, 30),
    ({"repair_days": {"home": 0}}, False, 10), ({"repair_days": {"home": "5"}}, False, 10),
    ({"repair_days": {"home": True}}, False, 10), ({"repair_days": 7}, False, 10),
    ({"repair_days": {"home": 100_000}}, False, 10),
])  # fmt: skip
def test_what_was_agreed_goes_first(terms: dict[str, object], abroad: bool, days: int) -> None:
    assert deadlines.days_of(terms, abroad) == days


def test_the_time_runs_from_the_approval_in_the_contracts_zone(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    Contract.update(terms={"repair_days": {"abroad": 3}}).where(
        Contract.id == at.world.contract_id
    ).execute()
    key = at.open()
    at.decide(key, abroad=True)
    quote = at.offer(key)
    assert at.order(key).due_on is None
    at_day(monkeypatch, date(2026, 11, 30), 17)  # 1 December in Shanghai
    at.answer(quote)
    assert at.order(key).due_on == date(2026, 12, 4)


# More time


def test_consent_beforehand_moves_the_day(at: Bench) -> None:
    key = at.to("sent")
    at.ask(key, FAR)
    assert at.extend(key).outcome == "done"
    order = at.order(key)
    assert (order.agreed_on, order.late_at) == (FAR, None)
    row = Approval.get()
    assert (row.subject, row.decision) == ("repair-extension", "approved")
    assert overdue.ensure(clock.now() + timedelta(days=400)) == 0


def test_on_the_last_day_it_is_beforehand_and_a_day_later_it_is_not(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for late in (False, True):
        key = at.to("sent", int(late))
        due = at.order(key).due_on
        assert due
        at.ask(key, FAR)
        with monkeypatch.context() as patch:
            at_day(patch, due + timedelta(days=int(late)))
            assert at.extend(key).outcome == "done"
        order = at.order(key)
        assert (order.agreed_on, order.late_at is not None) == (None if late else FAR, late)
        assert at.kinds(key)[-1] == ("extension_late" if late else "extension_agreed")


def test_a_refusal_keeps_the_day(at: Bench) -> None:
    key = at.to("sent")
    at.ask(key, FAR)
    with pytest.raises(Invalid):
        at.extend(key, "refused", note=None)
    assert at.extend(key, "refused").outcome == "done"
    assert at.order(key).agreed_on is None
    assert at.extend(key).outcome == "conflict"


def test_a_request_that_was_replaced_is_not_decided(at: Bench) -> None:
    key = at.to("sent")
    at.ask(key, FAR)
    before = at.asked(key)
    at.ask(key, date(2099, 2, 1))
    assert at.extend(key, seen=before).outcome == "conflict"
    assert at.order(key).agreed_on is None
    assert at.extend(key).outcome == "done"
    assert at.order(key).agreed_on == date(2099, 2, 1)


def test_only_for_a_running_order_and_a_later_day(at: Bench) -> None:
    assert at.ask(at.to("quoting"), FAR).outcome == "conflict"
    key = at.to("sent", 1)
    with pytest.raises(Invalid):
        at.ask(key, at.order(key).due_on or FAR)


@pytest.mark.parametrize("role", ["manager", "supervisor", "engineer", "storekeeper"])
def test_only_the_client_consents(at: Bench, role: str, other: World) -> None:
    key = at.to("sent")
    at.ask(key, FAR)
    with pytest.raises(Forbidden):
        at.extend(key, who=person(f"x-{role}", (role, "client", at.world.client_id)))
    with pytest.raises(NotFound):
        at.extend(key, who=other.viewer)


def by_link(at: Bench, key: int, secret: str) -> commands.Receipt:
    command = repairs.ExtensionByLink(key, at.asked(key), "approved", "陈敏", None, secret)
    return run(repairs.extension_by_link, command, access.ATTENDEE)


def test_a_link_consents_once(at: Bench) -> None:
    key = at.to("sent")
    at.ask(key, FAR)
    secret = links.grant("extension-decide", key, clock.now())
    assert pages.extension_by_link(secret).asked.until == FAR
    with pytest.raises(NotFound):
        by_link(at, key, "other")
    assert by_link(at, key, secret).outcome == "done"
    assert at.order(key).agreed_on == FAR
    for call in (lambda: by_link(at, key, secret), lambda: pages.extension_by_link(secret)):
        with pytest.raises(NotFound):
            call()


def test_links_end_with_the_request_and_with_the_order(at: Bench) -> None:
    key = at.to("sent")
    at.ask(key, FAR)
    secret = links.grant("extension-decide", key, clock.now())
    at.receive(key)
    at.test(key)
    assert at.kinds(key)[-2:] == ["extension_withdrawn", "ended"]
    with pytest.raises(NotFound):
        pages.extension_by_link(secret)


def test_the_letter_holds_a_link_while_it_is_asked(at: Bench) -> None:
    ReportContact.create(client=at.world.client_id, contract=at.world.contract_id, name="陈敏",
                         email="chen@example.com", at=clock.now())  # fmt: skip
    key = at.to("sent")
    at.ask(key, FAR)
    mail = OutMail.get(OutMail.kind == "extension-decide")
    letter = mails._composers["extension-decide"](mail)
    assert letter
    secret = letter.text.split("/extension/")[1].split()[0]
    assert pages.extension_by_link(secret).line.id == key
    at.extend(key)
    assert mails._composers["extension-decide"](mail) is None


# Overdue


def late_orders() -> list[int]:
    return sorted(row.id for row in RepairOrder.select() if row.late_at)


def overdue_day(at: Bench, key: int) -> datetime:
    due = at.order(key).due_on
    assert due
    return datetime(due.year, due.month, due.day, 17, tzinfo=UTC)  # the day after in Shanghai


def test_it_is_told_once_to_everybody_whom_it_concerns(
    at: Bench, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = person("x-keeper", ("storekeeper", "client", at.world.client_id))
    key = at.to("sent")
    moment = overdue_day(at, key)
    monkeypatch.setattr(clock, "now", lambda: moment - timedelta(hours=2))
    assert overdue.ensure(clock.now()) == 0
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert overdue.ensure(moment) == 1
    told = Notification.select().where(
        (Notification.kind == "repair-overdue") & (Notification.channel == "app")
    )
    reached = {row.recipient_id for row in told}
    assert {keeper.person_id, at.keeper.person_id, at.client.person_id} <= reached
    assert other.viewer.person_id not in reached
    before = snapshot()
    later = moment + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert overdue.ensure(later) == 0
    assert snapshot() == before


def test_killed_in_the_middle_it_goes_on_where_it_stopped(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = at.to("sent"), at.to("decided", 1)
    moment = overdue_day(at, two) + timedelta(days=60)  # nothing ran for two months
    monkeypatch.setattr(clock, "now", lambda: moment)
    real, calls = overdue.mark, []

    def dying(deed: commands.Deed, order: RepairOrder) -> None:
        calls.append(order.id)
        real(deed, order)
        if len(calls) == 1:
            raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(overdue, "mark", dying)
        overdue.ensure(moment)
    assert late_orders() == [two]
    overdue.ensure(moment)
    assert late_orders() == [one, two]
    assert at.kinds(one).count("overdue") == at.kinds(two).count("overdue") == 1


@pytest.mark.parametrize("state", ["opened", "quoting", "offered", "refused", "tested", "ended"])
def test_what_is_not_running_is_never_late(at: Bench, state: str) -> None:
    at.to(state)
    assert overdue.ensure(clock.now() + timedelta(days=99)) == 0


def test_what_was_done_meanwhile_is_not_told(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = at.to("sent")
    receipt = run(repairs.tell_overdue, overdue.TellOverdue(key))
    assert (receipt.outcome, at.order(key).late_at) == ("conflict", None)
    moment = overdue_day(at, key)
    monkeypatch.setattr(clock, "now", lambda: moment)
    with pytest.raises(Forbidden):
        commands.run(new_id(), repairs.tell_overdue, overdue.TellOverdue(key), at.keeper)


def owed(fault_id: int) -> list[str]:
    rows = FaultDue.select().where((FaultDue.fault == fault_id) & (FaultDue.kind == "loaner"))
    return [row.done_how for row in rows]


def test_a_loaner_is_owed_while_the_fault_is_open(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = fault(at.world)
    key = at.open(fault=str(broken))
    assert at.order(key).fault_id == broken
    at.decide(key, "warranty")
    moment = overdue_day(at, key)
    monkeypatch.setattr(clock, "now", lambda: moment)
    overdue.ensure(moment)
    assert owed(broken) == [""]
    assert dues.loaners_of([broken]) == set()  # not taken for a broken promise to restore
    run_settle(Fault.get_by_id(broken))
    assert owed(broken) == [""]  # another cause's row is not withdrawn by what the events say
    resolve(broken)
    assert owed(broken) == ["restored"]


def run_settle(row: object) -> None:
    def settle_it(_command: overdue.TellOverdue, deed: commands.Deed) -> commands.Outcome:
        dues.settle(deed, row, None)  # type: ignore[arg-type]
        return commands.Outcome("settled")

    settle_it.__name__ = "tell_overdue"
    run(settle_it, overdue.TellOverdue(0))


def test_none_is_owed_without_an_open_fault(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = at.to("sent")
    moment = overdue_day(at, key)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert overdue.ensure(moment) == 1
    assert not FaultDue.select().exists()
