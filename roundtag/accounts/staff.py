"""The provider's people, kept by its administrators and managers."""

import re
from dataclasses import dataclass, field

from roundtag.accounts import entering, grants, known, letters, second
from roundtag.accounts.grants import LAST, GrantOrder
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import Person, SsoIdentity
from roundtag.words import N_

ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
SHOWN_ONCE = N_("This link is shown once. Hand it to %(name)s.")


@dataclass(frozen=True)
class Details:
    name: str
    email: str | None
    phone: str | None
    sso_name: str | None


@dataclass(frozen=True)
class InvitePerson:
    username: str
    details: Details
    grant: GrantOrder
    secret_link: str = field(repr=False)


def invite_person(command: InvitePerson, deed: Deed) -> Outcome:
    """An account whose password its owner chooses by a link."""
    deed.require()
    grants.may_touch(deed, None, command.grant.role)
    if Person.get_or_none(Person.username == command.username):
        raise invalid("username", "taken", N_("This user name is taken."))
    _free_for_sso(command.details.sso_name, None)
    person = deed.create(Person, username=command.username, **vars(command.details))
    grants.give(deed, person, command.grant)
    letters.hand_out(deed, person, command.secret_link)
    return Outcome(SHOWN_ONCE, f"/people/{person.id}", values={"name": command.details.name},
                   subject_id=person.id)  # fmt: skip


@dataclass(frozen=True)
class EditPerson:
    person_id: int
    details: Details


def edit_person(command: EditPerson, deed: Deed) -> Outcome:
    person = grants.one(command.person_id, deed)
    _free_for_sso(command.details.sso_name, person.id)
    new = {name: value for name, value in vars(command.details).items()
           if getattr(person, name) != value}  # fmt: skip
    if new.keys() & {"email"}:
        letters.withdraw(person.id, deed.received_at)
    if new:
        deed.change(person, **new)
    return Outcome(N_("Saved."), grants.where(person))


def _free_for_sso(name: str | None, person_id: int | None) -> None:
    taken = Person.get_or_none((Person.sso_name == name) & (Person.id != (person_id or 0)))
    if name and taken:
        raise invalid("sso_name", "taken", N_("This name belongs to another person already."))


@dataclass(frozen=True)
class OfPerson:
    person_id: int


def disable_person(command: OfPerson, deed: Deed) -> Outcome:
    """Out at once, everywhere. What lies sealed or unsent on their phones stays and waits."""
    person = grants.one(command.person_id, deed)
    if person.id == deed.actor.person_id:
        raise invalid("person", "self", N_("You cannot disable yourself."))
    if not person.active:
        return Outcome(N_("This account was disabled before."), grants.where(person), "conflict")
    if grants.is_admin(person.id) and not grants.other_admin(deed.received_at, person.id):
        raise invalid("person", "last", LAST)
    deed.change(person, active=False)
    entering.shut(person.id, deed.received_at)
    letters.withdraw(person.id, deed.received_at)
    known.forget(person.id)
    return Outcome(
        N_("%(name)s is signed out everywhere and cannot sign in."),
        grants.where(person),
        values={"name": person.name or person.username},
    )


def enable_person(command: OfPerson, deed: Deed) -> Outcome:
    person = grants.one(command.person_id, deed)
    if person.active:
        return Outcome(N_("This account is in use."), grants.where(person), "conflict")
    if person.erased_at:
        raise invalid("person", "erased", N_("Who this was is erased: make a new account."))
    deed.change(person, active=True)
    return Outcome(N_("%(name)s can sign in again."), grants.where(person),
                   values={"name": person.name or person.username})  # fmt: skip


@dataclass(frozen=True)
class OfferLink:
    person_id: int
    secret_link: str = field(repr=False)


def offer_link(command: OfferLink, deed: Deed) -> Outcome:
    """A new link to choose a password; the ones before it open nothing any more."""
    person = grants.one(command.person_id, deed)
    if not person.active:
        return Outcome(N_("This account is disabled."), grants.where(person), "conflict")
    letters.withdraw(person.id, deed.received_at)
    letters.hand_out(deed, person, command.secret_link)
    return Outcome(
        SHOWN_ONCE, grants.where(person), values={"name": person.name or person.username}
    )


def reset_second_factor(command: OfPerson, deed: Deed) -> Outcome:
    """For who lost the app and the recovery codes; another administrator's deed, on record."""
    person = grants.one(command.person_id, deed)
    if person.id == deed.actor.person_id:
        raise invalid("person", "self", N_("Turn your own second factor off at your account."))
    if not person.second_factor_at:
        return Outcome(N_("There is no second factor."), grants.where(person), "conflict")
    second.reset(deed, person)
    entering.shut(person.id, deed.received_at)
    return Outcome(N_("The second factor is taken away. They are signed out everywhere."),
                   grants.where(person))  # fmt: skip


def unlink_sso(command: OfPerson, deed: Deed) -> Outcome:
    """Single sign-on leads to this account no more, until an allowed name matches anew."""
    person = grants.one(command.person_id, deed)
    mine = (SsoIdentity.person == person.id) & SsoIdentity.ended_at.is_null()
    for row in SsoIdentity.select().where(mine):
        deed.change(row, ended_at=deed.received_at)
    if person.sso_name:
        deed.change(person, sso_name=None)
    entering.shut(person.id, deed.received_at)
    return Outcome(N_("Single sign-on leads to this account no more."), grants.where(person))


def read_person(form: Fields, secret: str) -> InvitePerson:
    username = (form.text("username", limit=80, required=N_("Give a user name.")) or "").lower()
    if any(c.isspace() for c in username):
        form.refuse("username", "space", N_("A user name has no spaces."))
    details = read_details(form, done=False)
    grant = grants.read_grant(form, done=False)
    form.done()
    return InvitePerson(username, details, grant, secret)


def read_details(form: Fields, done: bool = True) -> Details:
    name = form.text("name", limit=80, required=N_("Give a name."))
    email = form.text("email", limit=200)
    if email and not ADDRESS.fullmatch(email):
        form.refuse("email", "address", N_("Give an e-mail address, for example it@example.com."))
    phone, sso = form.text("phone", limit=40), form.text("sso_name", limit=200)
    if done:
        form.done()
    return Details(
        name or "", email.lower() if email else None, phone, sso.lower() if sso else None
    )
