"""Signing in: the password or single sign-on first, then the second factor where one is due."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag import clock, people
from roundtag.accounts import known, second, throttle
from roundtag.accounts.throttle import Place
from roundtag.errors import RoundtagError
from roundtag.fields import clean
from roundtag.models import Person, SignInStep
from roundtag.people import passwords
from roundtag.words import N_

STEP_LIFE = timedelta(minutes=15)
TRIES = 5


class Wait(RoundtagError):
    """Too many failures: `values["seconds"]` is how long until the next try is looked at."""

    code, status = "wait", 429
    message = N_("Too many tries. Wait %(seconds)s seconds, then try again.")


@dataclass(frozen=True)
class Entered:
    """A session's secret; or, where a second factor is due, that of the step before it."""

    session: str = ""
    step: str = ""


def enter(username: str, password: str, place: Place) -> Entered | None:
    """None for a wrong name or password and for a disabled person, after the same time."""
    name, now = clean(username).strip().lower()[:200], clock.now()
    turn = _turn(name, place, now)
    person = Person.get_or_none(Person.username == name)
    if not passwords.matches(person, password) or person is None or not person.active:
        return None
    throttle.give_back(turn, now)
    passwords.renew(person, password)
    return admit(person, place, "password")


def _turn(name: str, place: Place, now: datetime) -> throttle.Turn:
    turn = throttle.take(name, place, now)
    if turn.wait:
        raise Wait(seconds=turn.wait)
    return turn


def admit(person: Person, place: Place, via: str, strong: bool = False) -> Entered:
    """Who has proved the first factor; `strong`: a second one was proved with it."""
    now = clock.now()
    roles = people.actor_of(person, now).roles
    due = bool(person.second_factor_at) or second.required(roles)
    excused = bool(person.second_factor_at) and known.is_trusted(person.id, place.browser, now)
    if due and not strong and not excused:
        return Entered(step=_begin_step(person, via, now))
    return Entered(session=_open(person, place, via, now))


def _begin_step(person: Person, via: str, now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    SignInStep.delete().where(SignInStep.expires_at < clock.to_text(now)).execute()
    SignInStep.create(token_hash=people.token_hash(secret), person=person, via=via,
                      expires_at=now + STEP_LIFE)  # fmt: skip
    return secret


def _open(person: Person, place: Place, via: str, now: datetime, trust: bool = False) -> str:
    if place.browser:
        known.remember(person.id, place.browser, place.label, now, trust)
    return people.open_session(person, now, place.label, via)


def waiting(step: str) -> Person | None:
    """The person whose second factor is awaited under a step's secret."""
    row = _step(step)
    return row.person if row else None


def _step(step: str) -> SignInStep | None:
    alive = SignInStep.expires_at > clock.to_text(clock.now())
    query = SignInStep.select(SignInStep, Person).join(Person)
    mine = (SignInStep.token_hash == people.token_hash(step)) & alive
    return query.where(mine & Person.active & (SignInStep.tries < TRIES)).first()


def answer(step: str, code: str, place: Place, trust: bool = False) -> str | None:
    """The session's secret when the code is right; None when not. Five wrong ones end the step."""
    row, now = _step(step), clock.now()
    if row is None:
        return None
    turn = _turn(f"code {row.person.username}", place, now)
    mine = (SignInStep.token_hash == row.token_hash) & (SignInStep.tries < TRIES)
    if not SignInStep.update(tries=SignInStep.tries + 1).where(mine).execute():
        return None
    if not second.accept(row.person_id, code, now):
        return None
    throttle.give_back(turn, now)
    return _finish(row, place, trust, now)


def finish(step: str, place: Place) -> str | None:
    """As `answer`, for who has just set a second factor up in this step."""
    row = _step(step)
    if row is None or not row.person.second_factor_at:
        return None
    return _finish(row, place, False, clock.now())


def _finish(row: SignInStep, place: Place, trust: bool, now: datetime) -> str | None:
    """The step opens one session: of two answers at once, one finds it gone."""
    if not SignInStep.delete().where(SignInStep.token_hash == row.token_hash).execute():
        return None
    return _open(row.person, place, row.via, now, trust)


def shut(person_id: int, now: datetime, keep: str = "") -> int:
    """Ends every session and half-done sign-in of a person; what lies sealed on phones stays."""
    SignInStep.delete().where(SignInStep.person == person_id).execute()
    return people.end_sessions(person_id, now, keep)
