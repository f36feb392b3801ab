"""Published articles as cards beside other work: at a device, a fault, a room, a problem."""

from collections.abc import Iterable
from typing import Any

from peewee import fn

from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.knowledge import markup
from roundtag.knowledge.matching import MOST, Card, Wanted, by_symptom, rank
from roundtag.models import Article, ArticleHelp, ArticleVersion, Device, Unit, dicts


def helped() -> Any:
    """How often the article of a row has helped."""
    counted = ArticleHelp.select(fn.COUNT(ArticleHelp.id))
    return counted.where(ArticleHelp.article == Article.id)


def _query() -> Any:
    shown = (ArticleVersion.article == Article.id) & (ArticleVersion.number == Article.published)
    return (
        Article.select(
            Article, ArticleVersion.title_zh, ArticleVersion.title_en, ArticleVersion.body_zh,
            ArticleVersion.body_en, helped().alias("helped"),
        )
        .join(ArticleVersion, on=shown)
        .where(Article.state == "published")
        .order_by(Article.id)
    )  # fmt: skip


def read(query: Any) -> list[Card]:
    return [_card(row) for row in dicts(query)]


def _card(row: dict[str, Any]) -> Card:
    zh, en = row["body_zh"] or row["body_en"] or "", row["body_en"] or row["body_zh"] or ""
    return Card(
        row["id"], row["key"], row["category"], row["device_model"], row["kind"], row["public"],
        tuple(row["symptoms"]), row["title_zh"] or row["title_en"] or "",
        row["title_en"] or row["title_zh"] or "", markup.first_step(zh), markup.first_step(en),
        row["helped"], row["published"], row["problem"],
    )  # fmt: skip


def of_categories(categories: Iterable[str]) -> list[Card]:
    """Every published article of these kinds of device, and those of all kinds; one query."""
    return read(_query().where(Article.category.in_(sorted({"", *categories}))))


def fitting(wanted: Wanted, most: int = MOST) -> list[Card]:
    """The articles that fit a device or fault, the best first; one query."""
    if not wanted.category:
        return rank(read(_query()), wanted, most)
    where = Article.category.in_(["", wanted.category])
    if wanted.problem_id is not None:
        where |= Article.problem == wanted.problem_id
    return rank(read(_query().where(where)), wanted, most)


def of_device(category: str, model_id: int | None) -> tuple[list[Card], list[Card]]:
    """Known problems of this kind of device, and what helps by what is wrong; one query."""
    wanted = Wanted(category, model_id)
    cards = of_categories([category])
    return rank(cards, wanted), by_symptom(cards, wanted)


def of_fault(category: str, symptom: str, device_id: int | None, actor: Actor) -> list[Card]:
    """What fits a fault that is only now being told of, the best first: at the desk, on the phone.
    Raises NotFound for a device out of view."""
    if device_id is None:
        return fitting(Wanted(category, None, symptom)) if category or symptom else []
    query = (
        Device.select(Device.category, Unit.model.alias("model_id"))
        .left_outer_join(Unit, on=(Unit.device == Device.id))
        .where(Device.id == device_id)
    )
    row = next(iter(dicts(visible(actor, query, Device.client))), None)
    if row is None:
        raise NotFound
    return fitting(Wanted(row["category"], row["model_id"], symptom))


def of_problem(problem_id: int) -> list[Card]:
    return read(_query().where(Article.problem == problem_id))


def in_room(room_id: int, categories: Iterable[str], most: int = MOST) -> list[Card]:
    """What anybody may read of the devices in a room, known errors first; one query."""
    found = read(_public(room_id).where(Article.category.in_(sorted({"", *categories}))))
    return sorted(found, key=lambda c: (c.kind != "known_error", -c.helped, c.id))[:most]


def is_public_here(article_id: int, room_id: int) -> bool:
    """Whether somebody without an account may read an article at a label of this room."""
    here = Device.select(Device.category).where(
        (Device.room == room_id) & Device.retired_at.is_null()
    )
    query = _public(room_id).where((Article.category == "") | Article.category.in_(here))
    return bool(query.where(Article.id == article_id).exists())


def _public(room_id: int) -> Any:
    """Public articles, those about a model only where one stands in the room."""
    models = Unit.select(Unit.model).join(Device).where(Device.room == room_id)
    fits = Article.device_model.is_null() | Article.device_model.in_(models)
    return _query().where(Article.public & fits)
