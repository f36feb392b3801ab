"""Rounds that wait for the reader: to be handed in, checked or signed."""

from dataclasses import dataclass

from peewee import fn

from roundtag.acceptance import rules
from roundtag.access import Actor, visible
from roundtag.models import Client, Round, RoundDevice
from roundtag.rounds import awaited


@dataclass(frozen=True)
class Waiting:
    """`step`: what is to be done with it by the reader."""

    id: int
    name: str
    name_en: str
    occasion: str
    period: str
    client: str
    step: str


def waiting_for(actor: Actor) -> list[Waiting]:
    """One query: rounds to check or sign, and own rounds in which nothing is left to do."""
    left = (
        RoundDevice.select(fn.COUNT(RoundDevice.id))
        .where((RoundDevice.round == Round.id) & RoundDevice.done_at.is_null() & awaited())
    )  # fmt: skip
    stops = RoundDevice.select(fn.COUNT(RoundDevice.id)).where(RoundDevice.round == Round.id)
    mine = (Round.engineer == actor.person_id) | (Round.backup == actor.person_id)
    complete = (Round.stage == "open") & mine & (left == 0) & (stops > 0)
    query = (
        Round.select(Round, Client)
        .join(Client)
        .where(Round.stage.in_(("recorded", "checked")) | complete)
        .order_by(Round.due_on, Round.id)
        .limit(50)
    )
    rows = visible(actor, query, Round.client)
    return [_line(row, step) for row in rows if (step := _step(actor, row))]


def _step(actor: Actor, tour: Round) -> str:
    if tour.stage == "open":
        return "hand_in" if rules.may_hand_in(actor, tour) else ""
    deed = {"recorded": "check_round", "checked": "sign_round"}[tour.stage]
    return deed if actor.may(deed, tour.client_id) else ""


def _line(tour: Round, step: str) -> Waiting:
    return Waiting(tour.id, tour.name, tour.name_en, tour.occasion, tour.period, tour.client.name,
                   step)  # fmt: skip
