"""A document of a fault as a workbook: what is said first, then a sheet for each table."""

from collections.abc import Iterator
from pathlib import Path

from roundtag.fault_papers.sections import cover, sections_of, title
from roundtag.fault_papers.shape import FaultPaper
from roundtag.fault_papers.words import say
from roundtag.reports import words, xlsx
from roundtag.reports.pdf import DRAFT
from roundtag.reports.shape import Issue
from roundtag.reports.words import Lang
from roundtag.reports.xlsx import Sheet

SCALE = 7
"""Characters for one share of a column on paper."""


def write(paper: FaultPaper, lang: Lang, target: Path, issue: Issue = DRAFT) -> None:
    xlsx.save(_sheets(paper, lang, issue), target, title(paper.kind, lang))


def _sheets(paper: FaultPaper, lang: Lang, issue: Issue) -> Iterator[Sheet]:
    yield title(paper.kind, lang), (), _said(paper, lang, issue), (26, 90)
    for one in sections_of(paper, lang):
        if one.rows:
            yield (one.title, one.heads, one.rows,
                   [max(8, round(share * SCALE)) for share in one.shares])  # fmt: skip


def _said(paper: FaultPaper, lang: Lang, issue: Issue) -> Iterator[tuple[str, ...]]:
    yield say("number", lang), issue.number or say("draft", lang)
    yield from cover(paper, lang)
    yield say("issued", lang), words.day(issue.day, lang)
    yield say("replaces", lang), issue.replaces
    yield say("digest", lang), paper.digest
    for one in sections_of(paper, lang):
        told = [fact for fact in one.facts if fact[1]]
        yield from (("", ""), (one.title, one.text if one.written else ""), *told)
    yield "", say("times", lang, zone=paper.zone)
