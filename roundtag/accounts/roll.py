"""Who there is, with which rights: what administrators and managers of the provider look at."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock
from roundtag.access import Actor, require
from roundtag.accounts import grants
from roundtag.errors import NotFound
from roundtag.models import Grant, Person, SsoIdentity

PAGE = 50


@dataclass(frozen=True)
class GrantLine:
    """`place` is the name of the client or contract; None: everywhere."""

    id: int
    role: str
    place: str | None
    since: datetime
    until: datetime | None
    state: str


@dataclass(frozen=True)
class PersonLine:
    person: Person
    grants: list[GrantLine]

    @property
    def standing(self) -> str:
        """disabled | invited | active."""
        if not self.person.active:
            return "disabled"
        return "active" if self.person.password_hash or self.person.sso_name else "invited"


def people_list(actor: Actor, wanted: str = "", state: str = "active",
                skip: int = 0) -> list[PersonLine]:  # fmt: skip
    """A page of people by name, behind so many others, and one more where there are more; `state`:
    active or all. Four queries, however many there are."""
    require(actor, "invite_person")
    query = Person.select().order_by(Person.username)
    if state != "all":
        query = query.where(Person.active)
    rows = [p for p in query if wanted.lower() in f"{p.username} {p.name or ''}".lower()]
    return _lines(rows[skip : skip + PAGE + 1])


def _lines(rows: list[Person]) -> list[PersonLine]:
    now = clock.now()
    held: dict[int, list[GrantLine]] = {}
    places = dict(grants.scopes())
    mine = Grant.person.in_([p.id for p in rows])
    for grant in Grant.select().where(mine).order_by(Grant.since, Grant.id):
        held.setdefault(grant.person_id, []).append(_grant_line(grant, places, now))
    return [PersonLine(p, held.get(p.id, [])) for p in rows]


def _grant_line(grant: Grant, places: dict[str, str], now: datetime) -> GrantLine:
    over, later = grant.until and grant.until <= now, grant.since > now
    key = f"{grant.scope}:{grant.scope_id}"
    place = None if grant.scope == "provider" else places.get(key, "?")
    return GrantLine(grant.id, grant.role, place, grant.since, grant.until,
                     "over" if over else "later" if later else "now")  # fmt: skip


@dataclass(frozen=True)
class PersonPage:
    line: PersonLine
    linked: bool
    may: bool
    """Whether the reader may change this person: only an administrator changes one."""


def person_page(person_id: int, actor: Actor) -> PersonPage:
    require(actor, "invite_person")
    person = Person.get_or_none(Person.id == person_id)
    if person is None:
        raise NotFound
    mine = (SsoIdentity.person == person.id) & SsoIdentity.ended_at.is_null()
    may = "admin" in actor.roles_at(None) or not grants.is_admin(person.id)
    return PersonPage(_lines([person])[0], bool(SsoIdentity.select().where(mine).exists()), may)


def key_of(username: str) -> int | None:
    """For a terminal, which knows names and no keys."""
    person = Person.get_or_none(Person.username == username.strip().lower())
    return int(person.id) if person else None
