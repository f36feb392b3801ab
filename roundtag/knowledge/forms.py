"""Reads the editor's form."""

from roundtag import data
from roundtag.fields import Fields
from roundtag.knowledge.writing import KINDS, Words, WriteArticle
from roundtag.models import DeviceModel
from roundtag.words import N_

TITLE, BODY = 120, 8000
"""Signs that a title and a text may have in each language."""


def read_article(form: Fields, article_id: int | None = None) -> WriteArticle:
    """Reads the editor's form; raises Invalid naming every bad field."""
    words = Words(
        *(form.text(name, limit=TITLE) or "" for name in ("title_zh", "title_en")),
        *(form.text(name, limit=BODY) or "" for name in ("body_zh", "body_en")),
    )
    for tail in ("zh", "en"):
        title, body = getattr(words, f"title_{tail}"), getattr(words, f"body_{tail}")
        if body and not title:
            form.refuse(f"title_{tail}", "required", N_("Give it a title in this language too."))
        if title and not body:
            form.refuse(f"body_{tail}", "required", N_("Say what to check, in this language too."))
    if not (words.title_zh or words.title_en or words.body_zh or words.body_en):
        form.refuse("title_zh", "required", N_("Write it in one language at least."))
    return _rest(form, words, article_id)


def _rest(form: Fields, words: Words, article_id: int | None) -> WriteArticle:
    known = [symptom.code for symptom in data.symptoms()]
    symptoms = tuple(code for code in known if code in form.many("symptoms"))
    if len(symptoms) < len([code for code in set(form.many("symptoms")) if code]):
        form.refuse("symptoms", "unknown", N_("Choose one of the list."))
    command = WriteArticle(
        words=words,
        category=form.choice("category", [c.code for c in data.categories()]) or "",
        model_id=_model(form),
        kind=form.choice("kind", KINDS, required=N_("Choose what it is.")) or "",
        public=form.raw("public") == "1",
        symptoms=symptoms,
        article_id=article_id,
        expected=form.whole("expected"),
        problem_id=form.whole("problem"),
        publish=form.raw("publish") == "1",
    )
    form.done()
    return command


def model_names() -> list[str]:
    """Makers and models on record, for suggestions."""
    rows = DeviceModel.select().order_by(DeviceModel.maker, DeviceModel.name).limit(500)
    return [f"{row.maker} {row.name}" for row in rows]


def _model(form: Fields) -> int | None:
    """The key of a model by its maker and name, as they are suggested."""
    typed = form.text("model", limit=200)
    if not typed:
        return None
    category = form.raw("category")
    named = DeviceModel.maker.concat(" ").concat(DeviceModel.name) == typed
    found = [
        row
        for row in DeviceModel.select().where(named).order_by(DeviceModel.id)
        if category in ("", row.category)
    ]
    if not found:
        form.refuse("model", "unknown", N_("No such model of this kind of device is on record."))
        return None
    return int(found[0].id)
