"""Knowledge articles: the list, an article, its editor; at a label for anybody."""

import uuid
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import attendees, door, forms, pages
from blueprints.forms import Typed
from roundtag import commands, data, faults, knowledge, problems, tagging
from roundtag.errors import Forbidden, Gone, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.knowledge import Words
from tags import codes

blueprint = Blueprint("articles", __name__)


@blueprint.get("/articles")
def index() -> Response:
    """The list; ?q=, category=, kind=, state= and public=1 narrow it. ?owed=1 lists faults that
    owe an article instead."""
    actor, asked = door.actor(), Fields(request.args.items())
    wish = knowledge.read_wish(asked)
    shown = asked.raw("owed") == "1"
    return pages.show(
        "articles/list.html", nav="more", wish=wish, owed_shown=shown,
        listing=None if shown else knowledge.listing(wish, actor),
        owed=knowledge.owed(actor) if shown else [],
        categories=_categories(), may_write=actor.may("write_article"),
    )  # fmt: skip


def _categories() -> list[tuple[str, str]]:
    return [(one.code, pages.both(one, "name")) for one in data.categories()]


@blueprint.get("/articles/fitting")
def fitting() -> Response:
    """What fits a fault that is being told of, as a part of a page: ?category= (or else of=, what
    the fault's place says), symptom= and device= (its key or the code of its tag). What is unknown
    narrows nothing."""
    asked = Fields(request.args.items())
    known = {one.code for one in data.categories()}
    symptom = asked.raw("symptom") if data.symptom(asked.raw("symptom")) else ""
    named = (asked.raw("category"), asked.raw("of"))
    category = next((one for one in named if one in known), "")
    found = knowledge.of_fault(category, symptom, _device(asked.raw("device")), door.actor())
    return pages.fragment("articles/_fitting.html", cards=found, asked=bool(symptom or category))


def _device(named: str) -> int | None:
    """The key of a device by its key or the code of its tag. Raises NotFound for neither."""
    if not named:
        return None
    if named.isascii() and named.isdecimal() and len(named) < 10:
        return int(named)
    try:
        _tag, device = tagging.device_by_tag(named, door.actor())
    except Gone:
        raise NotFound from None
    return int(device.id)


@blueprint.get("/articles/<int:article_id>")
def show(article_id: int) -> Response:
    return _article(article_id, None)


@blueprint.get("/articles/<int:article_id>/versions/<int:number>")
def version(article_id: int, number: int) -> Response:
    return _article(article_id, number)


def _article(article_id: int, number: int | None) -> Response:
    found = knowledge.page(article_id, door.actor(), number)
    return pages.show(
        "articles/show.html", nav="more", article=found,
        may_write=door.actor().may("write_article"), submission_id=forms.page_id(),
        retire_id=forms.fresh_id(), help_id=forms.fresh_id(),
    )  # fmt: skip


@blueprint.get("/articles/new")
def new() -> Response:
    """An empty editor; ?problem= or ?fault= fill in what is known already."""
    _may_write()
    asked = Fields(request.args.items())
    problem, fault = asked.whole("problem"), asked.whole("fault")
    begun: dict[str, Any] = {"kind": "guide"}
    if problem is not None:
        known = problems.prefilled(problems.page(problem, door.actor()))
        begun = _begun(known.category, known.symptoms, known.title, known.body, problem)
    elif fault is not None:
        faults.page(fault, door.actor())
        here = problems.at_fault(fault, door.actor())
        category = pages.both(data.category(here.category), "name")
        title = f"{category} · {pages.symptom_name(here.symptom)}"
        begun = _begun(here.category, (here.symptom,), title, _outline(), None)
    return _editor(None, None, Typed(begun))


def _begun(category: str, symptoms: tuple[str, ...], title: str, body: str,
           problem: int | None) -> dict[str, Any]:  # fmt: skip
    """What the form holds before anybody types, in the writer's own language."""
    tail = pages.language()
    return {"kind": "known_error", "category": category, "symptoms": symptoms,
            "problem": "" if problem is None else str(problem),
            f"title_{tail}": title[: knowledge.TITLE], f"body_{tail}": body}  # fmt: skip


def _outline() -> str:
    heads = (_("What you see"), _("Check in this order"), _("Likely cause"), _("What to do"),
             _("When to call second line"))  # fmt: skip
    return "\n\n".join(
        f"**{head}**" + ("\n1. " if at == 1 else "") for at, head in enumerate(heads)
    )


def _may_write() -> None:
    if not door.actor().may("write_article"):
        raise Forbidden


@blueprint.get("/articles/<int:article_id>/edit")
def edit(article_id: int) -> Response:
    _may_write()
    found = knowledge.page(article_id, door.actor(), newest=True)
    typed: dict[str, Any] = {
        **vars(found.words), "category": found.line.category, "model": found.line.model,
        "kind": found.line.kind, "public": "1" if found.line.public else "",
        "symptoms": found.symptoms, "expected": str(found.newest),
    }  # fmt: skip
    return _editor(article_id, found, Typed(typed))


def _editor(article_id: int | None, found: knowledge.ArticlePage | None, form: Typed,
            preview: bool = False, submission_id: str | None = None) -> Response:  # fmt: skip
    words = Words(*(form.data.get(name, "") for name in Words.__dataclass_fields__))
    return pages.show(
        "articles/edit.html", nav="more", article_id=article_id, article=found, form=form,
        path=f"/articles/{article_id}/edit" if article_id else "/articles/new",
        preview=knowledge.texts(words) if preview else None,
        categories=_categories(), models=knowledge.model_names(), symptoms=data.symptoms(),
        chosen=form.data.get("symptoms", ()), title_max=knowledge.TITLE, body_max=knowledge.BODY,
        submission_id=submission_id or forms.page_id(),
    )  # fmt: skip


def _typed(refused: Invalid | None = None) -> Typed:
    """The posted values, the several symptoms among them."""
    form = forms.typed(refused) if refused else Typed(dict(request.form.items()))
    form.data["symptoms"] = request.form.getlist("symptoms")  # type: ignore[assignment]
    return form


@blueprint.post("/articles/preview")
def preview() -> Response:
    """The editor once more, with the text as it will look; nothing is saved."""
    _may_write()
    key = forms.fields().raw("article")
    article_id = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else None
    found = knowledge.page(article_id, door.actor(), newest=True) if article_id else None
    return _editor(article_id, found, _typed(), preview=True)


@blueprint.post("/articles")
def create() -> Response:
    _may_write()
    return _save(None)


@blueprint.post("/articles/<int:article_id>")
def save(article_id: int) -> Response:
    _may_write()
    return _save(article_id)


def _save(article_id: int | None) -> Response:
    actor = door.actor()
    found = knowledge.page(article_id, actor, newest=True) if article_id else None
    try:
        order = knowledge.read_article(forms.fields(), article_id)
        receipt = forms.run(knowledge.write_article, order)
    except Invalid as refused:
        return _editor(article_id, found, _typed(refused))
    if receipt.outcome == "conflict" and found:
        return _changed(found, receipt)
    return forms.done(receipt)


def _changed(found: knowledge.ArticlePage, receipt: commands.Receipt) -> Response:
    """What was typed, kept in the editor; saving again puts it after the other's version."""
    form = _typed()
    form.data["expected"] = str(found.newest)
    form.errors[""] = _(receipt.message, **receipt.values) + " " + _(
        "What you typed is here; saving it again makes it the next version.")  # fmt: skip
    page = _editor(found.line.id, found, form, submission_id=forms.fresh_id())
    page.status_code = 409
    return page


@blueprint.post("/articles/<int:article_id>/publication")
def publish(article_id: int) -> Response:
    number = forms.fields().whole("number") or 0
    order = knowledge.PublishArticle(article_id, number)
    return forms.done(forms.run(knowledge.publish_article, order))


@blueprint.post("/articles/<int:article_id>/withdrawal")
def retire(article_id: int) -> Response:
    return forms.done(forms.run(knowledge.retire_article, knowledge.RetireArticle(article_id)))


@blueprint.post("/articles/<int:article_id>/help")
def helped(article_id: int) -> Response:
    """Counts that it helped, at the fault that the form names or today."""
    form = forms.fields()
    try:
        order = knowledge.ArticleDidHelp(article_id, form.whole("fault"))
        form.done()
    except Invalid:
        raise NotFound from None
    receipt = forms.run(knowledge.article_helped, order)
    if pages.is_fragment():
        return pages.fragment("articles/_thanks.html", thanks=_(receipt.message))
    return forms.done(receipt)


@blueprint.post("/faults/<int:fault_id>/article-excuse")
def excuse(fault_id: int) -> Response:
    """Why a first-seen fault gets no article; a missing reason is told on top of the page."""
    faults.page(fault_id, door.actor())
    try:
        order = knowledge.read_excuse(forms.fields(), fault_id)
    except Invalid as refused:
        forms.say("".join(forms.typed(refused).errors.values()))
        return redirect(f"/faults/{fault_id}#known", 303)
    return forms.done(forms.run(knowledge.excuse_article, order))


@blueprint.get("/t/<code>/articles/<int:article_id>")
@door.limiter.limit(attendees.PATHS)
def show_here(code: str, article_id: int) -> Response:
    """A public article about a device of the room, for anybody at a label there."""
    try:
        target = tagging.resolve(code, door.actor())
        if not knowledge.is_public_here(article_id, target.room_id):
            raise NotFound
    except Gone:
        return attendees.unknown("revoked")
    except NotFound:
        return attendees.unknown()
    found = knowledge.page(article_id, door.actor())
    return pages.show(
        "articles/here.html", chrome="public", article=found, tag=target.code,
        path=url_for("articles.show_here", code=target.code, article_id=article_id)
        + pages.language_tail(),
        tail=pages.language_tail(), submission_id=forms.page_id(),
        thanks=request.args.get("helped") == "1",
    )  # fmt: skip


@blueprint.post("/t/<code>/articles/<int:article_id>/help")
@door.limiter.limit(attendees.REPORTS)
def helped_here(code: str, article_id: int) -> Response:
    visit = str(uuid.uuid5(uuid.UUID(forms.posted_id()), "helped"))
    order = knowledge.ArticleHelpedHere(codes.parse(code) or "", article_id)
    try:
        commands.run(visit, knowledge.article_helped_here, order, door.actor())
    except Gone:
        return attendees.unknown("revoked")
    except NotFound:
        return attendees.unknown()
    again = url_for("articles.show_here", code=code, article_id=article_id, helped=1,
                    lang=pages.asked_language() or None)  # fmt: skip
    return redirect(again, 303)
