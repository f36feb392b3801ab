"""What people are told: their own list, what is unread, and mail that lets them sleep."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import roundtag
from roundtag import clock, notice_kinds, notices, notify
from roundtag.db import write
from roundtag.errors import Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Job, Notification
from tests.seeing import queries_of
from tests.world import World, run

QUIET = {"quiet_from": "22:00", "quiet_until": "07:00"}


def tell(world: World, number: int = 1, kind: str = "fault-reported", now: datetime | None = None,
         channels: tuple[str, ...] = ("app",)) -> None:  # fmt: skip
    with write():
        notify.tell(world.viewer.person_id or 0, kind, f"{kind}-{number}", now or clock.now(),
                    url=f"/faults/{number}", channels=channels, number=f"F-{number}")  # fmt: skip


def choose(world: World, *mails: str, **fields: str) -> None:
    pairs = {**dict.fromkeys((f"mail.{mail}" for mail in mails), "1"), **fields}
    run(notices.choose_notices, notices.read_choice(Fields(pairs.items())), world.viewer)


def hands_over_at(world: World, now: datetime) -> datetime | None:
    tell(world, now=now, channels=("mail",))
    job = Job.get_or_none()
    return job.run_after if job else None


def test_a_notice_is_read_once_and_leads_to_its_subject(world: World) -> None:
    for number in (1, 2):
        tell(world, number)
    found = notices.inbox(world.viewer)
    assert [line.values for line in found.lines] == [{"number": "F-2"}, {"number": "F-1"}]
    assert (found.unread, found.before) == (2, None)
    receipt = run(notices.read_notice, notices.ReadNotice(found.lines[0].id), world.viewer)
    assert receipt.url == "/faults/2"
    first = Notification.get_by_id(found.lines[0].id).read_at
    run(notices.read_notice, notices.ReadNotice(found.lines[0].id), world.viewer)
    assert Notification.get_by_id(found.lines[0].id).read_at == first
    assert [line.url for line in notices.inbox(world.viewer, True).lines] == ["/faults/1"]


def test_nobody_reads_the_notices_of_another_person(world: World) -> None:
    tell(world)
    key = notices.inbox(world.viewer).lines[0].id
    assert notices.inbox(world.engineer).lines == []
    with pytest.raises(NotFound):
        run(notices.read_notice, notices.ReadNotice(key), world.engineer)
    run(notices.read_all, notices.ReadAll(key), world.engineer)
    assert notices.unread(world.viewer) == 1


def test_all_read_leaves_what_came_since(world: World) -> None:
    tell(world, 1)
    seen = notices.inbox(world.viewer).newest or 0
    tell(world, 2)
    run(notices.read_all, notices.ReadAll(seen), world.viewer)
    assert [line.url for line in notices.inbox(world.viewer, True).lines] == ["/faults/2"]


def test_pages_follow_each_other_without_loss(world: World) -> None:
    for number in range(65):
        tell(world, number)
    seen: list[int] = []
    before = None
    while not seen or before:
        page = notices.inbox(world.viewer, before=before)
        seen, before = [*seen, *(line.id for line in page.lines)], page.before
    assert len(seen) == len(set(seen)) == 65
    assert queries_of(lambda: notices.inbox(world.viewer)) == 2


@pytest.mark.parametrize(("now", "after"), [
    ("2026-11-25T13:59", None), ("2026-11-25T14:00", "2026-11-25T23:00"),
    ("2026-11-25T18:00", "2026-11-25T23:00"), ("2026-11-25T23:00", None),
])  # fmt: skip
def test_mail_waits_for_the_end_of_quiet_hours(world: World, now: str, after: str | None) -> None:
    """22:00–07:00 in China is 14:00–23:00 UTC."""
    choose(world, *notice_kinds.GROUPS, **QUIET)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(after).replace(tzinfo=UTC) if after else None
    at = hands_over_at(world, moment)
    assert at == expected if expected else at <= clock.now()  # type: ignore[operator]


def test_urgent_mail_waits_for_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    urgent = notice_kinds.Kind("faults", "x", "fault", urgent=True)
    monkeypatch.setitem(notice_kinds.KINDS, "fault-reported", urgent)
    choose(world, *notice_kinds.GROUPS, **QUIET)
    at = hands_over_at(world, datetime(2026, 11, 25, 18, tzinfo=UTC))
    assert at
    assert at <= clock.now()


def test_muted_mail_is_still_in_the_list(world: World) -> None:
    choose(world, "rounds")
    tell(world, channels=("app", "mail"))
    assert not Job.select().exists()
    assert notices.unread(world.viewer) == 1


@pytest.mark.parametrize(("fields", "field"), [
    ({"quiet_from": "22:00"}, "quiet_until"), ({"quiet_until": "07:00"}, "quiet_from"),
    ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet_from"),
    ({"quiet_from": "22:00", "quiet_until": "7"}, "quiet_until"),
])  # fmt: skip
def test_times_of_day_are_checked(world: World, fields: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        choose(world, **fields)
    assert [error.field for error in refused.value.errors] == [field]
    assert notices.choice(world.viewer.person_id) == notices.Choice()


def test_a_choice_is_kept_and_changed(world: World) -> None:
    choose(world, "faults", **QUIET)
    choose(world, "rounds")
    kept = notices.choice(world.viewer.person_id)
    assert kept == notices.Choice(("faults", "stock", "office"))
    assert notices.choice(world.engineer.person_id) == notices.Choice()


def kinds_told() -> set[str]:
    """Every kind that the library hands to notify.tell."""
    calls = (
        node
        for path in Path(roundtag.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "notify.tell"
    )
    named = (arg.value for call in calls for arg in call.args[1:2] if isinstance(arg, ast.Constant))
    return {value for value in named if isinstance(value, str)}


def test_every_kind_has_its_words() -> None:
    assert kinds_told()
    assert kinds_told() <= set(notice_kinds.KINDS)
    assert {kind.group for kind in notice_kinds.KINDS.values()} <= set(notice_kinds.GROUPS)
