"""Pages of repairs, quotes and shipments on which every one of their forms stands."""

from datetime import date

from roundtag import clock, links, quotes, repairs, shipments
from roundtag.models import Store, Unit
from roundtag.stock import levels
from tests.repairing import bench
from tests.world import World, run

STATES = ("opened", "decided", "quoting", "offered", "sent", "received", "tested", "packed")


def pages(world: World) -> dict[str, tuple[str, ...]]:
    """Paths by who opens them: the store, the client, and somebody with a link."""
    at, store = bench(world), Store.get(Store.client == world.client_id)
    model, orders = Unit.get(Unit.serial == f"SP{world.code}1").model_id, {}
    for state in (*STATES, "spare"):
        Unit.create(model=model, serial=f"R-{state}", place="store", store=store,
                    warranty_until=date(2099, 1, 1))  # fmt: skip
    levels.recount()
    for state in STATES:
        unit = Unit.get(Unit.serial == f"R-{state}")
        receipt = run(repairs.open_repair, repairs.OpenRepair(unit.id, "坏"), at.keeper)
        orders[state] = int(receipt.subject_id or 0)
    for state in ("decided", "sent", "received", "tested", "packed"):
        at.decide(orders[state], "warranty")
    for state in ("sent", "received", "tested"):
        at.send(orders[state])
    for state in ("received", "tested"):
        at.receive(orders[state])
    at.test(orders["tested"], then="")
    for state in ("quoting", "offered"):
        at.decide(orders[state])
    offered = at.offer(orders["offered"])
    at.draft(orders["quoting"])
    draft = quotes.latest("repair", orders["quoting"])
    packed = shipments.OpenShipment("爱普生", (orders["packed"],))
    shipment = run(shipments.open_shipment, packed, at.keeper).subject_id
    at.ask(orders["sent"], date(2099, 2, 1))
    quote = links.grant(quotes.PURPOSE, offered, clock.now())
    extension = links.grant("extension-decide", orders["sent"], clock.now())
    spare = Unit.get(Unit.serial == "R-spare").id
    return {
        "store": (*(f"/repairs/{key}" for key in orders.values()), f"/repairs/new?unit={spare}",
                  "/repairs/purchase", f"/repairs/{orders['quoting']}/quote",
                  f"/quotes/{draft.id if draft else 0}", f"/quotes/{offered}",
                  f"/shipments/{shipment}", "/shipments/new?maker=爱普生"),
        "client": (f"/quotes/{offered}", f"/repairs/{orders['sent']}"),
        "visitor": (f"/quote/{quote}", f"/extension/{extension}"),
    }  # fmt: skip
