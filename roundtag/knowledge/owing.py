"""A fault that was the first of its kind owes an article, until one covers it or somebody says
why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from roundtag import fault_events
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.knowledge import cards
from roundtag.knowledge.matching import Card, covers
from roundtag.models import ArticleExcuse, Fault, FirstSeen
from roundtag.words import N_


@dataclass(frozen=True)
class First:
    """The first fault with this symptom at this kind of device. The category of faults at no
    device is `room`."""

    fault_id: int
    number: str
    category: str
    symptom: str
    at: datetime


def still_owed(firsts: Iterable[First], articles: Iterable[Card]) -> list[First]:
    """Those that no published article is about. Pure."""
    written = list(articles)
    return [
        one
        for one in firsts
        if not any(covers(card, one.category, one.symptom) for card in written)
    ]


def owed(actor: Actor, limit: int = 200) -> list[First]:
    """First faults in view without an article or a reason, the latest first; two queries."""
    excused = ArticleExcuse.select(ArticleExcuse.fault)
    query = (
        FirstSeen.select(FirstSeen, Fault.number)
        .join(Fault, on=(Fault.id == FirstSeen.fault))
        .where(FirstSeen.fault.not_in(excused))
        .order_by(FirstSeen.at.desc())
    )
    rows = visible(actor, query, FirstSeen.client).objects()
    firsts = [First(r.fault, r.number, r.category, r.symptom, r.at) for r in rows]
    return still_owed(firsts, cards.of_categories(one.category for one in firsts))[:limit]


def is_owed(fault_id: int, category: str, symptom: str, articles: Iterable[Card]) -> bool:
    """Whether this very fault owes an article; one query unless one of `articles` is it."""
    if any(covers(card, category, symptom) for card in articles):
        return False
    excused = ArticleExcuse.select(ArticleExcuse.fault)
    first = (FirstSeen.fault == fault_id) & FirstSeen.fault.not_in(excused)
    return bool(FirstSeen.select().where(first).exists())


@dataclass(frozen=True)
class ExcuseArticle:
    fault_id: int
    reason: str


def read_excuse(form: Fields, fault_id: int) -> ExcuseArticle:
    reason = form.text("reason", required=N_("Say why no article is needed."), limit=500)
    form.done()
    return ExcuseArticle(fault_id, reason or "")


def excuse_article(command: ExcuseArticle, deed: Deed) -> Outcome:
    """Writes down why a first-seen fault gets no article; who comes second changes nothing."""
    query = Fault.select().where(Fault.id == command.fault_id)
    fault = visible(deed.actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    deed.require(fault.client_id)
    fault_events.hold(fault.id)  # two reasons come in turn
    url = f"/faults/{fault.id}"
    if ArticleExcuse.get_or_none(ArticleExcuse.fault == fault.id):
        message = N_("A reason was given before; it stays as it is.")
        return Outcome(message, url, "conflict", subject_id=fault.id)
    deed.create(ArticleExcuse, client=fault.client_id, fault=fault, reason=command.reason,
                person=deed.person_id, at=deed.received_at)  # fmt: skip
    return Outcome(N_("No article is owed for this fault any more."), url, subject_id=fault.id)
