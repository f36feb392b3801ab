"""What a person's phone holds for a day without network: the pages of the work assigned to them,
and of the rooms and sites that this phone was told to keep.

Each page bears a version of its own, made of what it shows, so that a phone fetches anew only what
may have changed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peewee import JOIN, fn

from roundtag import (
    clock,
    fakes,
    faults,
    rounds,
    slips,
    stocktakes,
    storecounts,
    tagging,
)
from roundtag.access import Actor, visible
from roundtag.models import (
    Attachment,
    Blob,
    Device,
    Fault,
    FaultEvent,
    Room,
    Tag,
    dicts,
)
from roundtag.packs.due import Places, devices, mine, rooms_of
from roundtag.packs.shown import Facts, shown_on

FIXED = ["/today", "/scan", "/record", "/fake", "/outbox", "/more"]
LIMIT = 2000
"""Devices that a phone keeps at most."""


@dataclass(frozen=True)
class Page:
    url: str
    v: str


@dataclass(frozen=True)
class Manifest:
    """Pages in the order of filling. `due` counts the devices that should be kept, `devices` those
    that are: the nearest due first."""

    version: str
    pages: list[Page] = field(default_factory=list)
    devices: int = 0
    due: int = 0


def manifest(actor: Actor, language: str, build: str, places: Places | None = None) -> Manifest:
    """The pack of this person, in a fixed number of queries however many devices it holds."""
    places = places or Places()
    base = [language, build, sorted(map(str, actor.rights))]
    due = devices(actor, places)
    ids = due[:LIMIT]
    rooms = rooms_of(actor, ids, places)
    shown = shown_on(ids, rooms, actor.person_id)
    facts = {"/today": [_today(actor), shown.devices], "/fake": [fakes.rooms(actor)]}
    pages = [Page(url, _hash(base, *facts.get(url, []))) for url in FIXED]
    pages += _carried(actor, base)
    pages += _worked_at(actor, base)
    pages += _tagged(tagging.codes_of_rooms(rooms), rooms, shown.rooms, base)
    pages += _tagged(tagging.codes_of_devices(ids), ids, shown.devices, base)
    pages += _to_count(actor, base)
    pages += _stores_to_count(actor, base)
    return Manifest(_hash(pages), pages, len(ids), len(due))


def _hash(*facts: Any) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _tagged(codes: dict[int, str], order: list[int], facts: Facts, base: Any) -> list[Page]:
    return [
        Page(f"/t/{codes[key]}", _hash(base, codes[key], facts.get(key)))
        for key in order
        if key in codes
    ]


def _carried(actor: Actor, base: Any) -> list[Page]:
    """One's own bag, for who may have one."""
    return [Page("/bag", _hash(base, slips.bag(actor)))] if actor.able("draw_stock") else []


def _to_count(actor: Actor, base: Any) -> list[Page]:
    """The rooms of open stocktakes, and before them the page that leads to them."""
    walk = stocktakes.to_walk(actor)
    lists: dict[str, list[Any]] = {}
    for room in walk:
        lists.setdefault(f"/stocktakes/{room.stocktake_id}/rooms", []).append(room)
    pages = [Page(url, _hash(base, rooms)) for url, rooms in lists.items()]
    return pages + [
        Page(f"/stocktakes/{room.stocktake_id}/rooms/{room.id}", _hash(base, room)) for room in walk
    ]


def _stores_to_count(actor: Actor, base: Any) -> list[Page]:
    """The counting page of each open count of a store."""
    return [Page(f"/stock/counts/{one.id}/lists/new", _hash(base, one))
            for one in storecounts.to_count(actor)]  # fmt: skip


def _worked_at(actor: Actor, base: Any) -> list[Page]:
    """The pages of the person's own faults, the nearest deadline first."""
    query = (
        Fault.select(Fault, Room.name.alias("room_name"), Device.name.alias("device_name"),
                     Device.category, Tag.code.alias("tag"))
        .join(Room).switch(Fault).left_outer_join(Device)
        .left_outer_join(Tag, on=((Tag.device == Device.id) & Tag.state.in_(tagging.LIVE)))
        .where(mine(actor.person_id or 0))
        .order_by(Fault.next_due_at.is_null(), Fault.next_due_at, Fault.id)
    )  # fmt: skip
    rows = dicts(visible(actor, query, Fault.client))
    told = _told([row["id"] for row in rows])
    return [
        Page(f"/faults/{row['id']}", _hash(base, row, _over(row["next_due_at"]), told[row["id"]]))
        for row in rows
    ]


def _told(ids: list[int]) -> dict[int, tuple[int, int]]:
    """The last line of each fault's file, and how many of its photos have arrived."""
    about = ((Attachment.subject == "fault_event") & (Attachment.subject_id == FaultEvent.id)) | (
        (Attachment.subject == "fault") & (Attachment.subject_id == FaultEvent.fault)
    )
    query = (
        FaultEvent.select(FaultEvent.fault, fn.MAX(FaultEvent.id).alias("newest"),
                          fn.COUNT(Blob.sha256).alias("photos"))
        .join(Attachment, JOIN.LEFT_OUTER, on=about)
        .join(Blob, JOIN.LEFT_OUTER, on=(Blob.sha256 == Attachment.sha256))
        .where(FaultEvent.fault << ids)
        .group_by(FaultEvent.fault)
    )  # fmt: skip
    return {row["fault"]: (row["newest"], row["photos"]) for row in dicts(query)}


def _over(due: Any) -> bool | None:
    return None if due is None else due < clock.now()


def _today(actor: Actor) -> Any:
    """What the first page shows beside its devices: rounds, stocktakes, open faults."""
    today = clock.local_day(clock.now())
    return (
        rounds.todays(actor, today),
        faults.lines(actor),
        (stocktakes.cards(actor), storecounts.cards(actor)),
    )


def numbers(texts: Iterable[str]) -> frozenset[int]:
    """Keys in what an address says; whatever is none is left out."""
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal()
                     and len(text) < 10)  # fmt: skip
