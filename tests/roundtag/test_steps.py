"""The engineer's steps: each once, in any order, with what it needs; nothing written is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from roundtag import clock, devices, faults, findings, ledger, reviews, settling, sync
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Attachment, Fault, FaultCrew, FaultEvent, History, Tag
from roundtag.sla import transitions
from tests import world as worlds
from tests.seeing import at_once, counts, grown, snapshot
from tests.world import World, deliver, envelope, fault, jpeg, new_id, run, step_form, swap_form


def step(world: World, key: int, name: str, **more: Any) -> Receipt:
    return deliver("step", step_form(key, name, **more), world.engineer)


def now_of(key: int) -> Fault:
    return Fault.get_by_id(key)


def kinds(key: int) -> list[str]:
    rows = FaultEvent.select().where(FaultEvent.fault == key).order_by(FaultEvent.id)
    return [row.kind for row in rows]


def last(key: int) -> FaultEvent:
    return FaultEvent.select().where(FaultEvent.fault == key).order_by(FaultEvent.id.desc()).get()


def triaged(world: World) -> int:
    """A fault that the engineer has accepted; steps after this may also pause it."""
    key = fault(world)
    step(world, key, "respond")
    return key


def test_from_accept_to_resolved(world: World) -> None:
    key = fault(world)
    before = counts()
    assert step(world, key, "respond", mode="on_site").outcome == "done"
    assert grown(before) == {"fault_event": 1, "leaf": 1, "submission": 1}
    assert (now_of(key).state, now_of(key).support_mode) == ("responded", "on_site")
    assert step(world, key, "arrive", tag=world.tags[0], why="").outcome == "done"
    assert (now_of(key).state, last(key).what) == ("on_site", "scan")
    step(world, key, "restore", diagnosis="灯泡", temporary="temporary", note="先用着")
    row = now_of(key)
    assert (row.state, row.diagnosis, last(key).what) == ("restored", "灯泡", "temporary")
    assert row.restored_at == last(key).at
    assert last(key).note == "灯泡\n先用着"
    receipt = step(
        world, key, "resolve", cause="老化", remedy="换灯泡", kind="device", cost="300 元"
    )
    row = now_of(key)
    assert (row.state, row.cause, row.remedy, row.kind) == ("resolved", "老化", "换灯泡", "device")
    assert (row.resolved_by_id, row.resolved_at) == (world.engineer.person_id, receipt.received_at)
    assert kinds(key) == ["reported", "responded", "on_site", "restored", "resolved", "cost"]
    assert last(key).note == "300 元"
    assert History.select().where(History.kind == "resolved").count() == 1
    assert ledger.verify(world.client_id) == []


def test_a_resolved_fault_settles_the_finding_that_it_came_from(world: World) -> None:
    failed = worlds.check_form(world, **{"item.image": "fail", "note.image": "偏色"})
    deliver("inspection", failed, world.engineer)
    key = Fault.get().id
    assert [one.state for one in findings.of_fault(key)] == ["open"]
    step(world, key, "resolve")
    assert [one.state for one in findings.of_fault(key)] == ["settled"]


@pytest.mark.parametrize(("name", "lacks"), [
    ("respond", "mode"), ("arrive", "tag"), ("restore", "diagnosis"),
    ("restore_remotely", "diagnosis"), ("resolve", "cause"), ("resolve", "remedy"),
    ("progress", "note"), ("pause", "reason"), ("", "step"), ("observe", "step"),
])  # fmt: skip
def test_what_a_step_owes(name: str, lacks: str) -> None:
    filled = {**step_form(1, name), lacks: " ", "why": ""} if lacks != "step" else {"step": name}
    with pytest.raises(Invalid) as refused:
        faults.read_step(Fields(filled.items()))
    assert [one.field for one in refused.value.errors] == [lacks]


@pytest.mark.parametrize(("field", "name"), [
    ("mode", "respond"), ("temporary", "restore"), ("kind", "resolve"), ("reason", "pause"),
    ("reason", "resume"),
])  # fmt: skip
def test_words_out_of_no_list_are_refused(field: str, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        faults.read_step(Fields({**step_form(1, name), field: "nonsense"}.items()))
    assert [one.field for one in refused.value.errors] == [field]


def test_a_force_majeure_is_told_in_words(world: World) -> None:
    key = triaged(world)
    with pytest.raises(Invalid):
        step(world, key, "pause", reason="force_majeure")
    step(world, key, "pause", reason="force_majeure", note="停电")
    assert (last(key).kind, last(key).what, last(key).note) == ("paused", "force_majeure", "停电")


def test_a_step_reads_its_own_fields_only(world: World) -> None:
    filled = step_form(fault(world), "respond", tag="x", cause="y", kind="nonsense")
    command = faults.read_step(Fields(filled.items()))
    assert (command.tag, command.cause, command.kind) == ("", None, "")


# Presence


@pytest.mark.parametrize("which", ["device", "other device of the room", "door"])
def test_a_label_of_the_place_proves_presence(world: World, which: str) -> None:
    codes = {"device": world.tags[0], "door": world.room_tag}
    key = triaged(world)
    code = codes.get(which, world.tags[1])
    step(world, key, "arrive", tag=f"{code[:5]}-{code[5:].lower()}", why="")
    assert (now_of(key).state, last(key).what) == ("on_site", "scan")


@pytest.mark.parametrize("which", ["elsewhere", "other", "unknown", "revoked", "garbage"])
def test_a_wrong_label_proves_nothing(world: World, other: World, which: str) -> None:
    room = worlds.add_room(world)
    code = {"elsewhere": Tag.get(Tag.room == room.id).code, "other": other.tags[0],
            "unknown": "0" * 10, "revoked": world.tags[1], "garbage": "\u202e"}[which]  # fmt: skip
    if which == "revoked":
        Tag.update(state="revoked").where(Tag.code == code).execute()
    key = triaged(world)
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        step(world, key, "arrive", tag=code, why="")
    assert [(one.field, one.code) for one in refused.value.errors] == [("tag", "elsewhere")]
    assert snapshot() == before
    step(world, key, "arrive", tag=code, why="门牌被撕了")
    assert (now_of(key).state, last(key).what, last(key).note) == (
        "on_site",
        "reason",
        "门牌被撕了",
    )


def test_who_forgot_to_say_that_they_are_there_is_not_held_up(world: World) -> None:
    scanned, silent = triaged(world), fault(world, 1)
    step(world, silent, "respond")
    step(world, scanned, "restore", tag=world.tags[0])
    assert kinds(scanned)[-2:] == ["on_site", "restored"]
    step(world, silent, "restore")
    assert kinds(silent)[-2:] == ["responded", "restored"]
    met = [faults.clocks_of(now_of(key)).on_site.state for key in (scanned, silent)]
    assert met == ["met", "stopped"]


def test_the_end_of_the_work_takes_what_was_forgotten_along(world: World) -> None:
    key = fault(world)
    step(world, key, "resolve", cause="线松", tag=world.room_tag)
    assert kinds(key) == ["reported", "on_site", "restored", "resolved"]
    assert now_of(key).diagnosis == "线松"


# Loaners


def loan(world: World) -> None:
    deliver("swap", swap_form(world, reason="loan", old_unit_to="repair"), world.engineer)


def test_a_part_on_order_pauses_only_with_a_loaner(world: World) -> None:
    key = triaged(world)
    with pytest.raises(Invalid) as refused:
        step(world, key, "pause", reason="part_loaner")
    assert [(one.field, one.code) for one in refused.value.errors] == [("reason", "loaner")]
    loan(world)
    assert step(world, key, "pause", reason="part_loaner").outcome == "done"
    assert faults.clocks_of(now_of(key)).restore.state == "paused"
    step(world, key, "resume", reason="part_loaner")
    assert faults.clocks_of(now_of(key)).restore.state == "running"


def test_the_work_does_not_end_while_a_loaner_is_in_use(world: World) -> None:
    key = triaged(world)
    loan(world)
    step(world, key, "restore", temporary="loaner")
    with pytest.raises(Invalid) as refused:
        step(world, key, "resolve")
    assert [(one.field, one.code) for one in refused.value.errors] == [("remedy", "loaner")]
    back = swap_form(world, expected_old_serial="SPA1", new_serial="SPA2", old_unit_to="store",
                     fault=str(key))  # fmt: skip
    deliver("swap", back, world.engineer)
    assert (now_of(key).state, last(key).kind) == ("restored", "swapped")
    assert step(world, key, "resolve").outcome == "done"


def test_a_loaner_that_settles_a_fault_restores_it_and_ends_nothing(world: World) -> None:
    key = triaged(world)
    fields = swap_form(world, reason="loan", fault=str(key), settles_fault="1")
    deliver("swap", fields, world.engineer)
    assert (now_of(key).state, last(key).what) == ("restored", "loaner")
    assert kinds(key) == ["reported", "responded", "on_site", "swapped", "restored"]
    assert now_of(key).restored_at == last(key).at
    assert faults.clocks_of(now_of(key)).restore.state == "met"
    assert ledger.verify(world.client_id) == []


# Late, twice, out of order


def test_a_second_accept_is_told_calmly_and_kept(world: World) -> None:
    key = triaged(world)
    receipt = step(world, key, "respond", note="我也来")
    assert receipt.outcome == "conflict"
    assert "on record already" in receipt.message
    assert receipt.values["who"] == "engineer-a 先生"
    assert now_of(key).state == "responded"
    assert kinds(key) == ["reported", "responded", "note"]
    assert (last(key).what, last(key).note) == ("respond", "我也来")


def test_a_step_that_was_overtaken_keeps_its_words_and_photos(world: World) -> None:
    key = fault(world)
    step(world, key, "restore_remotely")
    _, photo = jpeg()
    fields = {**step_form(key, "arrive", why="门锁着", note="在门口"),
              "photo": f"blob:{photo.sha256}"}  # fmt: skip
    receipt = deliver("step", fields, world.engineer, photos=(photo,))
    assert receipt.outcome == "conflict"
    assert "moved this fault on" in receipt.message
    assert now_of(key).state == "restored"
    assert (last(key).kind, last(key).note) == ("note", "在门口\n门锁着")
    kept = Attachment.get(Attachment.subject == "fault_event")
    assert (kept.subject_id, kept.sha256) == (last(key).id, photo.sha256)
    line = reviews.waiting(world.manager)[0]
    assert (line.kind, line.found) == ("step-late", "arrive")
    order = settling.Settle(line.key, "leave")
    assert settling.settle(new_id(), order, world.manager).outcome == "done"
    assert reviews.receipt_of(receipt.id, world.engineer)[1] is not None


ORDERS = [("resolve", "restore", "arrive", "respond"), ("restore", "respond", "resolve", "arrive"),
          ("arrive", "resolve", "respond", "restore")]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_steps_out_of_order_never_go_back(world: World, order: tuple[str, ...]) -> None:
    key, places = fault(world), []
    for name in order:
        receipt = step(world, key, name, note=name)
        assert receipt.outcome in ("done", "conflict")
        places.append(transitions.STATES.index(now_of(key).state))
    assert places == sorted(places)
    words = "\n".join(row.note or "" for row in FaultEvent.select().where(FaultEvent.fault == key))
    assert all(name in words for name in order)
    assert ledger.verify(world.client_id) == []


def test_a_repetition_changes_nothing(world: World) -> None:
    key, sent = fault(world), new_id()
    first = deliver("step", step_form(key, "respond"), world.engineer, id=sent)
    before = snapshot()
    again = deliver("step", step_form(key, "respond"), world.engineer, id=sent)
    assert (first.outcome, again.outcome, again.repeated) == ("done", "done", True)
    assert snapshot() == before


def test_two_engineers_at_once(fresh_world: World) -> None:
    world = fresh_world
    key = fault(world)
    sent = [envelope("step", step_form(key, "respond"), world.engineer.person_id) for _ in "1234"]
    receipts = at_once([lambda one=one: sync.submit(one, world.engineer) for one in sent])
    assert sorted(r.outcome for r in receipts) == ["conflict"] * 3 + ["done"]
    assert kinds(key).count("responded") == 1
    assert ledger.verify(world.client_id) == []


def test_a_pause_before_the_fault_was_looked_at_is_kept_as_words(world: World) -> None:
    key = fault(world)
    receipt = step(world, key, "pause", note="有人开会")
    assert (receipt.outcome, kinds(key)) == ("conflict", ["reported", "note"])


def test_the_phones_time_is_set_right_and_the_receipt_decides(world: World) -> None:
    key, now = fault(world), clock.now()
    ahead = timedelta(hours=3)
    claimed, sent_at = now - timedelta(hours=1) + ahead, now + ahead
    receipt = deliver("step", step_form(key, "respond"), world.engineer, claimed_at=claimed,
                      sent_at=sent_at)  # fmt: skip
    event = last(key)
    assert event.at == receipt.received_at
    assert abs(event.claimed_at - (now - timedelta(hours=1))) < timedelta(minutes=1)
    assert faults.clocks_of(now_of(key)).response.met_at == receipt.received_at


# Who


def test_another_clients_fault_is_not_there(world: World, other: World) -> None:
    theirs = fault(other)
    before = snapshot()
    for key in (theirs, 999_999_999, 2**31, 10**14, 0):
        with pytest.raises(NotFound):
            step(world, key, "respond")
    assert snapshot() == before


def test_a_report_put_aside_has_no_steps(world: World) -> None:
    key = fault(world)
    Fault.update(state="quarantined").where(Fault.id == key).execute()
    with pytest.raises(NotFound):
        step(world, key, "respond")


def test_a_client_takes_no_step_and_the_desk_goes_nowhere(world: World) -> None:
    desk = worlds.person("desk-a", ("desk", "client", world.client_id))
    key = fault(world)
    with pytest.raises(Forbidden):
        deliver("step", step_form(key, "respond"), world.viewer)
    with pytest.raises(Forbidden):
        deliver("step", step_form(key, "arrive"), desk)
    assert deliver("step", step_form(key, "respond", mode="phone"), desk).outcome == "done"
    assert now_of(key).assignee_id == world.engineer.person_id
    assert not FaultCrew.select().exists()


def test_who_works_at_it_leads_or_belongs_to_the_crew(world: World) -> None:
    second = worlds.person("engineer-2", ("engineer", "client", world.client_id))
    key = fault(world)
    Fault.update(assignee=None).where(Fault.id == key).execute()
    step(world, key, "respond")
    assert now_of(key).assignee_id == world.engineer.person_id
    for name in ("arrive", "restore"):
        deliver("step", step_form(key, name), second)
    crew = [(row.person_id, row.left_at) for row in FaultCrew.select()]
    assert crew == [(second.person_id, None)]
    assert faults.page(key, world.engineer).crew == ["engineer-2 先生"]


# What the page offers


@pytest.mark.parametrize("role", ["engineer", "desk", "manager", "client"])
def test_the_page_offers_what_the_verb_takes(world: World, role: str) -> None:
    """Every step in every state: offered exactly when it is done."""
    actor = worlds.person("somebody", (role, "client", world.client_id))
    for place in transitions.STATES[:-1]:
        for name in faults.STEPS:
            key = fault(world)
            Fault.update(state=place, duplicate_of=None).where(Fault.id == key).execute()
            work = faults.work(now_of(key), actor.roles_at(world.client_id))
            done = attempt(lambda key=key, name=name: deliver("step", step_form(key, name), actor))
            either = {"restore", "restore_remotely"}  # one is done for the other
            same = either if name in either else {name}
            assert bool(same & {*work.offered}) == done, (role, place, name)
            if name not in work.offered:
                continue
            if done and name not in ("progress", "pause", "resume"):
                assert now_of(key).state == work.moves[name][place]


def attempt(take: Callable[[], Receipt]) -> bool:
    try:
        return take().outcome == "done"
    except Forbidden:
        return False


def test_the_next_step_stands_ready(world: World) -> None:
    key, roles = fault(world), ["engineer"]
    seen = []
    for name in ("respond", "arrive", "restore", "resolve"):
        seen.append(faults.work(now_of(key), roles).next)
        step(world, key, name)
    assert seen == ["respond", "arrive", "restore", "resolve"]
    assert faults.work(now_of(key), roles).next == ""


def test_the_deadlines_of_a_page(world: World) -> None:
    key = fault(world)
    found = {one.target: one for one in faults.page(key, world.engineer).work.deadlines}
    assert [one.state for one in found.values()] == ["running"] * 3
    assert [name for name, one in found.items() if one.is_next] == ["response"]
    step(world, key, "respond")
    step(world, key, "pause", reason="room_in_use")
    work = faults.page(key, world.engineer).work
    assert [one.state for one in work.deadlines] == ["met", "paused", "paused"]
    assert [one.at is None for one in work.deadlines] == [False, True, True]
    assert work.pauses == ["room_in_use"]
    step(world, key, "resume")
    assert faults.page(key, world.engineer).work.pauses == []
    late = faults.work(now_of(key), ["engineer"], clock.now() + timedelta(days=40))
    assert [one.state for one in late.deadlines] == ["met", "breached", "breached"]


def test_a_twin_has_no_deadlines_and_its_reporter_sees_the_end(world: World) -> None:
    key = fault(world)
    twin = fault(world)
    assert faults.page(twin, world.engineer).work.deadlines == []
    receipt = step(world, twin, "respond", note="在路上")
    assert (receipt.outcome, last(twin).note) == ("conflict", "在路上")
    step(world, key, "resolve")
    assert now_of(twin).state == "duplicate"


def test_steps_by_the_command_line_have_no_crew(world: World) -> None:
    key = fault(world)
    order = faults.TakeStep(key, "respond", mode="phone")
    assert run(faults.take_step, order).outcome == "done"
    assert (now_of(key).state, last(key).person_id) == ("responded", None)
    assert not FaultCrew.select().exists()


def test_restored_faults_wait_in_the_lists_and_stop_no_device(world: World) -> None:
    key = triaged(world)
    page = devices.page(world.devices[0].id, world.tags[0], world.engineer)
    assert page.state == "fault"
    step(world, key, "restore")
    page = devices.page(world.devices[0].id, world.tags[0], world.engineer)
    assert (page.state, [one.id for one in page.open_faults]) == ("ok", [key])
    assert [one.id for one in faults.lines(world.engineer)] == [key]
    step(world, key, "resolve")
    assert faults.lines(world.engineer) == []
