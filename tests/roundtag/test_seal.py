"""The head of the log on issued documents: read back from paper by eye and by camera."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
import zxingcpp
from reportlab.platypus import Spacer

from roundtag import clock, heads
from roundtag.reports import pdf
from roundtag.reports.shape import Issue
from tests.world import World


def texts(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_document_bears_the_newest_head(world: World, tmp_path: Path, lang: str) -> None:
    heads.sign(world.client_id, clock.now())
    issue = Issue("XJ-1", "2026-11-26", head=heads.note_of(world.client_id))
    path = tmp_path / "r.pdf"
    pdf.lay([Spacer(0, 40)], path, title="t", number=issue.number, lang=lang, head=issue.head)  # type: ignore[arg-type]
    origin, size, root = issue.head.split("\n")[:3]
    told = texts(path)
    assert origin in told
    assert root in told
    page = pypdfium2.PdfDocument(path)[0].render(scale=3).to_pil()
    [code] = zxingcpp.read_barcodes(page)
    asked = parse_qs(urlsplit(code.text).query)
    assert asked == {"log": [origin], "size": [size], "root": [root]}
    found = heads.known(origin, int(size), root)
    assert found
    assert found.note == issue.head
    assert issue.told_head == f"{origin} · {size} · {root}"


def test_other_words_are_no_head_of_ours(world: World) -> None:
    head = heads.sign(world.client_id, clock.now())
    assert head
    origin, _, root = head.note.split("\n")[:3]
    assert heads.known(origin, head.size + 1, root) is None
    assert heads.known(origin, head.size, "A" * 44) is None
    assert heads.known("roundtag/else/1", head.size, root) is None


def test_a_draft_bears_none(world: World, tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    pdf.lay([Spacer(0, 40)], path, title="t", number="", lang="en", head=Issue().head)
    page = pypdfium2.PdfDocument(path)[0].render(scale=3).to_pil()
    assert zxingcpp.read_barcodes(page) == []
