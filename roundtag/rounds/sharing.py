"""Rooms of a round are split among engineers; the entries of anybody count all the same."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock, people
from roundtag.access import FIELD, Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Device, Grant, Person, Room, Round, RoundDevice, RoundShare
from roundtag.words import N_

LEADERS = frozenset({"manager", "supervisor", "admin"})


@dataclass(frozen=True)
class ShareRound:
    """`person_id` None gives the rooms back to the round's engineer."""

    round_id: int
    room_ids: tuple[int, ...]
    person_id: int | None


def read(form: Fields, round_id: int) -> ShareRound:
    rooms = tuple(int(key) for key in form.many("room")
                  if key.isascii() and key.isdigit() and len(key) < 10)  # fmt: skip
    if not rooms:
        form.refuse("room", "required", N_("Choose at least one room."))
    person = form.whole("person")
    form.done()
    return ShareRound(round_id, rooms, person)


def share_round(command: ShareRound, deed: Deed) -> Outcome:
    """Gives rooms of an open round to a person. A round's own walkers may share it, too."""
    tour = Round.get_or_none(Round.id == command.round_id)
    if tour is None:
        raise NotFound
    deed.require(tour.client_id)
    if not may_share(deed.actor, tour):
        raise Forbidden
    if tour.closed_at:
        return Outcome(N_("This round is closed: there is nothing left to share out."),
                       url=f"/rounds/{tour.id}", state="conflict", subject_id=tour.id)  # fmt: skip
    _check(command, tour, deed.received_at)
    person = None if command.person_id == tour.engineer_id else command.person_id
    for room_id in sorted(set(command.room_ids)):
        _give(deed, tour, room_id, person)
    return Outcome(N_("%(count)s rooms were given out."), url=f"/rounds/{tour.id}/shares",
                   values={"count": len(set(command.room_ids))}, subject_id=tour.id)  # fmt: skip


def may_share(actor: Actor, tour: Round) -> bool:
    """Who leads the engineers, and who walks the round."""
    if actor.system or LEADERS & actor.roles_at(tour.client_id):
        return True
    if actor.person_id is None:
        return False
    shared = (RoundShare.round == tour.id) & (RoundShare.person == actor.person_id)
    walks = actor.person_id in (tour.engineer_id, tour.backup_id)
    return walks or RoundShare.select().where(shared).exists()


def _check(command: ShareRound, tour: Round, now: datetime) -> None:
    if set(command.room_ids) - set(rooms_of(tour.id)):
        raise invalid("room", "unknown", N_("Choose rooms of this round."))
    known = {key for key, _ in walkers(tour.client_id, now)}
    if command.person_id is not None and command.person_id not in known:
        raise invalid("person", "unknown", N_("Choose somebody who works for this client."))


def _give(deed: Deed, tour: Round, room_id: int, person_id: int | None) -> None:
    where = (RoundShare.round == tour.id) & (RoundShare.room == room_id)
    row = RoundShare.get_or_none(where)
    if row is None and person_id is not None:
        deed.create(RoundShare, client=tour.client_id, round=tour, room=room_id, person=person_id)
    elif row is not None and row.person_id != person_id:
        deed.change(row, person=person_id)


def rooms_of(round_id: int) -> list[int]:
    """Rooms in which the round has stops."""
    devices = RoundDevice.select(Device.room).join(Device).where(RoundDevice.round == round_id)
    own = RoundDevice.select(RoundDevice.room).where(RoundDevice.round == round_id)
    rows = Room.select(Room.id).where(Room.id.in_(devices) | Room.id.in_(own))
    return [row.id for row in rows]


def walkers(client_id: int, now: datetime | None = None) -> list[tuple[int, str]]:
    """Who may walk rounds of a client, by name."""
    granted = people.working_for([client_id], now or clock.now())
    field = granted.where(Grant.role.in_(sorted(FIELD)))
    rows = Person.select().where(Person.id.in_(field) & Person.active)
    return sorted(((row.id, row.name or row.username) for row in rows), key=lambda one: one[1])
