"""The second factor: an app's codes, each taken once, and ten recovery codes for who lost it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from roundtag import vault
from roundtag.access import ROLES
from roundtag.accounts import known, totp
from roundtag.commands import Deed, Outcome
from roundtag.errors import Invalid, invalid
from roundtag.models import Person, RecoveryCode, RoleRule, SecondFactor
from roundtag.people import passwords
from roundtag.words import N_

PURPOSE = "second factor"
OFFER_SECONDS = 3600
RECOVERY_CODES = 10
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
WRONG = N_("This code is not right, or it was used before. Wait for the next one and type that.")


def offer(person_id: int) -> str:
    """A new secret for an app, sealed for the form that comes back with the first code of it."""
    return vault.seal(f"{person_id} {totp.new_secret()}", f"{PURPOSE} offer")


def offered(person_id: int, sealed: str) -> str | None:
    """The secret of an offer to this very person within the hour."""
    text = vault.unseal(sealed, f"{PURPOSE} offer", OFFER_SECONDS) or ""
    owner, _, secret = text.partition(" ")
    return secret if owner == str(person_id) else None


def new_codes() -> tuple[str, ...]:
    """Ten codes of 50 random bits, for whoever shows them once."""
    return tuple(
        "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    )


@dataclass(frozen=True)
class EnrolSecondFactor:
    secret_key: str | None = field(repr=False)
    secret_code: str = field(repr=False)
    secret_recovery: tuple[str, ...] = field(repr=False)


def enrol_second_factor(command: EnrolSecondFactor, deed: Deed) -> Outcome:
    """Takes the app's first code as proof that it works; replaces what was there before."""
    person = _oneself(deed)
    if command.secret_key is None:
        raise invalid("code", "old", N_("This page is too old. Scan the new code, then go on."))
    step = totp.step_of(command.secret_key, command.secret_code, deed.received_at)
    if step is None:
        raise invalid("code", "wrong", WRONG)
    _drop(person.id)
    sealed = vault.seal(command.secret_key, PURPOSE)
    SecondFactor.create(person=person.id, secret=sealed, last_step=step)
    _keep(person.id, command.secret_recovery)
    deed.change(person, second_factor_at=deed.received_at)
    return Outcome(N_("The second factor is on. Keep the recovery codes."), "/account")


def _oneself(deed: Deed) -> Person:
    """The acting person's row, locked: two deeds at one account come in turn."""
    key = deed.actor.person_id
    Person.update(active=Person.active).where(Person.id == key).execute()
    return Person.get_by_id(key)


def _keep(person_id: int, codes: Iterable[str]) -> None:
    rows = [{"person": person_id, "code_hash": passwords.hashed(_plain(one))} for one in codes]
    RecoveryCode.insert_many(rows).execute()


def _plain(code: str) -> str:
    return "".join(c for c in code.upper() if c in LETTERS)


def _drop(person_id: int) -> None:
    RecoveryCode.delete().where(RecoveryCode.person == person_id).execute()
    SecondFactor.delete().where(SecondFactor.person == person_id).execute()
    known.distrust(person_id)


@dataclass(frozen=True)
class RenewRecoveryCodes:
    secret_password: str = field(repr=False)
    secret_recovery: tuple[str, ...] = field(repr=False)


def renew_recovery_codes(command: RenewRecoveryCodes, deed: Deed) -> Outcome:
    person = _oneself(deed)
    check_password(person, command.secret_password, "codes_password")
    if not person.second_factor_at:
        return Outcome(N_("There is no second factor."), "/account", "conflict")
    RecoveryCode.delete().where(RecoveryCode.person == person.id).execute()
    _keep(person.id, command.secret_recovery)
    deed.change(person, second_factor_at=deed.received_at)
    return Outcome(N_("These are the new recovery codes. The old ones open nothing."), "/account")


@dataclass(frozen=True)
class DropSecondFactor:
    secret_password: str = field(repr=False)


def drop_second_factor(command: DropSecondFactor, deed: Deed) -> Outcome:
    person = _oneself(deed)
    check_password(person, command.secret_password, "off_password")
    if required(deed.actor.roles):
        raise invalid("off_password", "required", N_("Your role asks for a second factor."))
    _drop(person.id)
    deed.change(person, second_factor_at=None)
    return Outcome(N_("The second factor is off."), "/account")


def check_password(person: Person, password: str, field_name: str) -> None:
    """Who left a screen open is not who is asked. People of single sign-on have no password."""
    if person.password_hash and not passwords.matches(person, password):
        raise wrong_password(field_name)


def wrong_password(field_name: str) -> Invalid:
    return invalid(field_name, "wrong", N_("This is not your present password."))


def reset(deed: Deed, person: Person) -> None:
    """Takes a second factor away; part of a deed of somebody else."""
    _drop(person.id)
    deed.change(person, second_factor_at=None)


def accept(person_id: int, code: str, now: datetime) -> bool:
    """Whether a code of the app or a recovery code is right now; it is used up by that."""
    row = SecondFactor.get_or_none(SecondFactor.person == person_id)
    if row is None:
        return False
    digits = "".join(c for c in code if c.isascii() and c.isdigit())
    secret = vault.unseal(row.secret, PURPOSE)
    step = totp.step_of(secret, digits, now) if secret and len(digits) == 6 else None
    if step is not None:
        later = (SecondFactor.person == person_id) & (SecondFactor.last_step < step)
        return bool(SecondFactor.update(last_step=step).where(later).execute())
    return _accept_recovery(person_id, _plain(code), now)


def _accept_recovery(person_id: int, code: str, now: datetime) -> bool:
    if len(code) != 10:
        return False
    for row in unused(person_id):
        if passwords.verify(row.code_hash, code):
            still = (RecoveryCode.id == row.id) & RecoveryCode.used_at.is_null()
            return bool(RecoveryCode.update(used_at=now).where(still).execute())
    return False


def unused(person_id: int) -> list[RecoveryCode]:
    mine = (RecoveryCode.person == person_id) & RecoveryCode.used_at.is_null()
    return list(RecoveryCode.select().where(mine).order_by(RecoveryCode.id))


@dataclass(frozen=True)
class RequireSecondFactor:
    roles: tuple[str, ...]


def require_second_factor(command: RequireSecondFactor, deed: Deed) -> Outcome:
    """Lays down which roles sign in with a second factor, from their next sign-in on."""
    deed.require()
    if set(command.roles) - set(ROLES):
        raise invalid("roles", "unknown", N_("Choose one of the list."))
    rules = {rule.role: rule for rule in RoleRule.select()}
    for role in ROLES:
        wanted = role in command.roles
        values = {"second_factor": wanted, "person": deed.person_id, "at": deed.received_at}
        if role in rules and rules[role].second_factor != wanted:
            deed.change(rules[role], **values)
        elif role not in rules and wanted:
            deed.create(RoleRule, role=role, **values)
    return Outcome(N_("The rule holds from each person's next sign-in on."), "/people")


def required_roles() -> frozenset[str]:
    return frozenset(rule.role for rule in RoleRule.select().where(RoleRule.second_factor))


def required(roles: Iterable[str]) -> bool:
    return bool(required_roles() & frozenset(roles))
