"""faults: reported by anyone, numbered without gaps, linked, followed, resolved once."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta

import pytest

from roundtag import clock, duty, faults, history, ledger, links, notices, sync
from roundtag.access import ATTENDEE
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Gone, Invalid, NotFound
from roundtag.models import Fault, Tag
from tests.roundtag import faulting
from tests.seeing import at_once, counts, grown, snapshot
from tests.world import World, deliver, envelope, fault_form, jpeg, new_id, resolve, run

CONTACT = "分机 8123 王女士"


def send(world: World, **more: str) -> Receipt:
    return deliver("fault", fault_form(world, **more), world.engineer)


def at_the_door(world: World, **more: str) -> Receipt:
    return deliver("fault", {"tag": world.room_tag, "symptom": "no_sound", **more}, ATTENDEE)


def the(receipt: Receipt) -> Fault:
    return Fault.get_by_id(receipt.subject_id)


def secret_of(receipt: Receipt) -> str:
    return receipt.url.removeprefix("/status/")


def test_an_engineer_reports_at_a_device(world: World) -> None:
    before = counts()
    receipt = send(world, description="闪屏")
    assert grown(before) == {"counter": 1, "fault": 1, "fault_event": 1, "first_seen": 1,
                             "history": 1, "leaf": 1, "submission": 1}  # fmt: skip
    fault = the(receipt)
    assert (fault.state, fault.source, fault.symptom) == ("reported", "engineer", "no_picture")
    assert fault.reporter_id == fault.assignee_id == world.engineer.person_id
    assert receipt.url == f"/faults/{fault.id}"
    assert receipt.values == {"number": fault.number}
    page = faults.page(fault.id, world.viewer)
    assert (page.description, page.is_open, page.line.device) == ("闪屏", True, "投影机 1")
    assert history.of_device(world.devices[0].id)[0].note == "闪屏"
    assert ledger.verify(world.client_id) == []


def test_an_attendee_reports_at_a_room_and_follows_by_link(world: World) -> None:
    receipt = at_the_door(world, description="没声音", contact=CONTACT, device=world.tags[1])
    fault = the(receipt)
    assert (fault.source, fault.reporter_id) == ("attendee", None)
    assert fault.device_id == world.devices[1].id
    status = faults.status(secret_of(receipt))
    assert (status.number, status.state) == (fault.number, "reported")
    assert [kind for kind, _ in status.steps] == ["reported"]
    resolve(fault.id, world.engineer, "换了线")
    status = faults.status(secret_of(receipt))
    assert status.state == "resolved"
    assert status.resolved_at is not None
    assert [kind for kind, _ in status.steps] == ["reported", "restored", "resolved"]


def test_the_status_page_never_shows_words_or_contact(world: World) -> None:
    receipt = at_the_door(world, description="没声音", contact=CONTACT)
    resolve(the(receipt).id, world.engineer, "换了线")
    shown = repr(dataclasses.asdict(faults.status(secret_of(receipt))))
    for hidden in (CONTACT, "没声音", "换了线"):
        assert hidden not in shown


def test_a_status_link_is_for_its_purpose_and_its_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = the(at_the_door(world))
    now = clock.now()
    with pytest.raises(NotFound):
        faults.status("no-such-secret")
    assert links.subject("other-purpose", links.grant("fault-status", fault.id, now)) is None
    old = links.grant("fault-status", fault.id, now - timedelta(days=91))
    with pytest.raises(NotFound):
        faults.status(old)
    live = links.grant("fault-status", fault.id, now)
    assert links.revoke("fault-status", fault.id, now) >= 1
    with pytest.raises(NotFound):
        faults.status(live)


def test_a_second_report_of_the_same_is_kept_and_linked(world: World) -> None:
    first, second = at_the_door(world), at_the_door(world, contact=CONTACT)
    assert (the(second).state, the(second).duplicate_of_id) == ("duplicate", first.subject_id)
    assert "already" in second.message
    resolve(the(first).id, world.engineer, "换了线")
    status = faults.status(secret_of(second))
    assert (status.number, status.state) == (the(second).number, "resolved")
    assert faults.page(the(first).id, world.engineer).duplicates == [
        (the(second).id, the(second).number)
    ]
    assert the(at_the_door(world)).state == "reported"


def test_another_symptom_or_device_is_no_duplicate(world: World) -> None:
    states = [
        the(send(world)).state, the(send(world, symptom="no_sound")).state,
        the(deliver("fault", fault_form(world, 1), world.engineer)).state,
    ]  # fmt: skip
    assert states == ["reported"] * 3


def test_twins_at_once_are_one_fault_and_its_duplicates(fresh_world: World) -> None:
    world = fresh_world
    sent = [envelope("fault", fault_form(world), world.engineer.person_id) for _ in range(6)]
    receipts = at_once([lambda one=one: sync.submit(one, world.engineer) for one in sent])
    assert [r for r in receipts if isinstance(r, BaseException)] == []
    states = sorted(fault.state for fault in Fault.select())
    assert states == ["duplicate"] * 5 + ["reported"]
    assert_numbers_are_gap_free(world)
    assert ledger.verify(world.client_id) == []


def assert_numbers_are_gap_free(world: World) -> None:
    numbers = [f.number for f in Fault.select().where(Fault.client == world.client_id)]
    counted = sorted(int(number.rsplit("-", 1)[1]) for number in numbers)
    assert counted == list(range(1, len(numbers) + 1))


def test_numbers_have_no_gaps_whatever_is_refused_between(world: World, other: World) -> None:
    for n in range(4):
        send(world, symptom=("no_sound", "no_picture")[n % 2])
        with pytest.raises(Invalid):
            at_the_door(world, device=other.tags[0])
        deliver("fault", fault_form(other), other.engineer)
    assert_numbers_are_gap_free(world)
    assert_numbers_are_gap_free(other)


def test_numbers_start_again_each_month_of_china(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in ("2026-11-30T15:59:59Z", "2026-11-30T16:00:00Z"):
        monkeypatch.setattr(clock, "now", lambda at=moment: clock.from_text(at))
        assert re.fullmatch(r"F-261[12]-001", the(send(world, tag=world.room_tag)).number)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"symptom": ""}, {"symptom": "required"}),
        ({"symptom": "smells"}, {"symptom": "unknown"}),
        ({"symptom": "checklist"}, {"symptom": "unknown"}),
        ({"symptom": "other"}, {"description": "required"}),
        ({"description": "x" * 2001}, {"description": "long"}),
        ({"contact": "x" * 121, "symptom": ""}, {"contact": "long", "symptom": "required"}),
        ({"device": "nonsense"}, {"device": "unknown"}),
    ],
)  # fmt: skip
def test_bad_fields_are_named_and_nothing_is_written(world: World, fields: dict[str, str],
                                                     errors: dict[str, str]) -> None:  # fmt: skip
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        at_the_door(world, **fields)
    assert {e.field: e.code for e in refused.value.errors} == errors
    assert snapshot() == before


def test_a_device_of_another_room_cannot_be_chosen(world: World, other: World) -> None:
    with pytest.raises(Invalid):
        at_the_door(world, device=other.tags[0])


def test_photo_or_device_alone_says_enough_for_other(world: World) -> None:
    assert at_the_door(world, symptom="other", device=world.tags[0]).outcome == "done"
    _, photo = jpeg()
    fields = {"tag": world.room_tag, "symptom": "other", "photo": f"blob:{photo.sha256}"}
    assert deliver("fault", fields, ATTENDEE, photos=(photo,)).outcome == "done"


def test_revoked_unknown_and_foreign_tags(world: World, other: World) -> None:
    with pytest.raises(NotFound):
        send(world, tag=other.tags[0])
    Tag.update(state="revoked").where(Tag.code == world.room_tag).execute()
    with pytest.raises(Gone):
        at_the_door(world)
    with pytest.raises(NotFound):
        at_the_door(world, tag="0" * 10)


def test_a_client_may_report_but_not_resolve(world: World) -> None:
    fault = the(deliver("fault", fault_form(world), world.viewer))
    with pytest.raises(Forbidden):
        resolve(fault.id, world.viewer, "好了")


def test_resolving_twice_tells_the_second_and_changes_nothing(world: World) -> None:
    fault = the(send(world))
    first = resolve(fault.id, world.engineer, "换了线")
    second = resolve(fault.id, world.engineer, "重启")
    assert (first.outcome, second.outcome) == ("done", "conflict")
    assert Fault.get_by_id(fault.id).remedy == "换了线"
    assert ledger.verify(world.client_id) == []


def test_resolving_at_once_is_done_by_one(fresh_world: World) -> None:
    world = fresh_world
    fault = the(send(world))
    receipts = at_once([lambda: resolve(fault.id, world.engineer)] * 5)
    assert sorted(r.outcome for r in receipts) == ["conflict"] * 4 + ["done"]
    assert ledger.verify(world.client_id) == []


def test_anothers_fault_is_not_found_to_read_or_resolve(world: World, other: World) -> None:
    theirs = the(deliver("fault", fault_form(other), other.engineer))
    for key in (theirs.id, 999_999_999):
        with pytest.raises(NotFound):
            faults.page(key, world.engineer)
        with pytest.raises(NotFound):
            resolve(key, world.engineer, "好了")


def test_whoever_is_on_duty_gets_it_and_is_told_once(world: World) -> None:
    now = datetime.now(UTC)
    turn = duty.PutOnDuty(world.contract_id, world.viewer.person_id or 0,
                          now - timedelta(hours=1), now + timedelta(hours=1))  # fmt: skip
    run(duty.put_on_duty, turn, world.manager)
    key = new_id()
    for _ in range(3):
        fault = the(deliver("fault", fault_form(world), world.engineer, id=key))
    assert fault.assignee_id == world.viewer.person_id
    assert notices.unread(world.viewer) == 1
    assert [line.id for line in faults.lines(world.engineer, assignee_id=fault.assignee_id)] == [
        fault.id
    ]


def test_lists_show_open_ones_first_in_first_out(world: World) -> None:
    first, second = the(send(world)), the(send(world, symptom="no_sound"))
    assert [line.id for line in faults.lines(world.engineer)] == [first.id, second.id]
    resolve(first.id, world.engineer, "好了")
    assert [line.id for line in faults.lines(world.engineer)] == [second.id]
    assert [line.id for line in faults.lines(world.engineer, state="all")] == [second.id, first.id]


def test_an_attendee_sends_one_photo(world: World) -> None:
    photos = tuple(jpeg(colour)[1] for colour in ("navy", "red"))
    command = faults.ReportFault(world.room_tag, "no_picture", photos=photos)
    with pytest.raises(Invalid) as refused:
        run(faults.report_as_attendee, command, ATTENDEE)
    assert [(e.field, e.code) for e in refused.value.errors] == [("photo", "many")]


def test_who_helps_has_the_fault_before_them_and_what_is_due_next_stands_first(
    world: World,
) -> None:
    calm, grave = faulting.report(world), faulting.report(world, 1)
    faulting.triage(world, grave, "I", who=world.manager)
    helper = faulting.colleague(world, "helper-a", "engineer")
    order = faults.DispatchFault(calm.id, world.engineer.person_id or 0, (helper.person_id or 0,))
    assert faults.lines(helper, assignee_id=helper.person_id) == []
    run(faults.dispatch_fault, order, faulting.acting(world, "desk"))
    [mine] = faults.lines(helper, assignee_id=helper.person_id)
    assert mine.id == calm.id
    found = faults.lines(world.manager)
    assert [(line.id, line.level) for line in found] == [(grave.id, "I"), (calm.id, "")]
    assert found[0].due_at == faults.clocks_of(Fault.get_by_id(grave.id)).next_due
