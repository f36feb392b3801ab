"""Quality re-check: a sample that can be drawn again, done by somebody else, beside the first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import clock, comparisons, rounds
from roundtag.access import Actor
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Recheck, Round, RoundDevice
from roundtag.rounds.drawing import draw
from roundtag.rounds.rechecks import size_of
from roundtag.rounds.scope import Candidate
from tests.seeing import at_once, queries_of, snapshot
from tests.world import World, check_form, deliver, person, run


@pytest.fixture
def second(world: World) -> Actor:
    return person("second", ("engineer", "client", world.client_id))


@pytest.fixture
def quality(world: World) -> Actor:
    return person("quality", ("quality", "client", world.client_id))


@pytest.fixture
def done(world: World) -> World:
    """Both stops were checked by the world's engineer, the second one failed."""
    deliver("inspection", check_form(world, 0), world.engineer)
    bad = {"item.image": "fail", "note.image": "暗", "item.lamp": "3000"}
    deliver("inspection", check_form(world, 1, **bad), world.engineer)
    return world


def order(world: World, who: Actor, percent: int = 100, seed: str = "") -> rounds.DrawRecheck:
    due = clock.local_day(clock.now()) + timedelta(days=3)
    return rounds.DrawRecheck(world.round_id, percent, who.person_id or 0, due, seed)


def test_a_sample_is_drawn_for_somebody_else(done: World, second: Actor, quality: Actor) -> None:
    receipt = run(rounds.draw_recheck, order(done, second, 50, "2026-W48"), quality)
    tour = Round.get_by_id(receipt.subject_id)
    assert (tour.occasion, tour.engineer_id, tour.seed, tour.drawn_from) == (
        "recheck", second.person_id, "2026-W48", 2,
    )  # fmt: skip
    drawn = [row.device_id for row in RoundDevice.select().where(RoundDevice.round == tour.id)]
    assert len(drawn) == 1
    again = run(rounds.draw_recheck, order(done, second, 50, "2026-W48"), quality)
    assert [r.device_id for r in RoundDevice.select().where(
        RoundDevice.round == again.subject_id)] == drawn  # fmt: skip
    assert [r.source_id for r in Recheck.select()] == [done.round_id] * 2


def test_without_a_seed_one_is_taken_and_written_down(
    done: World, second: Actor, quality: Actor
) -> None:
    keys = [run(rounds.draw_recheck, order(done, second), quality).subject_id for _ in range(2)]
    seeds = [Round.get_by_id(key).seed for key in keys]
    assert len(set(seeds)) == 2
    assert all(len(seed) == 16 for seed in seeds)


def test_nobody_checks_their_own_work_again(done: World, second: Actor, quality: Actor) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        run(rounds.draw_recheck, order(done, done.engineer), quality)
    assert (refused.value.errors[0].field, refused.value.errors[0].code) == (
        "engineer", "own-work",
    )  # fmt: skip
    assert snapshot() == before
    deliver("inspection", check_form(done, 0), second)
    receipt = run(rounds.draw_recheck, order(done, second), quality)
    (stop,) = RoundDevice.select().where(RoundDevice.round == receipt.subject_id)
    assert stop.device_id == done.devices[1].id


def test_what_cannot_be_is_refused_by_field(
    done: World, second: Actor, quality: Actor, other: World
) -> None:
    for percent in (0, 101):
        with pytest.raises(Invalid) as refused:
            run(rounds.draw_recheck, order(done, second, percent), quality)
        assert refused.value.errors[0].field == "percent"
    with pytest.raises(Invalid) as refused:
        run(rounds.draw_recheck, order(done, other.engineer), quality)
    assert refused.value.errors[0].field == "engineer"
    made = run(rounds.draw_recheck, order(done, second), quality)
    again = rounds.DrawRecheck(int(made.subject_id or 0), 10, second.person_id or 0,
                               clock.local_day(clock.now()))  # fmt: skip
    with pytest.raises(Invalid):
        run(rounds.draw_recheck, again, quality)


def test_only_quality_and_those_who_lead_draw(done: World, second: Actor, other: World) -> None:
    for actor in (done.engineer, done.viewer, other.manager):
        with pytest.raises(Forbidden):
            run(rounds.draw_recheck, order(done, second), actor)
    unknown = rounds.DrawRecheck(999_999, 10, 1, clock.local_day(clock.now()))
    with pytest.raises(NotFound):
        run(rounds.draw_recheck, unknown)


def test_the_first_result_stands_beside_the_second(
    done: World, second: Actor, quality: Actor
) -> None:
    key = int(run(rounds.draw_recheck, order(done, second), quality).subject_id or 0)
    empty = comparisons.of_round(key, quality)
    assert (empty.rate, empty.judged, len(empty.lines)) == (None, 0, 2)
    for device in range(2):
        form = check_form(done, device, round=str(key))
        deliver("inspection", form, second)
    found = comparisons.of_round(key, quality)
    assert [len(line.differing) for line in found.lines] == [0, 1]
    (differing,) = found.lines[1].differing
    assert (differing.key, differing.first, differing.second) == (
        "image", ("fail", "fail"), ("pass", "pass"),
    )  # fmt: skip
    assert (found.judged, found.agreed, found.rate) == (6, 5, 83.3)
    assert found.lines[1].first
    assert found.lines[1].first.who == "engineer-a 先生"
    assert found.lines[1].second
    assert found.lines[1].second.who == "second 先生"
    assert queries_of(lambda: comparisons.of_round(key, quality)) <= 15


def test_a_comparison_is_seen_by_its_own_client_only(
    done: World, second: Actor, quality: Actor, other: World
) -> None:
    key = int(run(rounds.draw_recheck, order(done, second), quality).subject_id or 0)
    for round_id, actor in ((key, other.engineer), (done.round_id, quality)):
        with pytest.raises(NotFound):
            comparisons.of_round(round_id, actor)


keys = st.sets(st.integers(1, 10_000), min_size=1, max_size=80)


@given(keys, st.integers(1, 100), st.text(max_size=20))
def test_the_same_seed_draws_the_same_whatever_the_order(
    found: set[int], percent: int, seed: str
) -> None:
    whole = [Candidate(f"device {key}", key, None) for key in found]
    size = size_of(len(whole), percent)
    drawn = draw(seed, whole, size)
    assert drawn == draw(seed, whole[::-1], size)
    assert 1 <= len(drawn) <= len(whole)
    assert (len(drawn) - 1) * 100 < len(whole) * percent <= len(drawn) * 100 or len(drawn) == 1
    more = draw(seed, whole, min(size + 1, len(whole)))
    assert set(drawn) <= set(more)


def test_two_at_the_same_moment_are_two(fresh_world: World) -> None:
    deliver("inspection", check_form(fresh_world, 0), fresh_world.engineer)
    other = person("second", ("engineer", "client", fresh_world.client_id))
    judge = person("quality", ("quality", "client", fresh_world.client_id))

    def ask() -> str:
        return run(rounds.draw_recheck, order(fresh_world, other), judge).outcome

    assert at_once([ask] * 4) == ["done"] * 4
    assert Recheck.select().count() == 4
