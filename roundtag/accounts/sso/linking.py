"""Who of ours somebody from single sign-on is: by subject; the first time by an allowed name."""

from dataclasses import dataclass, field
from typing import Any

from peewee import IntegrityError

from roundtag import commands
from roundtag.access import SYSTEM
from roundtag.accounts import entering
from roundtag.accounts.entering import Entered
from roundtag.accounts.throttle import Place
from roundtag.commands import Deed, Outcome
from roundtag.fields import clean
from roundtag.models import Person, SsoIdentity
from roundtag.settings import current
from roundtag.words import N_

STRONG = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"})
"""What RFC 8176 calls proofs beyond a password."""


def arrive(claims: dict[str, Any], place: Place, deed_id: str) -> Entered | None:
    """Lets in whom the claims are about; None for a stranger and for a disabled person."""
    known = _known(claims["sub"])
    person = known.person if known else _linked(claims, deed_id)
    if person is None or not person.active:
        return None
    methods = claims.get("amr")
    strong = isinstance(methods, list) and bool(STRONG & {str(one) for one in methods})
    return entering.admit(person, place, "sso", strong)


def _known(subject: str) -> SsoIdentity | None:
    query = SsoIdentity.select(SsoIdentity, Person).join(Person)
    of_theirs = (SsoIdentity.issuer == current().oidc_issuer) & (SsoIdentity.subject == subject)
    return query.where(of_theirs & SsoIdentity.ended_at.is_null()).first()


def _linked(claims: dict[str, Any], deed_id: str) -> Person | None:
    order = LinkSso(current().oidc_issuer or "", claims["sub"], _names(claims),
                    _text(claims.get("name")))  # fmt: skip
    try:
        receipt = commands.run(deed_id, link_sso, order, SYSTEM)
    except IntegrityError:  # somebody took the name at this very moment
        return None
    return Person.get_or_none(Person.id == receipt.subject_id) if receipt.subject_id else None


def _names(claims: dict[str, Any]) -> tuple[str, ...]:
    """What may match an allowed name: the user name, and an address that was verified."""
    names = [_text(claims.get(current().oidc_username_claim))]
    if claims.get("email_verified") is True:
        names.append(_text(claims.get("email")))
    return tuple(name.lower() for name in names if name)


def _text(value: Any) -> str:
    return clean(value).strip()[:200] if isinstance(value, str) else ""


@dataclass(frozen=True)
class LinkSso:
    issuer: str
    secret_subject: str = field(repr=False)
    secret_names: tuple[str, ...] = field(repr=False)
    secret_name: str = field(repr=False)


def link_sso(command: LinkSso, deed: Deed) -> Outcome:
    """Links a subject to the one person an administrator allowed that name for, once."""
    deed.require()
    person = _allowed(command.secret_names) or _created(command, deed)
    if person is None or _has_another(person):
        return Outcome(N_("Nobody here bears that name."), state="conflict")
    deed.create(SsoIdentity, issuer=command.issuer, subject=command.secret_subject, person=person,
                linked_at=deed.received_at)  # fmt: skip
    return Outcome(N_("Single sign-on leads to this account."), subject_id=person.id)


def _allowed(names: tuple[str, ...]) -> Person | None:
    found = list(Person.select().where(Person.sso_name.in_(list(names)) & Person.active).limit(2))
    if len(found) != 1:
        return None
    Person.update(active=Person.active).where(Person.id == found[0].id).execute()
    return found[0]


def _has_another(person: Person) -> bool:
    mine = (SsoIdentity.person == person.id) & SsoIdentity.ended_at.is_null()
    return bool(SsoIdentity.select().where(mine).exists())


def _created(command: LinkSso, deed: Deed) -> Person | None:
    """Where the installation allows it: an account without any right until one is given."""
    name = command.secret_names[0] if command.secret_names else ""
    if not current().oidc_create or not name or Person.get_or_none(Person.username == name):
        return None
    shown = command.secret_name or name
    return deed.create(Person, username=name, name=shown, sso_name=name)
