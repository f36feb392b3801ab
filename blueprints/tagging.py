"""The register of tags, what becomes of each, blank batches, and sheets to print."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import (
    addresses,
    clients,
    commands,
    printers,
    printing,
    printing_log,
    prints,
    stocks,
    store_labels,
    tagging,
)
from roundtag.access import Actor
from roundtag.commands import Verb
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.printing import Preview, Printed, PrintSheet
from roundtag.store_labels import Choice
from roundtag.tagging import blanks
from tags import codes

blueprint = Blueprint("tags", __name__, url_prefix="/tags")
MOST = 200
"""Tags that are dealt with at once: the list shows fewer, and the way to print names them all."""
Order = Callable[[tuple[str, ...]], Any]
BULK: dict[str, tuple[Verb, Order]] = {
    "lost": (tagging.lose_tag, tagging.LoseTag),
    "revoked": (tagging.revoke_tag, tagging.RevokeTag),
}
NEXT: dict[str, tuple[Verb, Order]] = {
    **BULK,
    "found": (tagging.find_tag, lambda chosen: tagging.FindTag(*chosen)),
}


def _may(client_id: int | None = None, *, anywhere: bool = False) -> dict[str, bool]:
    """What the page offers; `anywhere`: at any client, since each verb judges its own tags."""
    deeds = {"lose": "lose_tag", "revoke": "revoke_tag", "replace": "replace_tag",
             "print": "print_tags", "make": "make_blanks"}  # fmt: skip
    actor = door.actor()
    able = actor.able if anywhere else lambda deed: actor.may(deed, client_id)
    return {name: able(deed) for name, deed in deeds.items()}


@blueprint.get("")
def index() -> Response:
    fields = Fields(request.args.items())
    wanted = tagging.Filter(
        state=_one_of(fields.raw("state"), tagging.STATES),
        kind=_one_of(fields.raw("kind"), ("device", "room")),
        batch=_key(fields, "batch"),
        room=_key(fields, "room"),
        text=fields.raw("q")[:20],
        page=min(_key(fields, "page") or 1, 10_000),
    )
    found = tagging.lines(door.actor(), wanted)
    return pages.show("tags/index.html", nav="tags", found=found, wanted=wanted,
                      may=_may(anywhere=True), submission_id=forms.page_id())  # fmt: skip


def _one_of(text: str, allowed: tuple[str, ...]) -> str:
    return text if text in allowed else ""


def _key(fields: Fields, name: str) -> int | None:
    """A row's number in an address; anything else is as if it were not there."""
    value = fields.whole(name)
    return value if value and value < 2**31 else None


@blueprint.post("/bulk")
def bulk() -> AnyResponse:
    """Prints, marks as lost or (asked once more) revokes the tags that were ticked."""
    spelt = (codes.parse(text) for text in request.form.getlist("tag")[:MOST])
    chosen = tuple(dict.fromkeys(code for code in spelt if code))
    action = request.form.get("action", "")
    if action == "print" and chosen:
        return redirect(url_for("tags.sheets", tag=list(chosen)), 303)
    if action not in BULK or not chosen:
        forms.say(_("Tick the labels first, then choose what to do."))
        return redirect(url_for("tags.index"), 303)
    if action == "revoked" and not request.form.get("sure"):
        return pages.show("tags/revoke.html", nav="tags", path=url_for("tags.index"),
                          chosen=chosen, submission_id=forms.posted_id())  # fmt: skip
    verb, command = BULK[action]
    return forms.done(commands.run(forms.posted_id(), verb, command(chosen), door.actor()))


@blueprint.get("/<code>")
def show(code: str) -> Response:
    found = tagging.page(code, door.actor())
    return pages.show("tags/show.html", nav="tags", tag=found, may=_may(found.client_id),
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/<code>/state")
def change(code: str) -> AnyResponse:
    """`to` says what becomes of the label: lost, found or revoked."""
    tagging.page(code, door.actor())
    to = request.form.get("to", "")
    if to not in NEXT:
        return redirect(url_for("tags.show", code=code), 303)
    verb, command = NEXT[to]
    return forms.done(commands.run(forms.posted_id(), verb, command((code,)), door.actor()))


@blueprint.get("/<code>/replacement")
def replacement(code: str) -> Response:
    found = tagging.page(code, door.actor())
    return pages.show("tags/replace.html", nav="tags", tag=found, submission_id=forms.page_id())


@blueprint.post("/<code>/replacement")
def replace(code: str) -> AnyResponse:
    tagging.page(code, door.actor())
    order = tagging.ReplaceTag(code, request.form.get("reason", "damaged"))
    try:
        return forms.done(commands.run(forms.posted_id(), tagging.replace_tag, order, door.actor()))
    except Invalid:
        return redirect(url_for("tags.replacement", code=code), 303)


@blueprint.get("/batches")
def batches() -> Response:
    return _batches(Typed())


def _batches(form: Typed) -> Response:
    return pages.show("tags/batches.html", nav="tags", batches=tagging.batches(door.actor()),
                      clients=clients.offered(door.actor(), "make_blanks"), form=form,
                      path=url_for("tags.batches"), most=blanks.MOST,
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/batches")
def make() -> AnyResponse:
    offered = {str(key or ""): key for key, _name in clients.offered(door.actor(), "make_blanks")}
    try:
        order = blanks.read_batch(Fields(request.form.items(multi=True)), offered)
    except Invalid as refused:
        return _batches(forms.typed(refused))
    return forms.done(commands.run(forms.posted_id(), tagging.make_blanks, order, door.actor()))


@blueprint.get("/batches/<int:batch_id>")
def batch(batch_id: int) -> Response:
    found, left = tagging.batch(batch_id, door.actor())
    return pages.show("tags/batch.html", nav="tags", batch=found, left=left)


@blueprint.get("/log")
def print_log() -> Response:
    """What was printed, by whom and when."""
    return pages.show("tags/prints.html", nav="tags", runs=printing_log.runs(door.actor()))


@blueprint.get("/rooms/<int:room_id>")
def room(room_id: int) -> Response:
    """Checks a room's labels one by one: scan or type, and read what is right and what is not."""
    labels = tagging.room_labels(room_id, door.actor())
    typed = request.args.get("code", "")[:500]
    verdict = tagging.compare(room_id, typed, door.actor()) if typed.strip() else None
    return pages.show("tags/room.html", nav="rooms", room=labels, verdict=verdict,
                      bases=[addresses.base_url()])  # fmt: skip


@blueprint.get("/sheets")
def sheets() -> Response:
    return page(Typed(dict(request.args.items())), chosen=_preselected())


def _preselected() -> list[str]:
    """The tags named in the address: each by itself, a batch's blanks, or all of an earlier run."""
    fields = Fields(request.args.items())
    chosen = request.args.getlist("tag")
    if batch_id := _key(fields, "batch"):
        chosen += tagging.batch(batch_id, door.actor())[1]
    if run_id := _key(fields, "run"):
        chosen += printing_log.codes_of(run_id, door.actor())
    return chosen


def page(form: Typed, preview: Preview | None = None, status: int | None = None,
         chosen: list[str] | None = None) -> Response:  # fmt: skip
    """The sheet form with everything chosen still chosen; `of=spares` lists spare units."""
    actor, of = door.actor(), request.values.get("of", "")
    of = of if of in ("spares", "shelves") else "tags"
    choice = _choice()
    known = {"stock": printing.DEFAULT_STOCK, **_habit(actor), **form.data}
    chosen = request.values.getlist("tag") if chosen is None else chosen
    chosen = list(dict.fromkeys(chosen))[: printing.MAX_LABELS]
    tags = tagging.to_print(actor, chosen) if of == "tags" else []
    shown = pages.show(
        "tags/sheets.html",
        nav="tags",
        path="/tags/sheets",
        of=of,
        tags=tags,
        more=len({tag.room_code for tag in tags}) >= tagging.OFFERED,
        units=store_labels.units(actor, choice=choice) if of == "spares" else [],
        shelves=store_labels.shelves(actor, store=choice.store) if of == "shelves" else [],
        all_shelves=store_labels.shelves(actor) if of != "tags" else [],
        choice=choice,
        stocks=stocks.everything(),
        printers=printers.everyone(),
        prints=prints.mine(actor)[:1],
        many=prints.MOST_AT_ONCE,
        base_url=addresses.base_url(),
        trial=addresses.is_trial(),
        form=Typed(known, form.errors),
        chosen=set(chosen)
        | set(request.values.getlist("unit"))
        | set(request.values.getlist("shelf")),
        preview=preview,
    )
    shown.status_code = status or (422 if form.errors else 200)
    return shown


def _choice() -> Choice:
    """What narrows the list of spare units, as the address or the form names it."""
    store = request.values.get("in_store", "")
    key = int(store) if store.isascii() and store.isdigit() and len(store) < 10 else None
    return Choice(key, request.values.get("on_shelf", "")[:40], request.values.get("slip", "")[:40],
                  request.values.get("today") == "1")  # fmt: skip


def _habit(actor: Actor) -> dict[str, str]:
    found = {k.removesuffix("_id"): str(v) for k, v in asdict(printers.habit(actor)).items() if v}
    return found


@blueprint.post("/sheets")
def sheet_pdf() -> AnyResponse:
    """The file of the chosen labels; of many, the page where it will be."""
    actor = door.actor()
    try:
        order = printing.read(Fields(request.form.items(multi=True)))
        answer = _printed(order)
    except Invalid as refused:
        return page(forms.typed(refused))
    printers.remember(actor, order.printer, order.stock)
    if order.codes:
        printing_log.note(actor, order.codes, order.stock, order.design, order.start)
    if order.units or order.shelves:
        printing_log.note_store(actor, order.units, order.shelves, order.stock, order.start)
    return answer


def _printed(order: PrintSheet) -> AnyResponse:
    if order.count <= prints.MOST_AT_ONCE:
        return file(printing.sheet(order, door.actor()))
    key = prints.order(order, door.actor())
    return redirect(url_for("printing.print_show", key=key), 303)


def file(made: Printed) -> Response:
    """A printed file; browsers show a PDF and keep the rest."""
    response = Response(made.data, mimetype=made.mime)
    where = "inline" if made.mime == "application/pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{where}; filename="{made.name}"'
    return response
