"""The kinds of slips: one row says what a slip moves, who may, and what it must bear."""

from dataclasses import dataclass

from roundtag.stock import places
from roundtag.words import N_

PERSON, STORE, CLIENT, DEVICE, WAY = "person", "store", "client", "device", "way"
MORE, LESS = "more", "less"
"""Which way an adjustment goes: something was found, or something is missing."""


@dataclass(frozen=True)
class Kind:
    """`partner`: what a slip names beside its store. `signs`: a name is required, a drawing taken.
    `reason`: a note is required. `units`: whether units may be on it; `brings`: new ones too.
    `fault`: whether it may be for a fault. `deed`: the right that it needs."""

    word: str
    told: str
    partner: str = ""
    signs: bool = False
    reason: bool = False
    units: bool = True
    brings: bool = False
    fault: bool = False
    deed: str = "move_stock"


KINDS: dict[str, Kind] = {
    "receive": Kind(N_("Receive"), N_("What a supplier delivered goes into a store."), brings=True),
    "draw": Kind(
        N_("Draw"),
        N_("Out of a store into somebody's bag, signed by whoever takes it."),
        PERSON,
        signs=True,
        fault=True,
        deed="draw_stock",
    ),
    "return": Kind(
        N_("Return"),
        N_("Out of a bag back into a store, signed by whoever brings it."),
        PERSON,
        signs=True,
        fault=True,
        deed="draw_stock",
    ),
    "transfer": Kind(N_("Transfer"), N_("From one store into another one."), STORE),
    "use": Kind(
        N_("Use"),
        N_("Counted parts that are used up at a device."),
        DEVICE,
        units=False,
        fault=True,
        deed="use_part",
    ),
    "adjust": Kind(
        N_("Adjust"),
        N_("What is missing or was found, with a reason."),
        WAY,
        reason=True,
        brings=True,
    ),
    "scrap": Kind(N_("Scrap"), N_("What is thrown away, with a reason."), reason=True),
    "hand_over": Kind(
        N_("Hand over to the client"),
        N_("What the client takes into their own hands, signed."),
        CLIENT,
        signs=True,
    ),
    "from_client": Kind(
        N_("Take from the client"), N_("What the client gives into a store."), CLIENT, brings=True
    ),
}
"""What can be filed, in the order of the page."""
REVERSE = "reverse"
WORDS = {**{name: kind.word for name, kind in KINDS.items()}, REVERSE: N_("Undo a slip")}
"""Every kind that a slip can be of, in words."""
PLACES = {**places.WORDS, places.STORE: N_("Spares store")}
"""Where a unit is, in words."""
