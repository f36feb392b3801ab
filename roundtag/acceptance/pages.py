"""What the pages of an acceptance show: how far it is, what is to be looked through, who signed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from roundtag import approvals, blobs, links, people
from roundtag.acceptance import names, rules
from roundtag.acceptance.inviting import PURPOSE
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Approval, Attachment, Inspection, Round, StopNote, dicts

DEEDS = {"engineer": "hand_in", "supervisor": "check_round", "client": "sign_round"}


@dataclass(frozen=True)
class Decided:
    """One decision. `drawn` tells that there is a drawing beside the written name."""

    id: int
    step: str
    decision: str
    name: str
    at: datetime
    drawn: bool
    by_link: bool
    note: str


@dataclass(frozen=True)
class Figures:
    stops: int
    done: int
    passed: int
    fixed: int
    failed: int

    @property
    def left(self) -> int:
        return self.stops - self.done


@dataclass(frozen=True)
class Open:
    """A stop that is not done, and the reason given at the latest handing in."""

    stop_id: int
    device: str
    room: str
    reason: str


@dataclass(frozen=True)
class Panel:
    """`mine`: the step that the reader may do now, else nothing; `seen`: the figures as a digest;
    `blocked`: the reader signed an earlier step."""

    round_id: int
    client_id: int
    name: str
    name_en: str
    occasion: str
    period: str
    client: str
    contract_id: int
    contract: str
    due_on: date
    stage: str
    closed: bool
    figures: Figures
    seen: str
    steps: list[tuple[str, Decided | None]]
    course: list[Decided]
    open: list[Open] = field(default_factory=list)
    mine: str = ""
    blocked: bool = False
    links: int = 0
    may_invite: bool = False
    may_report: bool = False
    accepted_at: datetime | None = None
    zone: str = ""
    signer: str = ""


def panel(round_id: int, actor: Actor, *, brief: bool = False) -> Panel:
    """How far the acceptance of a round is; a fixed number of queries. A `brief` one reads no stop:
    its figures are empty. Raises NotFound."""
    if visible(actor, Round.select(Round.id).where(Round.id == round_id), Round.client).first():
        return _panel(rules.tour_of(round_id), actor, brief=brief)
    raise NotFound


def panel_by_link(secret: str) -> Panel:
    """What the holder of a link signs. Raises NotFound alike for unknown and expired links."""
    found = links.subject(PURPOSE, secret)
    if found is None:
        raise NotFound
    return _panel(rules.tour_of(found), None)


def _panel(tour: Round, actor: Actor | None, *, brief: bool = False) -> Panel:
    stops = [] if brief else rules.places(tour)
    course = approvals.course(rules.SUBJECT, tour.id)
    present = rules.attempt(course)
    zh, en = names.of_round(tour)
    decided = {one.step: _decided(one) for one in present}
    mine, blocked = _mine(tour, actor, course)
    last = decided.get("client")
    return Panel(
        tour.id, tour.client_id, zh, en, tour.occasion, tour.period, tour.client.name,
        tour.contract_id, tour.contract.name, tour.due_on, tour.stage, tour.closed_at is not None,
        _figures(stops), rules.figures_of(tour.stage, stops),
        [(step, decided.get(step)) for step in rules.STEPS],
        [_decided(one) for one in course],
        _open(tour, stops), mine, blocked,
        len(links.live(PURPOSE, tour.id)) if actor else 0,
        bool(actor and tour.stage == "checked" and actor.may("invite_signer", tour.client_id)),
        bool(actor and actor.may("draft_report", tour.client_id)),
        last.at if last and tour.stage == "accepted" else None,
        tour.contract.zone,
        _name(actor),
    )  # fmt: skip


def _name(actor: Actor | None) -> str:
    key = actor.person_id if actor else None
    return people.names({key}).get(key, "") if key else ""


def _decided(one: Approval) -> Decided:
    name = one.signer or people.name(one.person) or ""
    return Decided(one.id, one.step, one.decision, name, one.at, one.signature is not None,
                   one.link_hash is not None, one.note or "")  # fmt: skip


def _mine(tour: Round, actor: Actor | None, course: list[Approval]) -> tuple[str, bool]:
    """The step that is due, when the actor may do it; and whether it needs another person."""
    step = next((s for s in rules.STEPS if rules.BEFORE[s] == tour.stage), "")
    if not step or actor is None:
        return step, False
    if step == "engineer":
        return (step, False) if rules.may_hand_in(actor, tour) else ("", False)
    if not actor.may(DEEDS[step], tour.client_id):
        return "", False
    blocked = actor.person_id in rules.signed_before(step, course)
    return ("" if blocked else step), blocked


def _figures(stops: Iterable[rules.Place]) -> Figures:
    awaited = [one.stop for one in stops if one.awaited]
    results = [stop.result for stop in awaited if stop.done_at]
    return Figures(len(awaited), len(results), results.count("pass"), results.count("fixed"),
                   results.count("fail"))  # fmt: skip


def _open(tour: Round, stops: Iterable[rules.Place]) -> list[Open]:
    undone = [one.stop for one in stops if one.awaited and one.stop.done_at is None]
    why = _reasons(tour.id)
    return [Open(stop.id, device_of(stop), room_of(stop), why.get(stop.id, "")) for stop in undone]


def _reasons(round_id: int) -> dict[int, str]:
    query = (
        StopNote.select(StopNote.stop, StopNote.note)
        .where((StopNote.round == round_id) & (StopNote.kind == "not-done"))
        .order_by(StopNote.id)
    )
    return {row["stop"]: row["note"] or "" for row in dicts(query)}


def device_of(stop: Any) -> str:
    return str(stop.device.name) if stop.device else ""


def room_of(stop: Any) -> str:
    room = stop.device.room if stop.device else stop.own_room
    return f"{room.name} {room.code}"


def signature_of(approval_id: int, actor: Actor) -> bytes:
    """A drawn signature as PNG, for people who may read its client. Raises NotFound."""
    query = Approval.select().where(Approval.id == approval_id)
    row = visible(actor, query, Approval.client).first()
    if row is None or not row.signature or not blobs.has(row.signature):
        raise NotFound
    return blobs.path_of(row.signature).read_bytes()


def photo_by_link(secret: str, attachment_id: int) -> str:
    """The hash of a photo of the round that a link is for. Raises NotFound."""
    round_id = links.subject(PURPOSE, secret)
    if round_id is None:  # compared with nothing, it would find the entries of no round
        raise NotFound
    row = (
        Attachment.select(Attachment.sha256)
        .join(Inspection, on=(Inspection.id == Attachment.subject_id))
        .where(
            (Attachment.id == attachment_id)
            & (Attachment.subject == "inspection")
            & (Inspection.round == round_id)
        )
        .first()
    )
    if row is None or not row.sha256 or not blobs.has(row.sha256):
        raise NotFound
    return str(row.sha256)
