"""Where settling could go wrong: foreign shapes, two people at once, what a phone is told."""

import json
from collections.abc import Callable

import pytest

from roundtag import checklists, inspections, reviews, settling, sides, sync
from roundtag.access import Actor
from roundtag.commands import Receipt
from roundtag.errors import Invalid, NotFound, OtherBody
from roundtag.models import Conflict, RoundDevice, Settlement, Submission
from roundtag.settling import Settle
from tests import world as worlds
from tests.seeing import at_once, queries_of
from tests.world import World, check_form, deliver, fault_form, new_id, swap_form


def settle(key: str, decision: str, actor: Actor) -> Receipt:
    return settling.settle(new_id(), Settle(key, decision), actor)


def keep(world: World, actor: Actor, body: str = '[["a","b"]]') -> str:
    """An entry of a form that this server does not know."""
    made = worlds.Envelope(new_id(), "hologram", body, sync.digest_of(body), "9",
                           install_id="phone-1", seq=1, owner=actor.person_id)  # fmt: skip
    assert sync.submit(made, actor).outcome == "review"
    return made.id


@pytest.fixture
def desk(world: World) -> Actor:
    return worlds.person("desk-a", ("desk", "client", world.client_id))


@pytest.fixture
def everywhere(world: World) -> Actor:
    return worlds.person("desk-all", ("desk", "provider", None))


def test_the_desk_of_one_client_settles_what_its_engineers_left(world: World, desk: Actor) -> None:
    kept = keep(world, world.engineer)
    assert [line.key for line in reviews.waiting(desk)] == [f"kept:{kept}"]
    assert settle(f"kept:{kept}", "done", desk).outcome == "done"
    assert reviews.waiting(desk) == []
    assert settle(f"kept:{kept}", "done", desk).outcome == "conflict"


@pytest.mark.parametrize("body", ["[" * 100_000, '{"ab": 1}', "null", "[[[]]]", "7", '"ab"'])
def test_any_kept_body_can_be_read(world: World, everywhere: Actor, body: str) -> None:
    kept = keep(world, world.engineer, body)
    page = reviews.page(f"kept:{kept}", everywhere)
    assert page.first
    assert [field.value for field in page.first.fields] == [body]


@pytest.mark.parametrize("key", ["conflict:1", "conflict:" + "9" * 40, "other-body:" + "9" * 40,
                                 "other-body:", "kept:", "other-body:0", "x", ":"])  # fmt: skip
def test_what_is_not_there_is_not_found(world: World, everywhere: Actor, key: str) -> None:
    with pytest.raises(NotFound):
        reviews.page(key, everywhere)
    with pytest.raises(NotFound):
        settle(key, "done", everywhere)


def broken(*_: object) -> None:
    raise ZeroDivisionError


def test_an_entry_that_failed_is_filed_on_the_second_try(
    world: World, everywhere: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = inspections.judge
    monkeypatch.setattr(inspections.judging, "judge", broken)
    kept = deliver("inspection", check_form(world), world.engineer)
    assert kept.outcome == "review"
    with pytest.raises(Invalid):
        settle(f"kept:{kept.id}", "again", everywhere)
    assert Submission.get_by_id(kept.id).outcome == "review"
    monkeypatch.setattr(inspections.judging, "judge", judge)
    assert settle(f"kept:{kept.id}", "again", everywhere).outcome == "done"
    filed = inspections.Inspection.get()
    assert (filed.submission, filed.person_id) == (kept.id, world.engineer.person_id)
    assert filed.received_at == kept.received_at


def two_bodies(world: World, key: str) -> str:
    other = fault_form(world, description="second")
    with pytest.raises(OtherBody):
        deliver("fault", other, world.engineer, id=key)
    return f"other-body:{reviews.OtherBody.get(reviews.OtherBody.submission == key).id}"


def test_a_second_body_does_not_settle_the_first(world: World, everywhere: Actor) -> None:
    kept = keep(world, world.engineer)
    pair = two_bodies(world, kept)
    settle(pair, "done", everywhere)
    assert reviews.receipt_of(kept, world.engineer)[1] is None


def test_a_second_body_is_settled_once_by_two_at_once(fresh_world: World) -> None:
    actor = worlds.person("desk-all", ("desk", "provider", None))
    first = deliver("fault", fault_form(fresh_world), fresh_world.engineer)
    pair = two_bodies(fresh_world, first.id)
    done = at_once([lambda: settle(pair, "done", actor)] * 5)
    assert sorted(getattr(one, "outcome", repr(one)) for one in done) == [*["conflict"] * 4, "done"]
    assert Settlement.select().count() == 1


def test_a_check_by_todays_list_stays_when_an_old_one_is_asked_again(
    world: World, everywhere: Actor
) -> None:
    items = [*worlds.ITEMS, {"key": "fan", "kind": "check", "zh": "风扇", "en": "Fan"}]
    worlds.run(checklists.publish_checklists, checklists.PublishChecklists((
        {"category": "projector", "occasion": "monthly", "name_zh": "投影机月检",
         "name_en": "Projector, monthly", "items": items},)))  # fmt: skip
    newest = checklists.latest("projector", "monthly")
    assert newest
    today = {"template_version": str(newest.id), "item.fan": "pass"}
    deliver("inspection", check_form(world) | today, world.engineer)
    stale = deliver("inspection", check_form(world), world.engineer)
    row = Conflict.get(Conflict.submission == stale.id)
    settle(f"conflict:{row.id}", "check-again", everywhere)
    place = RoundDevice.get(RoundDevice.device == world.devices[0].id)
    assert place.done_at


def grows(read: Callable[[], object], more: Callable[[], object]) -> int:
    before = queries_of(read)
    more()
    return queries_of(read) - before


def test_the_list_costs_the_same_with_one_and_with_many_people(world: World, desk: Actor) -> None:
    keep(world, world.engineer)
    for _ in range(2):  # the second one is linked to the first
        deliver("fault", fault_form(world), world.engineer)

    def more() -> None:
        for number in range(4):
            someone = worlds.person(f"walker-{number}", ("engineer", "client", world.client_id))
            keep(world, someone)
            deliver("fault", fault_form(world), someone)

    assert grows(lambda: (reviews.waiting(desk), reviews.count(desk)), more) == 0


def test_both_bodies_of_one_id_are_shown(world: World, everywhere: Actor) -> None:
    first = deliver("fault", fault_form(world, description="first"), world.engineer)
    page = reviews.page(two_bodies(world, first.id), everywhere)
    sides = [page.first, page.second]
    told = [json.dumps([f.value for f in side.fields]) for side in sides if side]
    assert ["first" in told[0], "second" in told[1]] == [True, True]
    assert page.second
    assert page.second.photos == []


def test_the_entry_that_came_first_stands_beside_the_second(
    world: World, everywhere: Actor
) -> None:
    meets = [
        deliver("swap", swap_form(world), world.engineer),
        deliver("swap", swap_form(world, new_serial="SPA2"), world.engineer),
        deliver("swap", swap_form(world, 1), world.engineer),
        deliver("fault", fault_form(world, description="first"), world.engineer),
        deliver("fault", fault_form(world, description="second"), world.engineer),
    ]
    first = {1: 0, 2: 0, 4: 3}
    for later, earlier in first.items():
        row = Conflict.get(Conflict.submission == meets[later].id)
        beside = reviews.page(f"conflict:{row.id}", everywhere).second
        assert beside == sides.of(Submission.get_by_id(meets[earlier].id))


def test_an_entry_that_nobody_can_read_is_not_offered_to_be_filed(
    world: World, everywhere: Actor
) -> None:
    kept = keep(world, world.engineer)
    assert reviews.page(f"kept:{kept}", everywhere).decisions == ["done"]
    with pytest.raises(Invalid):
        settle(f"kept:{kept}", "again", everywhere)
