from flask import Blueprint, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import clock, faults, rounds, stocktakes

blueprint = Blueprint("today", __name__)
NEXT = 5


@blueprint.get("/")
def home() -> Response:
    signed_in = current_user.is_authenticated
    return redirect(url_for("today.show" if signed_in else "people.sign_in"), 303)


@blueprint.get("/today")
def show() -> Response:
    """What is next: this month's round, the next devices on the way, my faults."""
    actor, today = door.actor(), clock.local_day(clock.now())
    mine = actor.person_id if actor.roles == {"engineer"} else None
    cards = rounds.cards(actor, today, mine) or rounds.cards(actor, today)
    stops = rounds.next_stops(cards[0].id, NEXT) if cards else []
    assigned = faults.lines(actor, assignee_id=mine) if mine else faults.lines(actor)
    return pages.show("today/show.html", nav="today", today=today, rounds=cards, next_stops=stops,
                      faults=assigned, mine=bool(mine),
                      stocktakes=stocktakes.cards(actor))  # fmt: skip
