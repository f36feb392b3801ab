"""How to reach whoever reported: kept apart from the fault, for the service team, not for ever.

Erasing takes the value, its salt, and the copy in what was sent; the history keeps a commitment
that nobody can open any more, and says that it was erased.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import JOIN, fn

from roundtag import clock, commands, jobs
from roundtag.access import STAFF, SYSTEM, Actor
from roundtag.commands import Deed, Outcome, forget_before
from roundtag.errors import NotFound
from roundtag.faults.life import found
from roundtag.faults.states import DISMISSED, DONE_STATES
from roundtag.models import Fault, FaultContact, FaultEvent, OtherBody, Submission
from roundtag.settings import current
from roundtag.words import N_

SECRET_FIELDS = frozenset({"contact", "salt"})
"""`salt`: made by the page, so that the hash of what was sent cannot be guessed back."""
BATCH = 200


def keep(deed: Deed, fault: Fault, contact: str | None) -> None:
    if contact:
        deed.create(FaultContact, client=fault.client_id, fault=fault, contact=contact)


@dataclass(frozen=True)
class Contact:
    """`value` is None once it is erased; `id` of its row."""

    id: int
    value: str | None
    erased: bool


def of(fault: Fault, actor: Actor) -> Contact | None:
    """The reporter's contact, for the service team alone."""
    row = FaultContact.get_or_none(FaultContact.fault == fault.id)
    if row is None or not (actor.system or actor.roles_at(fault.client_id) & STAFF):
        return None
    return Contact(row.id, row.contact, row.erased_at is not None)


@dataclass(frozen=True)
class EraseContact:
    fault_id: int


def erase_contact(command: EraseContact, deed: Deed) -> Outcome:
    """Deletes a contact for good, with its salt and every copy of it here."""
    fault = found(command.fault_id, deed)
    row = FaultContact.get_or_none(FaultContact.fault == fault.id)
    if row is None:
        raise NotFound
    url = f"/faults/{fault.id}"
    if row.erased_at:
        return Outcome(N_("The contact was erased before."), url, "conflict", subject_id=fault.id)
    deed.blank(row, "contact", erased_at=deed.received_at)
    _erase_sent(fault.submission, deed)
    return Outcome(N_("The contact is erased."), url, subject_id=fault.id)


def _erase_sent(submission_id: str | None, deed: Deed) -> None:
    """The texts that were sent lose the field; their hashes stay and still prove a repetition."""
    for sent in Submission.select().where(Submission.id == submission_id):
        deed.erase(sent, _without(sent.body))
    for other in OtherBody.select().where(OtherBody.submission == submission_id):
        OtherBody.update(body=_without(other.body)).where(OtherBody.id == other.id).execute()
        forget_before([("other_body", other.id)])


def _without(body: str | None) -> str:
    sent = json.loads(body or "[]")
    if isinstance(sent, dict):  # an office form: what is secret there was never kept
        return body or ""
    kept = [pair for pair in sent if pair[0] not in SECRET_FIELDS]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class MoveContact:
    fault_id: int


def move_contact(command: MoveContact, deed: Deed) -> Outcome:
    """A contact of before 0009 leaves the fault's row for one of its own."""
    fault = found(command.fault_id, deed)
    keep(deed, fault, fault.contact)
    salts = {name: salt for name, salt in fault.salts.items() if name != "contact"}
    deed.change(fault, contact=None, salts=salts)
    return Outcome(N_("Moved."), subject_id=fault.id)


@jobs.every(3_600, "faults.contacts")
def tidy() -> int:
    """Moves what an older version kept, and erases what is kept long enough; returns how many."""
    old = Fault.select(Fault.id).where(Fault.contact.is_null(False)).limit(BATCH)
    for fault in old:
        commands.run(f"move-contact-{fault.id}", move_contact, MoveContact(fault.id), SYSTEM)
    due = [row.fault_id for row in _due()]
    for fault_id in due:
        commands.run(f"erase-contact-{fault_id}", erase_contact, EraseContact(fault_id), SYSTEM)
    return len(due)


def _due() -> Any:
    """Contacts whose fault (or the one it repeats) ended long ago, or was dismissed."""
    before = clock.to_text(clock.now() - timedelta(days=current().contact_days))
    first = Fault.alias()
    ended = fn.COALESCE(first.resolved_at, Fault.resolved_at)
    dismissed = (
        FaultEvent.select(FaultEvent.fault)
        .where((FaultEvent.kind == DISMISSED) & (FaultEvent.at < before))
    )  # fmt: skip
    done = fn.COALESCE(first.state, Fault.state).in_(DONE_STATES) & (ended < before)
    return (
        FaultContact.select(FaultContact.fault)
        .join(Fault)
        .join(first, JOIN.LEFT_OUTER, on=(Fault.duplicate_of == first.id))
        .where(FaultContact.erased_at.is_null() & (done | FaultContact.fault.in_(dismissed)))
        .order_by(FaultContact.id)
        .limit(BATCH)
    )
