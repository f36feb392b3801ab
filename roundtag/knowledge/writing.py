"""What people do with articles: write, publish, retire. Each saving is a version of its own."""

from dataclasses import dataclass
from typing import Any

from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Article, ArticleVersion, Counter, Problem
from roundtag.words import N_

KINDS = ("guide", "known_error")
CHANGED = N_("Somebody saved version %(number)s meanwhile. Nothing of yours was saved over it.")


@dataclass(frozen=True)
class Words:
    """An article in both languages; one of them may be empty."""

    title_zh: str = ""
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""


@dataclass(frozen=True)
class WriteArticle:
    """A new version, or a new article where `article_id` is None. `expected` is the number of the
    version that the form had shown; `publish` shows it to everybody at once."""

    words: Words
    category: str = ""
    model_id: int | None = None
    kind: str = "guide"
    public: bool = False
    symptoms: tuple[str, ...] = ()
    article_id: int | None = None
    expected: int | None = None
    problem_id: int | None = None
    publish: bool = False


def write_article(command: WriteArticle, deed: Deed) -> Outcome:
    """Saves a version. Whoever wrote from an older one is told, and nothing is saved over."""
    deed.require()
    if command.problem_id is not None:
        _own_problem(command.problem_id, deed)
    if command.article_id is None:
        article = _begin(deed, _next_key(), command)
    else:
        article = _locked(command.article_id)
        if command.expected != article.version:
            return _changed(article)
    version = add_version(deed, article, command, command.words)
    if command.publish:
        show(deed, article, version)
        return Outcome(N_("The article is published."), _url(article), subject_id=article.id)
    return Outcome(N_("The draft is saved."), _url(article), subject_id=article.id)


def _url(article: Article) -> str:
    return f"/articles/{article.id}"


def _changed(article: Article) -> Outcome:
    return Outcome(CHANGED, _url(article), "conflict", {"number": article.version}, article.id)


def _own_problem(problem_id: int, deed: Deed) -> None:
    """Refuses the problem of a client that the writer may not see."""
    problem = Problem.get_or_none(Problem.id == problem_id)
    seen = deed.actor.client_ids
    if problem is None or (seen is not None and problem.client_id not in seen):
        raise invalid("problem", "unknown", N_("This problem is not known."))


def _next_key() -> str:
    counted = Counter.insert(name="article", value=1).on_conflict(
        conflict_target=[Counter.name], update={Counter.value: Counter.value + 1}
    )
    return f"K-{next(iter(counted.returning(Counter.value).execute())).value:04d}"


def _begin(deed: Deed, key: str, command: WriteArticle) -> Article:
    return deed.create(
        Article, key=key, state="draft", version=0, published=None, problem=command.problem_id,
        shipped=False, changed_at=deed.received_at, **_found_by(command),
    )  # fmt: skip


def _found_by(source: WriteArticle | ArticleVersion) -> dict[str, Any]:
    """What an article is found by: of a command, or of a version that is published."""
    model = source.model_id if isinstance(source, WriteArticle) else source.device_model_id
    return {"category": source.category, "device_model": model, "kind": source.kind,
            "public": source.public, "symptoms": list(source.symptoms)}  # fmt: skip


def _locked(article_id: int) -> Article:
    """The article, for whose next version only one may decide at a time. Raises NotFound."""
    Article.update(id=Article.id).where(Article.id == article_id).execute()
    article = Article.get_or_none(Article.id == article_id)
    if article is None:
        raise NotFound
    return article


def add_version(deed: Deed, article: Article, command: WriteArticle, words: Words,
                shipped: bool = False) -> ArticleVersion:  # fmt: skip
    """Adds a version; an article that was never published is found by what the newest says."""
    number = article.version + 1
    version = deed.create(
        ArticleVersion, article=article, number=number, shipped=shipped, person=deed.person_id,
        at=deed.received_at, **_found_by(command),
        **{name: value or None for name, value in vars(words).items()},
    )  # fmt: skip
    found_by = _found_by(command) if article.published is None else {}
    deed.change(article, version=number, changed_at=deed.received_at, **found_by)
    return version


def show(deed: Deed, article: Article, version: ArticleVersion) -> None:
    deed.change(article, state="published", published=version.number,
                changed_at=deed.received_at, **_found_by(version))  # fmt: skip


@dataclass(frozen=True)
class PublishArticle:
    """`number` is the version that the publisher has read."""

    article_id: int
    number: int


def publish_article(command: PublishArticle, deed: Deed) -> Outcome:
    """Shows the newest version to everybody; one that was retired comes back."""
    deed.require()
    article = _locked(command.article_id)
    if command.number != article.version:
        return _changed(article)
    version = ArticleVersion.get(
        (ArticleVersion.article == article.id) & (ArticleVersion.number == article.version)
    )
    show(deed, article, version)
    return Outcome(N_("The article is published."), _url(article), subject_id=article.id)


@dataclass(frozen=True)
class RetireArticle:
    article_id: int


def retire_article(command: RetireArticle, deed: Deed) -> Outcome:
    """Shows the article nowhere any more; it is kept, and may be published again."""
    deed.require()
    article = _locked(command.article_id)
    deed.change(article, state="retired", changed_at=deed.received_at)
    return Outcome(N_("The article is retired."), _url(article), subject_id=article.id)
