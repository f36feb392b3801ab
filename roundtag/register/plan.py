"""Decides what an import would do, from the rows and what is known; touches no database."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from roundtag.register import progress
from roundtag.register.cells import key
from roundtag.register.columns import COLUMNS, KINDS, Kind, defaults
from roundtag.register.known import Held, Known, Record
from roundtag.register.problems import Problem
from roundtag.register.sheets import Row, Sheet
from roundtag.words import N_

Fate = Literal["create", "update", "unchanged"]
Counts = dict[Kind, dict[Fate, int]]
FATES: tuple[Fate, ...] = ("create", "update", "unchanged")


@dataclass(frozen=True)
class Step:
    """One row's fate. `values` is the record as it will stand; `changes` what an update alters."""

    kind: Kind
    values: dict[str, Any]
    id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    """What stands now in the fields that `changes` alters."""

    @property
    def fate(self) -> Fate:
        if self.id is None:
            return "create"
        return "update" if self.changes else "unchanged"


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]

    @property
    def is_idle(self) -> bool:
        return all(step.fate == "unchanged" for step in self.steps)

    @property
    def digest(self) -> str:
        """Names exactly what would be done, so that a look at it can be held against the deed."""
        told = [(s.kind, s.fate, s.id, s.changes or s.values, s.before) for s in self.steps
                if s.fate != "unchanged"]  # fmt: skip
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def counts(self) -> Counts:
        """How many rows of each kind that was given have which fate."""
        given = [kind for kind in KINDS if any(step.kind == kind for step in self.steps)]
        return {kind: {fate: self._count(kind, fate) for fate in FATES} for kind in given}

    def _count(self, kind: Kind, fate: Fate) -> int:
        return sum(step.kind == kind and step.fate == fate for step in self.steps)


def by_fate(steps: Iterable[Step]) -> tuple[list[Step], list[Step]]:
    """The steps that create and those that update."""
    given = list(steps)
    return [s for s in given if s.fate == "create"], [s for s in given if s.fate == "update"]


def decide(sheets: Iterable[Sheet], known: Known, all_read: bool = True) -> Plan:
    """What storing the sheets would do, and everything that stands against it.

    With `all_read` False some file could not be read, so that a missing room proves nothing.
    """
    sheets = tuple(sheets)
    deciding = _Deciding(known, all_read)
    deciding.codes |= {
        key(row.values["code"]): row.values["code"]
        for sheet in sheets if sheet.kind == "devices" for row in sheet.rows
        if "code" in row.values and key(row.values["code"]) not in deciding.codes
    }  # fmt: skip
    steps = [
        step
        for sheet in sheets
        for row in progress.counted("comparing", sheet.rows)
        for step in deciding.step(sheet, row)
    ]
    return Plan(tuple(steps), tuple(deciding.problems))


TAKEN = N_("This serial number is registered already.")
TAKEN_AT = N_("This serial number is registered already: %(where)s.")
NO_OWNER = N_("Nobody who works for this client has this user name.")
NOT_ITSELF = N_("A device cannot be its own backup.")
NO_BACKUP = N_("No device of this client has this code.")


class _Deciding:
    """Goes through the rows once and remembers which codes and serial numbers it met."""

    def __init__(self, known: Known, all_read: bool) -> None:
        self.known, self.all_read = known, all_read
        self.problems: list[Problem] = []
        self.rooms = {code: record.values["code"] for code, record in known.rooms.items()}
        self.named: dict[str, set[str]] = {}
        for record in known.rooms.values():
            self._name_room(record.values["name"], record.values["code"])
        self.codes = {code: record.values["code"] for code, record in known.devices.items()}
        self.seen: dict[tuple[str, str], tuple[str, int]] = {}

    def step(self, sheet: Sheet, row: Row) -> Iterator[Step]:
        """The step of a row, or none when the row is wrong."""
        before = len(self.problems)
        record = getattr(self, f"_{sheet.kind}")(sheet, row)
        complete = all(
            column.field in row.values for column in COLUMNS[sheet.kind] if column.required
        )
        if complete and len(self.problems) == before:
            yield _step(sheet.kind, self._given(row), record)

    def _given(self, row: Row) -> dict[str, Any]:
        """The row's values with other rows' codes as those rows or the register spell them."""
        values = dict(row.values)
        if room := values.get("room"):
            values["room"] = self._code_of(room) or room
        if backup := values.get("backup_device"):
            values["backup_device"] = self.codes.get(key(backup), backup)
        return values

    def _name_room(self, name: str, code: str) -> None:
        self.named.setdefault(key(name), set()).add(code)

    def _code_of(self, room: str) -> str | None:
        """The code of a room that goes by a code, or by a name that no other room bears."""
        found = self.rooms.get(key(room))
        named = self.named.get(key(room), set())
        return found or (next(iter(named)) if len(named) == 1 else None)

    def _rooms(self, sheet: Sheet, row: Row) -> Record | None:
        code = row.values.get("code")
        if code is None:
            return None
        self._once(sheet, row, "code", f"{sheet.kind} code")
        self.rooms.setdefault(key(code), code)
        self._name_room(row.values.get("name", ""), self.rooms[key(code)])
        return self.known.rooms.get(key(code))

    def _devices(self, sheet: Sheet, row: Row) -> Record | None:
        self._room_of(sheet, row)
        self._once(sheet, row, "code", f"{sheet.kind} code")
        fresh = self._once(sheet, row, "serial", "serial")
        record = self.known.devices.get(key(row.values.get("code", "")))
        self._others(sheet, row, record)
        if record is None:
            if fresh and (held := self._unit(row)):
                self._taken(sheet, row, held)
            return None
        if record.retired:
            self._add(sheet, row, "code", "retired", N_("This device was retired."))
        self._same_unit(sheet, row, record)
        return record

    def _spares(self, sheet: Sheet, row: Row) -> Record | None:
        fresh = self._once(sheet, row, "serial", "serial")
        held = self._unit(row) if fresh else None
        if key(row.values.get("store", "")) in self.known.closed:
            self._add(sheet, row, "store", "retired-store", N_("This store is out of use."))
        if held and held.spare is None:
            self._taken(sheet, row, held)
        return held.spare if held else None

    def _room_of(self, sheet: Sheet, row: Row) -> None:
        code = row.values.get("room")
        if code is None or self._code_of(code):
            return
        if named := sorted(self.named.get(key(code), ())):
            self._add(sheet, row, "room", "ambiguous-room",
                      N_("Several rooms bear this name: %(codes)s. Give the code."),
                      codes=", ".join(named))  # fmt: skip
        elif self.all_read:
            self._add(sheet, row, "room", "unknown-room",
                      N_("No room in the files or in the register has this code."))  # fmt: skip

    def _others(self, sheet: Sheet, row: Row, record: Record | None) -> None:
        """The owner and the backup device must be known; what the register says already is."""
        stored = record.values if record else {}
        owner, backup = row.values.get("owner"), row.values.get("backup_device")
        if owner and owner not in self.known.owners and owner != stored.get("owner"):
            self._add(sheet, row, "owner", "unknown-owner", NO_OWNER)
        if backup and key(backup) == key(row.values.get("code", "")):
            self._add(sheet, row, "backup_device", "itself", NOT_ITSELF)
        elif backup and key(backup) not in self.codes and self.all_read:
            self._add(sheet, row, "backup_device", "unknown-backup", NO_BACKUP)

    def _once(self, sheet: Sheet, row: Row, name: str, what: str) -> bool:
        """Whether the cell is the first of all files to say so."""
        value = row.values.get(name)
        if value is None:
            return False
        first = self.seen.setdefault((what, key(value)), (sheet.file, row.line))
        if first == (sheet.file, row.line):
            return True
        self._add(sheet, row, name, f"duplicate-{name}",
                  N_("This stands in %(first_file)s, line %(first_line)s, already."),
                  first_file=first[0], first_line=first[1])  # fmt: skip
        return False

    def _unit(self, row: Row) -> Held | None:
        return self.known.units.get(key(row.values["serial"]))

    def _taken(self, sheet: Sheet, row: Row, held: Held) -> None:
        message = TAKEN_AT if held.where else TAKEN
        self._add(sheet, row, "serial", "duplicate-serial", message, where=held.where)

    def _same_unit(self, sheet: Sheet, row: Row, record: Record) -> None:
        serial, stored = row.values.get("serial"), record.values["serial"] or ""
        if serial is not None and key(serial) != key(stored):
            self._add(sheet, row, "serial", "other-serial",
                      N_("The register says %(stored)s. Use a swap to change a device's unit."),
                      stored=stored or "–")  # fmt: skip

    def _add(
        self, sheet: Sheet, row: Row, name: str, code: str, message: str, **values: Any
    ) -> None:
        self.problems.append(sheet.problem(row, name, code, message, **values))


IDENTITY = ("code", "serial")
"""Compared regardless of case above; the stored spelling stays."""
KEPT = ("firmware",)
"""An empty cell says nothing about these: what is known stays."""


def _step(kind: Kind, given: dict[str, Any], record: Record | None) -> Step:
    if record is None:
        return Step(kind, {**defaults(kind), **given})
    changes = {
        name: value
        for name, value in given.items()
        if name not in IDENTITY and value != record.values[name] and (value or name not in KEPT)
    }
    before = {name: record.values[name] for name in changes}
    return Step(kind, {**record.values, **changes}, record.id, changes, before)
