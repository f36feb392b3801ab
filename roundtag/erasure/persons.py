"""A person who left: the number stays in the history, who it was is in no place any more."""

import secrets
from dataclasses import dataclass

from roundtag.accounts import grants
from roundtag.commands import Deed, Outcome
from roundtag.erasure import traces
from roundtag.errors import invalid
from roundtag.models import (
    KnownBrowser,
    Person,
    RecoveryCode,
    SealKey,
    SecondFactor,
    Session,
    SsoIdentity,
)
from roundtag.words import N_

HELD = (SecondFactor, RecoveryCode, KnownBrowser, SealKey, Session)


@dataclass(frozen=True)
class ErasePerson:
    person_id: int


def erase_person(command: ErasePerson, deed: Deed) -> Outcome:
    """Names and addresses of somebody whose account is disabled; what they did stays theirs by
    number. Unsent entries that lie sealed on a phone can be opened by nobody any more."""
    person = grants.one(command.person_id, deed)
    where = f"/people/{person.id}"
    if person.active:
        raise invalid("person", "active", N_("Disable this account first."))
    if person.erased_at:
        return Outcome(N_("This person was erased before."), where, "conflict")
    was = {name: value for name in Person.SEALED if (value := getattr(person, name))}
    deed.blank(person, *was, username=_neutral(person.id), password_hash=None, password_at=None,
               second_factor_at=None, erased_at=deed.received_at)  # fmt: skip
    known = [*was.values(), *traces.former(person, Person.SEALED), *_end_sso(person, deed)]
    for model in HELD:
        model.delete().where(model.person == person.id).execute()
    deed.erasures_also(traces.wipe(deed, known, Person.SEALED))
    return Outcome(N_("This person is erased. What they did stays under a number."), where,
                   subject_id=person.id)  # fmt: skip


def _neutral(person_id: int) -> str:
    """A user name that says nothing, and that nobody else has."""
    name = f"erased-{person_id}"
    taken = Person.select().where(Person.username == name).exists()
    return f"{name}-{secrets.token_hex(4)}" if taken else name


def _end_sso(person: Person, deed: Deed) -> list[str]:
    found = []
    for row in SsoIdentity.select().where(SsoIdentity.person == person.id):
        found.append(row.subject)
        deed.blank(row, "subject", subject=f"erased-{row.id}",
                   ended_at=row.ended_at or deed.received_at)  # fmt: skip
    return found
