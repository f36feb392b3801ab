"""What people do with their own account: another password, an end to sessions elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime

from roundtag import clock
from roundtag.access import Actor
from roundtag.accounts import entering, known, second
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import KnownBrowser, Person, Session
from roundtag.people import passwords, sessions
from roundtag.words import N_

WHERE = "/account"


@dataclass(frozen=True)
class ChangePassword:
    secret_present: str = field(repr=False)
    secret_password: str = field(repr=False)


def change_password(command: ChangePassword, deed: Deed) -> Outcome:
    """Ends every session: whoever changed it because somebody knows it is rid of them."""
    person = Person.get_by_id(deed.actor.person_id)
    if not person.password_hash:
        raise invalid("present", "none", N_("You have no password here: you use single sign-on."))
    second.check_password(person, command.secret_present, "present")
    own = person.username, person.name, person.email
    if refused := passwords.refusal(command.secret_password, own):
        raise refused
    if command.secret_present == command.secret_password:
        raise invalid("password", "same", N_("This is the present password. Choose another one."))
    set_password(deed, person, command.secret_password)
    return Outcome(N_("The password is changed. You are signed out everywhere else."), WHERE)


def set_password(deed: Deed, person: Person, password: str) -> None:
    """A new password from any deed: what was open with the old one is shut."""
    deed.change(person, password_hash=passwords.hashed(password), password_at=deed.received_at)
    entering.shut(person.id, deed.received_at)
    known.distrust(person.id)


@dataclass(frozen=True)
class EndSessions:
    """`session`: the hash of one of them; without it all end but that of `keep`."""

    session: str | None
    secret_keep: str = field(default="", repr=False)


def end_own_sessions(command: EndSessions, deed: Deed) -> Outcome:
    me = deed.actor.person_id or 0
    if command.session is None:
        count = entering.shut(me, deed.received_at, command.secret_keep)
        known.distrust(me)
        return Outcome(N_("%(count)s other sessions have ended."), WHERE, values={"count": count})
    mine = (Session.person == me) & (Session.token_hash == command.session)
    Session.update(revoked_at=deed.received_at).where(mine).execute()
    return Outcome(N_("That session has ended."), WHERE)


@dataclass(frozen=True)
class ForgetBrowsers:
    """Nothing to choose: all of them, so that a lost phone needs no name."""


def forget_browsers(_command: ForgetBrowsers, deed: Deed) -> Outcome:
    known.forget(deed.actor.person_id or 0)
    return Outcome(N_("No browser is trusted any more."), WHERE)


@dataclass(frozen=True)
class Account:
    """A person's own page. `codes_left` counts recovery codes."""

    person: Person
    sessions: list[Session]
    browsers: list[KnownBrowser]
    codes_left: int
    required: bool


def account(actor: Actor) -> Account:
    now, me = clock.now(), actor.person_id or 0
    open_now = Session.select().where((Session.person == me) & sessions.live(now))
    return Account(
        Person.get_by_id(me), list(open_now.order_by(Session.seen_at.desc()).limit(50)),
        trusted(me, now), len(second.unused(me)), second.required(actor.roles),
    )  # fmt: skip


def trusted(person_id: int, now: datetime) -> list[KnownBrowser]:
    return [one for one in known.of(person_id, now)
            if one.trusted_until and one.trusted_until > now]  # fmt: skip
