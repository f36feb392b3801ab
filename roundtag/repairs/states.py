"""The life of a repair order as one table: which step may follow which state, on which route."""

from collections.abc import Mapping

from roundtag.words import N_

WARRANTY, QUOTE, PURCHASE = ROUTES = ("warranty", "quote", "purchase")
"""Back to its maker in warranty, repaired at a price that the client approves, or bought new."""
ANY = frozenset({"", *ROUTES})
PRICED = frozenset({QUOTE, PURCHASE})
"""Routes on which nothing is done before the client has approved a quote."""

STATES = ("opened", "decided", "quoting", "offered", "approved", "refused", "sent", "received",
          "tested", "failed", "ended")  # fmt: skip
READY = frozenset({"decided", "approved", "failed"})
"""States out of which a unit goes to its maker."""

TABLE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "decide": {"opened": ANY, "decided": ANY, "quoting": ANY, "offered": ANY, "refused": ANY,
               "sent": frozenset({WARRANTY})},
    "quote": {"quoting": PRICED, "offered": PRICED, "refused": PRICED},
    "approve": {"offered": PRICED},
    "refuse": {"offered": PRICED},
    "send": {"decided": frozenset({WARRANTY}), "approved": PRICED, "failed": ANY},
    "receive": {"sent": ANY},
    "test": {"received": ANY},
    "end": {"opened": ANY, "quoting": ANY, "refused": ANY, "tested": ANY, "failed": ANY},
    "cancel": {"opened": ANY, "decided": ANY, "quoting": ANY, "offered": ANY, "approved": ANY,
               "refused": ANY, "sent": frozenset({PURCHASE})},
}  # fmt: skip
"""Step → state that it may be taken in → routes. A warranty that the maker denies goes from `sent`
to a quote; a purchase that never comes is cancelled there."""

ENDS: Mapping[str, tuple[str, ...]] = {
    "opened": ("scrap", "client"),
    "quoting": ("scrap", "client"),
    "refused": ("scrap", "client"),
    "failed": ("scrap", "client"),
    "tested": ("store", "device", "client", "scrap"),
}
"""How an order may end, by its state; a cancelled one has a step of its own."""

WORDS = {
    "opened": N_("Way not decided"),
    "decided": N_("Ready to send"),
    "quoting": N_("Quote to be written"),
    "offered": N_("Waits for the client"),
    "approved": N_("Approved by the client"),
    "refused": N_("Refused by the client"),
    "sent": N_("At the maker"),
    "received": N_("Back, to be tested"),
    "tested": N_("Tested, in order"),
    "failed": N_("Tested, still faulty"),
    "ended": N_("Ended"),
}
ENDINGS = {
    "store": N_("In the store, ready for use"),
    "device": N_("Back to its device"),
    "scrap": N_("Scrapped"),
    "client": N_("Handed back to the client"),
    "cancelled": N_("Cancelled"),
}
ROUTE_WORDS = {
    WARRANTY: N_("In warranty"),
    QUOTE: N_("Repair at the maker's price"),
    PURCHASE: N_("Purchase of a new one"),
}


def may(step: str, state: str, route: str) -> bool:
    """Whether a step may be taken in a state on a route."""
    return route in TABLE[step].get(state, frozenset())
