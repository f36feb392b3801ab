"""What a person has to look at, both sides next to each other; roundtag/settling.py settles it.

Three kinds of subject: a conflict (roundtag/conflicts.py), a kept entry (one that could not be
filed), and another body that came under a known id.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN, Value, fn

from roundtag import (
    clock,
    commands,
    conflicts,
    notes,
    people,
    sides,
    slips,
    sync,
    tagging,
)
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import (
    Conflict,
    Device,
    Fault,
    NoteMatch,
    OtherBody,
    Person,
    Room,
    Settlement,
    Submission,
    Swap,
    Unit,
)
from roundtag.sides import Side

CONFLICT, KEPT, OTHER = "conflict", "kept", "other-body"
LONGEST = 200
LONGEST_KEY = 9
"""Digits of a row's key in an address."""


def conflict(key: str, actor: Actor) -> Conflict:
    kind, _, number = key.partition(":")
    if kind != CONFLICT or not number.isdecimal() or len(number) > LONGEST_KEY:
        raise NotFound
    query = Conflict.select().where(Conflict.id == int(number))
    found = visible(actor, query, Conflict.client).first()
    if found is None:
        raise NotFound
    return found


def kept_entry(submission_id: str, actor: Actor) -> Submission:
    """An entry that was kept for review. Raises NotFound for who may not settle it."""
    kept = _of_colleagues(actor, Submission.select()).where(Submission.id == submission_id).first()
    if kept is None:
        raise NotFound
    if kept.outcome != "review" and not Settlement.get_or_none(
        Settlement.subject == f"{KEPT}:{kept.id}"
    ):
        raise NotFound
    return kept


def other_body(key: str, actor: Actor) -> OtherBody:
    found = None
    if key.isdecimal() and len(key) <= LONGEST_KEY:
        query = _of_colleagues(actor, OtherBody.select().join(Submission))
        found = query.where(OtherBody.id == int(key)).first()
    if found is None:
        raise NotFound
    return found


def _of_colleagues(actor: Actor, query: Any) -> Any:
    """Narrows submissions to people of the clients at which the actor settles.

    What such an entry is about is not known yet, only whose it is.
    """
    mine = actor.clients_for("settle_kept")
    if mine is None:
        return query
    return query.where(Submission.owner.in_(people.working_for(mine, clock.now())))


@dataclass(frozen=True)
class Done:
    decision: str
    who: str | None
    at: datetime
    note: str | None


@dataclass(frozen=True)
class Line:
    """One subject of the list. `place` is empty for an entry whose place is not known."""

    key: str
    kind: str
    at: datetime
    who: str | None
    place: str
    expected: str = ""
    found: str = ""
    done: Done | None = None


def waiting(actor: Actor) -> list[Line]:
    """All that waits to be settled, the oldest first (at most 200 of each sort)."""
    lines = [*_open_conflicts(actor), *_open_kept(actor), *_open_others(actor)]
    return sorted(lines, key=lambda line: line.at)


def count(actor: Actor) -> int:
    """How many subjects wait."""
    conflicts = visible(actor, Conflict.select(fn.COUNT(Conflict.id)).where(
        Conflict.settled_at.is_null()), Conflict.client).scalar()  # fmt: skip
    kept = Submission.select(fn.COUNT(Submission.id)).where(Submission.outcome == "review")
    others = len(_open_others(actor))
    return int(conflicts) + int(_of_colleagues(actor, kept).scalar()) + others


def _open_conflicts(actor: Actor) -> list[Line]:
    query = (
        Conflict.select(Conflict, Device, Room)
        .join(Device, JOIN.LEFT_OUTER)
        .join(Room, JOIN.LEFT_OUTER)
        .where(Conflict.settled_at.is_null())
        .order_by(Conflict.filed_at)
        .limit(LONGEST)
    )
    rows = list(visible(actor, query, Conflict.client))
    names = people.names({row.person_id for row in rows if row.person_id})
    return [
        Line(f"{CONFLICT}:{row.id}", row.kind, row.filed_at, names.get(row.person_id),
             _where(row.device), row.expected or "", row.found or "")
        for row in rows
    ]  # fmt: skip


def _where(device: Device | None) -> str:
    return f"{device.name} · {device.room.name}" if device else ""


def _open_kept(actor: Actor) -> list[Line]:
    query = Submission.select(Submission, Person).join(
        Person, JOIN.LEFT_OUTER, on=(Submission.owner == Person.id)
    )
    open_ones = query.where(Submission.outcome == "review").order_by(Submission.received_at)
    return [
        Line(f"{KEPT}:{row.id}", KEPT, row.received_at, people.name(row.owner), "", found=row.form)
        for row in _of_colleagues(actor, open_ones).limit(LONGEST)
    ]


def _open_others(actor: Actor) -> list[Line]:
    subject = Value(f"{OTHER}:").concat(OtherBody.id.cast("text"))
    query = OtherBody.select(OtherBody, Submission, Person).join(Submission).join(
        Person, JOIN.LEFT_OUTER, on=(Submission.owner == Person.id)
    ).where(subject.not_in(Settlement.select(Settlement.subject)))  # fmt: skip
    open_ones = _of_colleagues(actor, query).order_by(OtherBody.received_at)
    return [
        Line(f"{OTHER}:{row.id}", OTHER, row.received_at, people.name(row.submission.owner), "",
             found=row.submission.form)
        for row in open_ones.limit(LONGEST)
    ]  # fmt: skip


def settled(actor: Actor) -> list[Line]:
    """What was settled, the latest first (at most 200 of each sort)."""
    lines = [*_settled_conflicts(actor), *_settled_entries(actor)]
    return sorted(lines, key=lambda line: line.done.at if line.done else line.at, reverse=True)


def _settled_conflicts(actor: Actor) -> list[Line]:
    subject = Value(f"{CONFLICT}:").concat(Conflict.id.cast("text"))
    query = (
        Conflict.select(Conflict, Settlement, Device, Room)
        .join(Settlement, on=(Settlement.subject == subject)).switch(Conflict)
        .join(Device, JOIN.LEFT_OUTER)
        .join(Room, JOIN.LEFT_OUTER)
        .order_by(Settlement.at.desc())
        .limit(LONGEST)
    )  # fmt: skip
    rows = list(visible(actor, query, Conflict.client))
    names = _names((row.person_id, row.settlement.person_id) for row in rows)
    return [
        Line(row.settlement.subject, row.kind, row.filed_at, names.get(row.person_id),
             _where(row.device), row.expected or "", row.found or "",
             _done_by(row.settlement, names))
        for row in rows
    ]  # fmt: skip


def _settled_entries(actor: Actor) -> list[Line]:
    """Kept entries and other bodies."""
    query = (
        Settlement.select(Settlement, Submission)
        .join(Submission, on=(Submission.id == Settlement.submission), attr="entry")
        .where(~Settlement.subject.startswith(f"{CONFLICT}:"))
        .order_by(Settlement.at.desc())
        .limit(LONGEST)
    )
    rows = list(_of_colleagues(actor, query))
    names = _names((row.person_id, row.entry.owner_id) for row in rows)
    return [
        Line(row.subject, row.subject.partition(":")[0], row.entry.received_at,
             names.get(row.entry.owner_id), "", found=row.entry.form, done=_done_by(row, names))
        for row in rows
    ]  # fmt: skip


def _names(pairs: Iterable[tuple[int | None, int | None]]) -> dict[int, str]:
    return people.names({one for pair in pairs for one in pair if one})


def _done_by(row: Settlement, names: dict[int, str]) -> Done:
    return Done(row.decision, names.get(row.person_id), row.at, row.note)


@dataclass(frozen=True)
class Review:
    """`first` is the entry, `second` the one it met: of before, or another body of its own id."""

    line: Line
    first: Side | None
    second: Side | None
    decisions: list[str]
    done: Done | None
    device_tag: str = ""
    unit_now: str = ""
    faults: tuple[tuple[int, str], ...] = ()
    stores: tuple[tuple[int, str], ...] = ()
    """Where a part that ran short lies: key, and name with how many."""


def page(key: str, actor: Actor) -> Review:
    """One subject with both sides. Raises NotFound."""
    kind, _, number = key.partition(":")
    if kind == CONFLICT:
        return _conflict_page(key, actor)
    if kind == KEPT:
        return _kept_page(key, kept_entry(number, actor))
    if kind == OTHER:
        return _other_page(key, other_body(number, actor))
    raise NotFound


def _conflict_page(key: str, actor: Actor) -> Review:
    found = conflict(key, actor)
    kept = Submission.get_or_none(Submission.id == found.submission)
    earlier = Submission.get_or_none(Submission.id == _earlier(found))
    device, unit = found.device, None
    if device:
        unit = Unit.get_or_none(Unit.device == device.id)
    line = Line(key, found.kind, found.filed_at, people.names({found.person_id}).get(
        found.person_id or 0), _where(device), found.expected or "", found.found or "")  # fmt: skip
    return Review(
        line,
        sides.of(kept) if kept else None,
        sides.of(earlier) if earlier else None,
        [] if found.settled_at else list(conflicts.DECISIONS[found.kind]),
        _done(key),
        tagging.codes_of_devices([device.id]).get(device.id, "") if device else "",
        unit.serial if unit else "",
        _both_faults(found),
        _holding(found, kept),
    )


def _holding(found: Conflict, kept: Submission | None) -> tuple[tuple[int, str], ...]:
    if found.kind != "stock-short" or kept is None:
        return ()
    source = dict(sync.pairs_of(kept.body or "[]")).get("source", "")
    model = source.partition(":")[2]
    if not model.isdecimal() or len(model) > LONGEST_KEY:
        return ()
    return tuple(
        (key, f"{name} · {pieces}")
        for key, name, pieces in slips.holding(int(model), found.client_id)
    )


def _earlier(found: Conflict) -> str | None:
    """The id of the entry that this one met: who came first, as far as it was an entry."""
    if found.kind == "duplicate-fault":
        same = (Fault.client == found.client_id) & (Fault.number == found.expected)
        row = Fault.get_or_none(same)
    elif found.kind in {"device-already-swapped", "unit-already-used"}:
        by_place = (Swap.device == found.device_id) & (Swap.new_serial == found.found)
        by_unit = Swap.new_serial == found.expected
        met = by_place if found.kind == "device-already-swapped" else by_unit
        before = (Swap.client == found.client_id) & (Swap.submission != found.submission)
        row = Swap.select().where(met & before).order_by(Swap.id.desc()).first()
    else:
        return None
    return row.submission if row else None


def _both_faults(found: Conflict) -> tuple[tuple[int, str], ...]:
    if found.kind not in ("duplicate-fault", "step-late"):
        return ()
    numbers = Fault.number.in_([found.expected, found.found])
    rows = Fault.select().where((Fault.client == found.client_id) & numbers).order_by(Fault.id)
    return tuple((row.id, row.number) for row in rows)


def _kept_page(key: str, kept: Submission) -> Review:
    line = Line(key, KEPT, kept.received_at, people.name(kept.owner), "", found=kept.form)
    waits = kept.outcome == "review"
    return Review(line, sides.of(kept), None, _ways(kept) if waits else [], _done(key))


def _ways(kept: Submission) -> list[str]:
    """What may be done with a kept entry; one that nobody here can read is not filed again."""
    form = sync.FORMS.get(kept.form)
    if form is None or form.reader(kept.form_version) is None:
        return ["done"]
    return ["match" if kept.form == notes.FORM else "again", "done"]


def _other_page(key: str, pair: OtherBody) -> Review:
    first = pair.submission
    line = Line(key, OTHER, pair.received_at, people.name(first.owner), "", found=first.form)
    done = _done(key)
    second = replace(sides.of(first), who=people.names({pair.person_id}).get(pair.person_id or 0),
                     received_at=pair.received_at, claim=None, photos=[],
                     fields=sides.fields_of(first.form, pair.body))  # fmt: skip
    return Review(line, sides.of(first), second, [] if done else ["done"], done)


def _done(key: str) -> Done | None:
    row = Settlement.get_or_none(Settlement.subject == key)
    return Done(row.decision, people.name(row.person), row.at, row.note) if row else None


def photo(key: str, digest: str, actor: Actor) -> str:
    """The hash of a photo of a subject's entry, for those who may see it. Raises NotFound."""
    shown = page(key, actor)
    sides = [side for side in (shown.first, shown.second) if side]
    if digest not in {sha for side in sides for sha, is_here in side.photos if is_here}:
        raise NotFound
    return digest


def receipt_of(submission_id: str, actor: Actor) -> tuple[commands.Receipt, Done | None]:
    """The receipt of one's own entry and how it was settled. Raises NotFound for others'."""
    known = commands.find(submission_id)
    mine = known and actor.person_id and actor.person_id in (known.owner_id, known.carrier_id)
    if not known or not mine:
        raise NotFound
    return commands.receipt(known), _settled(known.id)


def _settled(submission_id: str) -> Done | None:
    """The last settlement, when nothing of the entry waits any more."""
    unsettled = (Conflict.submission == submission_id) & Conflict.settled_at.is_null()
    if Conflict.select().where(unsettled).exists():
        return None
    about_it = ~Settlement.subject.startswith(f"{OTHER}:")
    where = (Settlement.submission == submission_id) & about_it
    row = Settlement.select().where(where).order_by(Settlement.at.desc()).first()
    if row:
        return Done(row.decision, people.name(row.person), row.at, row.note)
    match = NoteMatch.get_or_none(NoteMatch.submission == submission_id)
    return Done("match", people.name(match.person), match.at, None) if match else None
