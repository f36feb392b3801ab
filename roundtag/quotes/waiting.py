"""What waits for the reader's decision, for their first page."""

from roundtag import clock
from roundtag.access import Actor
from roundtag.models import Quote, tuples


def waiting_for(actor: Actor) -> list[int]:
    """Keys of valid quotes that a client's own people decide, the oldest first; one query, and none
    for anybody else."""
    if not actor.able("decide_quote") or actor.system:
        return []
    allowed = actor.clients_for("decide_quote")
    today = clock.local_day(clock.now()).isoformat()
    query = Quote.select(Quote.id).where((Quote.state == "offered") & (Quote.valid_until >= today))
    if allowed is not None:
        query = query.where(Quote.client.in_(sorted(allowed)))
    return [key for (key,) in tuples(query.order_by(Quote.offered_at, Quote.id).limit(50))]
