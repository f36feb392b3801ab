"""A document of a fault as sections in one language: what paper, workbook and page all show."""

from dataclasses import replace

from roundtag.fault_papers.kinds import KINDS
from roundtag.fault_papers.parts import BUILD, Section, text_of
from roundtag.fault_papers.shape import FaultPaper
from roundtag.fault_papers.words import say
from roundtag.reports import words
from roundtag.reports.words import Lang, pick

NUMERALS = "一二三四五六七八九十"


def sections_of(paper: FaultPaper, lang: Lang) -> tuple[Section, ...]:
    """In the order of the kind, numbered; photos only where there are any."""
    made = [_section(key, paper, lang) for key in KINDS[paper.kind].parts]
    shown = [one for one in made if one.key != "photos" or one.photos]
    return tuple(replace(one, no=_numeral(n, lang)) for n, one in enumerate(shown, 1))


def _numeral(number: int, lang: Lang) -> str:
    if lang == "en":
        return f"{number}"
    tens, ones = divmod(number, 10)
    last = NUMERALS[ones - 1] if ones else ""
    return (("十" if tens else "") if tens < 2 else f"{NUMERALS[tens - 1]}十") + last


def cover(paper: FaultPaper, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What stands beside the title, but for what only an issued document bears."""
    return (
        (say("form", lang), paper.form),
        (say("service_day", lang), words.day(paper.service_day, lang)),
        (say("fault_no", lang), paper.number),
        (say("client", lang), pick(paper.client, lang)),
        (say("contract", lang), f"{paper.contract}  {paper.contract_number}".strip()),
    )


def title(kind: str, lang: Lang) -> str:
    return words.title(f"fault-{kind}", lang)


def _section(key: str, paper: FaultPaper, lang: Lang) -> Section:
    if key in BUILD:
        return BUILD[key](paper, lang)
    return Section(key, say(key, lang), text=text_of(paper, key, lang), written=True)
