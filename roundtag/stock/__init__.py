"""What lies where: units and counted pieces, each movement with a from and a to."""

from roundtag.stock.checking import problems
from roundtag.stock.levels import Short
from roundtag.stock.levels import hold as hold_levels
from roundtag.stock.moves import (
    Line,
    OutOfUse,
    hold,
    move,
    move_all,
    note_all,
    of_unit,
    renamed,
    shift,
    spot_of,
)
from roundtag.stock.places import (
    ADJUSTMENT,
    CLIENT,
    DEVICE,
    REPAIR,
    SCRAP,
    STORE,
    SUPPLIER,
    USED,
    Spot,
)
from roundtag.stock.views import in_view, store_in_view

__all__ = [
    "ADJUSTMENT", "CLIENT", "DEVICE", "REPAIR", "SCRAP", "STORE", "SUPPLIER", "USED", "Line",
    "OutOfUse", "Short", "Spot", "hold", "hold_levels", "in_view", "move", "move_all", "note_all",
    "of_unit", "problems", "renamed", "shift", "spot_of", "store_in_view",
]  # fmt: skip
