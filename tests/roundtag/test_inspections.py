"""inspections.inspect: judged item by item, counted once, faults opened for what fails."""

from typing import Any

import pytest

from roundtag import checklists, clock, data, devices, history, ledger, rounds
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import number
from roundtag.models import (
    Answer,
    Attachment,
    Conflict,
    Device,
    Fault,
    Inspection,
    Round,
    RoundDevice,
)
from tests.seeing import counts, grown, snapshot
from tests.world import GOOD, ITEMS, World, check_form, deliver, jpeg, new_id, run


def send(world: World, device: int = 0, **more: str) -> Receipt:
    return deliver("inspection", check_form(world, device, **more), world.engineer)


def verdicts(receipt: Receipt) -> dict[str, str]:
    rows = Answer.select().where(Answer.inspection == receipt.subject_id)
    return {row.item: row.verdict for row in rows}


def refusal(world: World, **more: str) -> dict[str, str]:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        send(world, **more)
    assert snapshot() == before
    return {error.field: error.code for error in refused.value.errors}


def progress(world: World) -> tuple[int, int, int]:
    card = rounds.cards(world.engineer, clock.local_day(clock.now()))[0]
    return card.progress.total, card.progress.done, card.progress.failed


def test_a_sound_check_is_filed_and_counted(world: World) -> None:
    before = counts()
    receipt = send(world, **{"item.remark": "风扇有点响"}, note="下次带滤网")
    assert receipt.outcome == "done"
    assert grown(before) == {"answer": 4, "history": 1, "inspection": 1, "leaf": 1, "submission": 1}
    assert verdicts(receipt) == {
        "image": "pass",
        "lamp": "pass",
        "filter": "pass",
        "remark": "none",
    }
    entry = Inspection.get_by_id(receipt.subject_id)
    assert (entry.result, entry.scanned, entry.repeat) == ("pass", True, False)
    assert (entry.round_id, entry.contract_id) == (world.round_id, world.contract_id)
    assert entry.person_id == world.engineer.person_id
    assert clock.to_text(entry.claimed_at) == "2026-11-22T01:12:00.000000Z"
    assert progress(world) == (2, 1, 0)
    assert history.of_device(world.devices[0].id)[0].note == "下次带滤网"
    assert ledger.verify(world.client_id) == []


@pytest.mark.parametrize(
    ("item", "value", "verdict"),
    [
        ("image", "pass", "pass"), ("image", "fail", "fail"), ("image", "na", "na"),
        ("filter", "clean", "pass"), ("filter", "blocked", "fail"),
        ("lamp", "0", "pass"), ("lamp", "4000", "pass"), ("lamp", "4000.0", "pass"),
        ("lamp", "4000.01", "fail"), ("lamp", "-0.5", "fail"), ("lamp", "１２００", "pass"),
        ("lamp", "４００１", "fail"), ("lamp", "3999,5", "pass"), ("lamp", "4,001", "fail"),
        ("lamp", " 12 ", "pass"), ("lamp", "＋１２．５", "pass"),
    ],
)  # fmt: skip
def test_every_kind_is_judged_with_inclusive_limits(world: World, item: str, value: str,
                                                    verdict: str) -> None:  # fmt: skip
    receipt = send(world, **{f"item.{item}": value, f"note.{item}": "看过"})
    assert verdicts(receipt)[item] == verdict
    assert Inspection.get_by_id(receipt.subject_id).result == (
        "fail" if verdict == "fail" else "pass"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.5", 3.5), ("３．５", 3.5), ("3,5", 3.5), ("1,234", 1234.0), ("1,234,567.8", 1234567.8),
        ("1 234", 1234.0), ("-2", -2.0), ("−2", -2.0), ("", None), ("nan", None), ("inf", None),
        ("1e9", None), ("12,34,5", None), ("1,2,3", None), ("3.5.1", None), ("一二", None),
        ("0x10", None), ("1" * 13, None), ("1_000", None),
    ],
)  # fmt: skip
def test_readings_as_people_type_them(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"item.image": ""}, {"item.image": "required"}),
        ({"item.image": "perhaps"}, {"item.image": "unknown"}),
        ({"item.lamp": "viele"}, {"item.lamp": "number"}),
        ({"item.filter": "lost"}, {"item.filter": "unknown"}),
        ({"item.image": "fail"}, {"note.image": "required"}),
        ({"item.image": "fail", "note.image": "  "}, {"note.image": "required"}),
        ({"item.lamp": "9999", "item.filter": ""},
         {"note.lamp": "required", "item.filter": "required"}),
        ({"template_version": "999999999999999"}, {"template_version": "unknown"}),
        ({"template_version": ""}, {"template_version": "unknown"}),
        ({"template_version": "one"}, {"template_version": "number"}),
        ({"note": "x" * 2001}, {"note": "long"}),
    ],
)  # fmt: skip
def test_bad_fields_are_named_and_nothing_is_written(world: World, fields: dict[str, str],
                                                     errors: dict[str, str]) -> None:  # fmt: skip
    assert refusal(world, **fields) == errors


def test_failed_items_open_one_fault_linked_to_the_entry(world: World) -> None:
    receipt = send(world, **{"item.image": "fail", "note.image": "偏色", "item.lamp": "5000",
                             "note.lamp": "该换了"})  # fmt: skip
    assert receipt.values == {"count": 2}
    fault = Fault.get()
    assert (fault.inspection_id, fault.source) == (receipt.subject_id, "inspection")
    assert fault.device_id == world.devices[0].id
    assert fault.description == "画面：偏色\n灯时：5000 h 该换了"
    assert progress(world) == (2, 1, 1)
    assert devices.page(world.devices[0].id, world.tags[0], world.engineer).state == "fault"


def test_what_is_known_to_be_bad_is_seen_again_without_another_fault(world: World) -> None:
    for _ in range(2):
        receipt = send(world, **{"item.image": "fail", "note.image": "偏色"})
    assert (Fault.select().count(), Conflict.select().count()) == (1, 0)
    assert "known problems" in receipt.message


def test_photos_of_failed_items_go_to_the_fault_too(world: World) -> None:
    _, red = jpeg("red")
    _, blue = jpeg("blue")
    fields = check_form(world, **{"item.image": "fail", "note.image": "偏色",
                                  "photo.image": f"blob:{red.sha256}",
                                  "photo.lamp": f"blob:{blue.sha256}"})  # fmt: skip
    deliver("inspection", fields, world.engineer, photos=(red, blue))
    found = sorted((row.subject, row.field) for row in Attachment.select())
    assert found == [("fault", "photo.image"), ("inspection", "photo.image"),
                     ("inspection", "photo.lamp")]  # fmt: skip


def publish(*items: dict[str, Any]) -> None:
    spec = {"category": "projector", "occasion": "monthly", "name_zh": "月检", "name_en": "Monthly",
            "items": list(items)}  # fmt: skip
    run(checklists.publish_checklists, checklists.PublishChecklists((spec,)))


def test_an_entry_is_judged_by_the_version_it_was_filled_under(world: World) -> None:
    publish({**ITEMS[1], "max": 100})
    receipt = send(world)
    assert verdicts(receipt)["lamp"] == "pass"
    latest = checklists.latest("projector", "monthly")
    assert latest is not None
    assert latest.number == 2
    newer = send(world, template_version=str(latest.id), **{"note.lamp": "超时"})
    assert verdicts(newer) == {"lamp": "fail"}


def test_publishing_the_same_items_again_makes_no_version(world: World) -> None:
    publish(*ITEMS)
    latest = checklists.latest("projector", "monthly")
    assert latest is not None
    assert latest.number == 1


def test_every_shipped_checklist_can_be_published_and_passed(world: World) -> None:
    run(checklists.publish_checklists, checklists.PublishChecklists(data.checklist_rows()))
    for shipped in data.checklists():
        version = checklists.latest(shipped.category, shipped.occasion)
        assert version is not None
        assert [item.key for item in version.items] == [item.key for item in shipped.items]
        Device.update(category=shipped.category).where(Device.id == world.devices[0].id).execute()
        sent = {"tag": world.tags[0], "template_version": str(version.id)}
        fields = {f"item.{item.key}": sound(item) for item in version.items if item.required}
        assert deliver("inspection", {**sent, **fields}, world.engineer).message.endswith(
            "in order."
        )


def sound(item: checklists.Item) -> str:
    if item.kind == "reading":
        return str(item.min if item.min is not None else item.max if item.max is not None else 1)
    if item.kind == "choice":
        return next(o.key for o in item.options if not o.fail)
    return "pass" if item.kind == "check" else "有"


def test_a_second_check_in_a_round_is_kept_as_a_repeat_and_counted_once(world: World) -> None:
    send(world)
    second = send(world)
    assert Inspection.get_by_id(second.subject_id).repeat
    assert progress(world) == (2, 1, 0)


def test_an_unknown_or_foreign_round_falls_back_to_the_open_one(world: World, other: World) -> None:
    for given in ("999999999", str(other.round_id), ""):
        receipt = send(world, round=given)
        assert Inspection.get_by_id(receipt.subject_id).round_id == world.round_id
    assert RoundDevice.select().where(RoundDevice.round == other.round_id,
                                      RoundDevice.done_at.is_null(False)).count() == 0  # fmt: skip


def test_without_any_open_round_the_entry_is_filed_all_the_same(world: World) -> None:
    Round.update(closed_at=clock.now()).where(Round.id == world.round_id).execute()
    entry = Inspection.get_by_id(send(world, round="").subject_id)
    assert (entry.round_id, entry.repeat) == (None, False)


def test_a_repeated_delivery_is_one_entry(world: World) -> None:
    key = new_id()
    deliver("inspection", check_form(world), world.engineer, id=key)
    before = snapshot()
    assert deliver("inspection", check_form(world), world.engineer, id=key).repeated
    assert snapshot() == before


@pytest.mark.parametrize("tag", ["", "nonsense", "0000000000"])
def test_unknown_tags_are_not_found(world: World, tag: str) -> None:
    with pytest.raises(NotFound):
        send(world, tag=tag)


def test_a_rooms_tag_and_another_clients_device_are_not_found(world: World, other: World) -> None:
    before = snapshot()
    for tag in (world.room_tag, other.tags[0]):
        with pytest.raises(NotFound):
            send(world, tag=tag)
    assert snapshot() == before


def test_a_client_may_not_file_checks(world: World) -> None:
    with pytest.raises(Forbidden):
        deliver("inspection", check_form(world), world.viewer)


def test_the_last_readings_are_offered_next_time(world: World) -> None:
    send(world)
    send(world, **{"item.lamp": "1300"})
    page = devices.page(world.devices[0].id, world.tags[0], world.engineer)
    lines = [line for part in page.checks.open[0].sections for line in part.lines]
    assert {line.item.key: line.last.value for line in lines if line.last} == {
        "image": GOOD["item.image"], "lamp": "1300", "filter": "clean"}  # fmt: skip
