"""Stocktakes: a room's devices are scanned, and what the register says is held against it.

`judging` decides and touches no database; `counting` and `verbs` write; `walks` is what whoever
counts reads, `reports` what the office reads, `sheets` makes files of it.
"""

from roundtag.stocktakes.counting import VERSIONS, CountDevice, count_device
from roundtag.stocktakes.judging import DIFFERENCES, OUTCOMES
from roundtag.stocktakes.reports import Report, report
from roundtag.stocktakes.verbs import (
    REASONS,
    CloseStocktake,
    ExplainMissing,
    OpenStocktake,
    close_stocktake,
    explain_missing,
    move_here,
    open_stocktake,
    read_opening,
    read_reason,
)
from roundtag.stocktakes.walks import Card, RoomToCount, cards, choices, room, rooms, to_walk

FORM = "count"

__all__ = [
    "DIFFERENCES",
    "FORM",
    "OUTCOMES",
    "REASONS",
    "VERSIONS",
    "Card",
    "CloseStocktake",
    "CountDevice",
    "ExplainMissing",
    "OpenStocktake",
    "Report",
    "RoomToCount",
    "cards",
    "choices",
    "close_stocktake",
    "count_device",
    "explain_missing",
    "move_here",
    "open_stocktake",
    "read_opening",
    "read_reason",
    "report",
    "room",
    "rooms",
    "to_walk",
]
