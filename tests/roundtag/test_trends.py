"""trends.series_of: the course of readings, in one query; charts: where their marks lie."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from roundtag import charts, trends
from roundtag.models import Answer, Inspection
from roundtag.trends import Point
from tests.seeing import queries_of
from tests.world import World, check_form, deliver

START = datetime(2026, 1, 5, 2, tzinfo=UTC)


def answers(world: World, values: list[str | None], device: int = 0, item: str = "lamp",
            verdict: str = "pass", start: datetime = START) -> None:  # fmt: skip
    """A month between each; the entries are copies of one made by the verb."""
    deliver("inspection", check_form(world, device), world.engineer)
    Answer.delete().where(Answer.item == "lamp").execute() if item == "lamp" else None
    last = Inspection.select().order_by(Inspection.id.desc()).dicts().first()
    for number, value in enumerate(values):
        at = start + timedelta(days=30 * number)
        entry = Inspection.create(**{
            **last, "id": None, "submission": f"copy-{item}-{device}-{number}", "received_at": at,
        })  # fmt: skip
        Answer.create(client=world.client_id, inspection=entry, room=world.room.id, item=item,
                      device=world.devices[device].id, value=value, verdict=verdict,
                      at=at)  # fmt: skip


def test_the_last_points_come_oldest_first_and_words_are_passed_over(world: World) -> None:
    answers(world, ["100", "pass", None, "300.5"])
    key = (world.devices[0].id, "lamp")
    assert trends.series_of([key]) == {
        key: [Point(date(2026, 1, 5), 100.0, "pass"), Point(date(2026, 4, 5), 300.5, "pass")]
    }
    assert trends.series_of([]) == {}
    assert trends.series_of([(world.devices[1].id, "lamp"), (world.devices[0].id, "none")]) == {}


def test_a_series_ends_where_it_is_told_to_and_is_bounded(world: World) -> None:
    answers(world, [str(n) for n in range(40)])
    key = (world.devices[0].id, "lamp")
    assert [p.value for p in trends.series_of([key])[key]] == [float(n) for n in range(16, 40)]
    until = START + timedelta(days=30 * 5)
    assert [p.value for p in trends.series_of([key], until)[key]] == [0, 1, 2, 3, 4, 5]
    assert [p.value for p in trends.series_of([key], until, last=2)[key]] == [4, 5]


def test_many_pairs_cost_one_query_and_only_the_pairs_asked_for_come(world: World) -> None:
    answers(world, ["1", "2"])
    answers(world, ["3"], device=1, item="volt")
    first, second = world.devices[0].id, world.devices[1].id
    pairs = [(first, "lamp"), (second, "volt"), (second, "none")]
    assert queries_of(lambda: trends.series_of(pairs)) == 1
    assert set(trends.series_of(pairs)) == set(pairs[:2])
    assert set(trends.series_of([(second, "volt"), (first, "volt")])) == {(second, "volt")}


def test_a_day_is_the_contracts_day(world: World) -> None:
    answers(world, ["1"], start=datetime(2026, 1, 5, 16, 30, tzinfo=UTC))
    key = (world.devices[0].id, "lamp")
    assert trends.series_of([key])[key][0].day == date(2026, 1, 6)


points = st.lists(
    st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)),
              st.floats(-1e6, 1e6, allow_nan=False)),
    min_size=1, max_size=30,
).map(lambda rows: [Point(day, value, "pass") for day, value in sorted(rows)])  # fmt: skip
limit = st.none() | st.floats(-1e6, 1e6, allow_nan=False)


@given(points, limit, limit, st.booleans())
def test_every_mark_lies_inside_the_plot(
    series: list[Point], low: float | None, high: float | None, counter: bool
) -> None:
    for frame in (charts.Frame(), charts.SPARK):
        chart = charts.draw(series, low, high, frame, counter)
        assert chart is not None
        inside = [(d.x, d.y) for d in chart.dots] + [(frame.left, lim.y) for lim in chart.limits]
        for x, y in inside:
            assert frame.left <= x <= frame.width - frame.right
            assert frame.top <= y <= frame.height - frame.bottom
        if chart.band:
            assert frame.top <= chart.band[0] <= sum(chart.band) <= frame.height - frame.bottom + 1
        higher = sorted(chart.dots, key=lambda dot: dot.value)
        assert [d.y for d in higher] == sorted((d.y for d in higher), reverse=True)


def test_a_new_lamp_breaks_the_line_and_a_far_limit_is_left_out() -> None:
    series = [Point(date(2026, month, 1), value, "pass")
              for month, value in enumerate([100.0, 200.0, 5.0, 90.0], start=1)]  # fmt: skip
    chart = charts.draw(series, 0, 40_000, counter=True)
    assert chart is not None
    assert len(chart.lines) == 2
    assert [lim.kind for lim in chart.limits] == ["min"]
    whole = charts.draw(series)
    assert whole is not None
    assert (len(whole.lines), whole.band) == (1, None)
    assert charts.draw([]) is None
