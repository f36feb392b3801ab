"""Counts of a store: what lies there is scanned shelf by shelf and held against the books.

`judging` decides and touches no database; `gathering` reads what it needs; `counting`, `verbs` and
`closing` write; `walks` is what whoever counts reads, `reports` what the office reads, `sheets` and
`paper` make files of it.
"""

from roundtag.storecounts.closing import CloseStoreCount, close_store_count, read_closing
from roundtag.storecounts.counting import VERSIONS, CountStore, count_store
from roundtag.storecounts.facts import DIFFERENCES, OUTCOMES
from roundtag.storecounts.reports import report
from roundtag.storecounts.scope import rights
from roundtag.storecounts.shape import Line, Report, Result
from roundtag.storecounts.verbs import (
    REASONS,
    ExplainStoreDifference,
    OpenStoreCount,
    explain_store_difference,
    open_store_count,
    read_opening,
    read_reason,
)
from roundtag.storecounts.walks import (
    Card,
    ToCount,
    cards,
    page,
    shelves,
    stores_to_count,
    to_count,
)

FORM = "storecount"

__all__ = [
    "DIFFERENCES", "FORM", "OUTCOMES", "REASONS", "VERSIONS", "Card", "CloseStoreCount",
    "CountStore", "ExplainStoreDifference", "Line", "OpenStoreCount", "Report", "Result", "ToCount",
    "cards", "close_store_count", "count_store", "explain_store_difference",
    "open_store_count", "page", "read_closing", "read_opening", "read_reason", "report", "rights",
    "shelves", "stores_to_count", "to_count",
]  # fmt: skip
