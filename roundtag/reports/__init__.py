"""Inspection reports: from records to plain data, to PDF and XLSX, to documents that are issued."""

from roundtag.reports.issued import (
    MIMES,
    PAPERS,
    Document,
    Filter,
    by_link,
    document,
    file_of,
    listed,
    title_of,
)
from roundtag.reports.issuing import (
    IssueReport,
    Remark,
    issue_report,
    latest_of,
    read_remark,
    remark_on_report,
)
from roundtag.reports.records import NAMED
from roundtag.reports.rows import of_round
from roundtag.reports.runs import RunLine, make, one, sweep
from roundtag.reports.runs import file_of as draft_file
from roundtag.reports.shape import InspectionReport
from roundtag.reports.tours import order, record_file, runs_of

__all__ = [
    "MIMES", "NAMED", "PAPERS", "Document", "Filter", "InspectionReport", "IssueReport", "Remark",
    "RunLine", "by_link", "document", "draft_file", "file_of", "issue_report", "latest_of",
    "listed", "make", "of_round", "one", "order", "read_remark", "record_file",
    "remark_on_report", "runs_of", "sweep", "title_of",
]  # fmt: skip
