"""Kept figures of rounds are the counted ones, whatever happened since."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from roundtag import db
from roundtag.models import Contract, Device, Room, Round, RoundDevice, RoundFigure
from roundtag.rounds import figures
from tests.seeing import at_once, queries_of
from tests.world import World, check_form, deliver

DUE = date(2026, 11, 10)
GONE = datetime(2026, 11, 9, tzinfo=UTC)


def retire(world: World) -> None:
    Device.update(retired_at=GONE).where(Device.id == world.devices[1].id).execute()


def changes() -> dict[str, tuple[Callable[[World], object], Callable[[World], object]]]:
    """By trigger: what is so when a figure is kept, and what then happens."""

    def nothing(world: World) -> None:
        pass

    def a_room(world: World) -> None:
        RoundDevice.create(client=world.client_id, round=world.round_id, room=world.room.id)

    def check(world: World) -> None:
        deliver("inspection", check_form(world), world.engineer)

    def late(world: World) -> None:
        """Too late in Shanghai, in time in New York."""
        RoundDevice.update(done_at="2026-11-10T20:00:00.000000Z", result="pass").execute()

    return {
        "round_device_added": (nothing, a_room),
        "round_device_done": (nothing, check),
        "round_device_gone": (nothing, lambda _: RoundDevice.delete().execute()),
        "device_retired": (nothing, retire),
        "room_retired": (a_room, lambda _: Room.update(retired_at=GONE).execute()),
        "round_moved": (retire, lambda _: Round.update(closed_at=GONE - timedelta(days=1))
                        .execute()),
        "contract_zone": (late, lambda _: Contract.update(zone="America/New_York").execute()),
    }  # fmt: skip


def counted() -> dict[int, figures.Figures]:
    query = Round.select(Round.id, Round.due_on, Contract.zone).join(Contract)
    return figures.counted(list(query.dicts()))


def keep(world: World) -> None:
    Round.update(due_on=DUE).execute()
    figures.keep(datetime(2026, 11, 25, tzinfo=UTC))
    assert RoundFigure.select().count() == Round.select().count() > 0


@pytest.mark.parametrize("trigger", list(changes()))
def test_a_kept_figure_goes_with_what_changes_it(world: World, other: World, trigger: str) -> None:
    before, then = changes()[trigger]
    before(world)
    keep(world)
    kept = figures.of(Round.id == world.round_id)
    then(world)
    assert figures.of(Round.id.is_null(False)) == counted()
    assert figures.of(Round.id == world.round_id) != kept


@pytest.mark.parametrize("trigger", list(changes()))
def test_without_its_trigger_it_would_stay(world: World, trigger: str) -> None:
    before, then = changes()[trigger]
    before(world)
    keep(world)
    table = trigger.rpartition("_")[0]
    on = f" ON {table}" if db.kind() == "postgresql" else ""
    db.database.execute_sql(f"DROP TRIGGER figure_{trigger}{on}")
    then(world)
    assert figures.of(Round.id.is_null(False)) != counted()


def test_what_is_kept_is_not_counted(world: World) -> None:
    assert queries_of(lambda: figures.of(Round.id.is_null(False))) == 2
    keep(world)
    assert queries_of(lambda: figures.of(Round.id.is_null(False))) == 1
    RoundFigure.update(done=77).execute()
    assert figures.of(Round.id == world.round_id)[world.round_id].done == 77
    assert figures.keep(datetime(2026, 11, 25, tzinfo=UTC)) == 0


def test_a_figure_that_is_counted_while_a_stop_is_done_is_not_kept(fresh_world: World) -> None:
    Round.update(due_on=DUE).execute()
    for number in range(len(fresh_world.devices)):
        form = check_form(fresh_world, number)
        check = partial(deliver, "inspection", form, fresh_world.engineer)
        at_once([partial(figures.keep, datetime(2026, 11, 25, tzinfo=UTC)), check])
        assert figures.of(Round.id.is_null(False)) == counted()
