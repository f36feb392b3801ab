"""A contract by its key, for whoever may see it."""

from roundtag.access import Actor, visible
from roundtag.commands import Deed
from roundtag.errors import NotFound
from roundtag.models import Contract


def contract_for(contract_id: int, deed: Deed) -> Contract:
    """For whoever may do this deed at its client. Raises NotFound, Forbidden."""
    contract = contract_seen(contract_id, deed.actor)
    deed.require(contract.client_id)
    return contract


def contract_seen(contract_id: int, actor: Actor) -> Contract:
    query = Contract.select().where(Contract.id == contract_id)
    contract = visible(actor, query, Contract.client).first()
    if contract is None:
        raise NotFound
    return contract
