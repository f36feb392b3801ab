"""Decisions on a subject, step by step: who (or which link) decided what, when, signed how."""

from dataclasses import dataclass

from roundtag.access import STAFF, Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, invalid
from roundtag.models import Approval, Person
from roundtag.words import N_

DECISIONS = frozenset({"approved", "refused", "sent-back"})


@dataclass(frozen=True)
class Decide:
    client_id: int
    subject: str
    subject_id: int
    step: str
    decision: str
    note: str | None = None
    signature: str | None = None
    amount: str | None = None


def decide(command: Decide, deed: Deed) -> Outcome:
    """Files a decision. A refusal or a sending back needs a reason in `note`."""
    deed.require(command.client_id)
    row = file(deed, command)
    return Outcome(N_("The decision is filed."), subject_id=row.id)


def file(deed: Deed, command: Decide, *, signer: str | None = None,
         link_hash: str | None = None) -> Approval:  # fmt: skip
    """A decision as part of a verb that has asked its own right. `signer`: the name written;
    `link_hash`: the link of somebody without an account."""
    if command.decision not in DECISIONS:
        raise invalid("decision", "unknown", N_("Choose approve, refuse or send back."))
    if command.decision != "approved" and not command.note:
        raise invalid("note", "required", N_("Say why."))
    return deed.create(
        Approval,
        client=command.client_id,
        subject=command.subject,
        subject_id=command.subject_id,
        step=command.step,
        decision=command.decision,
        person=None if link_hash else deed.person_id,
        link_hash=link_hash,
        signature=command.signature,
        signer=signer,
        amount=command.amount,
        note=command.note,
        at=deed.received_at,
    )


def require_client_side(actor: Actor, client_id: int) -> None:
    """What is put to a client is decided by nobody who works for the provider there, whatever else
    they are or whichever link they hold. Raises Forbidden."""
    if not on_client_side(actor, client_id):
        raise Forbidden


def on_client_side(actor: Actor, client_id: int) -> bool:
    return not actor.roles_at(client_id) & STAFF


def standing(subject: str, subject_id: int, step: str) -> Approval | None:
    """The latest decision of a step; earlier ones stay on file."""
    return (
        Approval.select()
        .where(
            (Approval.subject == subject)
            & (Approval.subject_id == subject_id)
            & (Approval.step == step)
        )
        .order_by(Approval.id.desc())
        .first()
    )


def course(subject: str, subject_id: int) -> list[Approval]:
    """Every decision on a subject in the order in which they fell, with who decided."""
    return list(
        Approval.select(Approval, Person)
        .left_outer_join(Person)
        .where((Approval.subject == subject) & (Approval.subject_id == subject_id))
        .order_by(Approval.id)
    )
