"""The rounds that the first page shows: begun, and with something left to do first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import Case, fn

from roundtag.access import Actor, visible
from roundtag.models import Round, RoundDevice, tuples
from roundtag.rounds.pages import RoundCard, cards_of
from roundtag.rounds.stops import awaited, walked_by

BRIEF = frozenset({"daily", "before_meeting", "during_meeting", "after_meeting", "observation",
                   "commissioning"})  # fmt: skip
"""Checks of a moment: once done, they are nothing to look at tomorrow."""
MOST = 12
"""Rounds that the first page shows; the stops of no other one are counted."""


@dataclass(frozen=True)
class Todays:
    """`more`: begun rounds behind these, where they are a full page."""

    cards: list[RoundCard]
    more: int


def todays(actor: Actor, today: date) -> Todays:
    """The rounds that an engineer walks, else the first of all in view; six queries at most.

    In the order of days; what is all done stands behind what is not. Those of which the engineer is
    the backup come after their own.
    """
    mine = actor.person_id if actor.roles == {"engineer"} else None
    which = _walked(actor, mine) or Round.closed_at.is_null()
    order = [Case(None, [(Round.engineer == mine, 0)], 1)] if mine else []
    begun = which & (Round.opens_on.is_null() | (Round.opens_on <= today))
    waits = fn.EXISTS(RoundDevice.select(RoundDevice.id).where(
        (RoundDevice.round == Round.id) & RoundDevice.done_at.is_null() & awaited()))  # fmt: skip
    shown: list[int] = []
    for first in (waits, ~waits & Round.occasion.not_in(BRIEF)):
        if len(shown) < MOST:
            query = visible(actor, Round.select(Round.id).where(begun & first), Round.client)
            query = query.order_by(*order, Round.due_on, Round.id).limit(MOST - len(shown))
            shown += [key for (key,) in tuples(query)]
    full = len(shown) == MOST
    cards = {card.id: card for card in cards_of(actor, today, Round.id.in_(shown), ())}
    total = visible(actor, Round.select().where(begun), Round.client).count() if full else 0
    return Todays([cards[key] for key in shown], total - len(shown) if full else 0)


def _walked(actor: Actor, mine: int | None) -> Any:
    """The condition of an engineer's own rounds; None for others, and where there are none."""
    if mine is None:
        return None
    own = visible(actor, Round.select(Round.id).where(walked_by(mine)), Round.client)
    return walked_by(mine) if own.exists() else None
