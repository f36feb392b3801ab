"""What was printed: who made which sheet or roll, with which tags on it, and when."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import commands, people, store_labels
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.models import PrintedLabel, PrintRun, Tag, dicts
from roundtag.words import N_


@dataclass(frozen=True)
class PrintTags:
    """What was put on paper: `start` is the first label of the first sheet (1 is top left).
    `units`, `shelves`: keys of spare units and of shelves."""

    codes: tuple[str, ...]
    stock: str
    design: str = "label"
    start: int = 1
    units: tuple[int, ...] = ()
    shelves: tuple[str, ...] = ()


def note(by: Deed | Actor, codes: Iterable[str], stock: str, design: str = "label",
         start: int = 1) -> None:  # fmt: skip
    """Writes a run into the print log: inside the deed that made it, or as a deed of its own."""
    command = PrintTags(tuple(codes), stock, design, start)
    if isinstance(by, Deed):
        print_tags(command, by)
    else:
        commands.run(str(uuid.uuid4()), print_tags, command, by)


def note_store(by: Actor, units: tuple[int, ...], shelves: tuple[str, ...], stock: str,
               start: int = 1) -> None:  # fmt: skip
    """The same for labels of spare units and of shelves."""
    command = PrintTags((), stock, "store", start, units, shelves)
    commands.run(str(uuid.uuid4()), print_tags, command, by)


def print_tags(command: PrintTags, deed: Deed) -> Outcome:
    """Keeps who printed what. Raises NotFound for codes that are none of the actor's."""
    wanted = list(command.codes)
    known = dicts(visible(deed.actor, Tag.select(Tag.client).where(Tag.code << wanted), Tag.client))
    if len(known) != len(set(wanted)):
        raise NotFound
    said, owners = _of_stores(command, deed.actor)
    clients = {row["client"] for row in known} | owners
    client = clients.pop() if len(clients) == 1 else None
    wanted += said
    run = deed.create(
        PrintRun,
        client=client,
        person=deed.person_id,
        at=deed.received_at,
        stock=command.stock,
        design=command.design,
        start=command.start,
        count=len(wanted),
        codes_sha256=hashlib.sha256("".join(f"{code}\n" for code in wanted).encode()).hexdigest(),
    )
    PrintedLabel.insert_many([(run.id, code) for code in wanted],
                             [PrintedLabel.run, PrintedLabel.code]).execute()  # fmt: skip
    return Outcome(N_("The print is in the log."), "/tags/log", subject_id=run.id)


def _of_stores(command: PrintTags, actor: Actor) -> tuple[list[str], set[int | None]]:
    """What the symbols of units and shelves say, and whose stores they are in."""
    units = store_labels.units(actor, command.units) if command.units else []
    shelves = store_labels.shelves(actor, command.shelves) if command.shelves else []
    if len(units) + len(shelves) != len(set(command.units)) + len(set(command.shelves)):
        raise NotFound
    labels = [*map(store_labels.of_unit, units), *map(store_labels.of_shelf, shelves)]
    owners = {one.client_id for one in shelves} | {one.client_id for one in units}
    return [one.url for one in labels], owners


@dataclass(frozen=True)
class Run:
    id: int
    who: str | None
    at: datetime
    stock: str
    design: str
    start: int
    count: int


def runs(actor: Actor, limit: int = 100) -> list[Run]:
    """Runs in view, the newest first; two queries."""
    query = PrintRun.select().order_by(PrintRun.at.desc(), PrintRun.id.desc())
    return _runs(visible(actor, query, PrintRun.client).limit(limit))


def of_code(code: str, limit: int = 20) -> list[Run]:
    """The runs that a code was on, the newest first."""
    query = PrintRun.select().join(PrintedLabel).where(PrintedLabel.code == code)
    return _runs(query.order_by(PrintRun.at.desc(), PrintRun.id.desc()).limit(limit))


def _runs(query: Any) -> list[Run]:
    rows = list(query)
    names = people.names({row.person_id for row in rows if row.person_id})
    return [
        Run(row.id, names.get(row.person_id), row.at, row.stock, row.design, row.start, row.count)
        for row in rows
    ]


def codes_of(run_id: int, actor: Actor) -> list[str]:
    """The codes of a run, to print it again. Raises NotFound out of the actor's view."""
    query = visible(actor, PrintRun.select().where(PrintRun.id == run_id), PrintRun.client)
    if query.first() is None:
        raise NotFound
    rows = PrintedLabel.select(PrintedLabel.code).where(PrintedLabel.run == run_id)
    return [row.code for row in rows.order_by(PrintedLabel.id)]
