"""Messages to people: an outbox row per person and channel, written with the deed that causes it.

In-app notices are read from the table itself. Mail goes out by a job to the SMTP server of
SMTP_URL, or, without one, as .eml files into DATA_DIR/spool.
"""

import os
import smtplib
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from roundtag import clock, jobs
from roundtag.models import Notification, Person
from roundtag.settings import current

CHANNELS = ("app", "mail")


def tell(person_id: int, kind: str, dedupe: str, now: datetime, url: str = "",
         channels: tuple[str, ...] = ("app",), **data: Any) -> None:  # fmt: skip
    """Queues one message; the same `dedupe` key for a person and channel stays one message."""
    for channel in channels:
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
            jobs.enqueue("send_mail", notification=fresh[0].id)


def unread(person_id: int) -> int:
    return (
        Notification.select()
        .where(
            (Notification.recipient == person_id)
            & (Notification.channel == "app")
            & Notification.read_at.is_null()
        )
        .count()
    )


@jobs.register("send_mail")
def send_mail(notification: int) -> None:
    """Sends one queued mail once; a repeated job finds it sent and does nothing."""
    row = Notification.get_by_id(notification)
    person = Person.get_by_id(row.recipient_id)
    if row.sent_at or not person.email:
        return
    _hand_over(_compose(row, person), f"{row.id}.eml")
    Notification.update(sent_at=clock.now()).where(Notification.id == row.id).execute()


def _compose(row: Notification, person: Person) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["From"] = person.email, os.environ.get("MAIL_FROM", "roundtag@localhost")
    mail["Subject"] = f"Roundtag: {row.kind}"
    mail["Message-ID"] = f"<roundtag-{row.id}@{mail['From'].split('@')[-1]}>"
    lines = [f"{name}: {value}" for name, value in row.data.items()]
    mail.set_content("\n".join([*lines, (current().base_url or "") + row.url]))
    return mail


def _hand_over(mail: EmailMessage, name: str) -> None:
    server = os.environ.get("SMTP_URL")
    if server is None:
        current().spool_dir.mkdir(parents=True, exist_ok=True)
        (current().spool_dir / name).write_bytes(bytes(mail))
        return
    where = urlsplit(server)
    with smtplib.SMTP(where.hostname or "localhost", where.port or 25, timeout=20) as smtp:
        smtp.send_message(mail)
