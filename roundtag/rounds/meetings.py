"""A meeting's room is checked before, during and after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag import clients, clock
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.duty import on_duty
from roundtag.errors import NotFound, invalid
from roundtag.models import Building, Contract, Meeting, Room, Round, RoundDevice, dicts
from roundtag.rounds.ensuring import may_walk
from roundtag.rounds.opening import create
from roundtag.rounds.scope import Candidate, Scope, candidates
from roundtag.words import N_

BEFORE = timedelta(minutes=30)
"""Done half an hour before it begins, so that what is found can still be put right."""
DURING = timedelta(minutes=15)
AFTER = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
URL = "/rounds/meetings"


@dataclass(frozen=True)
class PlanMeeting:
    room_id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    engineer_id: int | None = None


def plan_meeting(command: PlanMeeting, deed: Deed) -> Outcome:
    """Opens three rounds over the room and its devices, each due at its time of the day."""
    room = _room(command.room_id, deed.actor)
    deed.require(room.client_id)
    contract = _checked(command, room, deed.received_at)
    other = _overlapping(command, room)
    meeting = deed.create(
        Meeting, client=room.client_id, contract=contract, room=room, name=command.name,
        starts_at=command.starts_at, ends_at=command.ends_at, engineer=command.engineer_id,
        person=deed.person_id,
    )  # fmt: skip
    _open_rounds(deed, meeting, contract, room)
    words = N_("The room is checked before, during and after the meeting.")
    if other:
        words = N_("The checks are laid down. Mind: another meeting there overlaps with this one.")
    return Outcome(words, URL, subject_id=meeting.id)


def _room(room_id: int, actor: Actor) -> Room:
    query = Room.select().where((Room.id == room_id) & Room.retired_at.is_null())
    room = visible(actor, query, Room.client).first()
    if room is None:
        raise invalid("room", "unknown", N_("There is no such room."))
    return room


def _checked(command: PlanMeeting, room: Room, now: datetime) -> Contract:
    if command.ends_at <= now:
        raise invalid("day", "past", N_("This meeting is over. Choose a day to come."))
    if not timedelta() < command.ends_at - command.starts_at <= LONGEST:
        raise invalid("ends", "order", N_("The end must come after the start."))
    contract = clients.contract_at(room.client_id, clock.local_day(command.starts_at))
    if contract is None:
        raise invalid("day", "contract", N_("No contract of this client runs on that day."))
    if command.engineer_id and not may_walk(command.engineer_id, room.client_id, now):
        raise invalid("engineer", "rights", N_(
            "This person may not check devices of this client. Give them the role first."
        ))  # fmt: skip
    return contract


def _overlapping(command: PlanMeeting, room: Room) -> bool:
    return bool(Meeting.select().where(
        (Meeting.room == room.id) & Meeting.cancelled_at.is_null()
        & (Meeting.starts_at < command.ends_at) & (Meeting.ends_at > command.starts_at)
    ).exists())  # fmt: skip


def _open_rounds(deed: Deed, meeting: Meeting, contract: Contract, room: Room) -> None:
    duty = next((person.id for person in on_duty(contract, meeting.starts_at)), None)
    stops = [Candidate("", None, room.id), *candidates(room.client_id, Scope(rooms=(room.id,)))]
    for moment, due_at in _moments(meeting):
        day = clock.local_day(due_at, contract.zone)
        create(
            deed, contract, f"{moment}_meeting", day.isoformat(), day, stops, due_at=due_at,
            slot=f"meeting-{meeting.id}/{moment}", meeting=meeting, opens_on=day, name=room.name,
            engineer=meeting.engineer_id or duty,
        )  # fmt: skip


def _moments(meeting: Meeting) -> Iterator[tuple[str, datetime]]:
    yield "before", meeting.starts_at - BEFORE
    yield "during", min(meeting.starts_at + DURING, meeting.ends_at)
    yield "after", meeting.ends_at + AFTER


@dataclass(frozen=True)
class CancelMeeting:
    meeting_id: int


def cancel_meeting(command: CancelMeeting, deed: Deed) -> Outcome:
    """Closes the checks that are still open; what was found in them stays."""
    meeting = Meeting.get_or_none(Meeting.id == command.meeting_id)
    if meeting is None:
        raise NotFound
    deed.require(meeting.client_id)
    standing = (Meeting.id == meeting.id) & Meeting.cancelled_at.is_null()
    if not deed.claim(Meeting, standing, cancelled_at=deed.received_at):
        return Outcome(N_("This meeting was cancelled before."), URL, "conflict",
                       subject_id=meeting.id)  # fmt: skip
    still_open = (Round.meeting == meeting.id) & Round.closed_at.is_null()
    deed.claim(Round, still_open, closed_at=deed.received_at)
    return Outcome(N_("The meeting is cancelled, its open checks are closed."), URL,
                   subject_id=meeting.id)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One of the three checks of a meeting, with how many of its stops are done."""

    round_id: int
    occasion: str
    due_at: datetime
    done: int
    total: int
    closed: bool


@dataclass(frozen=True)
class MeetingLine:
    id: int
    client_id: int
    name: str
    room: str
    building: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    checks: list[Check]


SHOWN = 100
SHOWN_AFTER = timedelta(days=2)
"""How long a meeting is listed after its end."""


def meetings(actor: Actor, since: datetime) -> list[MeetingLine]:
    """Meetings that end after `since`, the next first, with their checks; two queries."""
    query = (
        Meeting.select(Meeting, Room.name.alias("room_name"), Building.name.alias("building"))
        .join(Room)
        .join(Building)
        .where(Meeting.ends_at > clock.to_text(since))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(SHOWN)
    )
    rows = list(visible(actor, query, Meeting.client).objects())
    checks = _checks([row.id for row in rows])
    return [
        MeetingLine(row.id, row.client_id, row.name or "", row.room_name, row.building,
                    row.starts_at, row.ends_at, bool(row.cancelled_at), checks.get(row.id, []))
        for row in rows
    ]  # fmt: skip


def _checks(meeting_ids: list[int]) -> dict[int, list[Check]]:
    query = (
        Round.select(
            Round.id, Round.meeting, Round.occasion, Round.due_at, Round.closed_at,
            RoundDevice.done_at.alias("done_at"),
        )
        .join(RoundDevice)
        .where(Round.meeting << meeting_ids)
        .order_by(Round.due_at, Round.id)
    )  # fmt: skip
    found: dict[int, dict[int, Check]] = {}
    for row in dicts(query) if meeting_ids else []:
        of_meeting = found.setdefault(row["meeting"], {})
        before = of_meeting.get(row["id"])
        done = (before.done if before else 0) + (row["done_at"] is not None)
        of_meeting[row["id"]] = Check(
            row["id"], row["occasion"], row["due_at"], done, (before.total if before else 0) + 1,
            row["closed_at"] is not None,
        )  # fmt: skip
    return {key: list(checks.values()) for key, checks in found.items()}
