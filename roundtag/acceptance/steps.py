"""The three steps as verbs. Who comes second learns what happened; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from roundtag import approvals, links, people
from roundtag.acceptance import rules, telling
from roundtag.acceptance.inviting import PURPOSE
from roundtag.acceptance.returning import send_back
from roundtag.approvals import Decide
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Approval, Round, StopNote
from roundtag.words import N_


@dataclass(frozen=True)
class HandIn:
    """`reasons` by stop and `reason` for all others say why a stop is not done; `signature` is the
    hash of what was drawn."""

    round_id: int
    signer: str | None
    signature: str | None = None
    reasons: Mapping[int, str] = field(default_factory=dict)
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class CheckRound:
    """`seen`: the figures that the page showed; `returned`: stop → reason, empty for the common
    one, `reason`."""

    round_id: int
    seen: str
    decision: str
    signer: str | None
    signature: str | None = None
    returned: Mapping[int, str] = field(default_factory=dict)
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class SignRound(CheckRound):
    """By a signed-in person of the client."""


@dataclass(frozen=True)
class SignByLink(CheckRound):
    """By the holder of a link, whose secret is kept nowhere."""

    secret_link: str = field(default="", repr=False)


def hand_in(command: HandIn, deed: Deed) -> Outcome:
    """The engineer says: this is the round, checked by myself. What is open needs a reason."""
    tour = rules.held(command.round_id)
    deed.require(tour.client_id)
    rules.require_walker(deed, tour)
    if tour.stage != rules.BEFORE["engineer"]:
        return _second(tour)
    stops = [one.stop for one in rules.places(tour) if one.awaited]
    undone = [stop.id for stop in stops if stop.done_at is None]
    if len(undone) == len(stops):
        raise invalid("round", "nothing-done", N_("Nothing of this round is done yet. Check at "
                                                  "least one stop, then hand it in."))  # fmt: skip
    message = N_("%(count)s stops are not done. Say why, or go back and do them.")
    why = rules.reasons(undone, command.reasons, command.reason, message)
    signer = rules.required_signer(command.signer)
    if not _advance(deed, tour, "engineer"):
        return _second(tour)
    row = _file(deed, tour, "engineer", command, signer)
    for stop, words in why.items():
        deed.create(StopNote, client=tour.client_id, round=tour.id, stop=stop, approval=row,
                    kind="not-done", note=words, at=deed.received_at)  # fmt: skip
    telling.of_step(deed, tour, "engineer", row)
    return Outcome(N_("The round is handed in. It waits for the supervisor's check."),
                   f"/rounds/{tour.id}/acceptance", subject_id=row.id)  # fmt: skip


def check_round(command: CheckRound, deed: Deed) -> Outcome:
    """The supervisor checks what was handed in, and passes it on or sends stops back."""
    tour = rules.held(command.round_id)
    deed.require(tour.client_id)
    return _decide(command, deed, tour, "supervisor")


def sign_round(command: SignRound, deed: Deed) -> Outcome:
    """The client accepts the round, or sends stops back."""
    tour = rules.held(command.round_id)
    deed.require(tour.client_id)
    return _decide(command, deed, tour, "client")


def sign_by_link(command: SignByLink, deed: Deed) -> Outcome:
    """The same without an account. Raises NotFound for a link that opens nothing."""
    found = links.subject(PURPOSE, command.secret_link)
    if found is None or found != command.round_id:
        raise NotFound
    secret = links.hash_of(command.secret_link)
    return _decide(command, deed, rules.held(found), "client", secret)


def _decide(command: CheckRound, deed: Deed, tour: Round, step: str,
            link_hash: str | None = None) -> Outcome:  # fmt: skip
    if tour.stage != rules.BEFORE[step]:
        return _second(tour)
    if link_hash is None:
        rules.require_other(deed, step, tour)
    stops = rules.places(tour)
    if command.seen != rules.figures_of(tour.stage, stops):
        raise invalid("seen", "changed", N_("Entries came in since this page was opened. Look at "
                                            "the figures again, then decide."))  # fmt: skip
    if command.decision == "sent-back":
        return _return(command, deed, tour, step, link_hash)
    if command.decision != "approved":
        raise invalid("decision", "unknown", N_("Choose one of the list."))
    if command.returned:  # a mark beside an entry is never dropped without a word
        raise invalid("returned", "both", N_(
            "Entries are marked to be sent back. Send them back, or clear their ticks and reasons "
            "and sign."
        ))  # fmt: skip
    signer = rules.required_signer(command.signer)
    more = {"closed_at": tour.closed_at or deed.received_at} if step == "client" else {}
    if not _advance(deed, tour, step, **more):
        return _second(tour)
    row = _file(deed, tour, step, command, signer, link_hash)
    links.revoke(PURPOSE, tour.id, deed.received_at)
    telling.of_step(deed, tour, step, row)
    said = {"supervisor": N_("The round is checked. The client is asked to sign."),
            "client": N_("Thank you. The round is accepted.")}  # fmt: skip
    return Outcome(said[step], f"/rounds/{tour.id}/acceptance", subject_id=row.id)


def _return(command: CheckRound, deed: Deed, tour: Round, step: str,
            link_hash: str | None) -> Outcome:  # fmt: skip
    if not command.returned:
        raise invalid("returned", "required", N_("Choose the entries to send back."))
    message = N_("%(count)s entries go back without a reason. Say what is wrong with them.")
    why = rules.reasons(command.returned, command.returned, command.reason, message)
    signer = rules.required_signer(command.signer)
    at_step = (Round.id == tour.id) & (Round.stage == rules.BEFORE[step])
    if not deed.claim(Round, at_step, stage="open", closed_at=None):
        return _second(tour)
    row = _file(deed, tour, step, command, signer, link_hash, note=command.reason
                or next(iter(why.values())))  # fmt: skip
    send_back(deed, tour, row, why)
    links.revoke(PURPOSE, tour.id, deed.received_at)
    telling.of_return(deed, tour, step, row, len(why))
    return Outcome(N_("%(count)s stops are sent back to the engineer."),
                   f"/rounds/{tour.id}/acceptance", values={"count": len(why)},
                   subject_id=row.id)  # fmt: skip


def _advance(deed: Deed, tour: Round, step: str, **more: Any) -> bool:
    """A guarded step: of two people at once one wins."""
    at_step = (Round.id == tour.id) & (Round.stage == rules.BEFORE[step])
    return bool(deed.claim(Round, at_step, stage=rules.AFTER[step], **more))


def _file(deed: Deed, tour: Round, step: str, command: HandIn | CheckRound, signer: str,
          link_hash: str | None = None, note: str | None = None) -> Approval:  # fmt: skip
    decision = "approved" if isinstance(command, HandIn) else command.decision
    order = Decide(tour.client_id, rules.SUBJECT, tour.id, step, decision, note or command.note,
                   command.signature)  # fmt: skip
    return approvals.file(deed, order, signer=signer, link_hash=link_hash)


def _second(tour: Round) -> Outcome:
    """Who comes second is told who did what."""
    where = f"/rounds/{tour.id}/acceptance"
    last = next(reversed(approvals.course(rules.SUBJECT, tour.id)), None)
    if last is None:
        return Outcome(N_("This step is not due yet."), where, "conflict", subject_id=tour.id)
    message = {
        "sent-back": N_("%(name)s has sent entries back meanwhile."),
        "approved": N_("%(name)s has signed meanwhile."),
    }[last.decision]
    name = last.signer or people.name(last.person) or "—"
    return Outcome(message, where, "conflict", {"name": name}, subject_id=tour.id)
