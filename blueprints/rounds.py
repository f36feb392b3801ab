from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import acceptance, checklists, clock, comparisons, data, rounds, targets
from roundtag.errors import Invalid, NotFound
from roundtag.fields import Fields
from roundtag.rounds import progress, rechecks, sharing

blueprint = Blueprint("rounds", __name__)
RECHECK = "recheck"


@blueprint.get("/rounds")
def index() -> Response:
    """All rounds in view; everything that the list is narrowed by stands in its address."""
    wish = rounds.read_wish(Fields(request.args.items()))
    found = rounds.listing(wish, door.actor(), clock.local_day(clock.now()))
    occasions = [(one.code, pages.both(one)) for one in checklists.OCCASIONS.values()]
    return pages.show("rounds/index.html", nav="today", list=found, occasions=occasions)


def _found(round_id: int, show: str = "all", **part: Any) -> rounds.RoundPage:
    return rounds.page(round_id, door.actor(), clock.local_day(clock.now()), show, **part)


@blueprint.get("/rounds/<int:round_id>")
def show(round_id: int) -> Response:
    """A round; ?show= open, failed or mine narrows its stops, ?from= a room goes on there, ?room=
    opens one."""
    wanted, today = request.args.get("show", "all"), clock.local_day(clock.now())
    found = _found(round_id, wanted if wanted in progress.SHOWS else "all",
                   begin=request.args.get("from", 0, int), opened=request.args.get("room", 0, int),
                   at_once=None if pages.is_pack() else progress.AT_ONCE)  # fmt: skip
    actor, client = door.actor(), found.card.client_id
    return pages.show(
        "rounds/show.html", nav="today", tour=found, today=today, category=data.category,
        figures=targets.of_round(found.card, today),
        may={deed: actor.may(deed, client) for deed in ("share_round", "draw_recheck")},
        comparison=found.card.occasion == RECHECK,
        panel=acceptance.panel(round_id, actor, brief=True),
    )  # fmt: skip


@blueprint.get("/rounds/<int:round_id>/shares")
def shares(round_id: int) -> Response:
    return _shares(round_id, Typed())


def _shares(round_id: int, form: Typed) -> Response:
    found = _found(round_id)
    return pages.show("rounds/shares.html", nav="today", tour=found, form=form,
                      walkers=sharing.walkers(found.card.client_id),
                      chosen=request.form.getlist("room"),
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/shares")
def share(round_id: int) -> Response:
    _found(round_id)
    try:
        order = sharing.read(Fields(request.form.items(multi=True)), round_id)
        return forms.done(forms.run(rounds.share_round, order))
    except Invalid as refused:
        return _shares(round_id, forms.typed(refused))


@blueprint.get("/rounds/<int:round_id>/recheck")
def recheck(round_id: int) -> Response:
    return _recheck(round_id, Typed())


def _recheck(round_id: int, form: Typed) -> Response:
    found, today = _found(round_id), clock.local_day(clock.now())
    return pages.show("rounds/recheck.html", nav="today", tour=found, form=form,
                      walkers=sharing.walkers(found.card.client_id),
                      due=today + timedelta(days=7), submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/recheck")
def draw(round_id: int) -> Response:
    _found(round_id)
    today = clock.local_day(clock.now())
    try:
        order = rechecks.read(Fields(request.form.items(multi=True)), round_id, today)
        return forms.done(forms.run(rounds.draw_recheck, order))
    except Invalid as refused:
        return _recheck(round_id, forms.typed(refused))


@blueprint.get("/rounds/<int:round_id>/comparison")
def comparison(round_id: int) -> Response:
    """A re-check beside what it checks."""
    found = _found(round_id)
    if found.card.occasion != RECHECK:
        raise NotFound
    both = comparisons.of_round(round_id, door.actor())
    return pages.show("rounds/comparison.html", nav="today", tour=found, found=both)
