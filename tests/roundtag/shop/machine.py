"""The acts as rules of a Hypothesis state machine."""

from collections import Counter
from contextlib import ExitStack
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.roundtag.shop import keeping, oracle
from tests.roundtag.shop.acts import ACTS, Act
from tests.roundtag.shop.rig import Pick, Rig, Shop

assert keeping.act  # its acts are among those
CALM = settings(
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


class Sequence(RuleBasedStateMachine):
    """One sequence in a shop of its own; `done` counts over all of them that were `long`."""

    rig: Rig
    done: Counter[str]
    long: int

    def __init__(self) -> None:
        super().__init__()
        self.undo, self.steps = ExitStack(), 0
        self.shop: Shop = self.undo.enter_context(self.rig.open())

    @invariant()
    def adds_up(self) -> None:
        oracle.holds(self.shop)

    def teardown(self) -> None:
        with self.undo:
            oracle.ends(self.shop)
            self.done["steps"] += self.steps
            self.done["sequences"] += self.steps >= self.long  # Hypothesis breaks some off


def _rule(act: Act) -> Any:
    def do(self: Sequence, data: Any) -> None:
        self.steps += 1
        self.done[act.name] += 1
        act.do(self.shop, Pick(lambda high: data.draw(st.integers(0, high))))

    do.__name__ = do.__qualname__ = act.name
    return precondition(lambda self: bool(act.when(self.shop)))(rule(data=st.data())(do))


def run(opened: Rig, count: int, long: int, seed: int | None = None, **more: Any) -> Counter[str]:
    """At least so many sequences of so many steps in the rig's database; what was done in them."""
    rules = {f"{act.name}_{n}": _rule(act) for act in ACTS for n in range(act.weight)}
    columns = {"rig": opened, "done": Counter(), "long": long, **rules}
    shopping: type[Sequence] = type("Shopping", (Sequence,), columns)
    if seed is not None:
        shopping = hypothesis.seed(seed)(shopping)
    chosen = settings(CALM, max_examples=count, stateful_step_count=long, **more)
    run_state_machine_as_test(shopping, settings=chosen, _min_steps=long)
    return shopping.done
