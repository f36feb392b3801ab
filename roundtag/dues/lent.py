"""A loaner that is owed because a repair takes longer than agreed (P8)."""

from roundtag import clock
from roundtag.commands import Deed
from roundtag.dues import telling
from roundtag.dues.kinds import LOANER
from roundtag.dues.owed import Facts
from roundtag.dues.terms import due_at, term_of
from roundtag.models import Contract, Fault, FaultDue
from roundtag.models.faults import OPEN_STATES

PREFIX = "repair:"


def owe_loaner(deed: Deed, fault: Fault, cause: str) -> None:
    """Raises it once per cause (`repair:<order>`); nothing where one is owed or was lent already.
    The fault is locked."""
    here = (FaultDue.fault == fault.id) & (FaultDue.kind == LOANER)
    owed = FaultDue.done_at.is_null() | (FaultDue.done_how == "swap") | (FaultDue.slot == cause)
    if FaultDue.select().where(here & owed).exists():
        return
    contract = Contract.get_or_none(Contract.id == fault.contract_id)
    term = term_of(LOANER, contract.terms if contract else {})
    zone = contract.zone if contract else clock.DEFAULT_ZONE
    row = deed.create(FaultDue, client=fault.client_id, fault=fault, device=fault.device_id,
                      kind=LOANER, slot=cause, raised_at=deed.received_at,
                      due_at=due_at(term, deed.received_at, zone))  # fmt: skip
    telling.raised(row, fault, deed.received_at)


def ended(row: FaultDue, fault: Fault, facts: Facts) -> str:
    """How such a row ends by what happened at its fault, if it does."""
    if any(at >= row.raised_at for at in facts.loans):
        return "swap"
    return "" if fault.state in OPEN_STATES else "restored"
