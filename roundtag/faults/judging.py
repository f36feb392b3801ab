"""The desk's judgement of a fault: its level, how urgent it is and how far it reaches (D13)."""

from dataclasses import dataclass
from typing import Any

from roundtag import data
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.faults.life import advance, found, outcome
from roundtag.faults.telling import tell_new_level
from roundtag.fields import Fields
from roundtag.models import Fault, FaultEvent
from roundtag.sla.matrix import LEVELS
from roundtag.words import N_

URGENCIES = ("high", "medium", "low")
SCOPES = ("seat", "room", "rooms")
KINDS = ("system", "device", "power", "line", "security", "misuse")
MODES = ("phone", "remote", "on_site")
LIST = N_("Choose one of the list.")


@dataclass(frozen=True)
class TriageFault:
    """`seen`: the last event that the form had shown; None when nobody looked before."""

    fault_id: int
    level: str
    urgency: str
    scope: str
    category: str = ""
    kind: str = ""
    support_mode: str = ""
    note: str | None = None
    seen: int | None = None


def read_triage(form: Fields, fault_id: int) -> TriageFault:
    order = TriageFault(
        fault_id,
        form.choice("level", LEVELS, required=LIST) or "",
        form.choice("urgency", URGENCIES, required=LIST) or "",
        form.choice("scope", SCOPES, required=LIST) or "",
        form.choice("category", _categories()) or "",
        form.choice("kind", KINDS) or "",
        form.choice("support_mode", MODES) or "",
        form.text("note"),
        form.whole("seen"),
    )
    form.done()
    return order


def _categories() -> set[str]:
    return {category.code for category in data.categories()}


def triage_fault(command: TriageFault, deed: Deed) -> Outcome:
    """Sets what the deadlines and the order of work depend on. Raises Invalid for codes that are
    none; an empty category leaves the device's."""
    fault = found(command.fault_id, deed)
    _check(command)
    event = judged(
        deed, fault, command.level, note=command.note, seen=command.seen, urgency=command.urgency,
        scope=command.scope, category=command.category or fault.category, kind=command.kind,
        support_mode=command.support_mode,
    )  # fmt: skip
    return outcome(event, fault, N_("Fault %(number)s is at level %(level)s."),
                   level=command.level)  # fmt: skip


def judged(deed: Deed, fault: Fault, level: str, *, note: str | None = None,
           seen: int | None = None, **columns: Any) -> FaultEvent | None:  # fmt: skip
    """The first level of a fault, inside whatever deed sets it; level I is told at once."""
    event = advance(deed, fault, "triage", what=level, note=note, seen=seen, level=level, **columns)
    if event:
        tell_new_level(fault, deed.received_at)
    return event


def _check(command: TriageFault) -> None:
    allowed = {"level": LEVELS, "urgency": URGENCIES, "scope": SCOPES, "kind": ("", *KINDS),
               "support_mode": ("", *MODES), "category": {"", *_categories()}}  # fmt: skip
    for name, values in allowed.items():
        if getattr(command, name) not in values:
            raise invalid(name, "unknown", LIST)


@dataclass(frozen=True)
class SetLevel:
    fault_id: int
    level: str
    reason: str
    seen: int | None = None


def read_level(form: Fields, fault_id: int) -> SetLevel:
    level = form.choice("level", LEVELS, required=LIST) or ""
    reason = form.text("reason", required=N_("Say why the level changes; it stays in the file."))
    form.done()
    return SetLevel(fault_id, level, reason or "", form.whole("seen"))


def set_level(command: SetLevel, deed: Deed) -> Outcome:
    """Another level from now on: the deadlines are told anew from the report, and what was broken
    under the old one stays broken."""
    fault = found(command.fault_id, deed)
    if command.level not in LEVELS:
        raise invalid("level", "unknown", LIST)
    if command.level == fault.level:
        raise invalid("level", "same", N_("It is at this level already."))
    event = advance(deed, fault, "set_level", what=command.level, note=command.reason,
                    seen=command.seen, level=command.level)  # fmt: skip
    if event:
        tell_new_level(fault, deed.received_at)
    return outcome(event, fault, N_("Fault %(number)s is at level %(level)s."),
                   level=command.level)  # fmt: skip
