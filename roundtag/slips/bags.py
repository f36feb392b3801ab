"""What an engineer carries: a store of their own, made when something is first drawn."""

from typing import Any

from roundtag import clock, people
from roundtag.access import DRAWERS, Actor
from roundtag.commands import Deed
from roundtag.models import Grant, Person, Store
from roundtag.storekeeping.stores import BAG


def of(person_id: int | None) -> Store | None:
    """The bag of somebody who has one."""
    mine = (Store.kind == BAG) & (Store.person == (person_id or 0)) & Store.retired_at.is_null()
    return Store.select().where(mine).order_by(Store.id).first()


def hold(person_id: int) -> Store | None:
    """The same under the person's lock, so that two first draws make one bag."""
    Person.update(id=Person.id).where(Person.id == person_id).execute()
    return of(person_id)


def make(deed: Deed, person_id: int) -> Store:
    """A bag, whose name says nothing of the person: names are in no log."""
    before = Store.select().where((Store.kind == BAG) & (Store.person == person_id)).count()
    code = f"BAG-{person_id}" + (f"-{before + 1}" if before else "")
    return deed.create(Store, code=code, name=code, kind=BAG, person=person_id)


def carries(person_id: int | None, actor: Actor) -> bool:
    """Whether somebody is among those who may carry spares and whom the actor works with."""
    return bool(person_id) and bool(carriers(actor).where(Person.id == person_id).exists())


def carriers(actor: Actor) -> Any:
    """A query of the people who may carry spares, as far as the actor works with them."""
    now = clock.now()
    roles = people.granted(now, Grant.person).where(Grant.role.in_(sorted(DRAWERS)))
    query = Person.select().where(Person.active & Person.id.in_(roles))
    if actor.client_ids is not None:
        query = query.where(Person.id.in_(people.working_for(actor.client_ids, now)))
    return query.order_by(Person.username)
