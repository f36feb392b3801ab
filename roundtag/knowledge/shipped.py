"""The articles that come with the product, loaded like its checklists: once for each release."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from roundtag.commands import Deed, Outcome
from roundtag.knowledge.writing import Words, WriteArticle, add_version, show
from roundtag.models import Article, ArticleVersion
from roundtag.words import N_


@cache
def rows() -> tuple[dict[str, Any], ...]:
    """The shipped articles as their files have them, in the order of the files' names."""
    folder = files("roundtag.data").joinpath("articles")
    texts = sorted((one.name, one.read_text(encoding="utf-8")) for one in folder.iterdir()
                   if one.name.endswith(".json"))  # fmt: skip
    return tuple(row for _, text in texts for row in json.loads(text))


def release() -> str:
    """Names this set of articles: another release with other words is loaded once more."""
    text = json.dumps(rows(), ensure_ascii=False, sort_keys=True)
    return f"articles-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class LoadArticles:
    """Articles as in roundtag/data/articles/*.json."""

    articles: tuple[dict[str, Any], ...]


def load_articles(command: LoadArticles, deed: Deed) -> Outcome:
    """Publishes each article that is new or says something new. One that anybody here has
    written a version of, or has retired, is left as it is."""
    deed.require()
    known = {row.key: row for row in Article.select()}
    own = {row.article_id for row in ArticleVersion.select(ArticleVersion.article).where(
        ~ArticleVersion.shipped).distinct()}  # fmt: skip
    count = sum(_load(deed, row, known.get(row["key"]), own) for row in command.articles)
    return Outcome(N_("%(count)s articles were published."), values={"count": count})


def _load(deed: Deed, row: dict[str, Any], article: Article | None, own: set[int]) -> bool:
    order = _order(row)
    if article is None:
        article = _begin(deed, row["key"], order)
    elif article.state != "published" or article.id in own or _said(article) == order:
        return False
    show(deed, article, add_version(deed, article, order, order.words, shipped=True))
    return True


def _begin(deed: Deed, key: str, order: WriteArticle) -> Article:
    return deed.create(
        Article, key=key, category=order.category, device_model=None, kind=order.kind,
        public=order.public, symptoms=list(order.symptoms), state="draft", version=0,
        published=None, problem=None, shipped=True, changed_at=deed.received_at,
    )  # fmt: skip


def _order(row: dict[str, Any]) -> WriteArticle:
    words = Words(row["zh"]["title"], row["en"]["title"],
                  "\n".join(row["zh"]["body"]), "\n".join(row["en"]["body"]))  # fmt: skip
    return WriteArticle(words, row["category"], None, row.get("kind", "guide"),
                        row.get("public", False), tuple(row["symptoms"]))  # fmt: skip


def _said(article: Article) -> WriteArticle:
    """What the newest version says, as an order that can be compared."""
    row = ArticleVersion.get(
        (ArticleVersion.article == article.id) & (ArticleVersion.number == article.version)
    )
    words = Words(row.title_zh or "", row.title_en or "", row.body_zh or "", row.body_en or "")
    return WriteArticle(words, row.category, None, row.kind, row.public, tuple(row.symptoms))
