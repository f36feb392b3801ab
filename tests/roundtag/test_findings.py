"""Findings: opened by what fails, seen again, carried on, settled once."""

import pytest

from roundtag import clock, devices, findings, inspections, ledger
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Attachment, Conflict, Fault, FaultEvent, Finding
from tests import world as worlds
from tests.roundtag.filling import answers, at_device, at_room, entry, lightning, publish
from tests.roundtag.filling import findings as kept
from tests.seeing import at_once, snapshot
from tests.world import World, jpeg, run

BAD = {"item.heat": "55", "note.heat": "很热"}


def resolve(fault: Fault) -> None:
    worlds.resolve(fault.id, remedy="换了风扇")


def test_a_failed_item_opens_a_finding_and_one_fault_with_what_was_measured(world: World) -> None:
    receipt = at_device(world).send(**BAD)
    finding, fault = Finding.get(), Fault.get()
    assert kept() == [("heat", "open", 1)]
    assert (finding.fault_id, finding.inspection_id) == (fault.id, receipt.subject_id)
    assert finding.words == "55 ℃ 很热"
    assert fault.description == "温度：55 ℃ 很热"
    assert ledger.verify(world.client_id) == []


def test_failing_again_is_seen_again_and_nothing_more(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**BAD)
    receipt = sheet.send(world.manager, **BAD)
    assert kept() == [("heat", "open", 2)]
    assert (Fault.select().count(), Conflict.select().count()) == (1, 0)
    assert receipt.values["count"] == 1
    assert Finding.get().seen_at == entry(receipt).received_at


def test_another_item_failing_is_a_fault_of_its_own(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**BAD)
    sheet.send(**BAD, **{"item.lamp": "4000", "note.lamp": "到期"})
    assert kept() == [("heat", "open", 2), ("lamp", "open", 1)]
    assert [fault.state for fault in Fault.select()] == ["reported", "reported"]
    assert Conflict.select().count() == 0


def test_two_phones_that_bring_the_same_failure_at_once_make_one_finding(
    fresh_world: World,
) -> None:
    sheet = at_device(fresh_world)
    at_once([lambda: sheet.send(**BAD)] * 4)
    assert kept() == [("heat", "open", 4)]
    assert Fault.select().count() == 1


def test_passing_later_settles_it(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**BAD)
    receipt = sheet.send()
    found = Finding.get()
    assert (found.state, found.settled_how, found.slot) == ("settled", "passed", None)
    assert (found.settled_entry_id, found.settled_by_id) == (
        receipt.subject_id, world.engineer.person_id)  # fmt: skip
    sheet.send(**BAD)
    assert kept() == [("heat", "settled", 1), ("heat", "open", 1)]


def test_na_settles_nothing(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**{"item.image": "fail", "note.image": "暗", "item.colour": "pass"})
    sheet.send(**{"item.image": "na"})
    assert kept() == [("image", "open", 1)]


def test_resolving_its_fault_settles_it(world: World) -> None:
    at_device(world).send(**BAD)
    resolve(Fault.get())
    found = Finding.get()
    assert (found.state, found.settled_how) == ("settled", "fault")


def test_a_failed_earth_is_settled_by_a_measurement_and_by_nothing_less(world: World) -> None:
    lightning(world)
    sheet = at_device(world)
    sheet.version_id = publish("lightning", (
        {"key": "earth", "kind": "reading", "unit": "Ω", "min": 0, "max": 4, "zh": "接地电阻",
         "en": "Earth"},))  # fmt: skip
    sheet.send(**{"item.earth": "7", "note.earth": "锈蚀"})
    assert Finding.get().measured
    resolve(Fault.get())
    assert kept() == [("earth", "open", 1)]
    sheet.send(**{"item.earth": "3.2"})
    assert Finding.get().settled_how == "passed"


def test_fixed_on_the_spot_owes_what_was_done_and_the_new_reading(world: World) -> None:
    sheet = at_device(world)
    fixed = {**BAD, "note.heat": "清了滤网", "fixed.heat": "1"}
    assert sheet.refused(**{**fixed, "note.heat": ""}) == {
        "note.heat": "required", "after.heat": "number"}  # fmt: skip
    assert sheet.refused(**fixed, **{"after.heat": "48"}) == {"after.heat": "range"}
    receipt = sheet.send(**fixed, **{"after.heat": "31 ℃"})
    assert answers(receipt)["heat"] == ("31", "fixed")
    assert (entry(receipt).result, Fault.select().count()) == ("fixed", 0)
    assert "put right" in receipt.message
    page = inspections.page(entry(receipt).id, world.viewer)
    said = {one.item.key: one for part in page.parts for one in part.said}["heat"]
    assert (said.value, said.found, said.note) == ("31", "55", "清了滤网")


def test_fixed_on_the_spot_settles_what_was_open(world: World) -> None:
    sheet = at_device(world)
    failed = {"item.image": "fail", "note.image": "暗", "item.colour": "pass"}
    sheet.send(**failed)
    sheet.send(**failed, **{"fixed.image": "1"})
    assert Finding.get().settled_how == "passed"


def test_one_failed_and_one_fixed_is_a_failed_entry(world: World) -> None:
    failed = {"item.image": "fail", "note.image": "清洁", "item.colour": "pass"}
    receipt = at_device(world).send(**failed, **{"fixed.image": "1"}, **BAD)
    assert entry(receipt).result == "fail"
    assert kept() == [("heat", "open", 1)]


def test_what_no_item_asks_about_is_noted_with_its_photo(world: World) -> None:
    _, photo = jpeg()
    named = {"outside.1": "吊顶松动", "photo.outside.1": f"blob:{photo.sha256}"}
    receipt = at_room(world).send(**named, photos=(photo,))
    found = Finding.get()
    assert (found.kind, found.words, found.fault_id) == ("outside", "吊顶松动", None)
    assert (found.room_id, found.device_id) == (world.room.id, None)
    assert entry(receipt).result == "pass"
    assert Attachment.select().where(Attachment.subject == "finding").count() == 1
    assert Fault.select().count() == 0


def test_a_ticked_one_is_a_fault_too(world: World) -> None:
    at_device(world).send(**{"outside.1": "异味", "outside_fault.1": "1", "outside.2": "插座松"})
    assert [row.fault_id is not None for row in Finding.select().order_by(Finding.id)] == [
        True, False]  # fmt: skip
    assert Fault.get().description == "异味"


def test_a_photo_alone_says_enough(world: World) -> None:
    _, photo = jpeg()
    named = {"outside.1": "", "photo.outside.1": f"blob:{photo.sha256}"}
    at_device(world).send(**named, photos=(photo,))
    assert kept() == [("", "open", 1)]


def test_left_over_problems_are_asked_about_and_answered(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**{"outside.1": "异味"})
    key = Finding.get().id
    check = devices.page(world.devices[0].id, world.tags[0], world.engineer).checks
    assert [one.id for one in check.left] == [one.id for one in check.open[0].left] == [key]
    asked = {"asked": str(key)}
    assert sheet.refused(**asked) == {f"finding.{key}": "required"}
    sheet.send(**asked, **{f"finding.{key}": "open"})
    assert kept() == [("", "open", 2)]
    sheet.send(**asked, **{f"finding.{key}": "settled"})
    assert kept() == [("", "settled", 2)]


def test_an_answer_about_another_places_problem_is_passed_over(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**{"outside.1": "异味"})
    key = Finding.get().id
    sheet.tag = world.tags[1]
    sheet.send(asked=str(key), **{f"finding.{key}": "settled"})
    assert kept() == [("", "open", 1)]


def test_what_is_left_over_shows_at_its_item(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**BAD)
    check = devices.page(world.devices[0].id, world.tags[0], world.engineer).checks.open[0]
    lines = {line.item.key: line for part in check.sections for line in part.lines}
    assert lines["heat"].problem is not None
    assert lines["heat"].last is not None
    assert lines["heat"].last.verdict == "fail"
    assert check.left == []


# By hand


def order(world: World, reason: str = "客户已换房间") -> findings.SettleFinding:
    at_device(world).send(**BAD)
    return findings.SettleFinding(Finding.get().id, reason)


def test_a_manager_settles_with_a_reason_once(world: World) -> None:
    command = order(world)
    assert run(findings.settle_finding, command, world.manager).outcome == "done"
    found = findings.page(command.finding_id, world.viewer)
    assert (found.line.settled_how, found.settled_note) == ("by_hand", "客户已换房间")
    assert found.settled_by == "manager-a 先生"
    assert run(findings.settle_finding, command, world.manager).outcome == "conflict"
    assert ledger.verify(world.client_id) == []


def test_who_may_not_settle(world: World, other: World) -> None:
    command = order(world)
    before = snapshot()
    for actor in (world.engineer, world.viewer, other.manager):
        with pytest.raises(Forbidden):
            run(findings.settle_finding, command, actor)
    with pytest.raises(NotFound):
        findings.page(command.finding_id, other.viewer)
    assert snapshot() == before


def test_a_reason_is_owed() -> None:
    with pytest.raises(Invalid):
        findings.read(Fields([("reason", " ")]), 1)


# Lists


def test_the_list_is_narrowed_by_room_category_age_and_state(world: World) -> None:
    at_device(world).send(**BAD)
    at_room(world).send(**{"outside.1": "灯管"})
    now = clock.now()

    def shown(**wish: object) -> list[str]:
        asked = findings.read_wish(Fields([(k, str(v)) for k, v in wish.items()]))
        lines = findings.listing(asked, world.viewer, now).lines
        return [line.item.key if line.item else line.words or "" for line in lines]

    assert shown() == ["heat", "灯管"]
    assert shown(category="projector") == ["heat"]
    assert shown(category="room") == ["灯管"]
    assert shown(room=world.room.id) == ["heat", "灯管"]
    assert shown(room=999_999) == shown(age=30) == shown(state="settled") == []
    assert shown(state="nonsense", room="x", age="8", category="?") == ["heat", "灯管"]


def test_left_over_of_a_round_is_what_was_open_before_it(world: World) -> None:
    at_device(world).send(**BAD)
    moment = clock.now()
    assert [row.item for row in findings.left_over(world.client_id, moment)] == ["heat"]
    assert findings.left_over(world.client_id, Finding.get().found_at) == []
    run(findings.settle_finding, findings.SettleFinding(Finding.get().id, "好了"), world.manager)
    assert [row.item for row in findings.left_over(world.client_id, moment)] == ["heat"]
    assert findings.left_over(world.client_id, clock.now()) == []


def test_a_fault_of_before_findings_were_kept_still_finds_its_twin(world: World) -> None:
    sheet = at_device(world)
    sheet.send(**BAD)
    Finding.delete().execute()
    sheet.send(**BAD)
    assert [fault.state for fault in Fault.select().order_by(Fault.id)] == ["reported", "duplicate"]


def test_a_page_is_reached_from_its_fault(world: World) -> None:
    at_device(world).send(**BAD)
    fault = Fault.get()
    assert [line.id for line in findings.of_fault(fault.id)] == [Finding.get().id]
    assert FaultEvent.select().count() == 1
