"""Random sequences of everything that moves stock, through every door, against dictionaries.

`make soak` runs ten thousand of them (stock_soak.py); here is a slice. See shop/ for the parts.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase

from roundtag.stock import levels, moves
from tests.roundtag.conftest import Settled
from tests.roundtag.shop import machine
from tests.roundtag.shop.rig import Rig, rig

SLICE = {"sqlite": 10, "postgresql": 6}
STEPS = 30


@pytest.fixture
def shops(ready: Settled) -> Iterator[Rig]:
    with rig(ready.url, ready.worlds[0]) as opened:
        yield opened


def test_whatever_people_do_the_stock_adds_up(shops: Rig, store_kind: str) -> None:
    done = machine.run(shops, SLICE[store_kind], STEPS)
    assert done["sequences"] >= SLICE[store_kind]


LOST = [(levels, "change", lambda _: None), (moves, "_columns", lambda line: {"shelf": ""})]


@pytest.mark.parametrize("lost", LOST, ids=lambda one: one[1])
def test_what_is_not_written_is_seen(
    shops: Rig, lost: tuple[object, str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is not blind: where levels or units do not change, nothing adds up."""
    monkeypatch.setattr(*lost)
    with pytest.raises(AssertionError):
        machine.run(shops, 5, 10, phases=(Phase.generate,))
