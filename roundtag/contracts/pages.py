"""What the page of a matrix reads: the version, what it changes, and what it would mean now."""

from dataclasses import dataclass, replace
from datetime import datetime

from roundtag import calendar, clock, people
from roundtag.access import Actor, require
from roundtag.contracts.compare import Change, compare
from roundtag.contracts.drafting import typed
from roundtag.contracts.found import contract_seen
from roundtag.contracts.matrices import (
    calendars_of,
    draft_of,
    from_columns,
    from_row,
    shipped,
    vars_of,
)
from roundtag.errors import NotFound
from roundtag.models import ContractMatrix
from roundtag.sla.clocks import clocks
from roundtag.sla.events import Event
from roundtag.sla.matrix import LEVELS, PRESETS, Matrix
from roundtag.sla.worktime import Calendars

DRAFT = "draft"


@dataclass(frozen=True)
class Published:
    number: int
    at: datetime
    who: str | None


@dataclass(frozen=True)
class Deadlines:
    """When a fault of `level` reported at the moment of the preview would be due; None: never."""

    level: str
    response: datetime | None
    on_site: datetime | None
    restore: datetime | None


@dataclass(frozen=True)
class MatrixPage:
    """`shown`: the number of the version, 0 for the shipped default, or "draft"."""

    contract_id: int
    contract: str
    matrix: Matrix
    shown: int | str
    current: int
    versions: list[Published]
    changes: list[Change]
    before: int
    reported_at: datetime
    preview: list[Deadlines]
    draft: Matrix | None
    seen: str
    ahead: bool
    """Whether the draft says something that no version says yet."""
    may_edit: bool


def matrix_page(contract_id: int, actor: Actor, wanted: str = "", *, now: datetime,
                reported_at: datetime | None = None) -> MatrixPage:  # fmt: skip
    """`wanted`: a version's number, "draft", or "" for what holds now. Raises NotFound."""
    contract = contract_seen(contract_id, actor)
    rows = list(ContractMatrix.select().where(ContractMatrix.contract == contract.id)
                .order_by(ContractMatrix.number))  # fmt: skip
    known = {0: shipped(contract), **{row.number: from_row(row) for row in rows}}
    draft = draft_of(contract)
    drafted = from_columns(vars_of(draft), contract.zone) if draft else None
    shown = _chosen(wanted, known, drafted)
    matrix = drafted if shown == DRAFT and drafted else known[int(shown if shown != DRAFT else 0)]
    current = max(known)
    before = current if shown == DRAFT else max(int(shown) - 1, 0)
    may_edit = actor.may("save_matrix", contract.client_id)
    moment, own = reported_at or now, calendar.exceptions(contract.client_id)
    return MatrixPage(
        contract.id, contract.name, matrix, shown, current, _published(rows),
        compare(known[before], matrix), before, moment,
        preview(matrix, calendars_of(matrix, own), moment), drafted,
        clock.to_text(draft.saved_at) if draft else "",
        drafted is not None and (current == 0 or bool(compare(known[current], drafted))), may_edit,
    )  # fmt: skip


def _chosen(wanted: str, known: dict[int, Matrix], draft: Matrix | None) -> int | str:
    if wanted == DRAFT and draft is not None:
        return DRAFT
    if not wanted:
        return max(known)
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 and int(wanted) in known):
        raise NotFound
    return int(wanted)


def _published(rows: list[ContractMatrix]) -> list[Published]:
    names = people.names({row.published_by_id for row in rows if row.published_by_id})
    return [Published(row.number, row.published_at, names.get(row.published_by_id))
            for row in reversed(rows)]  # fmt: skip


def preview(matrix: Matrix, calendars: Calendars, at: datetime) -> list[Deadlines]:
    """The deadlines of a fault of each level that is reported at `at`."""
    told = {level: clocks([Event("reported", at, level)], matrix, calendars, at)
            for level in LEVELS}  # fmt: skip
    return [Deadlines(level, *(clock.due_at for clock in told[level])) for level in LEVELS]


@dataclass(frozen=True)
class EditorPage:
    """What the editor starts from: the draft, else the newest version, else the default; or a
    preset's promises over it."""

    contract_id: int
    contract: str
    matrix: Matrix
    values: dict[str, str]
    """Each field of the form by its name."""
    seen: str
    preset: str


def editor_page(contract_id: int, actor: Actor, preset: str = "") -> EditorPage:
    """Raises NotFound, Forbidden."""
    contract = contract_seen(contract_id, actor)
    require(actor, "save_matrix", contract.client_id)
    draft = draft_of(contract)
    row = (ContractMatrix.select().where(ContractMatrix.contract == contract.id)
           .order_by(ContractMatrix.number.desc()).first())  # fmt: skip
    kept = draft or row
    matrix = from_columns(vars_of(kept), contract.zone) if kept else shipped(contract)
    if preset in PRESETS:
        matrix = replace(matrix, rows=PRESETS[preset])
    return EditorPage(contract.id, contract.name, matrix, typed(matrix),
                      clock.to_text(draft.saved_at) if draft else "", preset)  # fmt: skip
