"""Who acts, with which rights, and the one place that scopes every read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from roundtag.access.deeds import DEEDS
from roundtag.access.roles import PUBLIC
from roundtag.access.routes import ROUTES
from roundtag.errors import Forbidden


@dataclass(frozen=True)
class Right:
    role: str
    scope: str
    scope_id: int | None = None
    client_id: int | None = None
    """The client that the scope lies in; None for the whole provider."""


@dataclass(frozen=True)
class Actor:
    """Who acts, with the rights of this moment. `person_id` is None for an attendee or a job."""

    person_id: int | None
    rights: tuple[Right, ...] = ()
    via: str = "web"
    locale: str = "zh"
    system: bool = False
    """True for the product's own jobs and for the command line, which stand above grants."""
    carrier: "Actor | None" = None
    """Who brings this person's work in: nobody carries what they may not do themselves."""

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(r.role for r in self.rights)

    @property
    def client_ids(self) -> frozenset[int] | None:
        """Clients whose data this actor may read; None means all of them."""
        if self.system or any(r.scope == "provider" for r in self.rights):
            return None
        return frozenset(r.client_id for r in self.rights if r.client_id is not None)

    def clients_for(self, deed: str) -> frozenset[int] | None:
        """Clients at which this actor may do a deed; None means all of them."""
        held = [r for r in self.rights if r.role in (DEEDS[deed] or frozenset())]
        if self.system or any(r.scope == "provider" for r in held):
            return None
        return frozenset(r.client_id for r in held if r.client_id is not None)

    def within(self, roles: frozenset[str]) -> "Actor":
        """The same person, who sees no other clients than those at which one of `roles` is theirs:
        a desk's page is for the desk of that client, whatever somebody is elsewhere."""
        held = [r for r in self.rights if r.role in roles]
        if self.system or any(r.scope == "provider" for r in held):
            return self
        here = {r.client_id for r in held}
        return replace(self, rights=tuple(
            r for r in self.rights if r.scope != "provider" and r.client_id in here))  # fmt: skip

    def roles_at(self, client_id: int | None) -> frozenset[str]:
        return frozenset(
            r.role
            for r in self.rights
            if r.scope == "provider" or (client_id is not None and r.client_id == client_id)
        )

    def may(self, deed: str, client_id: int | None = None) -> bool:
        if self.carrier is not None and not self.carrier.may(deed, client_id):
            return False
        allowed = DEEDS[deed]
        return self.system or allowed is PUBLIC or bool(allowed & self.roles_at(client_id))

    def able(self, deed: str) -> bool:
        """Whether this actor may do a deed for any client at all."""
        allowed = DEEDS[deed]
        return self.system or allowed is PUBLIC or bool(allowed & self.roles)


ATTENDEE = Actor(None, via="link")
SYSTEM = Actor(None, via="job", system=True)


def require(actor: Actor, deed: str, client_id: int | None = None) -> None:
    if not actor.may(deed, client_id):
        raise Forbidden


def require_any(actor: Actor, deed: str) -> None:
    """Refuses early an actor who may not do this deed for any client at all."""
    if not actor.able(deed):
        raise Forbidden


def visible(actor: Actor, query: Any, client_column: Any) -> Any:
    """Narrows a query to the clients that the actor may read; every list and lookup goes by it."""
    if actor.client_ids is None:
        return query
    return query.where(client_column.in_(sorted(actor.client_ids)))


def allowed_on(roles: Iterable[str], endpoint: str) -> bool:
    """Whether a signed-in person with `roles` may use a route. Unknown routes are refused."""
    allowed = ROUTES.get(endpoint, frozenset())
    return allowed is PUBLIC or bool(allowed & frozenset(roles))


def is_public(endpoint: str | None) -> bool:
    return endpoint in ROUTES and ROUTES[endpoint] is PUBLIC
