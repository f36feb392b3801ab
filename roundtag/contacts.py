"""Who gets a client's mails about a contract."""

from datetime import datetime

from roundtag import people
from roundtag.models import ReportContact


def contact_of(contract_id: int) -> ReportContact | None:
    return ReportContact.get_or_none(ReportContact.contract == contract_id)


def addresses(client_id: int, contract_id: int | None, now: datetime) -> list[tuple[str, str]]:
    """(address, name) of who gets mails: the contract's contact, else the client's own people."""
    contact = contact_of(contract_id) if contract_id else None
    if contact and contact.email:
        return [(contact.email, contact.name or "")]
    found = people.holding("client", client_id, now)
    return [(person.email, person.name or person.username) for person in found if person.email]
