"""Draws a sample again, to show that nobody had a hand in it."""

from dataclasses import dataclass

from roundtag.access import Actor, visible
from roundtag.errors import NotFound, invalid
from roundtag.models import Device, History, Room, Round, RoundDevice, dicts
from roundtag.rounds import drawing
from roundtag.rounds.scope import Candidate, candidates, of_json
from roundtag.words import N_


@dataclass(frozen=True)
class Redrawn:
    """`drawn_from` is the size of the whole as the round noted it, `whole` as it is found now."""

    seed: str
    drawn_from: int
    whole: int
    kept: list[str]
    again: list[str]

    @property
    def same(self) -> bool:
        return self.kept == self.again


def redraw(round_id: int, actor: Actor) -> Redrawn:
    """Draws by the round's own seed and scope from what stood in the register when it opened:
    without what was registered since, with what was retired since. Raises NotFound, Invalid."""
    tour = visible(actor, Round.select().where(Round.id == round_id), Round.client).first()
    if tour is None:
        raise NotFound
    if tour.seed is None:
        raise invalid("round", "whole", N_("This round is no sample: every stop is in it."))
    whole = _whole(tour)
    kept = _kept(tour)
    again = [stop.key for stop in drawing.draw(tour.seed, whole, len(kept))]
    return Redrawn(tour.seed, tour.drawn_from or 0, len(whole), sorted(kept), again)


def _whole(tour: Round) -> list[Candidate]:
    scope = of_json(tour.scope)
    came = History.select(History.device).where(
        (History.client == tour.client_id) & (History.kind == "registered")
        & (History.at > tour.opened_at) & History.device.is_null(False)
    )  # fmt: skip
    now = candidates(tour.client_id, scope, Device.id.not_in(came))
    left = candidates(tour.client_id, scope, retired_since=tour.opened_at)
    return sorted({stop.key: stop for stop in [*now, *left]}.values(), key=lambda one: one.key)


def _kept(tour: Round) -> list[str]:
    """The keys of the round's stops."""
    rows = dicts(
        RoundDevice.select(Device.code.alias("device_code"), Room.code.alias("room_code"))
        .left_outer_join(Device, on=(Device.id == RoundDevice.device))
        .switch(RoundDevice)
        .left_outer_join(Room, on=(Room.id == RoundDevice.room))
        .where(RoundDevice.round == tour.id)
    )
    return [
        f"device {row['device_code']}" if row["device_code"] is not None else
        f"room {row['room_code']}" for row in rows
    ]  # fmt: skip
