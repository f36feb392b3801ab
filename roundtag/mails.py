"""Mails to an address, whose owner need not have an account; with files, where there are any.

A mail is written when it is sent: a link in it is made then, so that its secret is stored nowhere.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from roundtag import clock, jobs, notify
from roundtag.models import OutMail

MOST_ATTACHED = 15_000_000
"""Bytes of files that a mail takes along; what is larger is behind its link only."""


@dataclass(frozen=True)
class Letter:
    """What a mail says. `files`: (name, media type, where it lies)."""

    title: str
    text: str
    files: tuple[tuple[str, str, Path], ...] = ()


Composer = Callable[[OutMail], Letter | None]
_composers: dict[str, Composer] = {}


def composer(kind: str) -> Callable[[Composer], Composer]:
    """Marks what writes the mails of a kind; None when there is nothing to say any more."""

    def keep(write: Composer) -> Composer:
        _composers[kind] = write
        return write

    return keep


def send(kind: str, subject_id: int, address: str, name: str, dedupe: str,
         now: datetime) -> None:  # fmt: skip
    """Queues one mail with the deed that causes it; the same `dedupe` stays one mail."""
    made = OutMail.insert(kind=kind, subject_id=subject_id, address=address, name=name,
                          dedupe=dedupe, created_at=now)  # fmt: skip
    for row in list(made.on_conflict_ignore().returning(OutMail.id).execute()):
        jobs.enqueue("mails.post", mail=row.id)


def withdraw(kind: str, subject_id: int, now: datetime) -> None:
    """What is still queued of this is not sent any more."""
    about = (OutMail.kind == kind) & (OutMail.subject_id == subject_id)
    OutMail.update(sent_at=now).where(about & OutMail.sent_at.is_null()).execute()


@jobs.register("mails.post")
def post(mail: int) -> None:
    """Sends one queued mail once; a repeated job finds it sent and does nothing."""
    row = OutMail.get_by_id(mail)
    if row.sent_at:
        return
    letter = _composers[row.kind](row)
    if letter:
        notify.hand_over(_mail(row, letter), f"mail-{row.id}.eml")
    OutMail.update(sent_at=clock.now()).where(OutMail.id == row.id).execute()


def _mail(row: OutMail, letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["From"] = row.address, os.environ.get("MAIL_FROM", "roundtag@localhost")
    mail["Subject"] = notify.one_line(letter.title)
    mail["Message-ID"] = f"<roundtag-mail-{row.id}@{mail['From'].split('@')[-1]}>"
    mail.set_content(letter.text)
    left = MOST_ATTACHED
    for name, mime, path in letter.files:
        size = path.stat().st_size
        if size <= left:
            left -= size
            kind, _, sub = mime.partition("/")
            mail.add_attachment(path.read_bytes(), maintype=kind, subtype=sub, filename=name)
    return mail
