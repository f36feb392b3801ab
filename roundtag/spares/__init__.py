"""Spare units: which one fits, the swap of a device's unit in one step, and its way back."""

from roundtag.spares.fitting import SpareLine, fitting, loaners
from roundtag.spares.forms import OLD_UNIT_TO, REASONS, SwapSpare, read, read_v1
from roundtag.spares.offer import Offer, Out, offer
from roundtag.spares.swap_back import SwapBack, Undoable, latest, swap_back, undoable
from roundtag.spares.swapping import exchange, swap

VERSIONS = {"1": read_v1, "2": read}
"""By form version; roundtag/sync.py says how long one stays."""

__all__ = [
    "OLD_UNIT_TO", "REASONS", "VERSIONS", "Offer", "Out", "SpareLine", "SwapBack", "SwapSpare",
    "Undoable", "exchange", "fitting", "latest", "loaners", "offer", "read", "read_v1", "swap",
    "swap_back", "undoable",
]  # fmt: skip
