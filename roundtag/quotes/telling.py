"""Who hears of a quote: the client's people when it is offered, its maker and the store after."""

from roundtag import notify, people
from roundtag.commands import Deed
from roundtag.models import Quote
from roundtag.quotes.subjects import Basis


def of_offer(deed: Deed, quote: Quote, basis: Basis) -> None:
    for person in people.holding("client", quote.client_id, deed.received_at):
        notify.tell(person.id, "quote-offered", f"quote-offered-{quote.id}", deed.received_at,
                    channels=notify.CHANNELS, url=f"/quotes/{quote.id}",
                    number=basis.number)  # fmt: skip


def of_decision(deed: Deed, quote: Quote, basis: Basis, decision: str) -> None:
    told = {p.id for role in ("storekeeper", "manager")
            for p in people.holding(role, quote.client_id, deed.received_at)}  # fmt: skip
    for person in sorted((told | {quote.made_by_id}) - {None, deed.actor.person_id}):
        notify.tell(person, f"quote-{decision}", f"quote-{decision}-{quote.id}",
                    deed.received_at, channels=notify.CHANNELS, url=basis.url,
                    number=basis.number)  # fmt: skip
