"""What somebody wants to see of the board; all of it stands in the page's address."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from roundtag.access import Actor
from roundtag.fields import Fields
from roundtag.models import Building, Fault, FaultCrew, Room
from roundtag.models.faults import OPEN_STATES
from roundtag.sla.matrix import LEVELS

STATES = (*(state for state in OPEN_STATES if state != "in_progress"), "restored")
NO_LEVEL = "none"
MOST = 20


@dataclass(frozen=True)
class BoardWish:
    """`level` may be NO_LEVEL; `late`: overdue ones alone; `hundreds`: how much of it is shown."""

    client: int | None = None
    site: int | None = None
    level: str = ""
    state: str = ""
    mine: bool = False
    late: bool = False
    hundreds: int = 1

    def query(self, **changes: Any) -> str:
        wish = replace(self, **changes)
        pairs = {
            "client": wish.client, "site": wish.site, "level": wish.level, "state": wish.state,
            "mine": "1" if wish.mine else "", "late": "1" if wish.late else "",
            "hundreds": wish.hundreds if wish.hundreds > 1 else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def narrows(self) -> bool:
        return bool(self.query(hundreds=1))


def read_wish(form: Fields) -> BoardWish:
    """A wish as an address tells it; what cannot be understood is left out."""
    level, state = form.raw("level"), form.raw("state")
    return BoardWish(
        _key(form.raw("client")), _key(form.raw("site")),
        level if level in (*LEVELS, NO_LEVEL) else "", state if state in STATES else "",
        form.raw("mine") == "1", form.raw("late") == "1",
        min(_key(form.raw("hundreds")) or 1, MOST),
    )  # fmt: skip


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 9 else None


def conditions(wish: BoardWish, actor: Actor) -> list[Any]:
    """Without `late`, which is a matter of the moment."""
    found: list[Any] = []
    if wish.client:
        found.append(Fault.client == wish.client)
    if wish.site:
        there = Room.select(Room.id).join(Building).where(Building.site == wish.site)
        found.append(Fault.room.in_(there))
    if wish.level:
        found.append(Fault.level == ("" if wish.level == NO_LEVEL else wish.level))
    if wish.state:
        words = (wish.state, "in_progress") if wish.state == "responded" else (wish.state,)
        found.append(Fault.state.in_(words))
    if wish.mine:
        helps = FaultCrew.select(FaultCrew.fault).where(
            (FaultCrew.person == actor.person_id) & FaultCrew.left_at.is_null()
        )
        found.append((Fault.assignee == actor.person_id) | Fault.id.in_(helps))
    return found
