"""Links by which people choose a password themselves: an invitation, or a reset."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roundtag import addresses, clock, commands, jobs, links, mails, people
from roundtag.access import SYSTEM
from roundtag.accounts import known, own
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import clean
from roundtag.mails import Letter
from roundtag.models import OutMail, Person
from roundtag.people import passwords
from roundtag.words import N_

INVITE, RESET = "account-invite", "account-reset"
PURPOSES = (INVITE, RESET)
APART = timedelta(minutes=15)
"""One mail per person in this time, however often somebody asks."""


def purpose_of(person: Person) -> str:
    return RESET if person.password_hash else INVITE


def hand_out(deed: Deed, person: Person, secret: str) -> None:
    """Keeps a link that is shown once, and mails another one where an address is known."""
    purpose = purpose_of(person)
    links.keep(purpose, person.id, secret, deed.received_at)
    _mail(person, purpose, deed.id, deed.received_at)


def _mail(person: Person, purpose: str, dedupe: str, now: datetime) -> None:
    if person.email:
        name = people.name(person) or ""
        mails.send(purpose, person.id, person.email, name, f"{purpose}-{dedupe}", now)


def withdraw(person_id: int, now: datetime) -> None:
    """Links and queued mails of that person open nothing any more."""
    for purpose in PURPOSES:
        mails.withdraw(purpose, person_id, now)
        links.revoke(purpose, person_id, now)


def ask(typed: str) -> None:
    """Somebody forgot a password. Whoever is meant is looked up later, so that the answer takes
    the same time for every name."""
    jobs.enqueue("accounts.reset", typed=clean(typed).strip().lower()[:200])


@jobs.register("accounts.reset")
def send_reset(typed: str) -> None:
    """Mails a link to the person of that name or address, once in a while."""
    now = clock.now()
    turn = int(now.timestamp() // APART.total_seconds())
    meant = (Person.username == typed) | (Person.email == typed)
    for person in Person.select().where(meant & Person.active).limit(3):
        if person.password_hash:
            order = OfferReset(person.id, f"{person.id}-{turn}")
            commands.run(f"reset-{person.id}-{turn}", offer_reset, order, SYSTEM)


@dataclass(frozen=True)
class OfferReset:
    person_id: int
    dedupe: str


def offer_reset(command: OfferReset, deed: Deed) -> Outcome:
    person = Person.get_by_id(command.person_id)
    _mail(person, RESET, command.dedupe, deed.received_at)
    return Outcome(N_("A link was mailed."), subject_id=person.id)


def holder(secret: str) -> tuple[str, Person]:
    """The purpose and person of a link that opens something. Raises NotFound."""
    for purpose in PURPOSES:
        key = links.subject(purpose, secret)
        person = Person.get_or_none((Person.id == key) & Person.active) if key else None
        if person:
            return purpose, person
    raise NotFound


@dataclass(frozen=True)
class ChoosePassword:
    secret_link: str = field(repr=False)
    secret_password: str = field(repr=False)


def choose_password(command: ChoosePassword, deed: Deed) -> Outcome:
    """By link: sets the password once; the second factor, if there is one, stays as it is."""
    purpose, person = holder(command.secret_link)
    own_words = person.username, person.name, person.email
    if refused := passwords.refusal(command.secret_password, own_words):
        raise refused
    if links.use(purpose, command.secret_link, deed.received_at) is None:
        raise NotFound
    withdraw(person.id, deed.received_at)
    own.set_password(deed, person, command.secret_password)
    return Outcome(N_("The password is set. Sign in with it."), "/sign-in", subject_id=person.id)


def know(person_id: int, cookie: str, label: str) -> None:
    """Whoever held a link is no stranger: their sign-in waits for nobody else's guesses."""
    known.remember(person_id, cookie, label, clock.now())


@mails.composer(INVITE)
def invitation(mail: OutMail) -> Letter | None:
    return _letter(mail, INVITE, "请设置您的巡签账号 / Set up your Roundtag account",
                   "为您开通了账号，请打开下面的链接设置密码", "48 小时",
                   "An account was made for you. Open this link to choose its password",
                   "48 hours")  # fmt: skip


@mails.composer(RESET)
def reset(mail: OutMail) -> Letter | None:
    return _letter(mail, RESET, "重设巡签密码 / Reset your Roundtag password",
                   "有人（可能是您）要求重设密码，请打开下面的链接；若不是您，请忽略本邮件",
                   "1 小时",
                   "Somebody, perhaps you, asked to reset your password. Open this link; if it was "
                   "not you, ignore this mail", "one hour")  # fmt: skip


def _letter(mail: OutMail, purpose: str, title: str, zh: str, zh_time: str, en: str,
            en_time: str) -> Letter | None:  # fmt: skip
    person = Person.get_or_none((Person.id == mail.subject_id) & Person.active)
    if person is None or purpose != purpose_of(person):
        return None
    where = f"{addresses.base_url()}/welcome/{links.grant(purpose, person.id, mail.created_at)}"
    return Letter(title, (
        f"{mail.name}，您好！\n\n{zh}：\n\n{where}\n\n用户名：{person.username}\n"
        f"链接 {zh_time}内有效，只能使用一次，请勿转发。\n\n---\n\n"
        f"{en}:\n\n{where}\n\nUser name: {person.username}\n"
        f"The link works for {en_time} and once only. Please do not pass it on.\n"
    ))  # fmt: skip
