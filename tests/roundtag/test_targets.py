"""targets: what a contract aims at, beside what was reached."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtag import clock, rounds, targets
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import ContractTarget, Fault, Round, RoundDevice
from roundtag.targets.outages import overlap
from tests.seeing import counts, grown, queries_of, snapshot
from tests.world import World, check_form, deliver, fault_form, person, run

FULL = {"pass_rate": 98.5, "availability": 99.9, "on_time": 100.0}


def order(world: World, **changes: float) -> targets.SetTargets:
    return targets.SetTargets(world.contract_id, {**FULL, **changes})


def test_targets_are_the_promised_ones_until_they_are_set(world: World) -> None:
    assert targets.of_contracts([world.contract_id]) == {
        world.contract_id: dict.fromkeys(targets.CODES, 100.0)
    }
    before = counts()
    run(targets.set_targets, order(world), world.manager)
    assert grown(before) == {"contract_target": 3, "leaf": 1, "submission": 1}
    assert targets.of_contracts([world.contract_id])[world.contract_id] == FULL
    run(targets.set_targets, order(world, pass_rate=99), world.manager)
    assert ContractTarget.select().count() == 3
    assert targets.of_contracts([world.contract_id])[world.contract_id]["pass_rate"] == 99


def test_what_is_no_percentage_is_refused_by_field(world: World) -> None:
    before = snapshot()
    for bad in ({"pass_rate": 101.0}, {"speed": 5.0}, {"on_time": -1.0}):
        with pytest.raises(Invalid) as refused:
            run(targets.set_targets, order(world, **bad), world.manager)
        assert [error.field for error in refused.value.errors] == list(bad)
    assert snapshot() == before


def test_only_those_who_answer_for_quality_set_them(world: World, other: World) -> None:
    quality = person("q", ("quality", "client", world.client_id))
    run(targets.set_targets, order(world), quality)
    for actor in (world.engineer, world.viewer, other.manager):
        with pytest.raises(Forbidden):
            run(targets.set_targets, order(world), actor)
    with pytest.raises(NotFound):
        targets.contract_of(other.engineer, world.contract_id)
    with pytest.raises(NotFound):
        run(targets.set_targets, targets.SetTargets(999_999, FULL), world.manager)


def figures(world: World, today: date) -> dict[str, float | None]:
    page = rounds.page(world.round_id, world.engineer, today)
    found = targets.of_round(page.card, today)
    return {figure.code: figure.actual for figure in found}


def test_figures_of_a_round(world: World) -> None:
    today = clock.local_day(clock.now())
    due = Round.get_by_id(world.round_id).due_on
    assert figures(world, due) == {"pass_rate": None, "availability": 100.0, "on_time": None}
    bad = {"item.image": "fail", "note.image": "暗"}
    deliver("inspection", check_form(world, **bad), world.engineer)
    Round.update(due_on=today).where(Round.id == world.round_id).execute()
    assert figures(world, today) == {"pass_rate": 0.0, "availability": 50.0, "on_time": 100.0}
    assert figures(world, today + timedelta(days=1))["on_time"] == 50.0


def test_the_months_of_a_contract(world: World, other: World) -> None:
    now = datetime(2026, 11, 25, 4, tzinfo=UTC)
    Round.update(due_on=date(2026, 11, 10)).where(Round.id == world.round_id).execute()
    stops = list(RoundDevice.select().where(RoundDevice.round == world.round_id))
    for stop, at, result in zip(stops, ("2026-11-10T15:59:59.999999Z",
                                        "2026-11-10T16:00:00.000000Z"),
                                ("pass", "fail"), strict=True):  # fmt: skip
        RoundDevice.update(done_at=at, result=result).where(RoundDevice.id == stop.id).execute()
    (mine,) = targets.quality(world.engineer, now)
    month = mine.months[0]
    assert (month.first, month.rounds) == (date(2026, 11, 1), 1)
    assert [f.actual for f in month.figures] == [50.0, 100.0, 50.0]
    assert [f.actual for f in mine.months[1].figures] == [None, None, None]
    assert {one.client_id for one in targets.quality(other.viewer, now)} == {other.client_id}


def test_time_without_service_is_counted_once_and_within_the_month(world: World) -> None:
    now = datetime(2026, 11, 10, 16, tzinfo=UTC)
    for _ in range(2):
        deliver("fault", fault_form(world), world.engineer)
    begin = datetime(2026, 10, 20, tzinfo=UTC)
    Fault.update(state="resolved", reported_at=begin,
                 resolved_at=datetime(2026, 11, 5, 16, tzinfo=UTC)).execute()  # fmt: skip
    (mine,) = targets.quality(world.engineer, now)
    assert mine.months[0].figures[1].actual == 75.0


def test_the_months_cost_the_same_with_many_rounds(world: World) -> None:
    def read() -> None:
        targets.quality(world.engineer, clock.now())

    few = queries_of(read)
    for number in range(2, 9):
        run(rounds.open_round,
            rounds.OpenRound(world.contract_id, "monthly", f"2027-{number:02}"))  # fmt: skip
    assert queries_of(read) == few
    assert few <= 7


START = datetime(2026, 1, 1, tzinfo=UTC)
hours = st.integers(-50, 150)
spans = st.lists(st.tuples(hours, st.none() | hours), max_size=8)


@given(spans)
def test_overlap_is_the_number_of_hours_covered(rows: list[tuple[int, int | None]]) -> None:
    covered = {
        hour for start, stop in rows for hour in range(100)
        if start <= hour and (stop is None or hour < stop)
    }  # fmt: skip
    given_spans = [
        (START + timedelta(hours=a), None if b is None else START + timedelta(hours=b))
        for a, b in rows
    ]
    end = START + timedelta(hours=100)
    assert overlap(given_spans, START, end) == len(covered) * 3600


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_never_rounds_up_to_the_whole(part: int, whole: int) -> None:
    percent = targets.share(min(part, whole), whole)
    assert percent is not None
    assert (percent == 100) == (part >= whole)
    assert targets.share(0, 0) is None
