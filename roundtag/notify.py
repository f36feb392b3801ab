"""Messages to people: an outbox row per person and channel, written with the deed that causes it.

In-app notices are read from the table itself (roundtag/notices.py). Mail goes out by a job to the
SMTP server of SMTP_URL, or, without one, as .eml files into DATA_DIR/spool; not to those who want
none of that group, and in their quiet hours only when it is urgent.
"""

import os
import smtplib
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from roundtag import catalogues, clock, jobs, notice_kinds
from roundtag.models import NoticeChoice, Notification, Person
from roundtag.settings import current

CHANNELS = ("app", "mail")


def tell(person_id: int, kind: str, dedupe: str, now: datetime, url: str = "",
         channels: tuple[str, ...] = ("app",), **data: Any) -> None:  # fmt: skip
    """Queues one message; the same `dedupe` key for a person and channel stays one message."""
    wishes = _wishes(person_id) if "mail" in channels else None
    for channel in channels:
        if channel == "mail" and wishes and notice_kinds.kind(kind).group in wishes.muted:
            continue
        made = (
            Notification.insert(
                recipient=person_id,
                channel=channel,
                dedupe=dedupe,
                kind=kind,
                data=data,
                url=url,
                created_at=now,
            )
            .on_conflict_ignore()
            .returning(Notification.id)
            .execute()
        )
        fresh = list(made)
        if fresh and channel == "mail":
            jobs.enqueue("send_mail", run_after=_disturbs_from(wishes, kind, now),
                         notification=fresh[0].id)  # fmt: skip


def _wishes(person_id: int) -> NoticeChoice | None:
    return NoticeChoice.get_or_none(NoticeChoice.person == person_id)


def _disturbs_from(wishes: NoticeChoice | None, kind: str, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None when nothing has to wait."""
    if not wishes or not wishes.quiet_from or notice_kinds.kind(kind).urgent:
        return None
    here = clock.local(now)
    start, end = (time.fromisoformat(t) for t in (wishes.quiet_from, wishes.quiet_until))
    clocked = here.time()
    if not (start <= clocked < end if start < end else clocked >= start or clocked < end):
        return None
    morning = here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)


@jobs.register("send_mail")
def send_mail(notification: int) -> None:
    """Sends one queued mail once; a repeated job finds it sent and does nothing."""
    row = Notification.get_by_id(notification)
    person = Person.get_by_id(row.recipient_id)
    if row.sent_at or not person.email:
        return
    hand_over(_compose(row, person), f"{row.id}.eml")
    Notification.update(sent_at=clock.now()).where(Notification.id == row.id).execute()


def _compose(row: Notification, person: Person) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["From"] = person.email, os.environ.get("MAIL_FROM", "roundtag@localhost")
    said = _words(row, person.locale or "zh")
    mail["Subject"] = one_line(f"Roundtag: {said}")
    mail["Message-ID"] = f"<roundtag-{row.id}@{mail['From'].split('@')[-1]}>"
    mail.set_content("\n\n".join([said, (current().base_url or "") + row.url]))
    return mail


def one_line(text: str) -> str:
    """As a mail's header bears it: names of rooms may come from cells of two lines."""
    return " ".join(text.split())


def _words(row: Notification, language: str) -> str:
    kind = notice_kinds.kind(row.kind)
    return catalogues.of(language).gettext(kind.words) % kind.fill(row.data)


def hand_over(mail: EmailMessage, name: str) -> None:
    """To the SMTP server, or as file `name` into the spool. Raises OSError, SMTPException."""
    server = os.environ.get("SMTP_URL")
    if server is None:
        current().spool_dir.mkdir(parents=True, exist_ok=True)
        (current().spool_dir / name).write_bytes(bytes(mail))
        return
    where = urlsplit(server)
    with smtplib.SMTP(where.hostname or "localhost", where.port or 25, timeout=20) as smtp:
        smtp.send_message(mail)
