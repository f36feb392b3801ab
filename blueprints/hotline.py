"""The hotline: the form of a call, what it finds while somebody types, and the register."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, clock, data, hotline
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("hotline", __name__, url_prefix="/hotline")


@blueprint.get("/new")
def new() -> Response:
    """An empty form, or one for the room that the address names."""
    room = request.args.get("room", "")
    return _form(Typed({"room": room} if room.isdigit() and len(room) < 9 else {}))


def _form(form: Typed) -> Response:
    actor = door.actor()
    lines = hotline.lines_of(actor)
    return pages.show(
        "hotline/new.html", nav="hotline", path="/hotline/new", form=form,
        lines=lines, pairs=[(one.client_id, one.client) for one in lines], symptoms=data.symptoms(),
        may_judge=actor.able("judge_report"), channels=hotline.CHANNELS, answers=hotline.ANSWERED,
        abouts=hotline.ABOUT,
        submission_id=forms.page_id(), **_found(form.data),
    )  # fmt: skip


def _found(typed: dict[str, str]) -> dict[str, Any]:
    """Rooms like what was typed, which of them is chosen, and what is known to be wrong there."""
    actor, text = door.actor(), Fields([("q", typed.get("q", ""))]).raw("q")[:60]
    wanted = typed.get("room", "")
    chosen = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    rooms = hotline.rooms_like(text, actor, chosen)
    ids = [room.id for room in rooms]
    here = chosen if chosen in ids else next(iter(ids), None)
    known = hotline.known_in(here, actor) if here else []
    same = typed.get("same", "")
    return {"rooms": rooms, "here": here, "known": known, "same": same, "sought": text}


@blueprint.get("/rooms")
def rooms() -> Response:
    """What ?q= finds, for the form."""
    return pages.fragment("hotline/_rooms.html", **_found(dict(request.args.items())))


@blueprint.post("")
def take() -> Response:
    """Files the call; with the button `find` it only looks for the room (without scripts)."""
    if request.form.get("find"):
        return _form(Typed(dict(request.form.items())))
    try:
        receipt = forms.run(hotline.take_call, hotline.read_call(forms.fields()))
    except Invalid as refused:
        return _form(forms.typed(refused, "same"))
    return forms.done(receipt)


@blueprint.get("")
def index() -> Response:
    wish = hotline.read_wish(Fields(request.args.items()), clock.local_day(clock.now()))
    found = hotline.register(wish, door.actor())
    may_erase = found.client is not None and door.actor().may("erase_caller", found.client.id)
    return pages.show("hotline/register.html", nav="hotline", register=found,
                      may_take=door.actor().able("take_call"), may_erase=may_erase,
                      channels=hotline.CHANNELS, answers=hotline.ANSWERED, abouts=hotline.ABOUT,
                      files=access.allowed_on(door.actor().roles, "hotline.csv"),
                      fresh=forms.fresh_id)  # fmt: skip


@blueprint.get("/calls.csv")
def csv() -> Response:
    wish = hotline.read_wish(Fields(request.args.items()), clock.local_day(clock.now()))
    found = hotline.register(wish, door.actor(), page=None)
    response = Response(hotline.csv_file(found, gettext, pages.symptom_name), mimetype="text/csv")
    name = f"hotline-{wish.month:%Y-%m}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
