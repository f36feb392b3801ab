"""What a person was told in the app: the list, what is unread, and when mail may disturb them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import notice_kinds
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import NoticeChoice, Notification
from roundtag.notice_kinds import GROUPS, Kind
from roundtag.words import N_

PAGE = 30
TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class Notice:
    id: int
    kind: Kind
    values: dict[str, Any]
    url: str
    at: datetime
    read: bool


@dataclass(frozen=True)
class Inbox:
    """`before` leads to the next page; `newest` is what "all read" reaches up to."""

    lines: list[Notice]
    unread: int
    before: int | None
    newest: int | None


def inbox(actor: Actor, only_unread: bool = False, before: int | None = None) -> Inbox:
    """A page of what this person was told, newest first; two queries."""
    query = Notification.select().where(_mine(actor)).order_by(Notification.id.desc())
    if only_unread:
        query = query.where(Notification.read_at.is_null())
    if before is not None:
        query = query.where(Notification.id < before)
    rows = list(query.limit(PAGE + 1))
    lines = [_line(row) for row in rows[:PAGE]]
    more = lines[-1].id if len(rows) > PAGE else None
    return Inbox(lines, unread(actor), more, lines[0].id if lines else None)


def unread(actor: Actor) -> int:
    query = Notification.select(fn.COUNT(Notification.id))
    return int(query.where(_mine(actor) & Notification.read_at.is_null()).scalar())


def _mine(actor: Actor) -> Any:
    return (Notification.recipient == actor.person_id) & (Notification.channel == "app")


def _line(row: Notification) -> Notice:
    kind, read = notice_kinds.kind(row.kind), row.read_at is not None
    return Notice(row.id, kind, kind.fill(row.data), row.url, row.created_at, read)


@dataclass(frozen=True)
class ReadNotice:
    notice_id: int


def read_notice(command: ReadNotice, deed: Deed) -> Outcome:
    """Marks one notice as read and leads to what it is about; the first reading counts."""
    one = _mine(deed.actor) & (Notification.id == command.notice_id)
    row = Notification.get_or_none(one)
    if row is None:
        raise NotFound
    deed.claim(Notification, one & Notification.read_at.is_null(), read_at=deed.received_at)
    return Outcome(N_("Marked as read."), row.url or "/notices", subject_id=row.id)


@dataclass(frozen=True)
class ReadAll:
    """`upto`: the newest that the person has seen; what came since stays unread."""

    upto: int


def read_all(command: ReadAll, deed: Deed) -> Outcome:
    seen = _mine(deed.actor) & (Notification.id <= command.upto) & Notification.read_at.is_null()
    count = len(deed.claim(Notification, seen, read_at=deed.received_at))
    return Outcome(N_("%(count)s marked as read."), "/notices", values={"count": count})


@dataclass(frozen=True)
class Choice:
    """`muted`: groups that send no mail. Between the two times of day, HH:MM in China, mail waits
    until the second; what is urgent comes at once."""

    muted: tuple[str, ...] = ()
    quiet_from: str = ""
    quiet_until: str = ""


def choice(person_id: int | None) -> Choice:
    row = NoticeChoice.get_or_none(NoticeChoice.person == person_id)
    return Choice(tuple(row.muted), row.quiet_from, row.quiet_until) if row else Choice()


def read_choice(form: Fields) -> Choice:
    muted = tuple(group for group in GROUPS if not form.raw(f"mail.{group}"))
    quiet = Choice(muted, form.raw("quiet_from"), form.raw("quiet_until"))
    form.done()
    return quiet


def choose_notices(command: Choice, deed: Deed) -> Outcome:
    if bool(command.quiet_from) != bool(command.quiet_until):
        lacking = "quiet_until" if command.quiet_from else "quiet_from"
        raise invalid(lacking, "required", N_("Give both times of day, or none."))
    for name in ("quiet_from", "quiet_until"):
        if not _is_time(getattr(command, name)):
            raise invalid(name, "time", N_("Give a time of day, for example 22:00."))
    values = {"muted": list(command.muted), "quiet_from": command.quiet_from,
              "quiet_until": command.quiet_until}  # fmt: skip
    row = NoticeChoice.get_or_none(NoticeChoice.person == deed.person_id)
    if row:
        deed.change(row, **values)
    else:
        deed.create(NoticeChoice, person=deed.person_id, **values)
    return Outcome(N_("Saved."), "/notices/settings")


def _is_time(text: str) -> bool:
    return not text or bool(TIME.fullmatch(text))
