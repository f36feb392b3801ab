"""A round by room and category, who did what, what is next on the way; sharing its rooms."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roundtag import clock, rounds
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Building,
    Device,
    Inspection,
    Room,
    Round,
    RoundDevice,
    RoundShare,
    Submission,
)
from roundtag.rounds import sharing
from tests.seeing import count_queries, counts, grown, queries_of, snapshot
from tests.world import World, add_room, check_form, deliver, person, run

TODAY = date(2026, 11, 22)


def page(world: World, show: str = "all") -> rounds.RoundPage:
    return rounds.page(world.round_id, world.engineer, TODAY, show)


def stop_in(world: World, floor: str, code: str) -> Device:
    """A room on a floor with one device that is a stop of the world's round."""
    room = Room.create(client=world.client_id, building=world.room.building_id, floor=floor,
                       code=code, name=f"房间 {code}", kind="video")  # fmt: skip
    device = Device.create(client=world.client_id, room=room, name=f"屏 {code}",
                           code=f"D-{code}", category="display")  # fmt: skip
    RoundDevice.create(client=world.client_id, round=world.round_id, device=device)
    return device


def test_the_way_goes_from_the_cellar_up_and_a_rooms_own_check_comes_first(world: World) -> None:
    for floor, code in (("10F", "A1001"), ("B1", "AB01"), ("2F", "A210"), ("2F", "A29")):
        stop_in(world, floor, code)
    RoundDevice.create(client=world.client_id, round=world.round_id, room=world.room)
    stops = page(world).stops
    assert [stop.room_code for stop in stops] == [
        "AB01", "A29", "A210", "A301", "A301", "A301", "A1001",
    ]  # fmt: skip
    own = stops[3]
    assert (own.device_id, own.category, own.code) == (None, "room", world.room_tag)


def test_rooms_and_categories_are_counted_apart(world: World) -> None:
    stop_in(world, "2F", "A201")
    deliver("inspection", check_form(world, **{"item.image": "fail", "note.image": "暗"}),
            world.engineer)  # fmt: skip
    found = page(world)
    assert [(r.room_code, r.progress.done, r.progress.total) for r in found.rooms] == [
        ("A201", 0, 1), ("A301", 1, 2),
    ]  # fmt: skip
    counted = {code: (p.done, p.total, p.failed) for code, p in found.categories}
    assert counted == {"display": (0, 1, 0), "projector": (1, 2, 1)}
    assert [(w.name, w.done) for w in found.walkers] == [("engineer-a 先生", 1)]


def test_both_entries_of_two_people_are_listed_and_the_second_is_marked(world: World) -> None:
    second = person("second", ("engineer", "client", world.client_id))
    deliver("inspection", check_form(world), world.engineer)
    deliver("inspection", check_form(world, **{"item.image": "fail", "note.image": "暗"}), second)
    stop = next(s for s in page(world).stops if s.device_code == "A-P01")
    assert [(e.who, e.second, e.result) for e in stop.entries] == [
        ("engineer-a 先生", False, "pass"), ("second 先生", True, "fail"),
    ]  # fmt: skip
    assert stop.result == "pass"
    assert page(world).card.progress.done == 1


def test_a_claim_of_a_wrong_clock_stands_beside_the_receipt(world: World) -> None:
    deliver("inspection", check_form(world), world.engineer)
    ahead = clock.now() + timedelta(days=365)
    Submission.update(sent_at=ahead).where(Submission.form == "inspection").execute()
    Inspection.update(claimed_at=ahead - timedelta(hours=2)).execute()
    (entry,) = page(world).stops[0].entries
    assert entry.claim
    assert entry.claim.ahead > timedelta(days=364)
    assert abs(entry.received_at - timedelta(hours=2) - entry.claim.at) < timedelta(minutes=1)


def test_what_is_next_begins_where_i_am_and_then_comes_round(world: World) -> None:
    stop_in(world, "B1", "AB01")
    stop_in(world, "5F", "A501")
    assert [s.device_code for s in page(world).next] == ["D-AB01", "A-P01", "A-P02"]
    deliver("inspection", check_form(world, 1), world.engineer)
    assert [s.device_code for s in page(world).next] == ["D-A501", "D-AB01", "A-P01"]
    elsewhere = rounds.next_stops(world.round_id, 5, world.manager.person_id)
    assert [s.device_code for s in elsewhere] == ["D-AB01", "A-P01", "D-A501"]


def test_filters_narrow_the_rooms_and_not_the_figures(world: World) -> None:
    deliver("inspection", check_form(world, **{"item.image": "fail", "note.image": "暗"}),
            world.engineer)  # fmt: skip
    shown = {
        show: [s.device_code for room in page(world, show).rooms for s in room.stops]
        for show in ("all", "open", "failed", "mine")
    }
    assert shown == {"all": ["A-P01", "A-P02"], "open": ["A-P02"], "failed": ["A-P01"],
                     "mine": ["A-P01", "A-P02"]}  # fmt: skip
    assert page(world, "open").card.progress.total == 2


def share(world: World, *rooms: int, who: int | None) -> rounds.ShareRound:
    return rounds.ShareRound(world.round_id, rooms, who)


def test_each_ones_own_rest_comes_first_and_entries_of_anybody_count(world: World) -> None:
    second = person("second", ("engineer", "client", world.client_id))
    device = stop_in(world, "9F", "A901")
    assert rounds.cards(second, TODAY, second.person_id) == []
    before = counts()
    order = share(world, device.room_id, who=second.person_id)
    run(rounds.share_round, order, world.engineer)
    assert grown(before) == {"leaf": 1, "round_share": 1, "submission": 1}
    theirs = rounds.next_stops(world.round_id, 5, second.person_id)
    assert [s.device_code for s in theirs] == ["D-A901", "A-P01", "A-P02"]
    assert [s.device_code for s in page(world).next] == ["A-P01", "A-P02", "D-A901"]
    assert [c.id for c in rounds.cards(second, TODAY, second.person_id)] == [world.round_id]
    assert device.id in rounds.devices_assigned(second.person_id or 0)
    assert {room.walker for room in page(world).rooms} == {"engineer-a 先生", "second 先生"}
    deliver("inspection", check_form(world), second)
    assert page(world).card.progress.done == 1
    run(rounds.share_round, share(world, device.room_id, who=None), second)
    assert RoundShare.get().person_id is None
    assert rounds.cards(second, TODAY, second.person_id) == []


def test_only_leaders_and_the_rounds_own_walkers_share_it(world: World, other: World) -> None:
    stranger = person("stranger", ("engineer", "client", world.client_id))
    order = share(world, world.room.id, who=stranger.person_id)
    for actor in (stranger, world.viewer, other.manager, other.engineer):
        with pytest.raises(Forbidden):
            run(rounds.share_round, order, actor)
    run(rounds.share_round, order, world.manager)
    run(rounds.share_round, order, stranger)


def test_rooms_and_people_of_elsewhere_are_refused(world: World, other: World) -> None:
    before = snapshot()
    wrong = [
        (share(world, other.room.id, who=world.engineer.person_id), "room"),
        (share(world, world.room.id, who=other.engineer.person_id), "person"),
        (share(world, world.room.id, who=world.viewer.person_id), "person"),
    ]
    for order, name in wrong:
        with pytest.raises(Invalid) as refused:
            run(rounds.share_round, order, world.manager)
        assert refused.value.errors[0].field == name
    with pytest.raises(NotFound):
        run(rounds.share_round, rounds.ShareRound(999_999, (1,), None), world.manager)
    assert snapshot() == before


def test_a_closed_round_is_told_of_and_not_shared(world: World) -> None:
    run(rounds.close_round, rounds.CloseRound(world.round_id), world.manager)
    order = share(world, world.room.id, who=world.engineer.person_id)
    assert run(rounds.share_round, order, world.manager).outcome == "conflict"
    assert RoundShare.select().count() == 0


def test_who_may_walk_rounds(world: World, other: World) -> None:
    names = [name for _, name in sharing.walkers(world.client_id)]
    assert names == ["engineer-a 先生", "manager-a 先生"]


def test_other_clients_see_no_round(world: World, other: World) -> None:
    with pytest.raises(NotFound):
        rounds.page(world.round_id, other.engineer, TODAY)


def test_a_page_costs_the_same_with_2_and_with_200_stops(world: World) -> None:
    deliver("inspection", check_form(world), world.engineer)
    run(rounds.share_round, share(world, world.room.id, who=world.manager.person_id),
        world.manager)  # fmt: skip
    few = queries_of(lambda: page(world))
    building = Building.get_by_id(world.room.building_id)
    for number in range(200):
        stop_in(world, f"{number % 9}F", f"{building.id}-{number}")
    with count_queries() as sent:
        assert len(page(world).stops) == 202
    assert len(sent) == few
    assert few <= 18


def test_the_list_pages_through_every_round_once(world: World, other: World) -> None:
    made = []
    for number in range(75):
        due = date(2026, 1, 1) + timedelta(days=number // 3)
        made.append(Round.create(client=world.client_id, contract=world.contract_id,
                                 occasion="daily", period=str(due), due_on=due,
                                 engineer=world.engineer.person_id).id)  # fmt: skip
    wish, seen = rounds.RoundWish(filters={"occasion": "daily"}), []
    while True:
        found = rounds.listing(wish, world.manager, TODAY)
        seen += [card.id for card in found.cards]
        if not found.after:
            break
        wish = rounds.RoundWish(filters=wish.filters, after=found.after)
    assert seen == made
    Round.update(closed_at=clock.now()).where(Round.id.in_(made)).execute()
    past = rounds.listing(rounds.RoundWish("closed"), world.manager, TODAY)
    assert [card.id for card in past.cards] == made[:-31:-1]
    assert past.cards[0].due_on == date(2026, 1, 25)


def test_the_list_is_narrowed(world: World, other: World) -> None:
    add_room(world)
    Round.update(due_on=date(2026, 11, 10)).execute()
    site, other_site = world.room.building.site_id, other.room.building.site_id

    def found(**filters: str) -> list[int]:
        return [c.id for c in rounds.listing(
            rounds.RoundWish(filters=filters), world.engineer, TODAY).cards]  # fmt: skip

    mine = [world.round_id]
    assert found() == found(site=str(site)) == found(late="1") == mine
    assert found(engineer=str(world.engineer.person_id)) == found(occasion="monthly") == mine
    assert found(site=str(other_site)) == found(engineer="999") == found(occasion="daily") == []
    for device in range(2):
        deliver("inspection", check_form(world, device), world.engineer)
    assert found(late="1") == []


def test_an_address_that_means_nothing_is_the_plain_list() -> None:
    form = Fields([("state", "x"), ("site", "a"), ("occasion", "b"), ("after", "2026-13-01.5"),
                   ("engineer", "7")])  # fmt: skip
    wish = rounds.read_wish(form)
    assert (wish.state, dict(wish.filters), wish.after) == ("open", {"engineer": "7"}, None)
    there = rounds.RoundWish("closed", {"site": "3"}, (date(2026, 1, 2), 9))
    assert there.query(after=there.after) == "state=closed&site=3&after=2026-01-02.9"


def test_accepted_rounds_are_a_list_of_their_own(world: World) -> None:
    Round.update(stage="accepted", closed_at=datetime(2026, 11, 1, tzinfo=UTC)).where(
        Round.id == world.round_id).execute()  # fmt: skip
    shown = {
        state: len(rounds.listing(rounds.RoundWish(state), world.engineer, TODAY).cards)
        for state in ("open", "closed", "accepted")
    }
    assert shown == {"open": 0, "closed": 0, "accepted": 1}
