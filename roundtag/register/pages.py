"""What the pages of an import show."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from roundtag.access import Actor, visible
from roundtag.models import Client
from roundtag.register import batches, columns, files, previews
from roundtag.register.choices import LEFT_OUT, folded, labels
from roundtag.register.columns import COLUMNS, KINDS

SORTS = ("problems", "warnings", "changes")
HEADING_PROBLEMS = {"headings", "missing-column", "repeated-column"}


@dataclass(frozen=True)
class ClientLine:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class BatchLine:
    """`state` as in models.ImportBatch."""

    id: str
    names: str
    state: str
    created_at: datetime


@dataclass(frozen=True)
class Heading:
    """One column of a table: its heading, what it was read as, and what it may be read as."""

    name: str
    label: str
    field: str


@dataclass(frozen=True)
class TableView:
    file: str
    sheet: str
    kind: str
    dialect: str
    signature: str
    remembered: bool
    headings: list[Heading]
    wanting: bool
    """Whether a column that must be there was not found, or two were that mean the same."""

    @property
    def unclear(self) -> int:
        """How many columns nobody has said anything about."""
        return sum(bool(one.name) and not one.field for one in self.headings)


@dataclass(frozen=True)
class BatchPage:
    """A batch as its page shows it; `document` as in previews, {} until it was looked at."""

    id: str
    client: ClientLine
    files: list[dict[str, Any]]
    state: str
    failed: bool
    told: dict[str, Any]
    phase: str
    done: int
    total: int
    document: dict[str, Any] = field(default_factory=dict)
    tables: list[TableView] = field(default_factory=list)
    sort: str = ""
    page: int = 1
    pages: int = 1
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def working(self) -> bool:
        return self.state in {"looking", "storing"} and not self.failed

    @property
    def wanting(self) -> bool:
        return any(table.wanting for table in self.tables)

    @property
    def acceptable(self) -> bool:
        document = self.document
        return self.state == "ready" and not document["totals"]["problems"] and not document["idle"]


def readable_clients(actor: Actor) -> list[ClientLine]:
    """The clients whose register the actor may read, by code."""
    found = visible(actor, Client.select().order_by(Client.code), Client.id)
    return [ClientLine(c.id, c.code, c.name) for c in found]


def clients(actor: Actor) -> list[ClientLine]:
    """The clients whose register the actor may change, by code."""
    return [line for line in readable_clients(actor) if batches.may_import(actor, line.id)]


def waiting(actor: Actor) -> list[BatchLine]:
    return [
        BatchLine(b.id, ", ".join(one["name"] for one in b.files), b.state, b.created_at)
        for b in batches.waiting(actor)
    ]


def page(key: str, actor: Actor, sort: str = "", number: int = 1) -> BatchPage:
    """A batch of the actor's own: two queries and the notes beside its files. Raises NotFound."""
    batch = batches.own(key, actor)
    client = Client.get_by_id(batch.client_id)
    note = files.read_note(f"{key}.progress") or {}
    document = files.read_note(key) if batch.state == "ready" else None
    shown = BatchPage(
        key, ClientLine(client.id, client.code, client.name), batch.files,
        batch.state if document or batch.state != "ready" else "failed",
        batches.has_failed(batch) or (batch.state == "ready" and document is None),
        batch.told, note.get("phase", ""), note.get("done", 0), note.get("total", 0),
    )  # fmt: skip
    return _with(shown, document, sort, number) if document else shown


def _with(shown: BatchPage, document: dict[str, Any], sort: str, number: int) -> BatchPage:
    sort = sort if sort in SORTS else next((s for s in SORTS if document["totals"][s]), "")
    pages = previews.pages(document, sort) if sort else 1
    number = min(max(number, 1), pages)
    values = {
        "document": document,
        "tables": [_table(one, document["problems"]) for one in document["tables"]],
        "sort": sort, "page": number, "pages": pages,
        "lines": previews.part(document, sort, number) if sort else [],
    }  # fmt: skip
    return BatchPage(**{**vars(shown), **values})


def _table(one: dict[str, Any], problems: list[dict[str, Any]]) -> TableView:
    headings = [
        Heading(name, label, field)
        for name, label, field in zip(
            one["headings"], labels(one["headings"]), one["fields"], strict=True
        )
    ]
    wanting = any(
        problem["code"] in HEADING_PROBLEMS
        and (problem["file"], problem["sheet"]) == (one["file"], one["sheet"])
        for problem in problems
    )
    return TableView(one["file"], one["sheet"], one["kind"], one["dialect"], one["signature"],
                     one["remembered"], headings, wanting)  # fmt: skip


def field_names(locale: str) -> dict[str, dict[str, str]]:
    """kind → field → its name in a language, in the order of the files."""
    return {
        kind: {column.field: column.heading(locale) for column in columns.readable(kind)}
        for kind in KINDS
    }


def is_field(kind: str, field: str) -> bool:
    """Whether a heading may be read as this, in a file of this kind ("": any)."""
    kinds = [kind] if kind in COLUMNS else KINDS
    return field in {"", LEFT_OUT} or any(
        field == column.field for one in kinds for column in columns.readable(one)
    )


@dataclass(frozen=True)
class ProblemLine:
    """`sort` is problems or warnings; the rest as in register.Problem, `value` fit to be shown."""

    sort: str
    file: str
    sheet: str
    line: int
    column: str
    cell: str
    message: str
    values: dict[str, Any]
    value: str


def problems(key: str, actor: Actor) -> list[ProblemLine]:
    """Every kept line of what is wrong, errors before warnings."""
    document = files.read_note(batches.own(key, actor).id) or {"problems": [], "warnings": []}
    names = [each.name for each in fields(ProblemLine)][1:]
    return [
        ProblemLine(sort, *(line[name] for name in names))
        for sort in ("problems", "warnings")
        for line in document[sort]
    ]


def all_fields() -> list[str]:
    """The field names of all kinds, each once."""
    found = (column.field for kind in KINDS for column in columns.readable(kind))
    return list(dict.fromkeys(found))


def field_of(name: str) -> str | None:
    """The field that goes by a field's own name or any heading of its."""
    for kind in KINDS:
        for column in columns.readable(kind):
            if folded(name) in map(folded, (column.field, *column.names)):
                return column.field
    return None
