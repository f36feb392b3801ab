"""Makes a document of a fault from its rows; decides nothing about how it looks. Pure."""

from typing import Any

from roundtag import clock, data
from roundtag.fault_papers import timing
from roundtag.fault_papers.facts import OF_PEOPLE, Facts, named_in
from roundtag.fault_papers.kinds import KINDS
from roundtag.fault_papers.shape import (
    FaultPaper,
    Happened,
    Part,
    Photo,
    Rated,
    Twin,
    Worker,
    Written,
)
from roundtag.fault_papers.timing import text
from roundtag.models import Fault, FaultEvent
from roundtag.reports.shape import Pair

FAILED_CHECK: Pair = ("检查不合格", "Failed in the check")
ROOM: Pair = ("会议室", "Room")


def paper(found: Facts, kind: str) -> FaultPaper:
    """The same facts, the same document."""
    fault, events = found.fault, timing.standing(found)
    timings, broken = timing.timings(events, found)
    levels = timing.levels(events, found)
    return FaultPaper(
        kind=kind,
        form=KINDS[kind].form,
        zone=zone_of(fault),
        fault_id=fault.id,
        number=fault.number,
        state=fault.state,
        service_day=_service_day(fault, kind),
        level=fault.level,
        worst=timing.worst(levels, fault.level),
        matrix=found.terms.matrix.number,
        timings=timings,
        broken=broken,
        levels=levels,
        pauses=timing.pauses(events, found),
        course=_course(found),
        crew=_crew(found),
        parts=_parts(found),
        twins=tuple(Twin(row["number"], row["source"], text(row["reported_at"]))
                    for row in found.twins),
        ratings=tuple(Rated(row["number"], row["stars"], row["comment"] or "", text(row["at"]))
                      for row in found.ratings),
        photos=tuple(Photo(row["subject"], text(row["received_at"]), row["sha256"])
                     for row in found.photos),
        written=tuple(Written(row["section"], row["zh"] or "", row["en"] or "")
                      for row in found.texts if row["zh"] or row["en"]),
        **_report(fault, found),
        **_place(fault, found),
        **_outcome(fault, found),
    )  # fmt: skip


def zone_of(fault: Fault) -> str:
    return str(fault.contract.zone) if fault.contract else clock.DEFAULT_ZONE


def _service_day(fault: Fault, kind: str) -> str:
    at = fault.resolved_at if kind == "analysis" else fault.restored_at
    return clock.local_day(at, zone_of(fault)).isoformat() if at else ""


def _report(fault: Fault, found: Facts) -> dict[str, Any]:
    symptom = data.symptom(fault.symptom)
    return {
        "client": (fault.client.name, fault.client.name_en or fault.client.name),
        "client_code": fault.client.code,
        "contract": fault.contract.name if fault.contract else "",
        "contract_number": fault.contract.number if fault.contract else "",
        "symptom": (symptom.zh, symptom.en) if symptom else FAILED_CHECK,
        "description": fault.description or "",
        "source": fault.source,
        "reporter": found.names.get(fault.reporter_id, ""),
        "reported_at": text(fault.reported_at),
        "claimed_at": text(fault.claimed_at),
        "afterwards": fault.afterwards,
        "urgency": fault.urgency,
        "scope": fault.scope,
        "support_mode": fault.support_mode,
    }


def _place(fault: Fault, found: Facts) -> dict[str, Any]:
    device, room = fault.device, fault.room
    unit, serial = _stood(found)
    return {
        "building": room.building.name, "floor": room.floor, "room_code": room.code,
        "room": room.name, "device_code": device.code if device else "",
        "device": device.name if device else "", "position": device.position if device else "",
        "category": _category(fault.category or (device.category if device else "")),
        "unit": unit, "serial": serial,
    }  # fmt: skip


def _category(code: str) -> Pair:
    known = {one.code: one for one in data.categories()}.get(code)
    return (known.name_zh, known.name_en) if known else ROOM if not code else (code, code)


def _stood(found: Facts) -> tuple[str, str]:
    """Model and serial of what stood there when the fault was reported."""
    if found.swaps:
        first = found.swaps[0]
        return first["old_model"], first["old_serial"] or ""
    unit = found.unit
    return (f"{unit['maker']} {unit['name']}", unit["serial"]) if unit else ("", "")


def _outcome(fault: Fault, found: Facts) -> dict[str, Any]:
    return {
        "restored_at": text(fault.restored_at),
        "resolved_at": text(fault.resolved_at),
        "resolved_by": found.names.get(fault.resolved_by_id, ""),
        "observed_until": fault.observed_until.isoformat() if fault.observed_until else "",
        "closed_at": text(fault.closed_at),
        "diagnosis": fault.diagnosis or "",
        "cause": fault.cause or "",
        "cause_kind": fault.kind,
        "remedy": fault.remedy or "",
        "problem": found.problem.get("number") or "",
        "problem_title": found.problem.get("title") or "",
    }


def _course(found: Facts) -> tuple[Happened, ...]:
    """Every entry in the order of receipt; slips that were taken back stay in it."""
    gone = {event.of for event in found.events if event.kind == "undone"}
    return tuple(
        Happened(text(event.at), text(event.claimed_at), event.kind, _what(event, found),
                 found.names.get(event.person_id, ""), event.note or "", event.id in gone)
        for event in found.events
    )  # fmt: skip


def _what(event: FaultEvent, found: Facts) -> str:
    if event.kind not in OF_PEOPLE:
        return event.what
    return "、".join(found.names.get(key, "–") for key in named_in(event))


def _crew(found: Facts) -> tuple[Worker, ...]:
    lead = found.fault.assignee_id
    rows = [row for row in found.crew if row["person"] != lead]
    first = [Worker(found.names.get(lead, ""), True, "", "")] if lead else []
    return (*first, *(
        Worker(found.names.get(row["person"], ""), False, text(row["joined_at"]),
               text(row["left_at"]))
        for row in rows
    ))  # fmt: skip


def _parts(found: Facts) -> tuple[Part, ...]:
    return tuple(
        Part(text(row["received_at"]), row["old_model"], row["old_serial"] or "",
             row["new_model"], row["new_serial"], row["old_unit_to"], row["reason"],
             found.names.get(row["person"], ""), row["note"] or "")
        for row in found.swaps if row["fault"] == found.fault.id
    )  # fmt: skip
