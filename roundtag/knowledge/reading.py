"""Articles as people read them: the list, one with its versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import data, people, search
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.knowledge import markup
from roundtag.knowledge.cards import helped
from roundtag.knowledge.markup import Block
from roundtag.knowledge.writing import KINDS, Words
from roundtag.models import (
    Article,
    ArticleIndex,
    ArticleVersion,
    DeviceModel,
    Problem,
    dicts,
)

LIMIT = 200
STATES = ("published", "draft", "retired")


@dataclass(frozen=True)
class Wish:
    """What the list is narrowed to. `public`: only what attendees may read too."""

    text: str = ""
    category: str = ""
    kind: str = ""
    state: str = "published"
    public: bool = False

    @property
    def narrows(self) -> bool:
        return self != Wish(state=self.state)


def read_wish(form: Fields) -> Wish:
    """Filters in an address: what is unknown there narrows nothing."""
    category, kind, state = form.raw("category"), form.raw("kind"), form.raw("state")
    return Wish(
        form.raw("q")[:100],
        category if category in {one.code for one in data.categories()} else "",
        kind if kind in KINDS else "",
        state if state in STATES else "published",
        form.raw("public") == "1",
    )


@dataclass(frozen=True)
class ArticleLine:
    """An article as lists show it. `ahead`: a newer version waits to be published."""

    id: int
    key: str
    category: str
    model: str
    kind: str
    public: bool
    state: str
    title_zh: str
    title_en: str
    helped: int
    changed_at: datetime
    ahead: bool


@dataclass(frozen=True)
class Listing:
    """At most LIMIT lines, the latest first; `more` tells that there are others."""

    lines: list[ArticleLine]
    more: bool


def _shown(number: Any) -> Any:
    return (ArticleVersion.article == Article.id) & (ArticleVersion.number == number)


NEWEST_READ = fn.COALESCE(Article.published, Article.version)
"""The number of the version that people are shown: the published one, else the newest draft."""


def _query() -> Any:
    return (
        Article.select(
            Article, ArticleVersion.title_zh, ArticleVersion.title_en, DeviceModel.maker,
            DeviceModel.name.alias("model_name"), helped().alias("helped"),
        )
        .join(ArticleVersion, on=_shown(NEWEST_READ)).switch(Article)
        .left_outer_join(DeviceModel, on=(DeviceModel.id == Article.device_model))
    )  # fmt: skip


def listing(wish: Wish, actor: Actor) -> Listing:
    """The articles that a wish names; one query. Drafts and retired ones are for writers."""
    state = wish.state if actor.may("write_article") else "published"
    query = _query().where(Article.state == state)
    for wanted, where in (
        (wish.category, Article.category.in_(["", wish.category])),
        (wish.kind, Article.kind == wish.kind),
        (wish.public, Article.public),
    ):
        query = query.where(where) if wanted else query
    if wish.text:
        found = ArticleIndex.select(ArticleIndex.article).where(*search.articles(wish.text))
        query = query.where(Article.id.in_(found)) if search.articles(wish.text) else query
    query = query.order_by(Article.changed_at.desc(), Article.id.desc()).limit(LIMIT + 1)
    rows = dicts(query)
    return Listing(list(map(_line, rows[:LIMIT])), len(rows) > LIMIT)


def _line(row: dict[str, Any]) -> ArticleLine:
    return ArticleLine(
        row["id"], row["key"], row["category"], _model(row), row["kind"], row["public"],
        row["state"], row["title_zh"] or row["title_en"] or "",
        row["title_en"] or row["title_zh"] or "", row["helped"], row["changed_at"],
        row["published"] is not None and row["published"] != row["version"],
    )  # fmt: skip


def _model(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (row["maker"], row["model_name"])))


@dataclass(frozen=True)
class VersionLine:
    number: int
    at: datetime
    who: str | None
    shipped: bool
    published: bool


@dataclass(frozen=True)
class Texts:
    """An article's words to be read; a language that it was not written in shows the other."""

    title_zh: str
    title_en: str
    body_zh: tuple[Block, ...]
    body_en: tuple[Block, ...]


def texts(words: Words) -> Texts:
    zh, en = words.body_zh or words.body_en, words.body_en or words.body_zh
    return Texts(words.title_zh or words.title_en, words.title_en or words.title_zh,
                 markup.blocks(zh), markup.blocks(en))  # fmt: skip


@dataclass(frozen=True)
class ArticlePage:
    """One article as one of its versions says it. `newest` is the number to edit from."""

    line: ArticleLine
    number: int
    newest: int
    published: int | None
    symptoms: tuple[str, ...]
    words: Words
    texts: Texts
    versions: list[VersionLine]
    problem: tuple[int, str] | None
    """Key and number of the problem it was written from, for those who may see that."""


def page(article_id: int, actor: Actor, number: int | None = None,
         newest: bool = False) -> ArticlePage:  # fmt: skip
    """An article with its published words, those of version `number`, or of the newest.

    Raises NotFound for what is not published, unless the actor may write articles.
    """
    writer = actor.may("write_article")
    row = next(iter(dicts(_query().where(Article.id == article_id))), None)
    if row is None or (row["published"] is None and not writer):
        raise NotFound
    wanted = row["version"] if newest else number or row["published"] or row["version"]
    if wanted != row["published"] and not writer:
        raise NotFound
    version = ArticleVersion.get_or_none(
        (ArticleVersion.article == article_id) & (ArticleVersion.number == wanted)
    )
    if version is None:
        raise NotFound
    words = words_of(version)
    return ArticlePage(
        _line(row), wanted, row["version"], row["published"], tuple(version.symptoms), words,
        texts(words), _versions(article_id, row["published"]) if writer else [],
        _problem(row["problem"], actor),
    )  # fmt: skip


def words_of(version: ArticleVersion) -> Words:
    return Words(*(getattr(version, name) or "" for name in Words.__dataclass_fields__))


def _versions(article_id: int, published: int | None) -> list[VersionLine]:
    rows = list(
        ArticleVersion.select()
        .where(ArticleVersion.article == article_id)
        .order_by(ArticleVersion.number.desc())
        .limit(100)
    )
    names = people.names({row.person_id for row in rows if row.person_id})
    return [
        VersionLine(row.number, row.at, names.get(row.person_id), row.shipped,
                    row.number == published)
        for row in rows
    ]  # fmt: skip


def _problem(problem_id: int | None, actor: Actor) -> tuple[int, str] | None:
    if problem_id is None:
        return None
    query = Problem.select(Problem.id, Problem.number).where(Problem.id == problem_id)
    found = visible(actor, query, Problem.client).first()
    return (found.id, found.number) if found else None
