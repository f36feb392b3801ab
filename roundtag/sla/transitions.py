"""The life of a fault as one table: from, verb, to, who may, what it needs, what takes it back.

Pure data. Everything that is not in the table is refused. A slip is taken back by a compensating
entry (`undo`), never by editing: the state goes back to where the verb came from.
"""

from collections.abc import Iterable
from typing import NamedTuple

(REPORTED, TRIAGED, DISPATCHED, RESPONDED, ON_SITE, RESTORED, RESOLVED, OBSERVING, CLOSED,
 CANCELLED) = STATES = (
    "reported", "triaged", "dispatched", "responded", "on_site", "restored", "resolved",
    "observing", "closed", "cancelled",
)  # fmt: skip
OPEN = (REPORTED, TRIAGED, DISPATCHED, RESPONDED, ON_SITE)
"""Not restored yet: clocks run."""
AFTER = (RESTORED, RESOLVED, OBSERVING)
OBSERVATION_DAYS = 7

DESK = frozenset({"desk", "supervisor", "manager"})
FIELD = frozenset({"engineer", "analyst", "supervisor", "manager"})
BOTH = DESK | FIELD
HEADS = frozenset({"supervisor", "manager"})
SYSTEM = frozenset({"system"})
"""What the product does by itself; no person holds this role."""
REOPENERS = BOTH | {"quality", "client"}


class Transition(NamedTuple):
    """`needs`: what must be given or on record. `undo`: the verb of the compensating entry."""

    before: str
    verb: str
    after: str
    roles: frozenset[str]
    needs: tuple[str, ...] = ()
    undo: str = ""


def _from(states: Iterable[str], verb: str, after: str, roles: frozenset[str], *needs: str,
          undo: str = "undo") -> list[Transition]:  # fmt: skip
    """`after` "" keeps the state."""
    return [Transition(before, verb, after or before, roles, needs, undo) for before in states]


TABLE: tuple[Transition, ...] = (
    *_from((REPORTED,), "triage", TRIAGED, DESK, "level", "urgency", "scope"),
    *_from(OPEN[1:], "set_level", "", DESK, "level", "reason"),
    *_from(OPEN, "upgrade", "", SYSTEM, "promise_broken", undo="set_level"),
    *_from((REPORTED, TRIAGED), "dispatch", DISPATCHED, DESK, "engineer"),
    *_from((DISPATCHED, RESPONDED, ON_SITE), "reassign", "", DESK, "engineer"),
    *_from((DISPATCHED, RESPONDED, ON_SITE), "change_crew", "", DESK, "engineers"),
    *_from((REPORTED, TRIAGED, DISPATCHED), "respond", RESPONDED, BOTH, "mode"),
    *_from(OPEN[:4], "arrive", ON_SITE, FIELD, "scan_or_reason"),
    *_from(OPEN[:4], "restore_remotely", RESTORED, BOTH, "diagnosis"),
    *_from((ON_SITE,), "restore", RESTORED, FIELD, "diagnosis"),
    *_from((RESTORED,), "resolve", RESOLVED, FIELD, "cause", "remedy", "loaner_returned"),
    *_from((RESOLVED,), "observe", OBSERVING, BOTH, "checklist"),
    *_from((OBSERVING,), "close", CLOSED, HEADS, "observed_days", "loaner_returned",
           undo="reopen"),
    *_from((*AFTER, CLOSED), "reopen", TRIAGED, REOPENERS, "reason"),
    *_from(OPEN, "cancel_duplicate", CANCELLED, DESK, "twin", undo="separate"),
    *_from((CANCELLED,), "separate", REPORTED, DESK, undo="cancel_duplicate"),
    *_from(OPEN[1:], "pause", "", BOTH, "stated_reason", undo="resume"),
    *_from(OPEN[1:], "resume", "", BOTH, undo="pause"),
    *_from(OPEN[1:], "record_progress", "", BOTH, "note"),
    *_from((*OPEN, *AFTER), "accept_claim", "", HEADS, "reason"),
)  # fmt: skip

VERBS = tuple(dict.fromkeys(transition.verb for transition in TABLE))
_BY_STEP = {(transition.before, transition.verb): transition for transition in TABLE}


def find(state: str, verb: str) -> Transition | None:
    """The step that a verb means in a state; None when it means nothing there."""
    return _BY_STEP.get((state, verb))


def may(transition: Transition | None, roles: Iterable[str]) -> bool:
    """Whether one of these roles may do the step. No step: nobody may."""
    return transition is not None and not transition.roles.isdisjoint(roles)


def possible(state: str, roles: Iterable[str]) -> list[Transition]:
    """What somebody with these roles may do next, in the order of the table."""
    held = frozenset(roles)
    return [step for step in TABLE if step.before == state and may(step, held)]
