"""Decisions on a subject, step by step: who (or which link) decided what, when, signed how."""

from dataclasses import dataclass

from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import Approval
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
    if command.decision not in DECISIONS:
        raise invalid("decision", "unknown", N_("Choose approve, refuse or send back."))
    if command.decision != "approved" and not command.note:
        raise invalid("note", "required", N_("Say why."))
    row = deed.create(
        Approval,
        client=command.client_id,
        subject=command.subject,
        subject_id=command.subject_id,
        step=command.step,
        decision=command.decision,
        person=deed.person_id,
        signature=command.signature,
        amount=command.amount,
        note=command.note,
        at=deed.received_at,
    )
    return Outcome(N_("The decision is filed."), subject_id=row.id)


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
