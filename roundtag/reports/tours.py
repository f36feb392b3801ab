"""The report of a round as the background makes it, and its record under a name of its own."""

from datetime import datetime
from pathlib import Path
from typing import Any

from roundtag import clock, commands
from roundtag.acceptance import rules
from roundtag.access import SYSTEM, Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Round
from roundtag.reports import issuing, pdf, records, rows, runs, xlsx
from roundtag.reports.filing import Filed
from roundtag.reports.issuing import IssueReport
from roundtag.reports.makers import MAKERS, Note, Subject
from roundtag.reports.runs import RunLine
from roundtag.reports.shape import InspectionReport, Issue
from roundtag.reports.words import LANGS, Lang

ROWS_A_PAGE, PHOTOS_A_PAGE = 40, 12


class RoundReports:
    """A makers.Maker."""

    draft_deed = "draft_report"

    def url(self, subject: Subject) -> str:
        return f"/rounds/{subject.key}/report"

    def client_of(self, subject: Subject, actor: Actor) -> int:
        query = Round.select().where(Round.id == subject.key)
        tour = visible(actor, query, Round.client).first()
        if tour is None:
            raise NotFound
        return int(tour.client_id)

    def require_issuable(self, subject: Subject, actor: Actor) -> None:
        issuing.require_issuable(subject.key, actor)

    def report(self, subject: Subject) -> InspectionReport:
        return rows.of_round(subject.key, SYSTEM)

    def pages(self, report: InspectionReport) -> int:
        answers = sum(len(entry.answers) + 1 for entry in report.entries)
        return answers // ROWS_A_PAGE + len(report.photos) // PHOTOS_A_PAGE

    def write(self, report: InspectionReport, lang: Lang, folder: Path, stem: str, issue: Issue,
              note: Note) -> None:  # fmt: skip
        pdf.write(report, lang, folder / f"{stem}.pdf", issue, note)
        xlsx.write(report, lang, folder / f"{stem}.xlsx", issue)

    def next_issue(self, subject: Subject, now: datetime) -> tuple[Issue, int | None]:
        tour, before = rules.tour_of(subject.key), issuing.latest_of(subject.key)
        day = clock.local_day(now, tour.contract.zone).isoformat()
        number = issuing.next_number(tour, now)
        return Issue(number, day, before.number if before else ""), before.id if before else None

    def order(self, subject: Subject, filed: Filed) -> tuple[commands.Verb, Any]:
        return issuing.issue_report, IssueReport(subject.key, filed)


MAKERS[rules.SUBJECT] = RoundReports()


def order(round_id: int, purpose: str, actor: Actor) -> str:
    """Puts the report of a round to work, as runs.order."""
    return runs.order(Subject(rules.SUBJECT, round_id), purpose, actor)


def runs_of(round_id: int) -> list[RunLine]:
    """The runs of a round that are still kept, the newest first."""
    return runs.of(Subject(rules.SUBJECT, round_id))


def record_file(round_id: int, lang: str, kind: str, actor: Actor) -> tuple[str, bytes]:
    """The round's record under its own name, made on the spot. Raises NotFound."""
    if lang not in LANGS or kind not in ("pdf", "xlsx"):
        raise NotFound
    report = rows.of_round(round_id, actor)
    chosen = LANGS[LANGS.index(lang)]
    writer = records.write_pdf if kind == "pdf" else records.write_xlsx
    with runs.scratch() as folder:
        path = folder / f"record.{kind}"
        writer(report, chosen, path)
        data = path.read_bytes()
    return f"{records.title(report, chosen)}-{report.period}.{kind}", data
