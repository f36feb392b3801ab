"""A person's rounds as an iCalendar feed (RFC 5545), read by whoever holds its secret address.

Days are DATE values without a zone: a round is due on a day, wherever the reader is. An event's
UID is the slot of its round, so that a planned round and the one opened for it are one event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from roundtag import calendar, clock, links, people
from roundtag.access import Actor, visible
from roundtag.checklists import OCCASIONS
from roundtag.commands import Deed, Outcome
from roundtag.db import write
from roundtag.errors import NotFound
from roundtag.models import CapabilityLink, Client, Contract, Person, Round, RoundPlan
from roundtag.rounds import cycles
from roundtag.rounds.ensuring import slot, timing
from roundtag.rounds.stops import walked_by
from roundtag.words import N_

PURPOSE = "round-feed"
BACK, AHEAD = timedelta(days=31), timedelta(days=92)
HOST = "roundtag"
LIMIT = 2000


@dataclass(frozen=True)
class RenewFeed:
    """Makes the address of one's own feed anew; the one before ends."""


def renew_feed(command: RenewFeed, deed: Deed) -> Outcome:
    """The address is shown once, by `granted`: only its hash is kept, and no receipt holds it."""
    deed.require(_any_client(deed))
    links.revoke(PURPOSE, deed.person_id or 0, deed.received_at)
    return Outcome(N_("The former address of your calendar has ended."), "/rounds/calendar/feed")


def _any_client(deed: Deed) -> int | None:
    """One of the clients that the person works for: a feed is about all of them."""
    keys = deed.actor.client_ids
    return min(keys, default=None) if keys else None


def granted(actor: Actor, now: datetime) -> str:
    """The path of a person's new feed. Call it after `renew_feed` was done for the first time."""
    with write():
        return f"/calendar/{links.grant(PURPOSE, actor.person_id or 0, now)}.ics"


@dataclass(frozen=True)
class RevokeFeed:
    """Ends the address of one's own feed."""


def revoke_feed(command: RevokeFeed, deed: Deed) -> Outcome:
    deed.require(_any_client(deed))
    ended = links.revoke(PURPOSE, deed.person_id or 0, deed.received_at)
    words = N_("The address of your calendar has ended.") if ended else N_("There was none.")
    return Outcome(words, "/rounds/calendar/feed")


def standing(actor: Actor, now: datetime) -> CapabilityLink | None:
    """The link of a person's feed that is in force."""
    return CapabilityLink.get_or_none(
        (CapabilityLink.purpose == PURPOSE)
        & (CapabilityLink.subject_id == actor.person_id)
        & CapabilityLink.revoked_at.is_null()
        & (CapabilityLink.expires_at > clock.to_text(now))
    )


def feed(secret: str, now: datetime, base_url: str, english: bool) -> bytes:
    """The calendar of the person whom the secret is for. Raises NotFound."""
    person = Person.get_or_none((Person.id == links.subject(PURPOSE, secret)) & Person.active)
    if person is None:
        raise NotFound
    actor = people.actor_of(person, now, via="link")
    book = Calendar()
    book.add("prodid", "-//Roundtag//Rounds//EN")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", "Roundtag" if english else "巡签 · 巡检")
    for one in [*_of_rounds(actor, now, english), *_of_plans(actor, now, english)]:
        book.add_component(_event(one, now, base_url))
    return bytes(book.to_ical())


@dataclass(frozen=True)
class Entry:
    uid: str
    title: str
    day: date
    url: str
    done: bool = False


def _event(entry: Entry, now: datetime, base_url: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{HOST}")
    event.add("dtstamp", now)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    event.add("url", base_url.rstrip("/") + entry.url)
    return event


def _title(name: str, name_en: str, occasion: str, period: str, client: str, english: bool) -> str:
    word = OCCASIONS[occasion].en if english else OCCASIONS[occasion].zh
    own = (name_en or name) if english else name
    about = own if own.startswith(word) or not own else f"{own}（{word}）"
    return f"{about or word} {period} · {client}"


def _mine(actor: Actor) -> int | None:
    """Whose rounds: an engineer's own; of everybody for whom they look after others' work."""
    return actor.person_id if actor.roles == {"engineer"} else None


def _of_rounds(actor: Actor, now: datetime, english: bool) -> Iterator[Entry]:
    mine, since = _mine(actor), (now - BACK).date().isoformat()
    query = Round.select(Round, Client).join(Client).where(
        Round.closed_at.is_null() & (Round.due_on >= since)
    )  # fmt: skip
    if mine is not None:
        query = query.where(walked_by(mine))
    rows = visible(actor, query, Round.client).order_by(Round.due_on, Round.id).limit(LIMIT)
    for row in rows:
        title = _title(row.name, row.name_en, row.occasion, row.period, row.client.name, english)
        yield Entry(row.slot or f"round-{row.id}", title, row.due_on, f"/rounds/{row.id}")


def _of_plans(actor: Actor, now: datetime, english: bool) -> Iterator[Entry]:
    """The rounds to come of all plans in view, as far as AHEAD."""
    mine = _mine(actor)
    active = RoundPlan.retired_at.is_null() & RoundPlan.paused_at.is_null()
    query = (
        RoundPlan.select(RoundPlan, Contract, Client)
        .join(Contract)
        .switch(RoundPlan)
        .join(Client)
        .where(active)
    )
    if mine is not None:
        query = query.where((RoundPlan.engineer == mine) | (RoundPlan.backup == mine))
    plans = list(visible(actor, query, RoundPlan.client).order_by(RoundPlan.id))
    own = calendar.exceptions_of({plan.client_id for plan in plans})
    opened = Round.select(Round.slot).where(Round.plan << [plan.id for plan in plans])
    taken = {row.slot for row in opened}
    for plan in plans:
        today = clock.local_day(now, plan.contract.zone)
        for turn in cycles.turns(timing(plan, plan.contract), today, own[plan.client_id]):
            if turn.opens_on > today + AHEAD:
                break
            uid = slot(plan.id, turn.period)
            if uid not in taken:
                title = _title(plan.name, plan.name_en, plan.occasion, turn.period,
                               plan.client.name, english)  # fmt: skip
                yield Entry(uid, title, turn.due_on, f"/rounds/plans/{plan.id}")
