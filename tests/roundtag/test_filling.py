"""Version 2 of the checklist's form: what it takes, what it asks once, what it refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import clock, devices, history, inspections, ledger, rooms, rounds
from roundtag.errors import NotFound
from roundtag.fields import measure, number, plain_number
from roundtag.inspections import doubts
from roundtag.items import Item
from roundtag.models import Answer, Conflict, Device, Inspection, Round, RoundDevice
from tests.roundtag.filling import (
    another_round,
    answers,
    at_device,
    at_room,
    entry,
    publish,
)
from tests.world import World, check_form, deliver, jpeg


def stop(world: World, **where: object) -> RoundDevice:
    return RoundDevice.get(*(getattr(RoundDevice, name) == value for name, value in where.items()))


def conflicts() -> list[str]:
    return [row.kind for row in Conflict.select().order_by(Conflict.id)]


# Where and when


def test_a_healthy_device_is_filed_and_its_stop_names_the_entry(world: World) -> None:
    receipt = at_device(world).send()
    made = entry(receipt)
    assert (made.result, made.device_id, made.room_id) == (
        "pass", world.devices[0].id, world.room.id)  # fmt: skip
    assert made.occasion == "monthly"
    assert stop(world, device=world.devices[0].id).entry_id == made.id
    assert ledger.verify(world.client_id) == []


def test_a_rooms_own_check_counts_at_its_own_stop(world: World) -> None:
    receipt = at_room(world).send()
    made = entry(receipt)
    assert (made.device_id, made.room_id, made.round_id) == (None, world.room.id, world.round_id)
    done = stop(world, room=world.room.id)
    assert (done.result, done.entry_id) == ("pass", made.id)
    assert stop(world, device=world.devices[0].id).done_at is None
    assert {row.device_id for row in Answer.select()} == {None}
    assert rooms.page(world.room.id, world.engineer).checked_at == made.received_at
    assert ledger.verify(world.client_id) == []


def test_a_rooms_page_shows_its_own_checklist_and_what_it_read(world: World) -> None:
    sheet = at_room(world)
    sheet.send()
    found = rooms.page(world.room.id, world.engineer).checks
    assert [due.result for due in found.done] == ["pass"]
    lines = {line.item.key: line for part in found.open[0].sections for line in part.lines}
    assert lines["heat"].last is not None
    assert lines["heat"].last.value == "21.5"
    assert [one.tag for one in found.beside] == world.tags


def test_everything_that_is_due_is_on_the_page_the_soonest_first(world: World) -> None:
    publish("projector", occasion="quarterly")
    quarter = another_round(world, "quarterly")
    another_round(world, "observation", opens_on="2999-01-01")
    watched = another_round(world, "commissioning", name="新装验收", name_en="New unit")
    Round.update(due_on="2026-11-01").where(Round.id == watched).execute()
    found = devices.page(world.devices[0].id, world.tags[0], world.engineer).checks
    assert [check.round_id for check in found.open] == [
        str(watched), str(world.round_id), str(quarter)]  # fmt: skip
    assert len({check.anchor for check in found.open}) == 3
    assert [check.entity for check in found.open] == ["commissioning", "", "quarterly"]
    assert found.open[2].version.occasion == "quarterly"


def test_an_entry_without_a_round_counts_where_its_occasion_does(world: World) -> None:
    sheet = at_device(world)
    version = publish("projector", occasion="quarterly")
    quarter = another_round(world, "quarterly")
    made = entry(sheet.send(template_version=str(version), round=""))
    assert (made.round_id, made.occasion) == (quarter, "quarterly")
    assert stop(world, round=world.round_id, device=world.devices[0].id).done_at is None


def test_two_engineers_at_one_device_are_both_kept_and_the_second_is_marked(world: World) -> None:
    sheet = at_device(world)
    first, second = sheet.send(), sheet.send(world.manager, **{"item.heat": "22"})
    assert (entry(first).repeat, entry(second).repeat) == (False, True)
    assert stop(world, device=world.devices[0].id).entry_id == entry(first).id


def test_after_acceptance_an_entry_is_kept_and_changes_no_figure(world: World) -> None:
    sheet = at_device(world)
    Round.update(stage="accepted").where(Round.id == world.round_id).execute()
    receipt = sheet.send()
    assert conflicts() == ["round-accepted"]
    assert entry(receipt).repeat
    assert stop(world, device=world.devices[0].id).done_at is None
    assert not devices.page(world.devices[0].id, world.tags[0], world.engineer).checks.due


def test_a_device_retired_mid_round_keeps_its_entry(world: World) -> None:
    sheet = at_device(world)
    Device.update(retired_at=clock.now()).where(Device.id == world.devices[0].id).execute()
    receipt = sheet.send()
    assert receipt.outcome == "done"
    assert conflicts() == ["device-retired"]
    assert stop(world, device=world.devices[0].id).entry_id == receipt.subject_id


def test_a_template_changed_meanwhile_still_counts_by_its_own_version(world: World) -> None:
    sheet = at_device(world)
    publish("projector", ({"key": "new", "kind": "check", "zh": "新", "en": "New"},))
    assert entry(sheet.send()).version_id == sheet.version_id
    assert conflicts() == ["stale-checklist"]


def test_an_older_form_at_a_room_leads_nowhere_as_ever(world: World) -> None:
    with pytest.raises(NotFound):
        deliver("inspection", check_form(world, tag=world.room_tag), world.engineer)


# Presence


def test_a_scan_is_kept_with_its_moment_and_shown(world: World) -> None:
    receipt = at_device(world).send(scanned="1", scanned_at="2026-11-22T01:10:00.000Z")
    found = inspections.page(entry(receipt).id, world.viewer)
    assert found.scanned
    assert found.scan is not None
    assert clock.to_text(found.scan.at) == "2026-11-22T01:10:00.000000Z"
    assert found.who == "engineer-a 先生"
    assert history.of_device(world.devices[0].id)[0].url == f"/inspections/{found.id}"


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-22", "9" * 30])
def test_a_scan_without_a_readable_moment_is_a_scan_all_the_same(world: World, at: str) -> None:
    made = entry(at_device(world).send(scanned="1", scanned_at=at))
    assert (made.scanned, made.scanned_at) == (True, None)


def test_no_scan_has_no_moment(world: World) -> None:
    made = entry(at_device(world).send(scanned="", scanned_at="2026-11-22T01:10:00Z"))
    assert (made.scanned, made.scanned_at) == (False, None)


def test_a_clock_wrong_by_a_year_decides_nothing_and_is_told(world: World) -> None:
    wrong = clock.now() - timedelta(days=365)
    receipt = at_device(world).send(
        scanned="1", scanned_at=clock.to_text(wrong), claimed_at=wrong, sent_at=wrong)  # fmt: skip
    done = stop(world, device=world.devices[0].id)
    assert done.done_at == entry(receipt).received_at > datetime(2026, 1, 1, tzinfo=UTC)
    found = inspections.page(entry(receipt).id, world.engineer)
    for claim in (found.claim, found.scan):
        assert claim is not None
        assert claim.ahead < timedelta(days=-364)
        assert abs(claim.at - found.received_at) < timedelta(minutes=1)


# Readings


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("21,5 ℃", "21.5"), ("２１．５", "21.5"), ("21.5°C", "21.5"), ("21度", "21"), ("＋21", "21"),
     (" 21 ", "21"), ("21。5", "21.5"), ("21，5", "21.5")],
)  # fmt: skip
def test_readings_with_units_commas_and_full_width_signs(world: World, typed: str,
                                                         kept: str) -> None:  # fmt: skip
    assert answers(at_device(world).send(**{"item.heat": typed}))["heat"] == (kept, "pass")


def test_a_counter_with_thousands_and_its_unit(world: World) -> None:
    assert answers(at_device(world).send(**{"item.lamp": "1,234 h"}))["lamp"] == ("1234", "pass")


def test_full_width_minus(world: World) -> None:
    found = answers(at_device(world).send(**{"item.cold": "－３．５"}))
    assert found["cold"] == ("-3.5", "pass")


@pytest.mark.parametrize("typed", ["21 K", "21 kΩ", "warm", "21 ℃ ℃", "2 1 x", "1e3", "--3"])
def test_another_unit_or_no_number_is_refused_by_name(world: World, typed: str) -> None:
    assert at_device(world).refused(**{"item.heat": typed}) == {"item.heat": "number"}


@given(st.decimals(-99999, 99999, places=3), st.sampled_from(["℃", "h", "Ω", "%RH", "V"]))
def test_however_it_is_written_a_number_stays_itself(value: object, unit: str) -> None:
    plain = f"{value:f}"
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.-"})
    for text in (plain, wide, plain.replace("-", "−"), f" {plain} "):
        for shown in (text, f"{text}{unit}", f"{text} {unit}"):
            assert measure(shown, unit) == plain
    assert number(wide) == float(plain)


@given(st.text(max_size=12))
def test_what_is_taken_for_a_number_is_one(text: str) -> None:
    plain = plain_number(text)
    if plain is not None:
        assert plain.isascii()
        float(plain)


@pytest.mark.parametrize(("typed", "meant"), [("235", "23.5"), ("2", "20"), ("80", "8")])
def test_a_point_in_the_wrong_place_is_asked_about_once(world: World, typed: str,
                                                        meant: str) -> None:  # fmt: skip
    sheet = at_device(world)
    wrong = {"item.heat": typed, "note.heat": "很热"}
    assert sheet.refused(**wrong) == {"sure.heat": "tenfold"}
    assert doubts.meant(Item("t", "reading", "", "", min=5, max=40), typed) == meant
    receipt = sheet.send(**wrong, **{"sure.heat": "1"})
    assert answers(receipt)["heat"] == (typed, "fail")


@pytest.mark.parametrize("typed", ["40.5", "79", "401", "4.9", "3", "0.4", "-1"])
def test_what_is_merely_out_of_limits_is_not_asked_about(world: World, typed: str) -> None:
    receipt = at_device(world).send(**{"item.heat": typed, "note.heat": "很热"})
    assert answers(receipt)["heat"] == (typed, "fail")


@given(st.floats(0.01, 500), st.floats(1, 1000), st.decimals(-10000, 10000, places=2))
def test_what_is_asked_about_would_be_within_the_limits(low: float, span: float,
                                                        value: object) -> None:  # fmt: skip
    item = Item("t", "reading", "", "", min=round(low, 2), max=round(low + span, 2))
    meant = doubts.meant(item, f"{value:f}")
    if meant is not None:
        assert item.judge(f"{value:f}") == "fail"
        assert item.judge(meant) == "pass"


def test_a_counter_must_not_go_back_without_a_reason(world: World) -> None:
    sheet = at_device(world)
    sheet.send()
    back = {"item.lamp": "3", "last.lamp": "1200"}
    assert sheet.refused(**back) == {"back.lamp": "back"}
    receipt = sheet.send(**back, **{"back.lamp": "换了新灯泡"})
    assert answers(receipt)["lamp"] == ("3", "pass")
    assert Answer.get(Answer.inspection == receipt.subject_id, Answer.item == "lamp").note == (
        "换了新灯泡")  # fmt: skip
    assert conflicts() == []


def test_a_counter_that_somebody_read_higher_meanwhile_is_taken_and_marked(world: World) -> None:
    sheet = at_device(world)
    sheet.send()
    receipt = sheet.send(**{"item.lamp": "1190", "last.lamp": "1100"})
    assert answers(receipt)["lamp"] == ("1190", "pass")
    assert conflicts() == ["counter-back"]


# Conditions, photos, older forms


def test_an_item_is_asked_only_after_the_answer_that_opens_it(world: World) -> None:
    sheet = at_device(world)
    failed = {"item.image": "fail", "note.image": "暗"}
    assert sheet.refused(**failed) == {"item.colour": "required"}
    assert set(answers(sheet.send(**failed, **{"item.colour": "pass"}))) >= {"image", "colour"}
    assert "colour" not in answers(sheet.send(**{"item.colour": "fail"}))


def test_a_photo_that_is_owed(world: World) -> None:
    sheet = at_device(world)
    sheet.version_id = publish(
        "projector",
        ({"key": "label", "kind": "photo", "zh": "牌", "en": "Plate", "required": True},),
    )
    assert sheet.refused() == {"photo.label": "required"}
    _, photo = jpeg()
    named = {"photo.label": f"blob:{photo.sha256}"}
    assert sheet.send(**named, photos=(photo,)).outcome == "done"


def test_older_forms_are_asked_for_nothing_that_they_had_no_place_for(world: World) -> None:
    version = publish(
        "projector",
        (
            {
                "key": "heat",
                "kind": "reading",
                "unit": "℃",
                "min": 5,
                "max": 40,
                "zh": "温",
                "en": "T",
            },
            {"key": "label", "kind": "photo", "zh": "牌", "en": "Plate", "required": True},
        ),
    )
    fields = check_form(world, template_version=str(version),
                        **{"item.heat": "235", "note.heat": "热"})  # fmt: skip
    assert deliver("inspection", fields, world.engineer).outcome == "done"
    assert Inspection.get().result == "fail"


def test_dues_cost_one_query_and_leave_out_what_is_over(world: World) -> None:
    another_round(world, "quarterly", closed_at=clock.now())
    found = rounds.dues_of(world.devices[0], world.room.id, clock.local_day(clock.now()))
    assert [due.occasion for due in found] == ["monthly"]
