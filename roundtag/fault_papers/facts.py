"""The rows that a document of a fault stands on, each kind in one query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import people
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.faults import Terms, TermsBook
from roundtag.models import (
    Attachment,
    Blob,
    Building,
    Client,
    Contract,
    Device,
    DeviceModel,
    Fault,
    FaultCrew,
    FaultEvent,
    PaperText,
    Problem,
    ProblemFault,
    Rating,
    Room,
    Submission,
    Swap,
    Unit,
    dicts,
    tuples,
)
from roundtag.models.faults import ASIDE

Rows = list[dict[str, Any]]
OF_PEOPLE = frozenset({"dispatched", "reassigned", "crew"})
"""Entries whose `what` is keys of people."""


@dataclass(frozen=True)
class Facts:
    """`now`: until when clocks that still run are counted."""

    fault: Fault
    events: list[FaultEvent]
    terms: Terms
    swaps: Rows
    unit: dict[str, Any]
    crew: Rows
    photos: Rows
    twins: Rows
    ratings: Rows
    problem: dict[str, Any]
    texts: Rows
    names: dict[int, str]
    now: datetime


def fault_of(fault_id: int, actor: Actor) -> Fault:
    """The fault with its place and contract. Raises NotFound out of view, and for what was put
    aside: that is no fault yet."""
    query = (
        Fault.select(Fault, Client, Contract, Room, Building, Device)
        .join(Client).switch(Fault)
        .left_outer_join(Contract, on=(Fault.contract == Contract.id)).switch(Fault)
        .join(Room).join(Building, on=(Room.building == Building.id)).switch(Fault)
        .left_outer_join(Device, on=(Fault.device == Device.id))
        .where((Fault.id == fault_id) & Fault.state.not_in(ASIDE))
    )  # fmt: skip
    fault = visible(actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    return fault


def of(fault: Fault, kind: str, now: datetime) -> Facts:
    """Everything of a fault; `kind` chooses whose texts."""
    query = FaultEvent.select().where(FaultEvent.fault == fault.id)
    events = list(query.order_by(FaultEvent.at, FaultEvent.id))
    swaps, twins, crew = _swaps(fault), _twins(fault), _crew(fault)
    own = [row["id"] for row in swaps if row["fault"] == fault.id]
    keys = {row.person_id for row in events} | {row["person"] for row in (*swaps, *crew)}
    keys |= {key for row in events for key in named_in(row)}
    keys |= {fault.reporter_id, fault.assignee_id, fault.resolved_by_id}
    return Facts(
        fault, events, TermsBook([fault]).of(fault), swaps, _unit(fault), crew,
        _photos(fault, own, [row.id for row in events]), twins,
        _ratings([fault.id, *(row["id"] for row in twins)]), _problem(fault),
        _texts(fault, kind), people.names({key for key in keys if key}), now,
    )  # fmt: skip


def named_in(event: FaultEvent) -> list[int]:
    """The people that an entry is about: who was sent, who works with them."""
    if event.kind not in OF_PEOPLE:
        return []
    return [int(key) for key in event.what.split(",") if key.isdecimal()]


def _swaps(fault: Fault) -> Rows:
    """Of this fault, and what came later at the device: the first tells what stood there."""
    if fault.device_id is None:
        return []
    here = (Swap.device == fault.device_id) & (Swap.received_at >= fault.reported_at)
    query = Swap.select().where(Swap.undone_at.is_null() & ((Swap.fault == fault.id) | here))
    query = query.order_by(Swap.id)
    rows = dicts(query)
    models = _models({row[side] for row in rows for side in ("old_unit", "new_unit")} - {None})
    return [
        {**row, "old_model": models.get(row["old_unit"], ""), "new_model": models[row["new_unit"]]}
        for row in rows
    ]


def _models(units: set[int]) -> dict[int, str]:
    columns = Unit.id, DeviceModel.maker, DeviceModel.name
    query = Unit.select(*columns).join(DeviceModel).where(Unit.id.in_(units))
    return {key: f"{maker} {name}" for key, maker, name in tuples(query)}


def _unit(fault: Fault) -> dict[str, Any]:
    if fault.device_id is None:
        return {}
    query = (
        Unit.select(Unit.serial, DeviceModel.maker, DeviceModel.name)
        .join(DeviceModel)
        .where(Unit.device == fault.device_id)
        .order_by(Unit.id)
    )
    return next(iter(dicts(query)), {})


def _crew(fault: Fault) -> Rows:
    return dicts(FaultCrew.select().where(FaultCrew.fault == fault.id).order_by(FaultCrew.id))


def _photos(fault: Fault, swaps: list[int], events: list[int]) -> Rows:
    """Photos whose bytes are here, with when they came in."""
    subject, key = Attachment.subject, Attachment.subject_id
    of = (
        ((subject == "fault") & (key == fault.id))
        | ((subject == "swap") & key.in_(swaps))
        | ((subject == "fault_event") & key.in_(events))
    )
    query = (
        Attachment.select(Attachment.subject, Attachment.sha256, Submission.received_at)
        .join(Blob, on=(Blob.sha256 == Attachment.sha256)).switch(Attachment)
        .left_outer_join(Submission, on=(Submission.id == Attachment.submission))
        .where(of & Blob.mime.startswith("image/"))
        .order_by(Attachment.id)
    )  # fmt: skip
    return dicts(query)


def _twins(fault: Fault) -> Rows:
    columns = Fault.id, Fault.number, Fault.source, Fault.reported_at
    query = Fault.select(*columns).where(Fault.duplicate_of == fault.id).order_by(Fault.id)
    return dicts(query)


def _ratings(faults: list[int]) -> Rows:
    query = Rating.select(Rating.stars, Rating.comment, Rating.at, Fault.number).join(Fault)
    return dicts(query.where(Rating.fault.in_(faults)).order_by(Rating.id))


def _problem(fault: Fault) -> dict[str, Any]:
    query = Problem.select(Problem.number, Problem.title).join(ProblemFault)
    return next(iter(dicts(query.where(ProblemFault.fault == fault.id))), {})


def _texts(fault: Fault, kind: str) -> Rows:
    mine = (PaperText.fault == fault.id) & (PaperText.kind == kind)
    return dicts(PaperText.select().where(mine).order_by(PaperText.section))
