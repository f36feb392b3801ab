"""Documents of a fault as people find them: beside the fault, and one with its texts."""

from dataclasses import dataclass
from datetime import datetime

from roundtag.access import STAFF, Actor
from roundtag.errors import Forbidden, Invalid
from roundtag.fault_papers import issuing, kinds, making, writing
from roundtag.fault_papers.facts import fault_of
from roundtag.fault_papers.issuing import SUBJECT
from roundtag.fault_papers.kinds import ALWAYS_MAJOR, KINDS, MAJOR_BY_CHOICE
from roundtag.fault_papers.shape import FaultPaper
from roundtag.models import Fault, IssuedDocument
from roundtag.reports import Document, Filter, RunLine, listed, runs, title_of
from roundtag.reports.makers import Subject


@dataclass(frozen=True)
class Issued:
    """The newest document of its kind, as a line names it."""

    id: int
    number: str
    issued_at: datetime


@dataclass(frozen=True)
class PaperLine:
    """One kind of document of a fault; `ready`: it can be issued now."""

    kind: str
    zh: str
    en: str
    ready: bool
    issued: Issued | None


@dataclass(frozen=True)
class Papers:
    """`lines` are for whoever writes them; everybody else sees what was issued."""

    fault_id: int
    lines: list[PaperLine]
    may_write: bool


def at_fault(fault_id: int, actor: Actor) -> Papers:
    """What was issued of a fault and what may be; three queries. Raises NotFound out of view."""
    fault = fault_of(fault_id, actor)
    newest = _newest(fault.id)
    may_write = actor.may("draft_fault_paper", fault.client_id)
    held = issuing.held_levels(fault) if may_write else set()
    lines = [_line(kind, fault, held, newest.get(kinds.document(kind))) for kind in KINDS]
    shown = [one for one in lines if one.issued or (may_write and _concerns(one.kind, held))]
    return Papers(fault.id, shown, may_write)


def _newest(fault_id: int) -> dict[str, Issued]:
    about = (IssuedDocument.subject == SUBJECT) & (IssuedDocument.subject_id == fault_id)
    query = IssuedDocument.select().where(about).order_by(IssuedDocument.id)
    return {row.kind: Issued(row.id, row.number, row.issued_at) for row in query}


def _concerns(kind: str, held: set[str]) -> bool:
    return kind != "major" or bool(held & {ALWAYS_MAJOR, MAJOR_BY_CHOICE})


def _line(kind: str, fault: Fault, held: set[str], issued: Issued | None) -> PaperLine:
    ready = fault.state in KINDS[kind].states and _concerns(kind, held)
    return PaperLine(kind, *title_of(kinds.document(kind)), ready, issued)


@dataclass(frozen=True)
class PaperPage:
    """`refusal`: why it cannot be issued now; `seen`: what a form must name to change the texts."""

    paper: FaultPaper
    client_id: int
    refusal: str
    texts: dict[str, tuple[str, str]]
    seen: str
    issued: list[Document]
    runs: list[RunLine]
    may_write: bool
    may_issue: bool


def page(fault_id: int, kind: str, actor: Actor) -> PaperPage:
    """Raises NotFound out of view, also of those who only see a client's issued documents."""
    actor = actor.within(STAFF | {"auditor"})
    paper = making.paper(fault_id, kind, actor)
    client_id = int(fault_of(fault_id, actor).client_id)
    rows = writing.rows_of(fault_id, kind)
    issued = [one for one in listed(actor, Filter(fault_id=fault_id))
              if one.kind == kinds.document(kind)]  # fmt: skip
    refusal, may_issue = _refusal(fault_id, kind, actor)
    return PaperPage(
        paper, client_id, refusal,
        {row.section: (row.zh or "", row.en or "") for row in rows}, writing.seen(rows),
        issued, runs.of(Subject(SUBJECT, fault_id, kind)),
        actor.may("write_paper", client_id), may_issue,
    )  # fmt: skip


def _refusal(fault_id: int, kind: str, actor: Actor) -> tuple[str, bool]:
    """Why it cannot be issued now, and whether this actor is one who may."""
    try:
        issuing.require_issuable(fault_id, kind, actor)
    except Forbidden:
        return "", False
    except Invalid as refused:
        return refused.errors[0].message, True
    return "", True
