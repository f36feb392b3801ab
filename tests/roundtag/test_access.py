"""Who may do what: every deed by every role, and every read kept within its clients."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from roundtag import (
    access,
    approvals,
    attachments,
    blobs,
    checklists,
    clients,
    commands,
    device_list,
    devices,
    documents,
    duty,
    faults,
    inspections,
    lending,
    packs,
    people,
    printing,
    room_list,
    rooms,
    rounds,
    software,
    spares,
    stocktakes,
    storecounts,
    tagging,
)
from roundtag.access import ATTENDEE, DEEDS, ROLES, SYSTEM, Actor, Right
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, NotFound
from roundtag.models import Attachment, Fault, RoundDevice, Tag
from tests.seeing import snapshot
from tests.world import World, check_form, deliver, fault_form, jpeg, new_id, run, swap_form

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_by_every_role(world: World, other: World, deed: str) -> None:
    """The table is the law: with the right here, elsewhere, by contract or for the provider."""
    allowed = DEEDS[deed]
    wrong = []
    for role in ROLES:
        expected = allowed is None or role in allowed
        for right, passes in (
            (Right(role, "client", world.client_id, world.client_id), expected),
            (Right(role, "contract", world.contract_id, world.client_id), expected),
            (Right(role, "provider"), expected),
            (Right(role, "client", other.client_id, other.client_id), allowed is None),
        ):
            if done(deed, Actor(None, (right,)), world.client_id) != passes:
                wrong.append((role, right.scope))
    assert wrong == []
    assert done(deed, Actor(None), world.client_id) == (allowed is None)
    assert done(deed, ATTENDEE, world.client_id) == (allowed is None)
    assert done(deed, SYSTEM, world.client_id)


def done(name: str, actor: Actor, client_id: int) -> bool:
    def verb(command: object, deed: Deed) -> Outcome:
        deed.require(client_id)
        return Outcome("done")

    verb.__name__ = name
    try:
        return commands.run(new_id(), verb, clients.AddClient("x", "x"), actor).outcome == "done"
    except Forbidden:
        return False


def test_every_verb_bears_a_name_of_the_table() -> None:
    verbs: list[Callable[..., Any]] = [
        inspections.inspect, spares.swap, faults.report_fault, faults.report_as_attendee,
        faults.take_step, checklists.publish_checklists, rounds.open_round, people.add_person,
        people.set_locale, clients.add_client, clients.add_contract, approvals.decide,
        documents.issue_document, duty.put_on_duty, stocktakes.open_stocktake,
        stocktakes.count_device, stocktakes.explain_missing, stocktakes.close_stocktake,
        storecounts.open_store_count, storecounts.count_store, storecounts.close_store_count,
        storecounts.explain_store_difference,
        devices.register_device, devices.edit_device,
        devices.move_device, devices.retire_device, devices.reinstate_device, devices.tag_device,
        devices.portray_device, lending.lend_device, lending.return_device, lending.extend_lending,
        software.record_software_update, software.set_latest_version,
    ]  # fmt: skip
    assert {verb.__name__ for verb in verbs} <= set(DEEDS)


def test_roles_named_in_the_tables_exist() -> None:
    for allowed in [*DEEDS.values(), *access.ROUTES.values()]:
        assert allowed is None or allowed <= set(ROLES)


def test_unknown_routes_are_refused() -> None:
    assert not access.allowed_on(ROLES, "no.such.route")
    assert not access.is_public("no.such.route")
    assert not access.is_public(None)
    assert access.is_public("people.sign_in")
    assert access.allowed_on((), "people.sign_in")


@pytest.fixture
def filed(other: World) -> dict[str, Any]:
    """A check with a photo and a fault at the other client's device."""
    data, photo = jpeg()
    fields = check_form(other, photo=f"blob:{photo.sha256}")
    deliver("inspection", fields, other.engineer, photos=(photo,))
    receipt = deliver("fault", fault_form(other), other.engineer)
    blobs.put_photo(data)
    photo_id = Attachment.get(Attachment.sha256 == photo.sha256).id
    return {"fault": receipt.subject_id, "photo": photo_id}


def test_single_reads_of_another_clients_things_are_not_found(
    world: World, other: World, filed: dict[str, Any]
) -> None:
    device, tag = other.devices[0].id, other.tags[0]
    reads: list[Callable[[Actor], Any]] = [
        lambda a: devices.page(device, tag, a),
        lambda a: devices.history_after(device, 10**9, a),
        lambda a: rooms.page(other.room.id, a),
        lambda a: faults.page(filed["fault"], a),
        lambda a: rounds.page(other.round_id, a, TODAY),
        lambda a: tagging.resolve(tag, a),
        lambda a: tagging.resolve(other.room_tag, a),
        lambda a: tagging.device_by_tag(tag, a),
        lambda a: attachments.digest_of(filed["photo"], a),
        lambda a: printing.sheet(printing.PrintSheet((world.tags[0], tag)), a),
    ]
    for read in reads:
        assert read(SYSTEM)
        for stranger in (world.engineer, world.viewer, Actor(None)):
            with pytest.raises(NotFound):
                read(stranger)


def test_lists_hold_ones_own_clients_things_only(world: World, other: World,
                                                 filed: dict[str, Any]) -> None:  # fmt: skip
    lists: list[Callable[[Actor], int]] = [
        lambda a: len(devices.lines(a)),
        lambda a: len(devices.lines(a, room_id=other.room.id)),
        lambda a: len(device_list.page(device_list.Wish(other.client_id, "B-P01"), a).lines),
        lambda a: len(room_list.listing(room_list.RoomWish(other.client_id), a).lines),
        lambda a: len(rooms.lines(a)),
        lambda a: len(faults.lines(a, state="all")),
        lambda a: len(faults.lines(a, device_id=other.devices[0].id)),
        lambda a: len(tagging.bound(a)),
        lambda a: len(tagging.bound(a, other.tags)),
        lambda a: len(rounds.cards(a, TODAY)),
    ]
    mine, theirs, nobody = (
        [count(actor) for count in lists] for actor in (world.engineer, other.engineer, Actor(None))
    )
    assert mine == [2, 0, 0, 1, 1, 0, 0, 3, 0, 1]
    assert theirs == [2, 2, 1, 1, 1, 1, 1, 3, 2, 1]
    assert nobody == [0] * len(lists)
    assert [count(SYSTEM) for count in lists] == [4, 2, 1, 1, 2, 1, 1, 6, 2, 2]


def test_a_pack_holds_ones_own_work_only(world: World, other: World) -> None:
    pack = packs.manifest(world.engineer, "zh", "b1")
    expected = {*packs.FIXED, "/bag", *(f"/t/{code}" for code in (*world.tags, world.room_tag))}
    assert ({page.url for page in pack.pages}, pack.devices) == (expected, 2)
    for actor in (world.viewer, ATTENDEE):
        assert [page.url for page in packs.manifest(actor, "zh", "b1").pages] == packs.FIXED


def test_an_engineer_whose_grant_ended_gets_an_empty_pack(world: World) -> None:
    pack = packs.manifest(Actor(world.engineer.person_id), "zh", "b1")
    assert [page.url for page in pack.pages] == packs.FIXED


def test_a_pack_changes_its_version_with_whatever_its_pages_show(
    world: World, other: World
) -> None:
    versions = [packs.manifest(world.engineer, "zh", "b1").version]

    def changed() -> bool:
        versions.append(packs.manifest(world.engineer, "zh", "b1").version)
        return versions[-1] != versions[-2]

    assert not changed()
    deliver("inspection", check_form(world), world.engineer)
    assert changed()
    run(checklists.publish_checklists, checklists.PublishChecklists((
        {"category": "projector", "occasion": "monthly", "name_zh": "月检", "name_en": "Monthly",
         "items": [{"key": "image", "kind": "check", "zh": "画面", "en": "Image"}]},)))  # fmt: skip
    assert changed()
    order = rounds.OpenRound(world.contract_id, "monthly", "2027-01", world.engineer.person_id)
    run(rounds.open_round, order)
    assert changed()
    deliver("swap", swap_form(other), other.engineer)
    assert changed()
    assert packs.manifest(world.engineer, "en", "b1").version != versions[-1]
    assert packs.manifest(world.engineer, "zh", "b2").version != versions[-1]


def test_codes_lead_where_their_tags_say(world: World) -> None:
    spelled = f" {world.tags[0][:5].lower()}-{world.tags[0][5:]} "
    assert tagging.resolve(spelled, world.engineer).device == world.devices[0]
    assert tagging.resolve(world.room_tag, ATTENDEE).kind == "room"
    old = tagging.resolve(world.tags[0], ATTENDEE)
    Tag.update(state="replaced", replaced_by=world.tags[1]).where(Tag.code == old.code).execute()
    assert tagging.resolve(old.code, ATTENDEE).device == world.devices[1]
    Tag.update(state="replaced", replaced_by=old.code).where(Tag.code == world.tags[1]).execute()
    with pytest.raises(NotFound):
        tagging.resolve(old.code, ATTENDEE)


@pytest.mark.parametrize("state", ["blank", "nonsense"])
def test_tags_that_are_not_bound_lead_nowhere(world: World, state: str) -> None:
    Tag.update(state=state).where(Tag.code == world.tags[0]).execute()
    with pytest.raises(NotFound):
        tagging.resolve(world.tags[0], world.engineer)


def test_an_attendee_sees_the_room_and_its_devices_by_name_only(world: World) -> None:
    deliver("fault", fault_form(world, description="私下说", contact="123"), ATTENDEE)
    page = faults.attendee_page(tagging.resolve(world.tags[0], ATTENDEE))
    assert (page.room, page.chosen) == ("视频会议室", world.tags[0])
    assert {code for code, _, _ in page.devices} == set(world.tags)
    assert [(k.symptom, k.device) for k in page.known] == [("no_picture", "投影机 1")]
    for hidden in ("私下说", "123", "SNA1", "engineer"):
        assert hidden not in repr(page)


def test_reads_write_nothing(world: World) -> None:
    deliver("fault", fault_form(world), world.engineer)
    before = snapshot()
    devices.page(world.devices[0].id, world.tags[0], world.engineer)
    rooms.page(world.room.id, world.engineer)
    faults.page(Fault.get().id, world.engineer)
    rounds.page(world.round_id, world.engineer, TODAY)
    packs.manifest(world.engineer, "zh", "b")
    printing.sheet(printing.PrintSheet(tuple(world.tags)), world.engineer)
    assert snapshot() == before
    assert RoundDevice.select().where(RoundDevice.done_at.is_null(False)).count() == 0
