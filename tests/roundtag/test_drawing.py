"""A sample depends on its seed and the codes alone, and treats all alike."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from roundtag.rounds import drawing
from roundtag.rounds.scope import Scope


@dataclass(frozen=True)
class Stop:
    key: str


KEYS = st.sets(st.text(min_size=1, max_size=12), max_size=60)


@given(KEYS, st.text(max_size=20), st.integers(0, 70), st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order(
    keys: set[str], seed: str, size: int, random: object
) -> None:
    ordered = [Stop(key) for key in sorted(keys)]
    mixed = list(ordered)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    drawn = drawing.draw(seed, ordered, size)
    assert drawing.draw(seed, mixed, size) == drawn
    assert len(drawn) == min(size, len(keys))
    assert {stop.key for stop in drawn} <= keys


@given(KEYS, st.text(max_size=20), st.integers(0, 60))
def test_a_larger_sample_holds_the_smaller_one(keys: set[str], seed: str, size: int) -> None:
    stops = [Stop(key) for key in keys]
    assert set(drawing.draw(seed, stops, size)) <= set(drawing.draw(seed, stops, size + 1))


def test_it_can_be_done_by_hand() -> None:
    # printf 'HHZ plan-3 2026-W48\ndevice A-P01' | sha256sum
    assert drawing.seed_of("HHZ", 3, "2026-W48") == "HHZ plan-3 2026-W48"
    assert drawing.number("HHZ plan-3 2026-W48", "device A-P01") == (
        "1a1845aef19e2b9174e87582afa6e7b5d9f071038f6ffb3971d743f82fbf3442"
    )


def test_each_stop_is_drawn_as_often_as_any_other() -> None:
    stops = [Stop(f"device D{n:02}") for n in range(20)]
    seeds = [drawing.seed_of("HHZ", 1, f"week {n}") for n in range(2000)]
    drawn = Counter(stop.key for seed in seeds for stop in drawing.draw(seed, stops, 5))
    # 500 each are expected, with a standard deviation of 19.
    assert len(drawn) == 20
    assert all(abs(count - 500) < 100 for count in drawn.values())


def test_the_size_of_a_sample() -> None:
    sizes = {
        (5, "count"): 5, (50, "count"): 12, (10, "percent"): 2, (1, "percent"): 1,
        (100, "percent"): 12,
    }  # fmt: skip
    for (sample, unit), size in sizes.items():
        assert Scope(sample=sample, sample_unit=unit).sampled(12) == size
    assert Scope().sampled(12) == 12
