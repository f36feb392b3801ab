"""More time for a repair: asked for beforehand, consented to by the client (P8).

A consent that comes after the day has passed is recorded, and the breach stays.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from roundtag import approvals, contacts, links, mails
from roundtag.approvals import Decide
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import RepairEvent, RepairOrder
from roundtag.repairs import deadlines, holding, opening, overdue, telling
from roundtag.repairs.holding import Held
from roundtag.words import N_

PURPOSE = "extension-decide"
SUBJECT = "repair-extension"
ASKED = "extension_asked"
KINDS = (ASKED, "extension_agreed", "extension_late", "extension_refused", "extension_withdrawn")
CHANGED = N_("Meanwhile this request was decided or changed. Nothing was changed.")


@dataclass(frozen=True)
class AskExtension:
    order_id: int
    until: date
    reason: str


def ask_extension(command: AskExtension, deed: Deed) -> Outcome:
    """Asks the client for more time; a request that waits is replaced."""
    one = holding.hold(command.order_id, deed)
    order = one.order
    last = deadlines.last_day(order)
    if order.ended_at or last is None:
        return holding.conflict(one, N_("No repair time runs for this order."))
    if command.until <= last:
        raise invalid("until", "early", N_("Name a day after %(day)s."), day=last.isoformat())
    withdraw(deed, order)
    event = opening.note(deed, order, ASKED, command.reason, until=command.until.isoformat())
    telling.tell(order, "extension-asked", telling.CLIENT, f"extension-asked-{event.id}",
                 deed.received_at, until=command.until.isoformat())  # fmt: skip
    reached = contacts.addresses(order.client_id, order.contract_id, deed.received_at)
    for number, (address, name) in enumerate(reached):
        mails.send(PURPOSE, order.id, address, name, f"extension-{event.id}-{number}",
                   deed.received_at)  # fmt: skip
    return Outcome(N_("The client is asked for time until %(day)s."), one.url,
                   values={"day": command.until.isoformat()}, subject_id=order.id)  # fmt: skip


def pending(order_id: int) -> RepairEvent | None:
    """The request that waits for the client."""
    about = (RepairEvent.repair == order_id) & RepairEvent.kind.in_(KINDS)
    last = RepairEvent.select().where(about).order_by(RepairEvent.id.desc()).first()
    return last if last and last.kind == ASKED else None


def withdraw(deed: Deed, order: RepairOrder) -> None:
    """A request that waits is not asked any more; its links open nothing."""
    if pending(order.id):
        opening.note(deed, order, "extension_withdrawn")
    links.revoke(PURPOSE, order.id, deed.received_at)
    mails.withdraw(PURPOSE, order.id, deed.received_at)


@dataclass(frozen=True)
class DecideExtension:
    """`seen`: the request (its line in the file) that the page had shown."""

    order_id: int
    seen: int
    decision: str
    signer: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class ExtensionByLink(DecideExtension):
    """By the holder of a link, whose secret is kept nowhere."""

    secret_link: str = field(default="", repr=False)


def decide_extension(command: DecideExtension, deed: Deed) -> Outcome:
    """A signed-in person of the client consents or refuses."""
    return _decide(command, deed, holding.hold(command.order_id, deed, fault=True))


def extension_by_link(command: ExtensionByLink, deed: Deed) -> Outcome:
    """The same without an account. Raises NotFound for a link that opens nothing."""
    found = links.subject(PURPOSE, command.secret_link)
    if found is None or found != command.order_id:
        raise NotFound
    link_hash = links.hash_of(command.secret_link)
    return _decide(command, deed, holding.held(found, fault=True), link_hash)


def _decide(command: DecideExtension, deed: Deed, one: Held,
            link_hash: str | None = None) -> Outcome:  # fmt: skip
    order, asked = one.order, pending(one.order.id)
    approvals.require_client_side(deed.actor, order.client_id)
    if asked is None or asked.id != command.seen or order.ended_at:
        return holding.conflict(one, CHANGED)
    if command.decision not in ("approved", "refused"):
        raise invalid("decision", "unknown", N_("Choose one of the list."))
    if command.decision == "refused" and not command.note:
        raise invalid("note", "required", N_("Say why."))
    if not command.signer:
        raise invalid("signer", "required", N_("Write your name."))
    order_of = Decide(order.client_id, SUBJECT, asked.id, "client", command.decision, command.note)
    approvals.file(deed, order_of, signer=command.signer, link_hash=link_hash)
    links.revoke(PURPOSE, order.id, deed.received_at)
    until = date.fromisoformat(asked.data["until"])
    told: dict[str, Any] = {"also": {asked.person_id}, "but": deed.actor.person_id}
    if command.decision == "refused":
        event = opening.note(deed, order, "extension_refused", command.note)
        telling.tell(order, "extension-refused", telling.HEADS, f"extension-{event.id}",
                     deed.received_at, **told)  # fmt: skip
        return Outcome(N_("Refused. The agreed day stays."), one.url, subject_id=order.id)
    return _agree(deed, one, until, told)


def _agree(deed: Deed, one: Held, until: date, told: dict[str, Any]) -> Outcome:
    """Beforehand it moves the day; afterwards it is on file and the breach stays."""
    order, last = one.order, deadlines.last_day(one.order)
    late = last is None or deadlines.today_of(order, deed.received_at) > last
    if late:
        overdue.mark(deed, order)
    else:
        deed.change(order, agreed_on=until)
    kind = "extension_late" if late else "extension_agreed"
    event = opening.note(deed, order, kind, until=until.isoformat())
    telling.tell(order, "extension-agreed", telling.HEADS, f"extension-{event.id}",
                 deed.received_at, until=until.isoformat(), **told)  # fmt: skip
    said = N_("Your consent until %(day)s is on file. It came after the due day, so that the "
              "repair stays late.") if late else N_("Thank you. The repair has time until "
                                                    "%(day)s.")  # fmt: skip
    return Outcome(said, one.url, values={"day": until.isoformat()}, subject_id=order.id)
