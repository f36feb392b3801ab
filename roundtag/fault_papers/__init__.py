"""Documents of a fault: from its records to plain data, to PDF and XLSX, to what is issued."""

from roundtag.fault_papers.issuing import IssueFaultPaper, issue_fault_paper
from roundtag.fault_papers.kinds import KINDS
from roundtag.fault_papers.making import order, paper
from roundtag.fault_papers.pages import PaperLine, PaperPage, Papers, at_fault, page
from roundtag.fault_papers.parts import Section
from roundtag.fault_papers.sections import sections_of, title
from roundtag.fault_papers.shape import FaultPaper, Written
from roundtag.fault_papers.writing import LONGEST, WritePaper, read_texts, url, write_paper

__all__ = [
    "KINDS", "LONGEST", "FaultPaper", "IssueFaultPaper", "PaperLine", "PaperPage", "Papers",
    "Section", "WritePaper", "Written", "at_fault", "issue_fault_paper", "order", "page", "paper",
    "read_texts", "sections_of", "title", "url", "write_paper",
]  # fmt: skip
