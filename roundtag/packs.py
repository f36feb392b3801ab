"""What a person's phone holds for a day without network: the pages of the work assigned."""

import hashlib
from dataclasses import dataclass

from peewee import fn

from roundtag import faults, rounds, tagging
from roundtag.access import Actor, visible
from roundtag.models import (
    ChecklistVersion,
    Device,
    Fault,
    History,
    RoundDevice,
    StockMovement,
    Unit,
)

FIXED = ["/today", "/scan", "/outbox", "/more"]


@dataclass(frozen=True)
class Manifest:
    """Pages in the order of filling; `version` changes whenever any of them may have changed."""

    version: str
    pages: list[str]
    devices: int


def manifest(actor: Actor, language: str, build: str) -> Manifest:
    ids = _devices(actor)
    codes = tagging.codes_of_devices(ids)
    rooms = tagging.codes_of_rooms(_rooms(ids))
    pages = FIXED + [f"/t/{code}" for code in [*rooms.values(), *codes.values()]]
    return Manifest(_version(actor, ids, pages, language, build), pages, len(codes))


def _devices(actor: Actor) -> list[int]:
    if actor.person_id is None:
        return []
    mine = Fault.select(Fault.device).where(
        (Fault.assignee == actor.person_id)
        & Fault.state.in_(faults.OPEN_STATES)
        & Fault.device.is_null(False)
    )
    ids = {*rounds.devices_assigned(actor.person_id), *(row.device_id for row in mine)}
    rows = visible(actor, Device.select(Device.id).where(Device.id.in_(ids)), Device.client)
    return sorted(row.id for row in rows)


def _rooms(device_ids: list[int]) -> list[int]:
    rows = Device.select(Device.room).where(Device.id.in_(device_ids)).distinct()
    return sorted(row.room_id for row in rows)


def _version(actor: Actor, ids: list[int], pages: list[str], language: str, build: str) -> str:
    """The newest rows of all that these pages show: rows of these tables are added, never changed.

    Every deed at a device leaves a line in its history. Spares move without one at this device.
    """
    newest = [
        History.select(fn.MAX(History.id)).where(History.device.in_(ids)).scalar(),
        RoundDevice.select(fn.MAX(RoundDevice.id)).where(RoundDevice.device.in_(ids)).scalar(),
        *(m.select(fn.MAX(m.id)).scalar() for m in (ChecklistVersion, StockMovement, Unit)),
    ]
    facts = f"{actor.person_id}|{language}|{build}|{newest}|{'|'.join(pages)}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
