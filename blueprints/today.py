from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import (
    acceptance,
    access,
    clock,
    faults,
    notices,
    quotes,
    rounds,
    stocktakes,
    storecounts,
)

blueprint = Blueprint("today", __name__)
NEXT = 5


@blueprint.get("/")
def home() -> Response:
    if not current_user.is_authenticated:
        return redirect(url_for("people.sign_in"), 303)
    watches = "desk" in door.actor().roles and not access.FIELD & door.actor().roles
    return redirect(url_for("board.show" if watches else "today.show"), 303)


@blueprint.get("/today")
def show() -> Response:
    """What is next: this month's round, the next devices on the way, my faults."""
    actor, today = door.actor(), clock.local_day(clock.now())
    mine = actor.person_id if actor.roles == {"engineer"} else None
    tours = rounds.todays(actor, today)
    cards = tours.cards
    stops = rounds.next_stops(cards[0].id, NEXT, actor.person_id) if cards else []
    assigned = faults.lines(actor, assignee_id=mine) if mine else faults.lines(actor)
    return pages.show("today/show.html", nav="today", today=today, rounds=cards, more=tours.more,
                      next_stops=stops,
                      faults=assigned, mine=bool(mine), unread=notices.unread(actor),
                      stocktakes=stocktakes.cards(actor), storecounts=storecounts.cards(actor),
                      sent_back=acceptance.sent_back_to(actor.person_id),
                      waiting=acceptance.waiting_for(actor),
                      quotes=quotes.waiting_for(actor))  # fmt: skip
