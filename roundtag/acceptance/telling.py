"""Who hears of a step: always the project manager, then whoever is next."""

from roundtag import clock, mails, notify, people
from roundtag.acceptance import rules
from roundtag.acceptance.inviting import PURPOSE
from roundtag.commands import Deed
from roundtag.contacts import addresses
from roundtag.models import Approval, Round, RoundDevice

NEXT = {"engineer": "supervisor", "supervisor": "client"}


def of_step(deed: Deed, tour: Round, step: str, row: Approval) -> None:
    """Tells that a step is done, with the time at which the round was complete."""
    told = {person.id for person in people.holding("manager", tour.client_id, deed.received_at)}
    if step in NEXT:
        told |= {p.id for p in people.holding(NEXT[step], tour.client_id, deed.received_at)}
    else:
        told |= {tour.engineer_id, tour.backup_id} - {None}
    _tell(deed, tour, told - {deed.actor.person_id}, f"round-{rules.AFTER[step]}", row,
          completed=_completed(tour))  # fmt: skip
    if step == "supervisor":
        for number, (address, name) in enumerate(
            addresses(tour.client_id, tour.contract_id, deed.received_at)
        ):
            mails.send(PURPOSE, tour.id, address, name, f"sign-{row.id}-{number}",
                       deed.received_at)  # fmt: skip


def of_return(deed: Deed, tour: Round, step: str, row: Approval, count: int) -> None:
    told = {person.id for person in people.holding("manager", tour.client_id, deed.received_at)}
    told |= {tour.engineer_id, tour.backup_id} - {None}
    if step == "client":
        told |= {p.id for p in people.holding("supervisor", tour.client_id, deed.received_at)}
    _tell(deed, tour, told - {deed.actor.person_id}, "round-sent-back", row, count=count)


def _tell(deed: Deed, tour: Round, told: set[int], kind: str, row: Approval,
          **data: object) -> None:  # fmt: skip
    for person in sorted(told):
        notify.tell(person, kind, f"{kind}-{row.id}", deed.received_at, channels=notify.CHANNELS,
                    url=f"/rounds/{tour.id}/acceptance", period=tour.period, **data)  # fmt: skip


def _completed(tour: Round) -> str:
    """When the last entry that counts was received, in the contract's zone."""
    last = (
        RoundDevice.select(RoundDevice.done_at)
        .where((RoundDevice.round == tour.id) & RoundDevice.done_at.is_null(False))
        .order_by(RoundDevice.done_at.desc())
        .first()
    )
    return f"{clock.local(last.done_at, tour.contract.zone):%Y-%m-%d %H:%M}" if last else ""
