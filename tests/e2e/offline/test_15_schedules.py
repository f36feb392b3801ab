"""Family 15: random schedules over all faults. A slice; CI runs 100, `make soak` 1,000."""

from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.e2e.offline import plan, schedules

SLICE = 3


def test_the_same_seed_gives_the_same_steps() -> None:
    assert plan.steps(42) == plan.steps(42) != plan.steps(43)


def test_every_step_comes_up_among_a_hundred_schedules() -> None:
    verbs = {step.verb for seed in range(100) for step in plan.steps(seed)}
    assert verbs == set(plan.CHANCES)


@pytest.mark.browser
def test_nothing_is_lost_or_doubled_whatever_comes(
    playwright: Playwright, launch_options: dict[str, Any]
) -> None:
    assert schedules.batch(playwright, launch_options, 0, SLICE - 1).count("|") > 2
