"""Which matrix holds for a contract at a moment: the newest one published by then."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from roundtag.models import Contract, ContractMatrix, MatrixDraft
from roundtag.sla.matrix import DEFAULT, Matrix, rows_as_json, rows_from_json, week_from_json
from roundtag.sla.worktime import Calendars

AGES = datetime.min.replace(tzinfo=UTC)


def matrix_at(contract: Contract | None, at: datetime) -> Matrix:
    """What a fault reported at that moment is held to for good; the shipped default, number 0,
    where nothing had been published. Versions never change, so the moment is all to keep."""
    if contract is None:
        return DEFAULT
    row = (
        ContractMatrix.select()
        .where((ContractMatrix.contract == contract.id) & (ContractMatrix.published_at <= at))
        .order_by(ContractMatrix.published_at.desc(), ContractMatrix.number.desc())
        .first()
    )
    return from_row(row) if row else shipped(contract)


def matrices_of(contract_ids: Iterable[int]) -> dict[int, list[tuple[datetime, Matrix]]]:
    """All that ever held for some contracts, each with the moment since when, in order: for asking
    of many faults. Two queries."""
    contracts = Contract.select().where(Contract.id.in_(sorted(set(contract_ids))))
    found = {one.id: [(AGES, shipped(one))] for one in contracts}
    rows = ContractMatrix.select().where(ContractMatrix.contract.in_(sorted(found)))
    for row in rows.order_by(ContractMatrix.published_at, ContractMatrix.number):
        found[row.contract_id].append((row.published_at, from_row(row)))
    return found


def shipped(contract: Contract) -> Matrix:
    return Matrix(DEFAULT.rows, DEFAULT.definitions, zone=contract.zone)


def from_row(row: ContractMatrix) -> Matrix:
    return from_columns(vars_of(row), row.zone, row.number)


def vars_of(row: ContractMatrix | MatrixDraft) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("rows", "definitions", "week", "warn")}


def from_columns(columns: Mapping[str, Any], zone: str, number: int = 0) -> Matrix:
    return Matrix(
        rows_from_json(columns["rows"]), columns["definitions"], week_from_json(columns["week"]),
        zone, tuple(columns["warn"]), number,
    )  # fmt: skip


def as_columns(matrix: Matrix) -> dict[str, Any]:
    """A matrix as its tables keep it."""
    return {
        "rows": rows_as_json(matrix.rows),
        "definitions": {level: dict(words) for level, words in matrix.definitions.items()},
        "week": [[list(span) for span in day] for day in matrix.week],
        "warn": list(matrix.warn),
    }


def draft_of(contract: Contract) -> MatrixDraft | None:
    return MatrixDraft.get_or_none(MatrixDraft.contract == contract.id)


def calendars_of(matrix: Matrix, own: Mapping[date, bool]) -> Calendars:
    """What time counts under a matrix, with the days that a client has of its own."""
    return Calendars(matrix.week, matrix.zone, frozenset(own.items()))
