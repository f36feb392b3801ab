"""The whole life of a tag: blank, claimed, lost and found, replaced, revoked, printed."""

from collections.abc import Callable
from typing import Any

import pytest
from peewee import DatabaseError, IntegrityError

from roundtag import clock, commands, history, printing, printing_log, tagging
from roundtag.access import ATTENDEE, SYSTEM, Actor
from roundtag.commands import Receipt
from roundtag.db import database
from roundtag.errors import Forbidden, Gone, Invalid, NotFound
from roundtag.models import (
    BatchTag,
    Device,
    Notification,
    PrintedLabel,
    PrintRun,
    Tag,
    TagBatch,
    TagEvent,
)
from tags import codes
from tests import world as worlds
from tests.seeing import at_once, counts, grown, snapshot
from tests.world import World, run


def blanks(world: World, count: int = 3, client: bool = True) -> list[str]:
    """The codes of a fresh batch."""
    order = tagging.MakeBlanks(count, world.client_id if client else None, "附楼")
    batch = run(tagging.make_blanks, order).subject_id
    return [row.code for row in BatchTag.select().where(BatchTag.batch == batch)]


def untagged(world: World, name: str = "新投影机") -> Device:
    return Device.create(client=world.client_id, room=world.room.id, name=name,
                         code=f"N-{codes.new()}", category="projector")  # fmt: skip


def state(code: str) -> str:
    return str(Tag.get_by_id(code).state)


def events(code: str) -> list[str]:
    return [e.kind for e in TagEvent.select().where(TagEvent.tag == code).order_by(TagEvent.id)]


def test_a_batch_is_numbered_and_its_codes_are_on_nothing(world: World) -> None:
    before = counts()
    made = run(tagging.make_blanks, tagging.MakeBlanks(5, world.client_id, "附楼"), world.manager)
    grew = grown(before)
    assert {n: grew[n] for n in ("tag", "tag_batch", "batch_tag")} == {
        "tag": 5, "tag_batch": 1, "batch_tag": 5}  # fmt: skip
    batch, left = tagging.batch(int(made.subject_id or 0), world.manager)
    assert (batch.count, batch.left, len(left), batch.note) == (5, 5, 5, "附楼")
    assert {state(code) for code in left} == {"blank"}
    assert [one.id for one in tagging.batches(world.manager)] == [batch.id]


@pytest.mark.parametrize("count", [0, -1, 2001])
def test_a_batch_has_1_to_2000_labels(world: World, count: int) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        run(tagging.make_blanks, tagging.MakeBlanks(count, world.client_id))
    assert [error.field for error in refused.value.errors] == ["count"]
    assert snapshot() == before


def test_who_makes_batches(world: World, other: World) -> None:
    for actor, client in ((world.engineer, world.client_id), (world.viewer, world.client_id),
                          (other.manager, world.client_id)):  # fmt: skip
        order = tagging.MakeBlanks(1, client)
        if actor is other.manager:
            assert run(tagging.make_blanks, order, actor).outcome == "done"  # a provider's grant
            continue
        with pytest.raises(Forbidden):
            run(tagging.make_blanks, order, actor)
    with pytest.raises(NotFound):
        run(tagging.make_blanks, tagging.MakeBlanks(1, 999_999))


def test_a_batch_of_another_client_is_not_seen(world: World, other: World) -> None:
    blanks(world)
    assert tagging.batches(other.engineer) == []
    with pytest.raises(NotFound):
        tagging.batch(TagBatch.get().id, other.engineer)


@pytest.mark.parametrize("ours", [True, False])
def test_a_blank_is_claimed_where_it_was_stuck_on(world: World, ours: bool) -> None:
    [code, *_] = blanks(world, client=ours)
    device = untagged(world)
    with pytest.raises(tagging.BlankTag):
        tagging.resolve(code, world.engineer)
    done = run(tagging.claim_tag, tagging.ClaimTag(code, device.id), world.engineer)
    assert (done.outcome, done.url) == ("done", f"/t/{code}")
    assert tagging.resolve(code, ATTENDEE).device == device
    assert Tag.get_by_id(code).client_id == world.client_id
    assert events(code) == ["claimed"]
    [line] = history.of_device(device.id)
    assert (line.kind, line.data["what"], line.data["code"]) == ("tag", "claimed", code)
    assert tagging.last_room(world.engineer) == world.room.id


def test_tags_06_two_claims_at_once_one_wins_and_the_other_learns_who(fresh_world: World) -> None:
    """Test 6: real connections, one blank, two devices; and one device, two blanks."""
    world = fresh_world
    first, second, third = blanks(world)
    one, two = untagged(world), untagged(world, "另一台")

    def claim(code: str, device: Device, actor: Actor) -> Callable[[], Receipt]:
        return lambda: run(tagging.claim_tag, tagging.ClaimTag(code, device.id), actor)

    answers = at_once([claim(first, one, world.engineer), claim(first, two, world.manager)])
    receipts = {answer.outcome: answer for answer in answers if isinstance(answer, Receipt)}
    assert sorted(receipts) == ["conflict", "done"]
    winner = "manager-a 先生" if Tag.get_by_id(first).device_id == two.id else "engineer-a 先生"
    taken = two if winner.startswith("manager") else one
    assert receipts["conflict"].values == {"who": winner, "name": taken.name}
    assert events(first) == ["claimed"]
    free = one if taken is two else two
    both = at_once([claim(code, free, world.engineer) for code in (second, third)])
    assert sum(isinstance(answer, Invalid) for answer in both) == 1
    assert sorted(map(state, (second, third))) == ["blank", "bound"]


def test_claiming_for_what_bears_a_label_asks_and_then_replaces(world: World) -> None:
    [code, *_] = blanks(world)
    old, device = world.tags[0], world.devices[0]
    before = snapshot()
    with pytest.raises(Invalid) as asked:
        run(tagging.claim_tag, tagging.ClaimTag(code, device.id), world.engineer)
    assert [error.code for error in asked.value.errors] == ["bears"]
    assert snapshot() == before
    run(tagging.claim_tag, tagging.ClaimTag(code, device.id, replaces=old), world.engineer)
    assert (state(old), state(code)) == ("replaced", "bound")
    target = tagging.resolve(old, world.engineer)
    assert (target.code, target.scanned, target.device) == (code, old, device)
    assert events(old) == ["replaced"]


def test_a_rooms_door_is_claimed_for_too(world: World) -> None:
    [code, *_] = blanks(world)
    order = tagging.ClaimTag(code, room_id=world.room.id, replaces=world.room_tag)
    run(tagging.claim_tag, order, world.engineer)
    assert tagging.resolve(world.room_tag, ATTENDEE).kind == "room"
    assert tagging.codes_of_rooms([world.room.id]) == {world.room.id: code}


def test_what_cannot_be_claimed(world: World, other: World) -> None:
    mine, others = blanks(world)[0], blanks(other)[0]
    device, foreign = untagged(world), untagged(other)
    gone = untagged(world, "旧机")
    Device.update(retired_at=clock.now()).where(Device.id == gone.id).execute()
    cases: list[tuple[tagging.ClaimTag, Actor, type[Exception]]] = [
        (tagging.ClaimTag(mine, device.id), world.viewer, Forbidden),
        (tagging.ClaimTag(mine, foreign.id), world.engineer, NotFound),
        (tagging.ClaimTag(others, device.id), world.engineer, NotFound),
        (tagging.ClaimTag(others, device.id), SYSTEM, Invalid),
        (tagging.ClaimTag(mine, gone.id), world.engineer, Invalid),
        (tagging.ClaimTag(codes.new(), device.id), world.engineer, NotFound),
        (tagging.ClaimTag("?", device.id), world.engineer, NotFound),
        (tagging.ClaimTag(mine, 10**8), world.engineer, NotFound),
        (tagging.ClaimTag(mine), world.engineer, NotFound),
    ]
    before = snapshot()
    for order, actor, error in cases:
        with pytest.raises(error):
            run(tagging.claim_tag, order, actor)
    assert snapshot() == before
    late = run(tagging.claim_tag, tagging.ClaimTag(world.tags[0], device.id), world.engineer)
    assert late.outcome == "conflict"


def test_the_claim_page_offers_devices_without_a_label_first(world: World, other: World) -> None:
    blank = tagging.BlankTag(blanks(world, client=False)[0], None)
    new = untagged(world)
    rooms = tagging.choices(blank, world.engineer)
    assert [room.id for room in rooms.rooms] == [world.room.id]
    found = tagging.choices(blank, world.engineer, room=world.room.id)
    assert [d.id for d in found.devices] == [new.id, *(d.id for d in world.devices)]
    assert [d.tag for d in found.devices] == [None, *world.tags]
    assert tagging.choices(blank, world.engineer, text="没有").rooms == []
    with pytest.raises(NotFound):
        tagging.choices(blank, world.engineer, room=other.room.id)
    with pytest.raises(NotFound):
        tagging.choices(blank, world.engineer, device=10**8)


def test_tags_07_a_new_label_leads_the_old_one_on(world: World) -> None:
    """Test 7: the old code resolves to its successor, history is kept, no code comes twice."""
    current, seen = world.tags[0], [world.tags[0]]
    for _ in range(8):
        done = run(tagging.replace_tag, tagging.ReplaceTag(current, "lost"), world.engineer)
        current = str(done.subject_id)
        seen.append(current)
    assert len(set(seen)) == 9
    target = tagging.resolve(seen[0], ATTENDEE)
    assert (target.code, target.scanned) == (current, seen[0])
    assert target.device == world.devices[0]
    assert events(seen[3]) == ["issued", "replaced"]
    assert tagging.page(seen[8], world.engineer).older == [seen[7]]
    run(tagging.replace_tag, tagging.ReplaceTag(current), world.engineer)
    with pytest.raises(NotFound):
        tagging.resolve(seen[0], ATTENDEE)  # longer than any chain that people make


def test_tags_07_a_code_is_never_reissued(world: World) -> None:
    """Test 7: also those of revoked tags stay taken, by the table's own key."""
    run(tagging.revoke_tag, tagging.RevokeTag((world.tags[0],)), world.manager)
    with pytest.raises(IntegrityError), database.atomic():
        Tag.create(code=world.tags[0], state="blank", made_at=clock.now())
    assert state(world.tags[0]) == "revoked"


def test_a_second_replacement_of_one_label_changes_nothing(world: World) -> None:
    run(tagging.replace_tag, tagging.ReplaceTag(world.tags[0]), world.engineer)
    before = Tag.select().count()
    late = run(tagging.replace_tag, tagging.ReplaceTag(world.tags[0]), world.engineer)
    assert late.outcome == "conflict"
    assert Tag.select().count() == before
    with pytest.raises(Invalid):
        run(tagging.replace_tag, tagging.ReplaceTag(world.tags[1], "stolen"), world.engineer)


def test_a_lost_label_leads_on_and_the_office_hears_of_it(world: World) -> None:
    code = world.tags[0]
    done = run(tagging.lose_tag, tagging.LoseTag((code,)), world.engineer)
    assert done.outcome == "done"
    target = tagging.resolve(code, ATTENDEE)
    assert (target.lost, target.device) == (True, world.devices[0])
    assert tagging.codes_of_devices([world.devices[0].id]) == {world.devices[0].id: code}
    assert not tagging.was_seen_today(code)
    run(tagging.see_lost_tag, tagging.SeeLostTag(code), ATTENDEE)
    assert tagging.was_seen_today(code)
    told = {row.recipient_id for row in Notification.select()
            .where(Notification.kind == "lost-tag-seen")}  # fmt: skip
    assert told == {world.manager.person_id}
    run(tagging.find_tag, tagging.FindTag(code), world.engineer)
    assert not tagging.resolve(code, ATTENDEE).lost
    assert events(code) == ["lost", "seen", "found"]
    assert run(tagging.find_tag, tagging.FindTag(code), world.engineer).outcome == "conflict"
    with pytest.raises(NotFound):
        run(tagging.see_lost_tag, tagging.SeeLostTag(code), ATTENDEE)


def test_a_device_whose_label_is_lost_gets_a_new_one(world: World) -> None:
    code = world.tags[0]
    run(tagging.lose_tag, tagging.LoseTag((code,)), world.engineer)
    fresh = str(run(tagging.replace_tag, tagging.ReplaceTag(code, "lost")).subject_id)
    assert tagging.resolve(code, ATTENDEE).code == fresh
    assert not tagging.resolve(code, ATTENDEE).lost


def test_bulk_names_what_it_left_alone(world: World) -> None:
    run(tagging.lose_tag, tagging.LoseTag((world.tags[0],)), world.engineer)
    both = tagging.LoseTag((world.tags[0], world.tags[1]))
    done = run(tagging.lose_tag, both, world.engineer)
    assert done.values == {"codes": codes.show(world.tags[1]),
                           "others": codes.show(world.tags[0])}  # fmt: skip
    assert run(tagging.lose_tag, both, world.engineer).outcome == "conflict"
    with pytest.raises(Invalid):
        run(tagging.lose_tag, tagging.LoseTag(()), world.engineer)


@pytest.mark.parametrize("verb", [
    (tagging.lose_tag, lambda c: tagging.LoseTag((c,))),
    (tagging.revoke_tag, lambda c: tagging.RevokeTag((c,))),
    (tagging.find_tag, tagging.FindTag), (tagging.replace_tag, tagging.ReplaceTag),
])  # fmt: skip
def test_nobody_touches_another_clients_tags(world: World, other: World, verb: Any) -> None:
    before = snapshot()
    for code in (other.tags[0], codes.new(), "?"):
        with pytest.raises((NotFound, Forbidden)):
            run(verb[0], verb[1](code), world.engineer)
    with pytest.raises(Forbidden):
        run(verb[0], verb[1](world.tags[0]), world.viewer)
    assert snapshot() == before


def test_revoked_is_for_good(world: World) -> None:
    code = world.tags[0]
    with pytest.raises(Forbidden):
        run(tagging.revoke_tag, tagging.RevokeTag((code,)), world.engineer)
    run(tagging.revoke_tag, tagging.RevokeTag((code,)), world.manager)
    with pytest.raises(Gone):
        tagging.resolve(code, ATTENDEE)
    for verb, order in ((tagging.lose_tag, tagging.LoseTag((code,))),
                        (tagging.revoke_tag, tagging.RevokeTag((code,))),
                        (tagging.replace_tag, tagging.ReplaceTag(code))):  # fmt: skip
        assert run(verb, order, world.manager).outcome == "conflict"
    assert tagging.codes_of_devices([world.devices[0].id]) == {}


def test_a_tags_history_cannot_be_rewritten(world: World) -> None:
    run(tagging.lose_tag, tagging.LoseTag((world.tags[0],)), world.engineer)
    for change in (TagEvent.delete(), TagEvent.update(kind="found")):
        with pytest.raises(DatabaseError, match="append-only"), database.atomic():
            change.execute()


def test_the_list_narrows_by_state_kind_batch_room_and_code(world: World, other: World) -> None:
    made = blanks(world, 4)
    batch = TagBatch.get().id

    def found(**wanted: Any) -> set[str]:
        return {line.code for line in tagging.lines(world.engineer, tagging.Filter(**wanted)).lines}

    everything = {*world.tags, world.room_tag}
    assert found() == everything | set(made)
    assert found(state="blank") == found(batch=batch) == set(made)
    assert found(kind="room") == {world.room_tag}
    assert found(kind="device") == set(world.tags)
    assert found(room=world.room.id) == everything
    shown = codes.show(made[0]).lower()
    assert made[0] in found(text=shown)
    assert found(text=made[0]) == {made[0]}
    assert found(text="UUUU") == set()
    assert found(room=other.room.id) == set()


def test_the_list_is_paged_and_shows_each_tag_once(world: World) -> None:
    blanks(world, 120)
    seen: list[str] = []
    page = tagging.Filter()
    while True:
        found = tagging.lines(world.engineer, page)
        seen += [line.code for line in found.lines]
        if not found.more:
            break
        page = page.turned(page.page + 1)
    assert len(seen) == len(set(seen)) == 123


def test_what_must_not_be_printed_is_named(world: World) -> None:
    blank = blanks(world)[0]
    device = untagged(world)
    run(tagging.claim_tag, tagging.ClaimTag(blank, device.id))
    Device.update(retired_at=clock.now()).where(Device.id == device.id).execute()
    run(tagging.lose_tag, tagging.LoseTag((world.tags[0],)))
    run(tagging.revoke_tag, tagging.RevokeTag((world.tags[1],)))
    wanted = (blank, *world.tags, world.room_tag)
    with pytest.raises(Invalid) as refused:
        printing.sheet(printing.PrintSheet(wanted), world.engineer)
    [error] = refused.value.errors
    assert error.code == "unprintable"
    for code in (blank, *world.tags):
        assert codes.show(code) in error.values["tags"]
    assert codes.show(world.room_tag) not in error.values["tags"]
    with pytest.raises(NotFound):
        printing.sheet(printing.PrintSheet((codes.new(),)), world.engineer)


def test_blanks_are_printed_with_words_that_say_what_to_do(world: World) -> None:
    made = printing.sheet(printing.PrintSheet(tuple(blanks(world))), world.manager)
    assert made.labels == 3
    assert made.data.startswith(b"%PDF")


def test_the_print_log_says_who_printed_what(world: World, other: World) -> None:
    printing_log.note(world.engineer, world.tags, "L7160", start=4)
    [run_] = printing_log.runs(world.engineer)
    assert (run_.stock, run_.start, run_.count) == ("L7160", 4, 2)
    assert run_.who == "engineer-a 先生"
    assert printing_log.codes_of(run_.id, world.manager) == world.tags
    assert [one.id for one in tagging.page(world.tags[0], world.engineer).prints] == [run_.id]
    assert printing_log.runs(other.engineer) == []
    with pytest.raises(NotFound):
        printing_log.codes_of(run_.id, other.engineer)
    before = (PrintRun.select().count(), PrintedLabel.select().count())
    with pytest.raises(NotFound):
        printing_log.note(world.engineer, other.tags, "L7160")
    with pytest.raises(Forbidden):
        printing_log.note(world.viewer, world.tags, "L7160")
    assert before == (PrintRun.select().count(), PrintedLabel.select().count())


def test_the_same_deed_twice_is_done_once(world: World) -> None:
    order = tagging.MakeBlanks(2, world.client_id)
    key = worlds.new_id()
    first = commands.run(key, tagging.make_blanks, order, world.manager)
    again = commands.run(key, tagging.make_blanks, order, world.manager)
    assert again.repeated
    assert again.subject_id == first.subject_id
    assert TagBatch.select().count() == 1
