"""The next version of a matrix: written as a draft, seen, compared, then published for good."""

import re
from dataclasses import dataclass
from typing import Any

from roundtag import clock
from roundtag.commands import Deed, Outcome
from roundtag.contracts.found import contract_for
from roundtag.contracts.matrices import as_columns, draft_of, from_columns, matrix_at, vars_of
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import Contract, ContractMatrix, MatrixDraft
from roundtag.sla.matrix import LEVELS, LONGEST, TARGETS, Matrix, Promise
from roundtag.sla.worktime import ALWAYS, KINDS
from roundtag.words import N_

UNITS = {"min": 1, "h": 60}
NEXT_DAY = "next_day"
MAX_DEFINITION = 300


@dataclass(frozen=True)
class SaveMatrix:
    """`seen`: when the draft was saved that the form had shown ("" for none)."""

    contract_id: int
    rows: dict[str, Any]
    definitions: dict[str, Any]
    week: list[Any]
    warn: list[int]
    seen: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return {"rows": self.rows, "definitions": self.definitions, "week": self.week,
                "warn": self.warn}  # fmt: skip


def save_matrix(command: SaveMatrix, deed: Deed) -> Outcome:
    """Keeps the draft. Who saves over a draft that was changed meanwhile is told, and nothing is
    overwritten."""
    contract = contract_for(command.contract_id, deed)
    _checked(command, contract)
    draft = draft_of(contract)
    url = f"/contracts/{contract.id}/matrix"
    if _stamp(draft) != command.seen:
        return Outcome(N_("Somebody else has changed this draft since. Look at it first."),
                       url=f"{url}/edit", state="conflict", subject_id=contract.id)  # fmt: skip
    values = {**command.columns, "saved_at": deed.received_at, "saved_by": deed.person_id}
    if draft is None:
        deed.create(MatrixDraft, client=contract.client_id, contract=contract, **values)
    else:
        deed.change(draft, **values)
    return Outcome(N_("The draft is saved. It holds for nobody until it is published."), url=url,
                   subject_id=contract.id)  # fmt: skip


def _stamp(draft: MatrixDraft | None) -> str:
    return clock.to_text(draft.saved_at) if draft else ""


def _checked(command: SaveMatrix, contract: Contract) -> None:
    try:
        from_columns(command.columns, contract.zone)
    except (KeyError, TypeError, ValueError) as bad:
        raise invalid("rows", "shape", N_("This is not a matrix that can be read.")) from bad


@dataclass(frozen=True)
class PublishMatrix:
    contract_id: int
    seen: str


def publish_matrix(command: PublishMatrix, deed: Deed) -> Outcome:
    """Makes the draft the version that holds for what is reported from now on."""
    contract = contract_for(command.contract_id, deed)
    draft = draft_of(contract)
    url = f"/contracts/{contract.id}/matrix"
    if draft is None or _stamp(draft) != command.seen:
        return Outcome(N_("Somebody else has changed this draft since. Look at it first."),
                       url=url, state="conflict", subject_id=contract.id)  # fmt: skip
    current = matrix_at(contract, deed.received_at)
    columns = vars_of(draft)
    same = columns == as_columns(current) and contract.zone == current.zone
    if current.number and same:
        return Outcome(N_("Version %(number)s says the same already."), url=url, state="conflict",
                       values={"number": current.number}, subject_id=contract.id)  # fmt: skip
    row = deed.create(
        ContractMatrix, client=contract.client_id, contract=contract, number=_next(contract),
        zone=contract.zone, published_at=deed.received_at, published_by=deed.person_id, **columns,
    )  # fmt: skip
    return Outcome(N_("Version %(number)s is published. Faults of before keep theirs."), url=url,
                   values={"number": row.number}, subject_id=row.id)  # fmt: skip


def _next(contract: Contract) -> int:
    numbers = ContractMatrix.select(ContractMatrix.number).where(
        ContractMatrix.contract == contract.id
    )
    return max((row.number for row in numbers), default=0) + 1


def read_matrix(form: Fields, contract_id: int) -> SaveMatrix:
    """The posted editor. Raises Invalid with every bad field at once."""
    rows = {level: {target: _cell(form, f"{level}.{target}") for target in TARGETS}
            for level in LEVELS}  # fmt: skip
    definitions = {level: _definition(form, level) for level in LEVELS}
    week = [_day(form, number) for number in range(7)]
    if not any(week[:5]) and not form.errors:
        form.refuse("week.0", "required", N_("Give working hours for one working day at least."))
    warn = _warn(form)
    form.done()
    return SaveMatrix(contract_id, rows, definitions, week, warn, form.raw("seen"))


def _cell(form: Fields, name: str) -> dict[str, Any]:
    workday = _promise(form, name, "")
    own = form.choice(f"{name}.off", ("same", "own")) == "own"
    return {"workday": workday, "off": _promise(form, name, "off_") if own else workday}


def _promise(form: Fields, name: str, part: str) -> dict[str, Any] | None:
    field = f"{name}.{part}n"
    unit = form.choice(f"{name}.{part}u", (*UNITS, NEXT_DAY)) or ""
    kind = form.choice(f"{name}.{part}c", KINDS) or ALWAYS
    if not unit:
        if form.raw(field):
            form.refuse(field, "unit", N_("Say whether these are minutes or hours."))
        return None
    if unit == NEXT_DAY:
        return {"calendar": kind, "minutes": None}
    minutes = (form.whole(field) or 0) * UNITS.get(unit, 0)
    if not 0 < minutes <= LONGEST:
        form.refuse(field, "range", N_("Give a whole number, at least 1."))
        return None
    return {"calendar": kind, "minutes": minutes}


def _definition(form: Fields, level: str) -> dict[str, str]:
    return {lang: form.text(f"def.{level}.{lang}", limit=MAX_DEFINITION,
                            required=N_("Say what this level means.")) or ""
            for lang in ("zh", "en")}  # fmt: skip


def _day(form: Fields, number: int) -> list[list[int]]:
    spans: list[list[int]] = []
    for part in ("am", "pm"):
        name = f"week.{number}.{part}"
        first, last = _minute(form, f"{name}_from"), _minute(form, f"{name}_until")
        if first is None and last is None:
            continue
        if first is None or last is None or first >= last or (spans and first < spans[-1][1]):
            message = N_("From must come before until, and the morning before the afternoon.")
            form.refuse(f"week.{number}", "order", message)
            continue
        spans.append([first, last])
    return spans


def _minute(form: Fields, name: str) -> int | None:
    text = form.raw(name)
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,2})[::]([0-9]{2})", text)
    minutes = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else -1
    if not 0 <= minutes <= 1440:
        form.refuse(".".join(name.split(".")[:2]), "time", N_("Give times as 08:30, to 24:00."))
        return None
    return minutes


def _warn(form: Fields) -> list[int]:
    parts = re.findall(r"[^\s,,、;%]+", form.raw("warn"))
    numbers = [int(part) for part in parts if re.fullmatch(r"[0-9]{1,3}", part)]
    if not parts or len(numbers) < len(parts) or not all(0 < n <= 100 for n in numbers):
        form.refuse("warn", "range", N_("Give percentages from 1 to 100, such as 50, 80, 100."))
    return sorted(set(numbers) | {100})


def typed(matrix: Matrix) -> dict[str, str]:
    """A matrix as the fields of its form: what `read_matrix` reads back to the same."""
    values = {"warn": ", ".join(str(percent) for percent in matrix.warn)}
    for level, row in matrix.rows.items():
        for target, cell in row.items():
            own = cell.workday != cell.off
            values[f"{level}.{target}.off"] = "own" if own else "same"
            values |= _typed_promise(f"{level}.{target}.", cell.workday)
            values |= _typed_promise(f"{level}.{target}.off_", cell.off if own else None)
        for lang, words in matrix.definitions.get(level, {}).items():
            values[f"def.{level}.{lang}"] = words
    for number, spans in enumerate(matrix.week):
        for part, (first, last) in zip(("am", "pm"), spans, strict=False):
            values[f"week.{number}.{part}_from"] = f"{first // 60:02d}:{first % 60:02d}"
            values[f"week.{number}.{part}_until"] = f"{last // 60:02d}:{last % 60:02d}"
    return values


def _typed_promise(name: str, promise: Promise | None) -> dict[str, str]:
    if promise is None:
        return {f"{name}n": "", f"{name}u": "", f"{name}c": ALWAYS}
    minutes = promise.minutes
    if minutes is None:
        return {f"{name}n": "", f"{name}u": NEXT_DAY, f"{name}c": promise.calendar}
    unit = "min" if minutes % 60 else "h"
    amount = str(minutes // UNITS[unit])
    return {f"{name}n": amount, f"{name}u": unit, f"{name}c": promise.calendar}
