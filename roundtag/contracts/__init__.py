"""A contract on record: its terms, and the matrix of what it promises."""

from roundtag.contracts.drafting import (
    PublishMatrix,
    SaveMatrix,
    publish_matrix,
    read_matrix,
    save_matrix,
)
from roundtag.contracts.matrices import calendars_of, draft_of, matrices_of, matrix_at
from roundtag.contracts.pages import MatrixPage, editor_page, matrix_page
from roundtag.contracts.record import (
    AFTER_END,
    DUES,
    LONGEST_REPAIR,
    PAYERS,
    RATES,
    REPAIR_DAYS,
    TARGETS,
    EditContract,
    edit_contract,
    listed,
    page,
    read_terms,
)

__all__ = [
    "AFTER_END", "DUES", "LONGEST_REPAIR", "PAYERS", "RATES", "REPAIR_DAYS", "TARGETS",
    "EditContract", "MatrixPage", "PublishMatrix", "SaveMatrix", "calendars_of", "draft_of",
    "edit_contract", "editor_page", "listed", "matrices_of", "matrix_at", "matrix_page", "page",
    "publish_matrix", "read_matrix", "read_terms", "save_matrix",
]  # fmt: skip
