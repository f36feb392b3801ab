"""The hotline: a call is one deed, its caller can be forgotten, and its rate is right."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from roundtag import clock, faults, hotline
from roundtag.access import SYSTEM
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.hotline import TakeCall, Wish, callers
from roundtag.models import (
    Conflict,
    Contract,
    Fault,
    FaultContact,
    FaultEvent,
    HotlineCall,
    Leaf,
    Room,
    Submission,
)
from tests.seeing import counts, grown, queries_of
from tests.world import World, deliver, fault_form, person, run

CALL = {"channel": "phone", "answered": "yes", "about": "fault", "symptom": "no_sound",
        "caller": "王女士", "phone": "13800001111", "note": "主席台没有声音"}  # fmt: skip


def read(world: World, **fields: Any) -> TakeCall:
    pairs = {**CALL, "room": str(world.room.id), **fields}
    return hotline.read_call(Fields((n, str(v)) for n, v in pairs.items() if v is not None))


def take(world: World, **fields: Any) -> HotlineCall:
    run(hotline.take_call, read(world, **fields), world.manager)
    return HotlineCall.select().order_by(HotlineCall.id.desc()).get()


def test_a_call_and_its_fault_are_one_deed(world: World) -> None:
    before = counts()
    call = take(world)
    assert grown(before)["hotline_call"] == grown(before)["fault"] == grown(before)["leaf"] == 1
    fault = call.fault
    assert (fault.source, fault.symptom, fault.state, fault.room_id) == (
        "desk", "no_sound", "reported", world.room.id)  # fmt: skip
    assert fault.next_due_at is not None
    assert FaultContact.get(FaultContact.fault == fault.id).contact == "王女士 13800001111"
    assert (call.caller, call.phone, call.note) == (None, None, None)
    assert (call.client_id, call.contract_id) == (world.client_id, world.contract_id)
    assert (call.taken_by_id, call.about) == (world.manager.person_id, "fault")


def test_who_called_is_in_no_leaf_and_in_no_submission(world: World) -> None:
    take(world)
    take(world, about="question", note="遥控器在哪里")
    kept = "\n".join(
        [leaf.text for leaf in Leaf.select()] + [row.body for row in Submission.select()]
    )
    for secret in ("王女士", "13800001111"):
        assert secret not in kept


def test_a_level_may_be_set_at_once(world: World) -> None:
    fault = take(world, level="I", urgency="high", scope="room").fault
    assert (fault.state, fault.level, fault.urgency, fault.scope) == (
        "triaged",
        "I",
        "high",
        "room",
    )
    kinds = [(e.kind, e.what) for e in FaultEvent.select().order_by(FaultEvent.id)]
    assert kinds == [("reported", ""), ("level", "I")]
    assert fault.next_due_at == fault.reported_at + timedelta(minutes=10)
    with pytest.raises(Invalid) as refused:
        read(world, level="I")
    assert {error.field for error in refused.value.errors} == {"urgency", "scope"}


def test_a_level_is_the_desks(world: World) -> None:
    order = read(world, level="I", urgency="high", scope="room")
    with pytest.raises(Forbidden):
        run(hotline.take_call, order, world.engineer)
    assert not HotlineCall.select().exists()
    assert not Fault.select().exists()


def test_the_known_fault_gets_one_more_report(world: World) -> None:
    """Whatever symptom the caller named; and nobody is asked to look at it again."""
    first = take(world, symptom="no_picture").fault
    call = take(world, same=first.id)
    assert (call.about, call.fault.state, call.fault.duplicate_of_id) == (
        "again",
        "duplicate",
        first.id,
    )
    assert call.fault.symptom == "no_picture"
    assert not Conflict.select().exists()
    assert faults.page(first.id, world.manager).duplicates == [(call.fault_id, call.fault.number)]


def test_the_same_symptom_in_the_room_is_linked_anyway(world: World) -> None:
    first = take(world).fault
    assert take(world).fault.duplicate_of_id == first.id


def mend(world: World, fault: Fault) -> None:
    form = {"fault": str(fault.id), "step": "resolve", "cause": "线松", "remedy": "好了",
            "why": "标签脱落"}  # fmt: skip
    deliver("step", form, world.engineer)


def test_what_is_not_open_here_any_more_is_refused(world: World, other: World) -> None:
    first = take(world).fault
    mend(world, first)
    elsewhere = take(other).fault
    before = counts()
    for same in (first.id, elsewhere.id, 2**31):
        with pytest.raises(Invalid) as refused:
            run(hotline.take_call, read(world, same=same), world.manager)
        assert refused.value.errors[0].field == "same"
    assert grown(before) == {}


def test_another_clients_rooms_and_names_are_refused(world: World, other: World) -> None:
    theirs = person("desk-b", ("desk", "client", other.client_id))
    before = counts()
    for order in (read(world), read(world, room=2**31), read(world, room=None, about="wrong",
                                                            client=world.client_id)):  # fmt: skip
        with pytest.raises(NotFound):
            run(hotline.take_call, order, theirs)
    with pytest.raises(Forbidden):
        run(hotline.take_call, read(world), world.viewer)
    assert grown(before) == {}
    assert [room.code for room in hotline.rooms_like("301", theirs)] == ["B301"]
    assert hotline.rooms_like("", theirs, world.room.id) == []
    take(world)
    assert hotline.known_in(world.room.id, theirs) == []


def test_a_room_out_of_use_reports_nothing(world: World) -> None:
    Room.update(retired_at=clock.now()).where(Room.id == world.room.id).execute()
    with pytest.raises(Invalid):
        run(hotline.take_call, read(world), world.manager)
    assert hotline.rooms_like("301", world.manager) == []


@pytest.mark.parametrize("about", ["question", "information", "wrong"])
def test_a_call_without_a_fault_is_kept(world: World, about: str) -> None:
    call = take(world, about=about, room=None, symptom=None, client=world.client_id)
    assert (call.fault_id, call.about, call.caller, call.phone) == (
        None, about, "王女士", "13800001111")  # fmt: skip
    assert not Fault.select().exists()


def test_a_missed_call_needs_no_more_than_its_time(world: World) -> None:
    typed = f"{clock.local(clock.now() - timedelta(hours=2)):%Y-%m-%dT%H:%M}"
    call = take(world, answered="missed", room=None, symptom=None, caller=None,
                client=world.client_id, at=typed)  # fmt: skip
    assert (call.about, call.answered, call.fault_id) == ("unknown", "missed", None)
    assert f"{clock.local(call.at):%Y-%m-%dT%H:%M}" == typed
    assert call.received_at > call.at


@pytest.mark.parametrize(("field", "value"), [
    ("room", None), ("symptom", None), ("channel", "pigeon"), ("answered", ""), ("about", "again"),
    ("at", "soon"), ("at", "2026-11-25T10:00+08:00"), ("level", "V"), ("room", "x"),
    ("caller", "x" * 61), ("same", "-1"),
])  # fmt: skip
def test_what_a_form_may_not_say(world: World, field: str, value: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        read(world, **{field: value})
    assert field in {error.field for error in refused.value.errors}


@pytest.mark.parametrize("days", [-1, 32])
def test_a_call_is_neither_to_come_nor_long_gone(world: World, days: int) -> None:
    order = replace(read(world), at=clock.now() - timedelta(days=days))
    with pytest.raises(Invalid):
        run(hotline.take_call, order, world.manager)


def test_callers_are_forgotten_after_their_time(world: World) -> None:
    take(world, about="question")
    old = take(world, about="wrong", note="打错了")
    HotlineCall.update(at=clock.now() - timedelta(days=91)).where(
        HotlineCall.id == old.id
    ).execute()
    assert callers.tidy() == 1
    assert callers.tidy() == 0
    old = HotlineCall.get_by_id(old.id)
    assert (old.caller, old.phone, old.note, set(old.salts)) == (None, None, "打错了", {"note"})
    assert old.erased_at is not None
    young = HotlineCall.get(HotlineCall.id != old.id)
    assert young.phone == "13800001111"


def test_a_caller_is_erased_on_request(world: World, other: World) -> None:
    call = take(world, about="question")
    order = hotline.EraseCaller(call.id)
    with pytest.raises(NotFound):
        run(hotline.erase_caller, order, person("desk-b", ("desk", "client", other.client_id)))
    with pytest.raises(Forbidden):
        run(hotline.erase_caller, order, world.engineer)
    assert run(hotline.erase_caller, order, world.manager).outcome == "done"
    assert run(hotline.erase_caller, order, world.manager).outcome == "conflict"
    assert HotlineCall.get_by_id(call.id).phone is None


def test_erasing_a_faults_contact_forgets_the_caller(world: World) -> None:
    call = take(world)
    wish = Wish(hotline.month_of(clock.local_day(clock.now())))
    assert hotline.register(wish, world.manager).lines[0].who == "王女士 13800001111"
    body = Submission.get(Submission.id == call.fault.submission).body
    run(faults.erase_contact, faults.EraseContact(call.fault_id), SYSTEM)
    line = hotline.register(wish, world.manager).lines[0]
    assert (line.who, line.erased) == ("", True)
    assert Submission.get(Submission.id == call.fault.submission).body == body


# The rate, by hand: 20 phone calls of November, 15 answered, 2 by the backup contact, 3 missed:
# 17 of 20 are 85 %. E-mails and what came to the resident engineer count nowhere, and neither do
# calls of October (23:59 in China on the 31st) or of December (00:00 on the 1st).
HAND = (
    ("phone", "yes", "2026-11-10T02:00", 15), ("phone", "backup", "2026-11-11T02:00", 2),
    ("phone", "missed", "2026-11-12T02:00", 2), ("phone", "missed", "2026-11-30T15:59", 1),
    ("email", "yes", "2026-11-12T02:00", 4), ("resident", "missed", "2026-11-12T02:00", 3),
    ("phone", "missed", "2026-10-31T15:59", 7), ("phone", "missed", "2026-11-30T16:00", 7),
)  # fmt: skip
NOVEMBER = Wish(date(2026, 11, 1))


@pytest.fixture
def november(world: World, other: World) -> World:
    for one in (world, other):
        for channel, answered, at, times in HAND:
            for _ in range(times if one is world else 1):
                HotlineCall.create(client=one.client_id, channel=channel, answered=answered,
                                   about="unknown", at=clock.from_text(f"{at}Z"),
                                   received_at=clock.now())  # fmt: skip
    return world


def test_the_connection_rate_by_hand(november: World) -> None:
    found = hotline.register(NOVEMBER, november.manager)
    assert (found.rate, found.target, found.calls, found.total) == (85.0, 90.0, 27, 27)
    assert found.counts == {
        "phone": {"yes": 15, "backup": 2, "missed": 3}, "email": {"yes": 4},
        "resident": {"missed": 3},
    }  # fmt: skip
    assert hotline.register(Wish(date(2026, 9, 1)), november.manager).rate is None


def test_the_target_is_the_contracts(november: World) -> None:
    terms = {"targets": {"connection": 80}, "hotline": "400-000-0000", "hotline_backup": "赵 139"}
    Contract.update(terms=terms).where(Contract.id == november.contract_id).execute()
    found = hotline.register(NOVEMBER, november.manager)
    assert (found.target, found.number, found.backup) == (80.0, "400-000-0000", "赵 139")
    assert [(line.number, line.backup) for line in hotline.lines_of(november.manager)] == [
        ("400-000-0000", "赵 139")]  # fmt: skip


def test_filters_narrow_the_lines_and_not_the_rate(november: World) -> None:
    found = hotline.register(replace(NOVEMBER, channel="email"), november.manager)
    assert (found.total, found.rate) == (4, 85.0)
    found = hotline.register(replace(NOVEMBER, answered="missed"), november.manager)
    assert found.total == 6


def test_the_register_costs_the_same_however_long(november: World) -> None:
    few = queries_of(lambda: hotline.register(replace(NOVEMBER, channel="email"), november.manager))
    assert queries_of(lambda: hotline.register(NOVEMBER, november.manager)) == few <= 6


def test_the_file_names_no_caller(world: World) -> None:
    take(world)
    take(world, about="question", caller="=cmd()", note=None)
    wish = Wish(hotline.month_of(clock.local_day(clock.now())))
    found = hotline.register(wish, world.manager, page=None)
    text = hotline.csv_file(found, str, str).decode("utf-8-sig")
    rows = text.splitlines()
    assert rows[0] == "Time,Channel,Connection,About,Room,Fault,What,Taken by"
    assert len(rows) == 3
    assert "Hotline (phone),Answered,A question" in rows[1]
    assert Fault.get().number in rows[2]
    assert "138" not in text.replace(Fault.get().number, "")
    assert "cmd" not in text


def test_what_is_wrong_in_the_room_is_shown(world: World) -> None:
    deliver("fault", fault_form(world), world.engineer)
    first = Fault.get()
    take(world, same=first.id)
    [known] = hotline.known_in(world.room.id, world.manager)
    assert (known.id, known.number, known.reports) == (first.id, first.number, 2)
    assert known.device == "投影机 1"
    mend(world, first)
    assert hotline.known_in(world.room.id, world.manager) == []
