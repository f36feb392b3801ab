"""Articles in the index. They are hundreds, not thousands: their text is read through, as the
rooms' is (ADR 14), so that a Chinese word of two signs is found on both databases."""

from collections.abc import Iterable
from typing import Any

from peewee import fn

from roundtag import data
from roundtag.models import Article, ArticleIndex, ArticleVersion, DeviceModel, dicts
from roundtag.search import words


def refresh(article_ids: Iterable[int]) -> None:
    """Makes the index of these articles what their published version says, else the newest."""
    keys = sorted(set(article_ids))
    if keys:
        _store(Article.id.in_(keys))


def rebuild() -> None:
    ArticleIndex.delete().execute()
    _store(Article.id.is_null(False))


def _store(where: Any) -> None:
    shown = (ArticleVersion.article == Article.id) & (
        ArticleVersion.number == fn.COALESCE(Article.published, Article.version)
    )
    query = (
        Article.select(
            Article.id, Article.key, Article.category, Article.symptoms, DeviceModel.maker,
            DeviceModel.name.alias("model"), ArticleVersion.title_zh, ArticleVersion.title_en,
            ArticleVersion.body_zh, ArticleVersion.body_en,
        )
        .join(ArticleVersion, on=shown).switch(Article)
        .left_outer_join(DeviceModel, on=(DeviceModel.id == Article.device_model))
        .where(where)
    )  # fmt: skip
    for row in dicts(query):
        ArticleIndex.insert(article=row["id"], text=_text(row)).on_conflict(
            conflict_target=[ArticleIndex.article], preserve=[ArticleIndex.text]
        ).execute()


def _text(row: dict[str, Any]) -> str:
    """`**` marks bold words, which are found without their marks."""
    plain = [(row[name] or "").replace("**", "") for name in ("title_en", "body_zh", "body_en")]
    known = [data.symptom(code) for code in row["symptoms"]]
    signs = [text for one in known if one for text in (one.zh, one.en)]
    kind = data.category(row["category"]) if row["category"] else None
    names = (kind.name_zh, kind.name_en, *kind.aliases) if kind else ()
    return words.document(
        (row["key"], row["maker"] or "", row["model"] or "", *plain, *signs, *names),
        ((row["title_zh"] or "").replace("**", ""),),
    )


def condition(text: str) -> list[Any]:
    """What a row of ArticleIndex must fulfil for a search text; empty for no text."""
    return [ArticleIndex.text.contains(term) for term in words.terms(text)]
