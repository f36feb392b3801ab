"""Every two verbs that move or hold stock, started at one moment from four connections: whatever
crosses, nothing is lost, nothing is kept for review, and the books add up."""

from collections.abc import Callable
from datetime import date
from itertools import combinations_with_replacement
from typing import Any

from roundtag import db, repairs, slips, stock
from roundtag.access import SYSTEM
from roundtag.errors import RoundtagError
from roundtag.models import Store, StoreCount, Submission, Unit
from roundtag.slips import ReverseSlip
from roundtag.storekeeping import rules, stores, units
from tests.roundtag.slipping import depot, file, level, stocked, store, unit, use_form
from tests.roundtag.stocking import moved
from tests.seeing import at_once
from tests.storecounting import close, listed, opened
from tests.world import World, deliver, new_id, run, swap_form

Call = Callable[[], Any]


class Shop:
    """What the verbs fight for: two units and one counted part of a client's store."""

    def __init__(self, world: World) -> None:
        self.world, self.here = world, store(world)
        self.lamp, self.there = stocked(world, 90_000), depot("总库")

    def calls(self) -> dict[str, Call]:
        """Each verb once more, upon what is there now; forms have ids of their own."""
        world, here, there, lamp = self.world, self.here, self.there, self.lamp
        both: dict[str, Any] = {"serials": ("SPA1", "SPA2"), "pieces": ((lamp, 2),)}
        one, model = unit("SPA1"), unit("SPA1").model_id
        slip = file(SYSTEM, "receive", here, pieces=((lamp, 1),)).subject_id
        count = opened(world) if not _counting(here) else _counting(here)
        listed(SYSTEM, count, "SPA1", **{f"pieces.{lamp}": str(level(here, lamp) - 1)})
        return {
            "draw": lambda: file(world.manager, "draw", here, **both),
            "transfer": lambda: file(SYSTEM, "transfer", here, other_store_id=there, **both),
            "back": lambda: file(SYSTEM, "transfer", there, other_store_id=here, **both),
            "receive": lambda: file(SYSTEM, "receive", here, serials=(new_id(),), model_id=model,
                                    pieces=((lamp, 3),)),
            "undo": lambda: run(slips.reverse_slip, ReverseSlip(int(slip or 0), "x")),
            "use": lambda: deliver("use", use_form(world, f"{here}:{lamp}"), world.engineer),
            "swap": lambda: deliver("swap", self.swap(), world.engineer),
            "count": lambda: close(count, 0),
            "repair": lambda: run(repairs.open_repair, repairs.OpenRepair(one.id, "坏")),
            "edit": lambda: run(units.edit_unit, units.EditUnit(
                one.id, "SPA1", date(2030, 1, 1 + one.id % 9), "x", units.digest(one))),
            "place": lambda: run(rules.place_unit, rules.PlaceUnit(
                one.id, new_id()[:8], one.shelf)),
            "rule": lambda: run(rules.set_rule, rules.SetRule(
                here, lamp, 5, 5, seen=rules.digest(rules.rule_of(here, lamp)))),
            "retire": lambda: run(stores.retire_store, stores.RetireStore(there)),
        }  # fmt: skip

    def swap(self) -> dict[str, str]:
        old = Unit.get_or_none(Unit.device == self.world.devices[0].id)
        return swap_form(self.world, old_unit_to="store", old_unit_store=str(self.here),
                         expected_old_serial=old.serial if old else "")  # fmt: skip

    def reset(self) -> None:
        Store.update(retired_at=None).execute()
        home = stock.Spot(stock.STORE, self.here)
        for serial in ("SPA1", "SPA2"):
            if stock.spot_of(unit(serial)) != home:
                moved(unit(serial), home)


def _counting(here: int) -> int:
    row = StoreCount.get_or_none((StoreCount.store == here) & StoreCount.closed_at.is_null())
    return int(row.id) if row else 0


def test_whatever_crosses_is_answered_and_adds_up(fresh_world: World, store_kind: str) -> None:
    shop = Shop(fresh_world)
    names = list(shop.calls())[:: 1 if store_kind == "postgresql" else 3]  # SQLite has one writer
    outages = []
    for pair in combinations_with_replacement(names, 2):
        shop.reset()
        calls = shop.calls()
        for answer in at_once([calls[name] for name in pair * 2]):
            if not isinstance(answer, BaseException):
                continue
            if db.is_outage(answer):
                outages.append((pair, str(answer).splitlines()[0]))
            else:
                assert isinstance(answer, RoundtagError), (pair, repr(answer))
        assert stock.problems() == [], pair
    assert not Submission.select().where(Submission.outcome == "review").exists()
    assert outages == []  # who waits for each other is sent again, and should not have to be
