"""The kinds of places between which things move."""

from typing import NamedTuple

from roundtag.words import N_

SUPPLIER, STORE, DEVICE = "supplier", "store", "device"
REPAIR, CLIENT, SCRAP, ADJUSTMENT, USED = "repair", "client", "scrap", "adjustment", "used"

WORDS = {
    SUPPLIER: N_("Supplier"),
    STORE: N_("Store"),
    DEVICE: N_("Device"),
    REPAIR: N_("Repair"),
    CLIENT: N_("The client's own hands"),
    SCRAP: N_("Scrap"),
    ADJUSTMENT: N_("Adjustment"),
    USED: N_("Used up"),
}


class Spot(NamedTuple):
    """A place and, where it has one, its key: the store, device, repair order or client. Of `used`
    it is the device at which something was used up."""

    place: str
    key: int | None = None
