"""Who may do which step of an acceptance, and what must be so before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roundtag import approvals, clock, documents
from roundtag.access import Actor
from roundtag.commands import Deed
from roundtag.errors import FieldError, Invalid, NotFound, invalid
from roundtag.models import Approval, Client, Contract, Device, Room, Round, RoundDevice
from roundtag.rounds import hold, waited_for
from roundtag.words import N_

SUBJECT = "round"
STEPS = ("engineer", "supervisor", "client")
BEFORE = {"engineer": "open", "supervisor": "recorded", "client": "checked"}
AFTER = {"engineer": "recorded", "supervisor": "checked", "client": "accepted"}
STAGES = ("open", "recorded", "checked", "accepted")
SAME_PERSON = N_("You have signed an earlier step of this round. Somebody else has to do this one.")


@dataclass(frozen=True)
class Place:
    """A stop as the acceptance sees it: its row, and whether it is still waited for."""

    stop: RoundDevice
    awaited: bool


def held(round_id: int) -> Round:
    """The same under its lock: no entry comes in between what a decision reads and writes."""
    hold(round_id)
    return tour_of(round_id)


def tour_of(round_id: int) -> Round:
    found = (
        Round.select(Round, Contract, Client)
        .join(Contract)
        .switch(Round)
        .join(Client)
        .where(Round.id == round_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def places(tour: Round) -> list[Place]:
    """The stops of a round with what is said of their devices and rooms, in the order of their
    keys; one query, and of thousands of stops no column that nobody reads."""
    own = Room.alias()
    rows = (
        RoundDevice.select(
            RoundDevice, Device.id, Device.name, Device.room, Device.retired_at,
            Room.id, Room.name, Room.code, own.id, own.name, own.code, own.retired_at,
        )
        .left_outer_join(Device).left_outer_join(Room)
        .switch(RoundDevice).left_outer_join(own, on=(RoundDevice.room == own.id), attr="own_room")
        .where(RoundDevice.round == tour.id)
        .order_by(RoundDevice.id)
    )  # fmt: skip
    return [
        Place(row, waited_for(row.done_at, (row.device or row.own_room).retired_at, tour.closed_at))
        for row in rows
    ]


def figures_of(stage: str, stops: Iterable[Place]) -> str:
    """What a page shows of a round, as a short digest: a signature is for what was seen."""
    rows = [
        [one.stop.id, one.stop.result or "",
         clock.to_text(one.stop.done_at) if one.stop.done_at else ""]
        for one in stops
    ]  # fmt: skip
    return documents.data_digest([stage, rows])[:16]


def may_hand_in(actor: Actor, tour: Round) -> bool:
    """The round's engineer or backup; any engineer there while the round has none."""
    if not actor.may("hand_in", tour.client_id):
        return False
    walkers = {tour.engineer_id, tour.backup_id} - {None}
    return actor.person_id in walkers or (not walkers and actor.person_id is not None)


def require_walker(deed: Deed, tour: Round) -> None:
    if not may_hand_in(deed.actor, tour):
        raise invalid("round", "walker", N_("Somebody else walks this round: its engineer or the "
                                            "backup hands it in."))  # fmt: skip


def signed_before(step: str, course: Iterable[Approval]) -> set[int]:
    """People who approved an earlier step of the present attempt."""
    earlier = STEPS[: STEPS.index(step)]
    return {one.person_id for one in attempt(course) if one.step in earlier and one.person_id}


def attempt(course: Iterable[Approval]) -> list[Approval]:
    """The decisions since the round was last sent back."""
    found: list[Approval] = []
    for one in course:
        found = [] if one.decision == "sent-back" else [*found, one]
    return found


def require_other(deed: Deed, step: str, tour: Round) -> None:
    """Two signatures of one person are one (ADR 23)."""
    if deed.actor.person_id in signed_before(step, approvals.course(SUBJECT, tour.id)):
        raise invalid("signer", "same-person", SAME_PERSON)


def required_signer(signer: str | None) -> str:
    if not signer or not signer.strip():
        raise invalid("signer", "required", N_("Write your name: it counts as your signature."))
    return signer.strip()


def reasons(wanted: Iterable[int], own: Mapping[int, str], common: str | None,
            message: str) -> dict[int, str]:  # fmt: skip
    """A reason for every stop: its own, else the common one. Raises Invalid naming all that have
    none."""
    found = {key: (own.get(key) or "").strip() or (common or "").strip() for key in wanted}
    missing = [key for key, words in found.items() if not words]
    if missing:
        raise Invalid(
            FieldError("reason", "required", message, {"count": len(missing)}),
            *(FieldError(f"reason.{key}", "required", N_("Say why.")) for key in missing),
        )
    return found
