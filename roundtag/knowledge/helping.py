"""An article helped: counted once for each person and fault, or day where there is no fault."""

from dataclasses import dataclass

from roundtag import clock, tagging
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.knowledge import cards
from roundtag.models import Article, ArticleHelp, Fault
from roundtag.words import N_

THANKS = N_("Thank you: the next one with this trouble sees it sooner.")


@dataclass(frozen=True)
class ArticleDidHelp:
    article_id: int
    fault_id: int | None = None


def article_helped(command: ArticleDidHelp, deed: Deed) -> Outcome:
    """Somebody with an account was helped. Raises NotFound for what they cannot see."""
    published = (Article.id == command.article_id) & (Article.state == "published")
    if not Article.select().where(published).exists():
        raise NotFound
    if command.fault_id is not None:
        query = Fault.select().where(Fault.id == command.fault_id)
        if not visible(deed.actor, query, Fault.client).exists():
            raise NotFound
    what = f"fault {command.fault_id}" if command.fault_id is not None else _day(deed)
    _count(deed, command.article_id, f"person {deed.person_id}", what)
    url = f"/faults/{command.fault_id}" if command.fault_id else f"/articles/{command.article_id}"
    return Outcome(THANKS, url, subject_id=command.article_id)


@dataclass(frozen=True)
class ArticleHelpedHere:
    tag: str
    article_id: int


def article_helped_here(command: ArticleHelpedHere, deed: Deed) -> Outcome:
    """Somebody without an account was helped at a label: counted once for each page opened."""
    place = tagging.resolve(command.tag, deed.actor)
    if not cards.is_public_here(command.article_id, place.room_id):
        raise NotFound
    _count(deed, command.article_id, f"visit {deed.id}", _day(deed))
    return Outcome(N_("Good that it works again. Thank you for telling us."))


def _day(deed: Deed) -> str:
    return f"day {clock.local_day(deed.received_at)}"


def _count(deed: Deed, article_id: int, who: str, what: str) -> None:
    ArticleHelp.insert(
        article=article_id, who=who, what=what, at=deed.received_at
    ).on_conflict_ignore().execute()
