"""Heads leave the house: once a day the newest one of a log that has grown goes to its auditors."""

from datetime import datetime

from roundtag import addresses, clock, jobs, ledger, mails, people
from roundtag.db import database, write
from roundtag.heads import reading
from roundtag.heads.signing import newest_of
from roundtag.mails import Letter
from roundtag.models import Log, OutMail

MAIL = "ledger-head"


@jobs.every(3600, "heads.mail")
def keep_mailing() -> int:
    """The scheduler's call of `mail_all`."""
    with database.connection_context():
        return mail_all(clock.now())


def mail_all(now: datetime) -> int:
    """Queues the mails of the day; asked again it finds none to send. Returns how many."""
    count = 0
    for _name, client_id in ledger.logs():
        log = ledger.log_of(client_id)
        head = newest_of(log.id)
        if head and not _told_today(log.id, now):
            count += _mail(log, head.size, now)
    return count


def _told_today(log_id: int, now: datetime) -> bool:
    last = (
        OutMail.select()
        .where((OutMail.kind == MAIL) & (OutMail.subject_id == log_id))
        .order_by(OutMail.id.desc())
        .first()
    )
    return bool(last and clock.local_day(last.created_at) == clock.local_day(now))


def _mail(log: Log, size: int, now: datetime) -> int:
    count = 0
    with write():
        for person in people.holding("auditor", log.client_id or 0, now):
            if person.email:
                mails.send(MAIL, log.id, person.email, people.name(person) or "",
                           f"head-{log.id}-{size}-{person.email}", now)  # fmt: skip
                count += 1
    return count


@mails.composer(MAIL)
def letter(mail: OutMail) -> Letter | None:
    log = Log.get_by_id(mail.subject_id)
    head = newest_of(log.id)
    if head is None:
        return None
    whose = log.client.name if log.client else "服务方 / provider"
    day = clock.local_day(head.signed_at).isoformat()
    return Letter(
        f"日志头 {day}：{whose} / Head of the log {day}",
        f"{mail.name}，您好！\n\n以下是 {whose} 运维记录日志当前的签名日志头。请保存本邮件："
        f"日后可用它证明此前的记录没有被篡改或遗漏。校验方法见 {addresses.base_url()}/verify\n\n"
        f"This is the newest signed head of the log of {whose}. Keep this mail: it can prove later "
        f"that no earlier record was altered or left out. How to check: "
        f"{addresses.base_url()}/verify\n\n{head.note}\n"
        f"公钥 / key: {reading.verifier_key(log.origin)}\n",
    )
