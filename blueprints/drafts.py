"""The draft of a checklist: item by item, then published or thrown away."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import forms, pages
from blueprints.checklists import category_of
from blueprints.forms import Typed
from roundtag import checklists
from roundtag.checklists import DraftPage, Place
from roundtag.errors import Invalid
from roundtag.words import N_

blueprint = Blueprint("drafts", __name__, url_prefix="/checklists/<category>/<occasion>/draft")
BLANK, MOST = 3, 30
"""Empty lines for further answers in the form of a choice, and all of its lines at most."""
SAY = N_("Say what changed, for those who fill it in.")


@blueprint.get("")
def show(category: str, occasion: str) -> Response:
    return _draft(checklists.place(category, occasion), Typed())


def _draft(at: Place, form: Typed) -> Response:
    return pages.show("checklists/draft.html", nav="more", path=at.draft_url, form=form,
                      draft=checklists.draft_page(at), category=category_of(at),
                      occasion=checklists.OCCASIONS[at.occasion],
                      submission_id=forms.fresh_id())  # fmt: skip


@blueprint.get("/preview")
def preview(category: str, occasion: str) -> Response:
    found = checklists.draft_page(checklists.place(category, occasion))
    return pages.show("checklists/preview.html", nav="more", draft=found)


@blueprint.post("/name")
def rename(category: str, occasion: str) -> Response:
    at, form = checklists.place(category, occasion), forms.fields()
    try:
        name = form.text("name", limit=80, required=N_("Give the checklist a name."))
        name_en = form.text("name_en", limit=80)
        revision = form.whole("revision") or 0
        form.done()
        order = checklists.NameChecklist(at, name or "", name_en or "", revision)
        return forms.done(forms.run(checklists.name_checklist, order))
    except Invalid as refused:
        return _draft(at, forms.typed(refused))


@blueprint.post("/discard")
def discard(category: str, occasion: str) -> Response:
    at = checklists.place(category, occasion)
    order = checklists.DiscardChecklist(at, forms.fields().whole("revision") or 0)
    try:
        return forms.done(forms.run(checklists.discard_checklist, order))
    except Invalid as refused:
        return _draft(at, forms.typed(refused))


@blueprint.post("/publish")
def publish(category: str, occasion: str) -> Response:
    at, form = checklists.place(category, occasion), forms.fields()
    try:
        note = form.text("note", limit=500, required=SAY)
        revision, latest = form.whole("revision") or 0, form.whole("latest") or 0
        form.done()
        order = checklists.PublishChecklist(at, revision, latest, note or "")
        return forms.done(forms.run(checklists.publish_checklist, order))
    except Invalid as refused:
        return _draft(at, forms.typed(refused))


@blueprint.get("/items/new")
def new_item(category: str, occasion: str) -> Response:
    """?after= names the item behind which it comes, and whose section it joins."""
    return _item_page(checklists.place(category, occasion), "", Typed())


@blueprint.get("/items/<key>")
def item(category: str, occasion: str, key: str) -> Response:
    return _item_page(checklists.place(category, occasion), key, Typed())


def _item_page(at: Place, key: str, form: Typed) -> Response:
    found = checklists.draft_page(at)
    now = found.item(key) if key else None
    after = request.values.get("after", "")
    if not form.data:
        form = Typed(checklists.shown(now) if now else _begun(found, after), form.errors)
    return pages.show(
        "checklists/item.html", nav="more", draft=found, item=now, form=form, after=after,
        path=f"{at.draft_url}/items/{key or 'new'}", kinds=checklists.KINDS,
        ticked=request.form.getlist("when") if form.errors else checklists.ticked(now),
        before=found.answers_before(key), lines=range(_lines(form)),
        category=category_of(at), submission_id=forms.fresh_id(),
    )  # fmt: skip


def _lines(form: Typed) -> int:
    """How many answers of a choice the form offers: those that are typed, and empty ones."""
    typed = [name.split(".") for name, value in form.data.items() if value]
    numbers = [int(parts[1]) for parts in typed if len(parts) == 3 and parts[1].isdecimal()]
    return min(max(numbers, default=-1) + 1 + BLANK, MOST)


def _begun(found: DraftPage, after: str) -> dict[str, str]:
    """A new item joins the section of the one before it."""
    near = next((one for one in found.items if one.key == after), None)
    near = near or (found.items[-1] if found.items else None)
    section = {"section_zh": near.section_zh, "section_en": near.section_en} if near else {}
    return {"kind": "check", "required": "1", **section}


@blueprint.post("/items")
def add_item(category: str, occasion: str) -> Response:
    return _save(checklists.place(category, occasion), "")


@blueprint.post("/items/<key>")
def save_item(category: str, occasion: str, key: str) -> Response:
    return _save(checklists.place(category, occasion), key)


def _save(at: Place, key: str) -> Response:
    form, found = forms.fields(), checklists.draft_page(at)
    try:
        wanted = checklists.read_item(form, found.items, key)
        order = checklists.SaveItem(at, wanted, key, form.raw("after"), form.raw("seen"))
        receipt = forms.run(checklists.save_item, order)
    except Invalid as refused:
        if key and key not in found.seen:  # taken out meanwhile: there is no form to go back to
            return _draft(at, forms.typed(refused))
        return _item_page(at, key, forms.typed(refused))
    return forms.done(receipt, f"{at.draft_url}#item-{wanted.key}")


@blueprint.post("/items/<key>/move")
def move_item(category: str, occasion: str, key: str) -> Response:
    at = checklists.place(category, occasion)
    order = checklists.MoveItem(at, key, request.form.get("to", "")[:60])
    try:
        return forms.done(forms.run(checklists.move_item, order), f"{at.draft_url}#item-{key}")
    except Invalid as refused:
        return _draft(at, forms.typed(refused))


@blueprint.post("/items/<key>/copy")
def copy_item(category: str, occasion: str, key: str) -> Response:
    order = checklists.CopyItem(checklists.place(category, occasion), key)
    return forms.done(forms.run(checklists.copy_item, order))


@blueprint.post("/items/<key>/remove")
def remove_item(category: str, occasion: str, key: str) -> Response:
    at = checklists.place(category, occasion)
    order = checklists.RemoveItem(at, key, request.form.get("seen", ""))
    try:
        return forms.done(forms.run(checklists.remove_item, order))
    except Invalid as refused:
        return _draft(at, forms.typed(refused))
