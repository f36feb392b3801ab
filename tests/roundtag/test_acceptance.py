"""A round is handed in, checked and signed; each step by whom it is for, once, then frozen."""

import threading
from typing import Any

import pytest

from roundtag import (
    acceptance,
    access,
    checklists,
    clock,
    devices,
    links,
    people,
    reports,
    rounds,
    settling,
)
from roundtag.access import ATTENDEE
from roundtag.db import database, write
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Approval,
    CapabilityLink,
    Conflict,
    Inspection,
    Notification,
    OutMail,
    Person,
    Round,
    RoundDevice,
    StopNote,
)
from tests import world as worlds
from tests.accepting import Team, team
from tests.seeing import at_once, leaf_texts, snapshot
from tests.world import World, check_form, deliver, new_id, run


@pytest.fixture
def crew(world: World) -> Team:
    return team(world)


def refused(call: Any, **more: Any) -> list[tuple[str, str]]:
    before = snapshot()
    with pytest.raises(Invalid) as found:
        call(**more)
    assert snapshot() == before
    return [(error.field, error.code) for error in found.value.errors]


def figures(world: World) -> list[tuple[Any, ...]]:
    rows = RoundDevice.select().where(RoundDevice.round == world.round_id).order_by(RoundDevice.id)
    return [(row.done_at, row.result, row.entry_id) for row in rows]


def test_three_steps_lead_to_a_round_that_is_closed(crew: Team) -> None:
    crew.fill()
    assert [crew.stage] == ["open"]
    assert crew.hand_in().outcome == "done"
    assert crew.stage == "recorded"
    assert crew.check().outcome == "done"
    assert crew.stage == "checked"
    assert crew.sign().outcome == "done"
    tour = Round.get_by_id(crew.world.round_id)
    assert tour.stage == "accepted"
    assert tour.closed_at is not None
    assert [(one.step, one.decision, one.signer) for one in Approval.select()] == [
        ("engineer", "approved", "李建国"), ("supervisor", "approved", "签字人"),
        ("client", "approved", "签字人")]  # fmt: skip


def test_nothing_done_is_the_one_thing_that_is_refused(crew: Team) -> None:
    assert refused(crew.hand_in) == [("round", "nothing-done")]
    assert refused(crew.hand_in, reason="门锁着") == [("round", "nothing-done")]


def test_open_stops_need_a_reason_each_or_one_for_all(crew: Team) -> None:
    crew.fill(0)
    left = crew.stops[1].id
    assert refused(crew.hand_in) == [("reason", "required"), (f"reason.{left}", "required")]
    crew.hand_in(reasons={left: "会议中，进不去"}, reason="其他")
    [note] = StopNote.select()
    assert (note.kind, note.stop_id, note.note) == ("not-done", left, "会议中，进不去")
    panel = acceptance.panel(crew.world.round_id, crew.supervisor)
    assert [(one.stop_id, one.reason) for one in panel.open] == [(left, "会议中，进不去")]
    assert (panel.figures.stops, panel.figures.done, panel.figures.left) == (2, 1, 1)


def test_a_step_needs_a_name(crew: Team) -> None:
    crew.fill()
    assert refused(crew.hand_in, signer=" ") == [("signer", "required")]
    crew.hand_in()
    assert refused(crew.check, signer=None) == [("signer", "required")]
    assert refused(crew.check, decision="perhaps") == [("decision", "unknown")]


FAN = {"key": "fan", "kind": "check", "zh": "风扇", "en": "Fan"}
ROLES = {
    "open": {"engineer"},
    "recorded": {"supervisor", "manager"},
    "checked": {"client"},
    "accepted": set(),
}


@pytest.mark.parametrize("stage", ROLES)
def test_each_step_is_for_its_roles_alone(crew: Team, stage: str) -> None:
    """Every role at every stage: who may, does; who may not, changes nothing."""
    crew.to(stage)
    allowed = set()
    for role in access.ROLES:
        if role == "engineer":
            actor = crew.engineer
        else:
            actor = worlds.person(f"{role}-{stage}", (role, "client", crew.world.client_id))
        for verb, kind in ((acceptance.hand_in, acceptance.HandIn),
                           (acceptance.check_round, acceptance.CheckRound),
                           (acceptance.sign_round, acceptance.SignRound)):  # fmt: skip
            order = (kind(crew.world.round_id, "名") if kind is acceptance.HandIn
                     else crew.order(kind))  # fmt: skip
            try:
                with database.atomic() as inner:
                    if run(verb, order, actor).outcome == "done":
                        allowed.add(role)
                    inner.rollback()
            except (Forbidden, Invalid):
                continue
    assert allowed == ROLES[stage]


def test_another_engineer_hands_in_only_as_backup(crew: Team) -> None:
    crew.fill()
    other = worlds.person("second", ("engineer", "client", crew.world.client_id))
    assert refused(crew.hand_in, actor=other) == [("round", "walker")]
    Round.update(backup=other.person_id).execute()
    assert crew.hand_in(other).outcome == "done"


def test_nobody_signs_twice(crew: Team) -> None:
    everything = worlds.person(
        "allrounder", *((role, "client", crew.world.client_id)
                        for role in ("engineer", "supervisor", "client")))  # fmt: skip
    Round.update(engineer=everything.person_id).execute()
    crew.fill()
    crew.hand_in(everything)
    assert refused(crew.check, actor=everything) == [("signer", "same-person")]
    crew.check()
    assert refused(crew.sign, actor=everything) == [("signer", "same-person")]
    assert acceptance.panel(crew.world.round_id, everything).blocked


def test_at_another_client_nobody_sees_or_signs(crew: Team, other: World) -> None:
    crew.to("recorded")
    stranger = worlds.person("stranger", ("supervisor", "client", other.client_id))
    with pytest.raises(Forbidden):
        crew.check(stranger)
    with pytest.raises(NotFound):
        acceptance.panel(crew.world.round_id, stranger)


@pytest.mark.parametrize("step", ["supervisor", "client"])
def test_entries_go_back_each_with_its_reason_and_are_done_anew(crew: Team, step: str) -> None:
    crew.to("recorded" if step == "supervisor" else "checked")
    first = {row.device_id: row.id for row in Inspection.select()}
    decide = crew.check if step == "supervisor" else crew.sign
    ids = [stop.id for stop in crew.stops]
    receipt = decide(decision="sent-back", returned={ids[0]: "照片看不清", ids[1]: ""},
                     reason="灯时没抄全")  # fmt: skip
    assert (receipt.outcome, receipt.values) == ("done", {"count": 2})
    assert crew.stage == "open"
    assert figures(crew.world) == [(None, None, None)] * 2
    assert set(first.values()) == {row.id for row in Inspection.select()}
    told = {line.stop_id: line.reason for line in acceptance.sent_back_to(crew.engineer.person_id)}
    assert told == {ids[0]: "照片看不清", ids[1]: "灯时没抄全"}
    [at_device] = acceptance.sent_back_at(crew.world.devices[0].id)
    assert (at_device.reason, at_device.code) == ("照片看不清", crew.world.tags[0])
    assert refused(crew.hand_in) == [("round", "nothing-done")]
    crew.fill()
    assert acceptance.sent_back_to(crew.engineer.person_id) == []
    assert acceptance.sent_back_at(crew.world.devices[0].id) == []
    assert not any(row.repeat for row in Inspection.select())
    crew.hand_in()
    crew.check()
    assert crew.sign().outcome == "done"


def test_a_sending_back_names_entries_of_this_round_and_a_reason(crew: Team, other: World) -> None:
    crew.to("recorded")
    stop = crew.stops[0].id
    foreign = RoundDevice.get(RoundDevice.round == other.round_id).id
    for returned, errors in (
        ({}, [("returned", "required")]),
        ({stop: " "}, [("reason", "required"), (f"reason.{stop}", "required")]),
        ({foreign: "?"}, [("returned", "unknown")]),
        ({stop: "好", 999_999: "?"}, [("returned", "unknown")]),
    ):
        assert refused(crew.check, decision="sent-back", returned=returned) == errors


@pytest.mark.parametrize("step", ["check", "sign"])
def test_nothing_is_signed_while_entries_are_chosen_to_go_back(crew: Team, step: str) -> None:
    crew.to("recorded" if step == "check" else "checked")
    marked = {crew.stops[0].id: "补照片"}
    assert refused(getattr(crew, step), returned=marked) == [("returned", "both")]
    assert getattr(crew, step)().outcome == "done"


def test_who_comes_second_learns_what_happened(crew: Team) -> None:
    crew.to("recorded")
    stale = crew.seen
    crew.check()
    second = crew.check(worlds.person("late", ("manager", "client", crew.world.client_id)),
                        seen=stale)  # fmt: skip
    assert (second.outcome, second.values) == ("conflict", {"name": "签字人"})
    assert Approval.select().where(Approval.step == "supervisor").count() == 1
    back = crew.sign(decision="sent-back", returned={crew.stops[0].id: "再看"})
    assert back.outcome == "done"
    third = crew.sign()
    assert (third.outcome, "sent entries back" in third.message) == ("conflict", True)


def test_of_two_at_the_same_moment_one_decides(fresh_world: World) -> None:
    crew = team(fresh_world).to("recorded")
    second = worlds.person("second", ("manager", "client", fresh_world.client_id))
    seen = crew.seen
    order = crew.order(acceptance.CheckRound, seen=seen)
    answers = at_once([
        lambda actor=actor: run(acceptance.check_round, order, actor)
        for actor in (crew.supervisor, second)
    ])  # fmt: skip
    assert sorted(one.outcome for one in answers) == ["conflict", "done"]
    assert Approval.select().where(Approval.step == "supervisor").count() == 1


def test_an_entry_in_between_shows_before_anybody_signs(crew: Team) -> None:
    crew.fill(0)
    crew.hand_in(reason="锁着")
    seen = crew.seen
    crew.fill(1)
    assert refused(crew.check, seen=seen) == [("seen", "changed")]
    assert crew.check().outcome == "done"


def test_after_acceptance_nothing_changes_the_figures(crew: Team) -> None:
    crew.fill(0)
    crew.hand_in(reason="锁着")
    crew.check()
    crew.sign()
    before = figures(crew.world)
    receipt = deliver("inspection", check_form(crew.world, 1), crew.engineer)
    assert receipt.outcome == "done"
    assert figures(crew.world) == before
    [conflict] = Conflict.select()
    assert conflict.kind == "round-accepted"
    entry = Inspection.select().order_by(Inspection.id.desc()).first()
    assert entry.round_id == crew.world.round_id
    key = f"conflict:{conflict.id}"
    for decision in ("count", "check-again"):
        with pytest.raises(Invalid):
            settling.settle(new_id(), settling.Settle(key, decision), crew.world.manager)
    settled = settling.settle(new_id(), settling.Settle(key, "accept"), crew.world.manager)
    assert settled.outcome == "done"
    assert figures(crew.world) == before
    for verb in (crew.hand_in, crew.check, crew.sign):
        assert verb().outcome == "conflict"
    assert figures(crew.world) == before


def test_an_older_mark_cannot_move_an_accepted_round(crew: Team) -> None:
    """The entry was marked before the client signed, and is looked at afterwards."""
    more = {"category": "projector", "occasion": "monthly", "name_zh": "投影机月检",
            "name_en": "Projector, monthly", "items": [
                *worlds.ITEMS, FAN]}  # fmt: skip
    run(checklists.publish_checklists, checklists.PublishChecklists((more,)))
    crew.to("accepted")
    before = figures(crew.world)
    marks = list(Conflict.select())
    assert {mark.kind for mark in marks} == {"stale-checklist"}
    for mark in marks:
        order = settling.Settle(f"conflict:{mark.id}", "check-again")
        with pytest.raises(Invalid) as found:
            settling.settle(new_id(), order, crew.world.manager)
        assert [error.code for error in found.value.errors] == ["accepted"]
    assert figures(crew.world) == before


def link(crew: Team) -> str:
    secret = links.new_secret()
    run(acceptance.invite_signer, acceptance.InviteSigner(crew.world.round_id, secret),
        crew.supervisor)  # fmt: skip
    return secret


def test_a_link_signs_once_without_an_account(crew: Team) -> None:
    crew.to("checked")
    first, second = link(crew), link(crew)
    assert acceptance.panel_by_link(first).mine == "client"
    receipt = crew.sign_by_link(first, signer="陈敏")
    assert (receipt.outcome, crew.stage) == ("done", "accepted")
    row = Approval.get(Approval.step == "client")
    assert (row.person_id, row.signer, row.link_hash) == (None, "陈敏", links.hash_of(first))
    for secret in (first, second):
        with pytest.raises(NotFound):
            acceptance.panel_by_link(secret)
        with pytest.raises(NotFound):
            crew.sign_by_link(secret)
    assert first not in repr(snapshot()) + leaf_texts()
    assert "陈敏" not in leaf_texts()


def test_links_end_by_time_by_hand_and_by_purpose(crew: Team, other: World) -> None:
    crew.to("checked")
    expired, revoked = link(crew), ""
    CapabilityLink.update(expires_at="2020-01-01T00:00:00.000000Z").execute()
    revoked = link(crew)
    run(acceptance.revoke_invitations, acceptance.RevokeInvitations(crew.world.round_id),
        crew.supervisor)  # fmt: skip
    good = link(crew)
    CapabilityLink.update(purpose="fault-status").where(
        CapabilityLink.token_hash == links.hash_of(good)).execute()  # fmt: skip
    for secret in (expired, revoked, good, "nonsense", ""):
        with pytest.raises(NotFound):
            crew.sign_by_link(secret)
    fresh = link(crew)
    with pytest.raises(NotFound):
        run(acceptance.sign_by_link,
            acceptance.SignByLink(other.round_id, crew.seen, "approved", "x", secret_link=fresh),
            ATTENDEE)  # fmt: skip
    with pytest.raises(Forbidden):
        run(acceptance.sign_round, crew.order(acceptance.SignRound), ATTENDEE)
    assert crew.stage == "checked"


def test_a_sending_back_ends_the_links(crew: Team) -> None:
    crew.to("checked")
    secret = link(crew)
    crew.sign(decision="sent-back", returned={crew.stops[0].id: "再看"})
    with pytest.raises(NotFound):
        acceptance.panel_by_link(secret)
    with pytest.raises(Invalid):
        link(crew)


def test_the_manager_hears_of_each_step_and_the_client_gets_mail(crew: Team) -> None:
    manager = crew.world.manager.person_id
    Person.update(email="it@example.com").where(Person.id == crew.client.person_id).execute()
    crew.to("accepted")
    heard = Notification.select().where(
        (Notification.recipient == manager) & (Notification.channel == "app"))  # fmt: skip
    assert [row.kind for row in heard.order_by(Notification.id)] == [
        "round-recorded", "round-checked", "round-accepted"]  # fmt: skip
    assert all(row.data["completed"] for row in heard)
    assert [(row.kind, row.address) for row in OutMail.select()] == [
        ("round-sign", "it@example.com")]  # fmt: skip


def test_the_contact_of_the_contract_comes_before_the_clients_people(crew: Team) -> None:
    Person.update(email="it@example.com").where(Person.id == crew.client.person_id).execute()
    order = acceptance.SetContact(crew.world.contract_id, "张主任", "lead@example.com")
    run(acceptance.set_contact, order, crew.supervisor)
    crew.to("checked")
    assert [row.address for row in OutMail.select()] == ["lead@example.com"]
    assert "lead@example.com" not in leaf_texts()
    with pytest.raises(Forbidden):
        run(acceptance.set_contact, order, crew.client)


def test_the_first_page_tells_who_is_next(crew: Team) -> None:
    def steps() -> list[str]:
        return ["".join(one.step for one in acceptance.waiting_for(actor))
                for actor in (crew.engineer, crew.supervisor, crew.client)]  # fmt: skip

    assert steps() == ["", "", ""]
    crew.fill()
    assert steps() == ["hand_in", "", ""]
    crew.hand_in()
    assert steps() == ["", "check_round", ""]
    crew.check()
    assert steps() == ["", "", "sign_round"]
    crew.sign()
    assert steps() == ["", "", ""]


def test_free_text_and_names_stay_out_of_the_log(crew: Team) -> None:
    crew.fill(0)
    crew.hand_in(reason="门锁着", signer="李建国", signature="a" * 64)
    assert not [word for word in ("门锁着", "李建国", "a" * 64) if word in leaf_texts()]
    assert people.names({crew.engineer.person_id or 0})


def test_what_goes_out_of_use_later_stays_in_an_accepted_round(crew: Team) -> None:
    """Its figures, its entries and its report tell what was waited for when the client signed."""
    crew.fill(0)
    crew.hand_in(reason="锁着")
    crew.check()
    crew.sign()
    tour, actor = crew.world.round_id, crew.world.manager
    today = clock.local_day(clock.now())

    def told() -> Any:
        panel, page = acceptance.panel(tour, actor), rounds.page(tour, actor, today)
        return (panel.figures, panel.open, page.card.progress, len(page.stops),
                len(acceptance.entries(tour)), reports.of_round(tour, actor).digest)  # fmt: skip

    before = told()
    assert before[0].stops == 2
    code = crew.world.devices[1].code
    run(devices.retire_device, devices.RetireDevice(code, crew.world.code, "报废"), actor)
    assert told() == before


@pytest.mark.parametrize("step", ["hand_in", "sign"])
def test_a_decision_waits_for_the_entry_that_is_on_its_way(fresh_world: World, step: str) -> None:
    """Nobody signs figures that an entry of the same moment has changed already."""
    crew = team(fresh_world)
    crew.fill(0)
    if step == "sign":
        crew.hand_in(reason="锁着")
        crew.check()
    seen, held, asked = crew.seen, threading.Event(), threading.Event()

    def entry() -> Any:
        with write():
            receipt = deliver("inspection", check_form(crew.world, 1), crew.engineer)
            held.set()
            asked.wait(0.5)
            return receipt

    def decide() -> Any:
        held.wait(20)
        more = {"seen": seen} if step == "sign" else {"reason": "锁着"}
        return getattr(crew, step)(**more)

    _, decided = at_once([entry, decide])
    told = {note.stop_id for note in StopNote.select()}
    if step == "sign":
        assert isinstance(decided, Invalid)
        assert crew.stage == "checked"
    else:
        assert not told


@pytest.mark.parametrize("named", [True, False])
def test_an_entry_waits_for_the_decision_that_is_on_its_way(
    fresh_world: World, named: bool
) -> None:
    crew = team(fresh_world)
    crew.fill(0)
    crew.hand_in(reason="锁着")
    crew.check()
    before, held = figures(crew.world), threading.Event()

    def decide() -> Any:
        with write():
            receipt = crew.sign()
            held.set()
            threading.Event().wait(0.5)
            return receipt

    def entry() -> Any:
        held.wait(20)
        more = {} if named else {"round": ""}
        return deliver("inspection", check_form(crew.world, 1, **more), crew.engineer)

    signed, _ = at_once([decide, entry])
    assert signed.outcome == "done"
    assert figures(crew.world) == before


def test_a_device_that_comes_after_the_handing_in_waits_for_the_next_round(crew: Team) -> None:
    """Nobody has said why it is not done, and nobody is asked any more."""

    def register(code: str) -> None:
        room = str(crew.world.room.id)
        new = {"room": room, "name": "幕布", "code": code, "category": "display",
               "maker": "NEC", "model": "P-65", "serial": f"SN-{code}", "position": "前墙",
               "tagged": "later"}  # fmt: skip
        run(devices.register_device, devices.read_new(Fields(new.items())), crew.engineer)

    crew.to("recorded")
    register("A-S01")
    assert len(crew.stops) == 2
    crew.check(decision="sent-back", returned={crew.stops[0].id: "补照片"})
    register("A-S02")
    assert len(crew.stops) == 3
