"""What a person's phone holds for a day without network: the pages of the work assigned."""

import hashlib
from dataclasses import dataclass

from roundtag import faults, rounds, tagging
from roundtag.access import Actor
from roundtag.models import Device, Fault, History

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
    return sorted({*rounds.devices_assigned(actor.person_id), *(row.device_id for row in mine)})


def _rooms(device_ids: list[int]) -> list[int]:
    rows = Device.select(Device.room).where(Device.id.in_(device_ids)).distinct()
    return sorted(row.room_id for row in rows)


def _version(actor: Actor, ids: list[int], pages: list[str], language: str, build: str) -> str:
    """Every deed at a device leaves a line in its history, so the newest line tells of change."""
    newest = (
        History.select(History.id)
        .where(History.device.in_(ids))
        .order_by(History.id.desc())
        .limit(1)
        .scalar()
    )
    facts = f"{actor.person_id}|{language}|{build}|{newest}|{'|'.join(pages)}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
