"""Documents of faults as the background makes them: read, drawn, numbered."""

from datetime import datetime
from pathlib import Path
from typing import Any

from roundtag import clock, commands
from roundtag.access import SYSTEM, Actor
from roundtag.errors import NotFound
from roundtag.fault_papers import facts, issuing, kinds, pdf, telling, writing, xlsx
from roundtag.fault_papers.issuing import SUBJECT, IssueFaultPaper
from roundtag.fault_papers.kinds import KINDS
from roundtag.fault_papers.shape import FaultPaper
from roundtag.reports import filing, runs
from roundtag.reports.filing import Filed
from roundtag.reports.makers import MAKERS, Note, Subject
from roundtag.reports.shape import Issue
from roundtag.reports.words import Lang

EVENTS_A_PAGE, PHOTOS_A_PAGE = 30, 12


class FaultPapers:
    """A makers.Maker."""

    draft_deed = "draft_fault_paper"

    def url(self, subject: Subject) -> str:
        return writing.url(subject.key, subject.kind)

    def client_of(self, subject: Subject, actor: Actor) -> int:
        if subject.kind not in KINDS:
            raise NotFound
        return int(facts.fault_of(subject.key, actor).client_id)

    def require_issuable(self, subject: Subject, actor: Actor) -> None:
        issuing.require_issuable(subject.key, subject.kind, actor)

    def report(self, subject: Subject) -> FaultPaper:
        return paper(subject.key, subject.kind, SYSTEM)

    def pages(self, report: FaultPaper) -> int:
        return len(report.course) // EVENTS_A_PAGE + len(report.photos) // PHOTOS_A_PAGE

    def write(self, report: FaultPaper, lang: Lang, folder: Path, stem: str, issue: Issue,
              note: Note) -> None:  # fmt: skip
        pdf.write(report, lang, folder / f"{stem}.pdf", issue, note)
        xlsx.write(report, lang, folder / f"{stem}.xlsx", issue)

    def next_issue(self, subject: Subject, now: datetime) -> tuple[Issue, int | None]:
        fault = facts.fault_of(subject.key, SYSTEM)
        before = filing.latest(SUBJECT, fault.id, kinds.document(subject.kind))
        day = clock.local_day(now, telling.zone_of(fault)).isoformat()
        number = issuing.series(fault, subject.kind, now).next()
        return Issue(number, day, before.number if before else ""), before.id if before else None

    def order(self, subject: Subject, filed: Filed) -> tuple[commands.Verb, Any]:
        order = IssueFaultPaper(subject.key, subject.kind, filed)
        return issuing.issue_fault_paper, order


MAKERS[SUBJECT] = FaultPapers()


def paper(fault_id: int, kind: str, actor: Actor) -> FaultPaper:
    """A document of a fault as its records say now. Raises NotFound out of the actor's view."""
    if kind not in KINDS:
        raise NotFound
    fault = facts.fault_of(fault_id, actor)
    return telling.paper(facts.of(fault, kind, clock.now()), kind)


def order(fault_id: int, kind: str, purpose: str, actor: Actor) -> str:
    """Puts a document to work, as runs.order."""
    return runs.order(Subject(SUBJECT, fault_id, kind), purpose, actor)
