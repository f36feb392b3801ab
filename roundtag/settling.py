"""Settling what contradicts: a command of its own, once, by somebody of the office."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from roundtag import (
    clock,
    commands,
    conflicts,
    devices,
    faults,
    history,
    notes,
    notify,
    people,
    reviews,
    rounds,
    slips,
    spares,
    sync,
)
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.db import is_outage
from roundtag.errors import Invalid, RoundtagError, invalid
from roundtag.fields import Fields
from roundtag.models import (
    Conflict,
    Device,
    Fault,
    Inspection,
    RoundDevice,
    Settlement,
    Submission,
    Unit,
)
from roundtag.words import N_

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settle:
    """`serial`: the unit that a swap shall use, when it is not the one that was filed. `code`: the
    tag at which a kept note shall be filed. `store`: where a used part came from."""

    key: str
    decision: str
    note: str | None = None
    serial: str | None = None
    code: str | None = None
    store: int | None = None


def read(form: Fields, key: str) -> Settle:
    command = Settle(key, form.raw("decision"), form.text("note"),
                     form.text("serial", limit=80), form.text("code", limit=40),
                     form.whole("store"))  # fmt: skip
    form.done()
    return command


def settle(command_id: str, command: Settle, actor: Actor) -> Receipt:
    """Does what was decided about the subject. Raises NotFound, Invalid, Forbidden."""
    kind, _, key = command.key.partition(":")
    if kind == reviews.CONFLICT:
        return commands.run(command_id, settle_conflict, command, actor)
    if command.decision == "match":
        order = notes.MatchNote(key, command.code or "")
        return commands.run(command_id, notes.match_note, order, actor)
    return commands.run(command_id, settle_kept, command, actor)


def settle_conflict(command: Settle, deed: Deed) -> Outcome:
    """Settles a conflict, once; who comes second learns that it was settled."""
    found = reviews.conflict(command.key, deed.actor)
    deed.require(found.client_id)
    if command.decision not in conflicts.DECISIONS[found.kind]:
        raise invalid("decision", "unknown", N_("Choose one of the list."))
    still_open = (Conflict.id == found.id) & Conflict.settled_at.is_null()
    if not deed.claim(Conflict, still_open, settled_at=deed.received_at):
        return Outcome(N_("This was settled before."), _url(command.key), "conflict")
    if act := ACTS.get(command.decision):
        act(found, command, deed)
    _write(command, deed, found.submission)
    if found.device_id:
        history.record(deed, "settled", found.device, subject_id=found.id, conflict=found.kind,
                       decision=command.decision)  # fmt: skip
    return Outcome(N_("It is settled."), _url(command.key), subject_id=found.id)


def _write(command: Settle, deed: Deed, submission: str) -> None:
    deed.create(Settlement, subject=command.key, submission=submission, decision=command.decision,
                note=command.note, person=deed.actor.person_id, at=deed.received_at)  # fmt: skip


def _url(key: str) -> str:
    return f"/reviews/{key}"


def _swap_now(found: Conflict, command: Settle, deed: Deed) -> None:
    """The swap as it was filed, against the unit that is in the device today; what had been read
    on the old unit is before the eyes of whoever settles."""
    kept = Submission.get_by_id(found.submission)
    now = Unit.get_or_none(Unit.device == found.device_id)
    order = replace(_read_again(kept), expected_old_serial=now.serial if now else "",
                    old_serial_seen="")  # fmt: skip
    if command.serial:
        order = replace(order, new_serial=command.serial)
    device = Device.get_by_id(found.device_id)
    if spares.exchange(order, commands.as_filed(kept, deed), device).state != "done":
        message = N_("The unit %(serial)s is not in a store. Name another one.")
        raise invalid("serial", "used", message, serial=order.new_serial)


def _use_now(found: Conflict, command: Settle, deed: Deed) -> None:
    """The use as it was filed, out of the store that is right."""
    kept = Submission.get_by_id(found.submission)
    order = _read_again(kept)
    device = Device.get_by_id(found.device_id)
    part = commands.as_filed(kept, deed)
    if not slips.use_out_of(order, part, device, command.store or order.store_id):
        message = N_("This store does not hold so many. Choose another one.")
        raise invalid("store", "short", message)


def _apply(found: Conflict, command: Settle, deed: Deed) -> None:
    act = _use_now if found.kind == "stock-short" else _swap_now
    act(found, command, deed)


ACCEPTED = N_("The client has accepted this round: its figures stand. Open another check.")


def _check_again(found: Conflict, command: Settle, deed: Deed) -> None:
    """The device is due again in the round that the entry had counted for."""
    entry = Inspection.get(Inspection.submission == found.submission)
    place = _place(entry)
    if place and place.round.stage == "accepted":
        raise invalid("decision", "accepted", ACCEPTED)
    if place and not _checked_anew(entry):
        deed.change(place, done_at=None, result=None, entry=None)
    where = entry.device or entry.room
    notify.tell(entry.person_id, "check-again", f"check-again-{found.id}", deed.received_at,
                url=_url(command.key), device=where.name if where else "")  # fmt: skip


def _checked_anew(entry: Inspection) -> bool:
    """Whether somebody has checked the device in that round by a newer list."""
    same = (Inspection.round == entry.round_id) & (Inspection.device == entry.device_id)
    if entry.device_id is None:
        same &= Inspection.room == entry.room_id
    return bool(Inspection.select().where(same & (Inspection.version > entry.version_id)).exists())


def _count(found: Conflict, command: Settle, deed: Deed) -> None:
    """The late entry counts for its round."""
    entry = Inspection.get(Inspection.submission == found.submission)
    place = _place(entry)
    if place and place.round.stage == "accepted":
        raise invalid("decision", "accepted", ACCEPTED)
    if place and place.done_at is None:
        deed.change(place, done_at=entry.received_at, result=entry.result, entry=entry)


def _place(entry: Inspection) -> RoundDevice | None:
    """The entry's stop, under the lock of its round: nobody accepts it meanwhile."""
    rounds.hold(entry.round_id)
    where = (RoundDevice.round == entry.round_id) & (RoundDevice.device == entry.device_id)
    if entry.device_id is None:
        where &= RoundDevice.room == entry.room_id
    return RoundDevice.get_or_none(where)


def _separate(found: Conflict, command: Settle, deed: Deed) -> None:
    faults.separate(deed, _second_fault(found))


def _second_fault(found: Conflict) -> Fault:
    return Fault.get(
        (Fault.submission == found.submission)
        & (Fault.number == found.found)
        & (Fault.client == found.client_id)
    )


def _reinstate(found: Conflict, command: Settle, deed: Deed) -> None:
    devices.put_back(deed, Device.get_by_id(found.device_id))


ACTS: dict[str, Callable[[Conflict, Settle, Deed], None]] = {
    "apply": _apply,
    "check-again": _check_again,
    "count": _count,
    "separate": _separate,
    "reinstate": _reinstate,
}
"""What a decision does to the records; the others leave them as they are."""


def settle_kept(command: Settle, deed: Deed) -> Outcome:
    """Settles a kept entry (`again`: file it now, `done`: dealt with otherwise) or another body.

    It belongs to no client yet: who may settle it is judged by whose entry it is (reviews.py).
    """
    kind, _, key = command.key.partition(":")
    if kind == reviews.OTHER:
        return _acknowledge(command, deed, key)
    kept = reviews.kept_entry(key, deed.actor)
    if command.decision not in KEPT_DECISIONS:
        raise invalid("decision", "unknown", N_("Choose one of the list."))
    waits = (Submission.id == kept.id) & (Submission.outcome == "review")
    if not deed.claim(Submission, waits, outcome="done"):
        return Outcome(N_("This was settled before."), _url(command.key), "conflict")
    outcome = _again(kept, deed) if command.decision == "again" else _dealt_with(command)
    commands.store(Submission.get_by_id(kept.id), outcome)
    _write(command, deed, kept.id)
    return outcome


KEPT_DECISIONS = ("again", "done")
UNREADABLE = N_("This entry cannot be filed by this version.")
STILL = N_("It still cannot be filed.")


def _again(kept: Submission, deed: Deed) -> Outcome:
    """The entry goes through its own verb, with its owner's rights of today."""
    form = sync.FORMS.get(kept.form)
    if form is None or kept.owner is None:
        raise invalid("decision", "unreadable", UNREADABLE)
    owner = replace(people.actor_of(kept.owner, clock.now(), via="sync"), carrier=None)
    verb, part = form.verb(owner), commands.as_filed(kept, deed)
    own = Deed(verb.__name__, owner, part.envelope, part.received_at)
    own.changes = deed.changes
    outcome = _tried(verb, _read_again(kept), own)
    if outcome.state == "review":
        raise invalid("decision", "still", STILL)
    return outcome


def _tried(verb: commands.Verb, command: Any, deed: Deed) -> Outcome:
    """A verb that fails once more undoes everything; that is told, not shown as our breakdown."""
    try:
        return verb(command, deed)
    except Invalid as refused:
        raise Invalid(*(replace(cause, field="decision") for cause in refused.errors)) from refused
    except RoundtagError:
        raise
    except Exception as failed:
        if is_outage(failed):
            raise
        log.exception("submission %s fails again", deed.id)
        raise invalid("decision", "still", STILL) from failed


def _dealt_with(command: Settle) -> Outcome:
    return Outcome(N_("The office has dealt with it."), subject_id=None)


def _acknowledge(command: Settle, deed: Deed, key: str) -> Outcome:
    pair = reviews.other_body(key, deed.actor)
    taken = Submission.id == pair.submission_id  # its lock makes two people come in turn
    Submission.update(id=Submission.id).where(taken).execute()
    if Settlement.get_or_none(Settlement.subject == command.key):
        return Outcome(N_("This was settled before."), _url(command.key), "conflict")
    _write(replace(command, decision="done"), deed, pair.submission_id)
    return Outcome(N_("It is settled."), _url(command.key), subject_id=pair.id)


def _read_again(kept: Submission) -> Any:
    """The command of a stored entry, by the version it was filed under."""
    read_form = sync.FORMS[kept.form].reader(kept.form_version)
    pairs = sync.pairs_of(kept.body or "[]")
    named = {v.removeprefix(sync.BLOB): n for n, v in pairs if v.startswith(sync.BLOB)}
    if read_form is None:
        raise invalid("decision", "unreadable", UNREADABLE)
    return read_form(Fields(pairs), commands.photos_of(kept, named))
