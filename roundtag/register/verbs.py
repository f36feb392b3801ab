"""The importing verbs, and the way from files to a report that every door takes."""

import gc
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from roundtag import access, commands
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.models import Client
from roundtag.register import devices, known, progress, rooms, sheets, spares
from roundtag.register.choices import Choices
from roundtag.register.columns import KINDS, Kind
from roundtag.register.plan import Counts, Plan, Step, decide
from roundtag.register.problems import Problem, Refused
from roundtag.register.sheets import File, Reading, Sheet
from roundtag.words import N_

STALE = N_("The register has changed since you looked. Look again before you accept.")
STORES: dict[Kind, Callable[[Deed, int, list[Step]], object]] = {
    "rooms": rooms.store,
    "devices": devices.store,
    "spares": spares.store,
}


@dataclass(frozen=True)
class Import:
    """Rows of one or several files, rooms before devices before spares, for one client."""

    client_id: int
    sheets: tuple[Sheet, ...]
    expected: str = ""
    """Digest of the plan that a person has looked at; empty when nobody has."""


def import_register(command: Import, deed: Deed) -> Outcome:
    """Writes rooms, devices and spares of all sheets, or raises Refused and writes nothing."""
    deed.require(command.client_id)
    if any(sheet.kind == "spares" for sheet in command.sheets):
        access.require(deed.actor, "import_spares", command.client_id)
    return _import(command, deed)


def import_spares(command: Import, deed: Deed) -> Outcome:
    """As import_register, for files of spares alone: a storekeeper may do this."""
    deed.require(command.client_id)
    if any(sheet.kind != "spares" for sheet in command.sheets):
        access.require(deed.actor, "import_register", command.client_id)
    return _import(command, deed)


def _import(command: Import, deed: Deed) -> Outcome:
    _one_at_a_time(command.client_id)
    plan = decide(command.sheets, known.of_client(command.client_id))
    if command.expected not in ("", plan.digest):
        return Outcome(STALE, state="conflict")
    if plan.problems:
        raise Refused(plan.problems)
    for number, kind in enumerate(KINDS):
        progress.tell("storing", number, len(KINDS))
        STORES[kind](deed, command.client_id, [step for step in plan.steps if step.kind == kind])
    progress.tell("sealing", 0, 1)
    created, updated, unchanged = (
        sum(step.fate == fate for step in plan.steps) for fate in ("create", "update", "unchanged")
    )
    return Outcome(
        N_("%(created)s created, %(updated)s updated, %(unchanged)s unchanged."),
        url="/rooms",
        values={"created": created, "updated": updated, "unchanged": unchanged},
    )


def _one_at_a_time(client_id: int) -> None:
    """Takes the client's row, so that of two imports the second one sees what the first wrote."""
    Client.update(id=Client.id).where(Client.id == client_id).execute()


@dataclass(frozen=True)
class Preview:
    """What an import would do. It can be submitted while `problems` is empty."""

    reading: Reading
    plan: Plan

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong, in the order of the files' lines."""
        found = self.reading.problems + self.plan.problems
        return tuple(sorted(found, key=lambda problem: (problem.file, problem.line)))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self.reading.warnings


def preview(files: Iterable[File], client_id: int, actor: Actor,
            chosen: Choices | None = None) -> Preview:  # fmt: skip
    """Reads and checks everything and writes nothing. Raises Forbidden."""
    reading = sheets.read(files, chosen)
    if reading.sheets or not actor.may("import_spares", client_id):
        access.require(actor, _verb(reading.sheets).__name__, client_id)
    all_read = len(reading.sheets) == reading.given
    return Preview(reading, decide(reading.sheets, known.of_client(client_id), all_read))


@dataclass(frozen=True)
class Report:
    """What an import did, per kind of row; `receipt` is None when there was nothing to change."""

    counts: Counts
    warnings: tuple[Problem, ...]
    receipt: Receipt | None


def submit(files: Iterable[File], client_id: int, actor: Actor,
           command_id: str | None = None, chosen: Choices | None = None) -> Report:  # fmt: skip
    """Imports all files or none of them. Raises Refused with every problem, or Forbidden.

    Files that change nothing leave no trace. `command_id` makes a repetition safe where the caller
    has one; else each call is a deed of its own.
    """
    seen = preview(files, client_id, actor, chosen)
    if seen.problems:
        raise Refused(seen.problems)
    receipt = None
    if not seen.plan.is_idle:
        receipt = store(seen, client_id, actor, command_id or str(uuid.uuid4()))
    return Report(seen.plan.counts(), seen.warnings, receipt)


def store(seen: Preview, client_id: int, actor: Actor, command_id: str,
          expected: str = "") -> Receipt:  # fmt: skip
    """Writes what was looked at. The receipt is a conflict, and nothing is written, when `expected`
    is not what would be done by now. Raises Refused or Forbidden."""
    command = Import(client_id, seen.reading.sheets, expected)
    with _uncollected():
        return commands.run(command_id, _verb(command.sheets), command, actor)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looks for garbage: among a million living rows there is none (a quarter faster)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _verb(given: tuple[Sheet, ...]) -> commands.Verb:
    only_spares = bool(given) and all(sheet.kind == "spares" for sheet in given)
    return import_spares if only_spares else import_register
