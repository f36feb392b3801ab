"""Adding people, and what they are called."""

from dataclasses import dataclass

from roundtag.access import ROLES
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import Grant, Person
from roundtag.people import passwords
from roundtag.words import N_

LOCALES = ("zh", "en")


@dataclass(frozen=True)
class AddPerson:
    """`grants` are (role, scope, scope key); the password is never kept in a submission."""

    username: str
    name: str
    secret_password: str
    grants: tuple[tuple[str, str, int | None], ...]
    locale: str | None = None
    email: str | None = None


def add_person(command: AddPerson, deed: Deed) -> Outcome:
    deed.require()
    _check(command)
    person = deed.create(
        Person,
        username=command.username.strip().lower(),
        name=command.name,
        email=command.email,
        password_hash=passwords.hashed(command.secret_password),
        password_at=deed.received_at,
        locale=command.locale,
    )
    for role, scope, key in command.grants:
        deed.create(
            Grant, person=person, role=role, scope=scope, scope_id=key, since=deed.received_at
        )
    return Outcome(N_("%(name)s can sign in."), values={"name": command.name}, subject_id=person.id)


def _check(command: AddPerson) -> None:
    if not command.username.strip():
        raise invalid("username", "required", N_("Give a user name."))
    if Person.get_or_none(Person.username == command.username.strip().lower()):
        raise invalid("username", "taken", N_("This user name is taken."))
    if refused := passwords.refusal(command.secret_password, (command.username, command.name)):
        raise refused
    if unknown := {role for role, _, _ in command.grants} - set(ROLES):
        raise invalid("grants", "role", N_("Unknown role: %(role)s."), role=unknown.pop())


@dataclass(frozen=True)
class SetLocale:
    locale: str


def set_locale(command: SetLocale, deed: Deed) -> Outcome:
    if command.locale not in LOCALES:
        raise invalid("locale", "unknown", N_("Choose a language from the list."))
    deed.change(Person.get_by_id(deed.actor.person_id), locale=command.locale)
    return Outcome(N_("The language is set."))


def names(ids: set[int]) -> dict[int, str]:
    """Display names by person, in one query; erased names fall back to the user name."""
    if not ids:
        return {}
    return {p.id: p.name or p.username for p in Person.select().where(Person.id.in_(ids))}


def name(person: Person | None) -> str | None:
    """The same of a person that was read already."""
    return (person.name or person.username) if person else None


def any_exists() -> bool:
    return Person.select().exists()
