"""Documents of a fault: what they say, that paper and workbook say it too, and what is issued."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from roundtag import blobs, clock, documents, fault_papers, mails, reports
from roundtag.access import SYSTEM, Actor
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fault_papers import facts, parts, pdf, sections, telling, words, xlsx
from roundtag.fault_papers.writing import LONGEST
from roundtag.fields import Fields
from roundtag.models import (
    DocumentFile,
    FaultContact,
    FaultEvent,
    IssuedDocument,
    OutMail,
    PaperText,
    Person,
    ReportRun,
    Swap,
)
from roundtag.reports.shape import Issue
from tests import world as worlds
from tests.mending import (
    LONG,
    Mended,
    at,
    reported,
    whole,
    with_photos,
    with_swap,
    with_voices,
)
from tests.seeing import at_once, leaf_texts, queries_of, snapshot
from tests.world import World, run

KINDS = tuple(fault_papers.KINDS)
LANGS = ("zh", "en")
ISSUE = Issue("FR-A-2611-007", "2026-11-25", "FR-A-2611-006")


@pytest.fixture
def mended(world: World) -> Mended:
    return whole(world)


def paper_of(made: Mended, kind: str = "response") -> fault_papers.FaultPaper:
    return fault_papers.paper(made.id, kind, SYSTEM)


def plain_text(path: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)


def bare(text: str) -> str:
    return "".join(text.split())


def texts(kind: str, **said: tuple[str, str]) -> tuple[fault_papers.Written, ...]:
    return tuple(fault_papers.Written(name, *said.get(name, ("", "")))
                 for name in fault_papers.KINDS[kind].written)  # fmt: skip


def write(made: Mended, actor: Actor, kind: str = "response", seen: str = "",
          **said: tuple[str, str]) -> Any:  # fmt: skip
    order = fault_papers.WritePaper(made.id, kind, texts(kind, **said), seen)
    return run(fault_papers.write_paper, order, actor)


def issued(made: Mended, kind: str = "response", actor: Actor | None = None) -> IssuedDocument:
    key = fault_papers.order(made.id, kind, "issue", actor or made.world.manager)
    reports.make(key)
    line = reports.one(key, made.world.manager)
    assert line.state == "ready", line.problem
    return IssuedDocument.get_by_id(line.document_id)


# What it says


def test_clocks_breaches_and_pauses_are_those_worked_out_by_hand(mended: Mended) -> None:
    """II → I: response 10 min, on site 1 h, restore 4 h, all 7×24; the room was in use 20 min."""
    paper = paper_of(mended)
    said = {one.target: one for one in paper.timings}
    assert {target: (one.level, one.budget, one.due_at, one.met_at, one.state, one.elapsed)
            for target, one in said.items()} == {
        "response": ("I", 10, text(10), text(25), "met_late", 25),
        "on_site": ("I", 60, text(80), text(55), "met", 35),
        "restore": ("I", 240, text(260), text(200), "met", 180),
    }  # fmt: skip
    assert [(one.target, one.level, one.due_at, one.at) for one in paper.broken] == [
        ("response", "I", text(10), text(15))]  # fmt: skip
    assert [(one.reason, one.stops, one.since, one.until) for one in paper.pauses] == [
        ("room_in_use", ("on_site", "restore"), text(30), text(50))]  # fmt: skip
    assert [(one.level, one.at) for one in paper.levels] == [("II", text(5)), ("I", text(15))]
    assert (paper.worst, paper.service_day, paper.zone) == ("I", "2026-11-24", "Asia/Shanghai")


def text(minutes: float) -> str:
    return at(minutes).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_reopening_begins_a_cycle_and_keeps_the_one_before(mended: Mended) -> None:
    mended.event("reopened", 300, note="又黑屏")
    mended.event("responded", 305, "phone")
    mended.event("paused", 310, "client")
    mended.event("restored", 320)
    paper = paper_of(mended.set(restored_at=at(320), state="restored"))
    assert [(one.cycle, one.target, one.state) for one in paper.timings] == [
        (1, "response", "met_late"), (1, "on_site", "met"), (1, "restore", "met"),
        (2, "response", "met"), (2, "on_site", "stopped"), (2, "restore", "met")]  # fmt: skip
    assert [(one.cycle, one.target) for one in paper.broken] == [(1, "response")]
    assert [(one.reason, one.until) for one in paper.pauses] == [
        ("room_in_use", text(50)), ("client", text(320))]  # fmt: skip


def test_it_says_what_the_rows_say(mended: Mended) -> None:
    with_photos(with_voices(with_swap(mended)), 2)
    paper = paper_of(mended)
    assert (paper.device_code, paper.unit, paper.serial) == ("A-P01", "爱普生 CB-L500", "SNA1")
    assert [(one.old_serial, one.new_serial, one.old_to) for one in paper.parts] == [
        ("SNA1", "SPA1", "repair")]  # fmt: skip
    assert [one.of for one in paper.photos] == ["swap", "fault", "fault"] or {
        one.of for one in paper.photos} == {"swap", "fault"}  # fmt: skip
    assert [(one.number, one.at) for one in paper.twins] == [("F-2611-900", text(3))]
    assert [(one.stars, one.comment) for one in paper.ratings] == [(5, "很快，谢谢"), (2, "")]
    assert [(one.person, one.lead) for one in paper.crew] == [
        ("engineer-a 先生", True), ("manager-a 先生", False)]  # fmt: skip
    course = [(one.kind, one.what, one.undone) for one in paper.course]
    assert ("level", "IV", True) in course
    assert ("dispatched", "engineer-a 先生", False) in course
    said = [parts.happened(one, "zh") for one in paper.course]
    assert {"定级：IV 级（已撤销）", "派单：engineer-a 先生", "响应：电话支持",
            "恢复使用（临时恢复）", "暂停计时：会议室使用中，无法施工",
            "其他记录（shaken）"} <= set(said)  # fmt: skip
    assert len(course) == FaultEvent.select().where(FaultEvent.fault == mended.id).count()


def test_the_serial_is_that_of_the_day_of_the_report(mended: Mended) -> None:
    before = paper_of(mended)
    assert (before.serial, before.parts) == ("SNA1", ())
    for old, new in (("SNA1", "SPA1"), ("SPA1", "SPA2")):
        form = worlds.swap_form(mended.world, expected_old_serial=old, new_serial=new)
        worlds.deliver("swap", form, mended.world.engineer)
    assert Swap.select().count() == 2
    assert paper_of(mended).serial == "SNA1"


def test_nobody_is_told_how_to_reach_the_reporter(mended: Mended) -> None:
    FaultContact.create(client=mended.world.client_id, fault=mended.id, contact="13800000000")
    assert "13800000000" not in repr(paper_of(mended).plain())


def test_a_fault_of_a_room_without_a_contract_or_anything_else(world: World) -> None:
    made = reported(world)
    made.set(device=None, contract=None, category="", symptom="failed-check")
    for kind in KINDS:
        paper = paper_of(made, kind)
        assert (paper.device, paper.category[0], paper.contract) == ("", "会议室", "")
        assert all(sections.sections_of(paper, lang) for lang in ("zh", "en"))


def test_a_document_in_the_making_asks_no_clock_but_the_given(mended: Mended) -> None:
    """Pure: the same rows at another moment say the same, once nothing runs any more."""
    fault = facts.fault_of(mended.id, SYSTEM)
    found = facts.of(fault, "response", at(400))
    later = replace(found, now=at(400_000))
    earlier = replace(found, now=at(0))  # the server's clock was set back
    for other in (later, earlier):
        assert telling.paper(found, "response") == telling.paper(other, "response")
    assert telling.paper(found, "response").digest == paper_of(mended).digest


# Paper and workbook


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGS)
def test_paper_holds_every_field_and_all_characters(
    mended: Mended, tmp_path: Path, kind: str, lang: Any
) -> None:
    with_photos(with_voices(with_swap(mended)), 2)
    mended.set(description=LONG)
    said = {name: (f"{name}：" + "分析结论，" * 300 + "终", f"{name} conclusion")
            for name in fault_papers.KINDS[kind].written}  # fmt: skip
    write(mended, SYSTEM, kind, **said)
    paper = paper_of(mended, kind)
    path = tmp_path / "r.pdf"
    pages = pdf.write(paper, lang, path, ISSUE)
    text_on_paper = plain_text(path)
    text_on_paper = strip_dressing(text_on_paper, paper, lang)
    assert len(PdfReader(path).pages) == pages
    assert "〓" not in text_on_paper
    for part in (ISSUE.number, ISSUE.replaces, paper.digest, sections.title(kind, lang),
                 *(value for _, value in sections.cover(paper, lang))):  # fmt: skip
        assert bare(part) in text_on_paper
    for one in sections.sections_of(paper, lang):
        assert bare(one.title) in text_on_paper
        assert bare(one.text) in text_on_paper
        for name, value in one.facts:
            assert bare(name) in text_on_paper
            assert bare(value) in text_on_paper
        for cell in (cell for row in one.rows if not one.photos for cell in row):
            for line in cell.split("\n"):
                assert bare(line) in text_on_paper
    images = [image for page in PdfReader(path).pages for image in page.images]
    assert len(images) == 3
    again = tmp_path / "again.pdf"
    pdf.write(paper, lang, again, ISSUE)
    assert again.read_bytes() == path.read_bytes()


def strip_dressing(text_on_paper: str, paper: fault_papers.FaultPaper, lang: Any) -> str:
    """Without the head and foot of each page, which stand between two parts of a long text."""
    head = bare(f"{words.words.pick(paper.client, lang)} {sections.title(paper.kind, lang)} "
                f"{paper.number}") + ISSUE.number  # fmt: skip
    foot = r"第\d+页共\d+页" if lang == "zh" else r"Page\d+of\d+"
    return re.sub(foot, "", text_on_paper).replace(head, "")


def test_a_draft_says_so_on_every_page(mended: Mended, tmp_path: Path) -> None:
    pdf.write(paper_of(mended), "zh", tmp_path / "d.pdf")
    assert all("草稿" in page.extract_text() for page in PdfReader(tmp_path / "d.pdf").pages)


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_says_the_same_and_holds_no_formula(
    mended: Mended, tmp_path: Path, lang: Any
) -> None:
    with_voices(with_swap(mended)).set(remedy="=1+1 换机")
    mended.event("progress", 110, note="=HYPERLINK(1)")
    paper = paper_of(mended)
    xlsx.write(paper, lang, tmp_path / "r.xlsx", ISSUE)
    book = load_workbook(tmp_path / "r.xlsx")
    tables = [one for one in sections.sections_of(paper, lang) if one.rows]
    assert book.sheetnames[1:] == [one.title for one in tables]
    for one in tables:
        rows = [["" if cell.value is None else str(cell.value) for cell in row]
                for row in book[one.title].rows]  # fmt: skip
        assert rows == [list(one.heads), *(list(row) for row in one.rows)]
    first = {row[0].value: row[1].value for row in book.worksheets[0].rows if row[0].value}
    assert first[words.say("number", lang)] == ISSUE.number
    assert first[words.say("remedy", lang)] == "=1+1 换机"
    assert first[words.say("digest", lang)] == paper.digest
    assert not [cell for sheet in book for row in sheet.rows for cell in row
                if cell.data_type == "f"]  # fmt: skip
    xlsx.write(paper, lang, tmp_path / "again.xlsx", ISSUE)
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "r.xlsx").read_bytes()


def test_every_code_of_the_product_has_its_word() -> None:
    from roundtag.faults.life import KINDS as EVENTS
    from roundtag.sla.matrix import LEVELS, TARGETS
    from roundtag.sla.worktime import KINDS as CALENDARS
    from roundtag.spares import OLD_UNIT_TO, REASONS

    wanted = [
        *(f"event.{kind}" for kind in {*EVENTS.values(), "reported", "swapped", "undone"}),
        *(f"target.{one}" for one in TARGETS), *(f"calendar.{one}" for one in CALENDARS),
        *(f"old_to.{one}" for one in OLD_UNIT_TO), *(f"reason.{one}" for one in REASONS),
    ]  # fmt: skip
    assert [one for one in wanted if one not in words.WORDS] == []
    assert [words.level(one, "zh") for one in LEVELS] == ["I 级", "II 级", "III 级", "IV 级"]


# What is written


def test_texts_are_kept_sealed_and_nobody_writes_over_what_they_have_not_read(
    mended: Mended,
) -> None:
    before = paper_of(mended).digest
    first = write(mended, mended.world.engineer, process=("先切信号", "Switched"),
                  cost=("合同内，0 元", ""))  # fmt: skip
    assert first.outcome == "done"
    assert paper_of(mended).digest != before
    late = write(mended, mended.world.manager, process=("我写的", ""))
    assert late.outcome == "conflict"
    assert {row.zh for row in PaperText.select()} == {"先切信号", "合同内，0 元"}
    page = fault_papers.page(mended.id, "response", mended.world.manager)
    again = write(mended, mended.world.manager, seen=page.seen, process=("我写的", ""))
    assert again.outcome == "done"
    assert paper_of(mended, "analysis").written == ()
    assert [(one.section, one.zh) for one in paper_of(mended).written] == [("process", "我写的")]
    assert "先切信号" not in leaf_texts()


def test_the_cost_that_an_engineer_named_is_the_cost(mended: Mended) -> None:
    def cost() -> str:
        found = fault_papers.sections_of(paper_of(mended), "zh")
        return next(one.text for one in found if one.key == "cost")

    FaultEvent.create(client=mended.world.client_id, fault=mended.id, kind="cost", note="320 元",
                      at=clock.now())  # fmt: skip
    assert cost() == "320 元"
    write(mended, mended.world.engineer, cost=("合同内，0 元", ""))
    assert cost() == "合同内，0 元"


def test_hostile_texts_are_refused_or_kept_as_words(mended: Mended, tmp_path: Path) -> None:
    def read(**more: str) -> fault_papers.WritePaper:
        return fault_papers.read_texts(Fields(more.items()), mended.id, "response")

    with pytest.raises(Invalid) as refused:
        read(process_zh="长" * 100_000, cost_en="x" * (LONGEST + 1))
    assert {one.field for one in refused.value.errors} == {"process_zh", "cost_en"}
    order = read(process_zh="<b>&amp;</b>\x00\x1b[31m红\x07\ud800", cost_zh="=cmd|'/c'!A1")
    run(fault_papers.write_paper, order, mended.world.engineer)
    paper = paper_of(mended)
    assert {one.section: one.zh for one in paper.written} == {
        "process": "<b>&amp;</b>[31m红?", "cost": "=cmd|'/c'!A1"}  # fmt: skip
    pdf.write(paper, "zh", tmp_path / "r.pdf")
    assert "<b>&amp;</b>[31m红?" in plain_text(tmp_path / "r.pdf")
    foreign = replace(order, texts=(fault_papers.Written("impact", "x", ""),), seen="")
    with pytest.raises(Invalid):
        run(fault_papers.write_paper, foreign, mended.world.engineer)
    with pytest.raises(NotFound):
        run(fault_papers.write_paper, replace(order, kind="x"), mended.world.engineer)


# What is issued


def test_an_issued_file_is_the_same_for_ever(mended: Mended) -> None:
    document = issued(mended)
    files = {one.sha256: blobs.path_of(one.sha256).read_bytes() for one in DocumentFile.select()}
    assert len(files) == 5
    assert document.file_hash in files
    assert document.data_digest == paper_of(mended).digest
    mended.set(remedy="改写过的处理措施")
    mended.event("progress", 280, note="后来的进展")
    write(mended, mended.world.engineer, process=("后来写的", ""))
    assert paper_of(mended).digest != document.data_digest
    assert IssuedDocument.get_by_id(document.id).data_digest == document.data_digest
    found = reports.document(document.id, mended.world.viewer)
    for one in found.files:
        _, path = reports.file_of(found, one.name)
        assert path.read_bytes() == files[one.sha256]
        assert documents.hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256
        assert one.sha256 in leaf_texts()
    zh = next(one for one in found.files if (one.kind, one.lang) == ("pdf", "zh"))
    assert "改写过" not in plain_text(blobs.path_of(zh.sha256))
    second = issued(mended)
    assert (second.replaces_id, second.data_digest) == (document.id, paper_of(mended).digest)
    assert blobs.path_of(zh.sha256).read_bytes() == files[zh.sha256]
    assert reports.document(document.id, mended.world.viewer).replaced_by == second.number


def test_numbers_are_counted_per_client_and_kind(mended: Mended, other: World) -> None:
    theirs = whole(other)
    numbers = [issued(one, kind).number
               for one, kind in ((mended, "response"), (mended, "analysis"), (mended, "response"),
                                 (theirs, "response"), (mended, "major"))]  # fmt: skip
    month = f"{fault_papers.issuing.clock.local(fault_papers.issuing.clock.now()):%y%m}"
    assert numbers == [f"FR-A-{month}-001", f"FA-A-{month}-001", f"FR-A-{month}-002",
                       f"FR-B-{month}-001", f"FM-A-{month}-001"]  # fmt: skip


def test_two_at_once_leave_no_gap_and_no_double(fresh_world: World) -> None:
    made = [whole(fresh_world, 0), whole(fresh_world, 1)]
    keys = [fault_papers.order(one.id, "response", "issue", fresh_world.manager) for one in made]
    assert at_once([lambda key=key: reports.make(key) for key in keys]) == [None, None]
    assert {row.state for row in ReportRun.select()} == {"ready"}
    assert sorted(row.number[-3:] for row in IssuedDocument.select()) == ["001", "002"]
    assert DocumentFile.select().count() == 10


def test_the_same_order_twice_is_one_document(mended: Mended) -> None:
    first = fault_papers.order(mended.id, "response", "issue", mended.world.manager)
    assert fault_papers.order(mended.id, "response", "issue", mended.world.manager) == first
    assert fault_papers.order(mended.id, "analysis", "issue", mended.world.manager) != first
    reports.make(first)
    ReportRun.update(state="waiting").where(ReportRun.key == first).execute()  # it died at the end
    reports.make(first)
    assert IssuedDocument.select().count() == 1


def test_who_may_do_what_and_when(world: World) -> None:
    made = whole(world)
    supervisor = worlds.person("supervisor-x", ("supervisor", "client", world.client_id))
    before = snapshot()
    for kind in KINDS:
        for actor in (world.engineer, world.viewer):
            with pytest.raises(Forbidden):
                fault_papers.order(made.id, kind, "issue", actor)
        with pytest.raises(Forbidden):
            fault_papers.order(made.id, kind, "draft", world.viewer)
        with pytest.raises(Forbidden):
            write(made, world.viewer, kind)
    with pytest.raises(NotFound):
        fault_papers.order(made.id, "other", "draft", world.manager)
    made.set(state="on_site")
    for kind in KINDS:
        with pytest.raises(Invalid):
            fault_papers.order(made.id, kind, "issue", world.manager)
    made.set(state="restored")
    with pytest.raises(Invalid):
        fault_papers.order(made.id, "analysis", "issue", supervisor)
    made.set(state="observing")
    assert snapshot() == before
    assert issued(made, "response", supervisor).issued_by_id == supervisor.person_id


def test_a_major_report_is_for_level_one_or_a_managers_choice(world: World) -> None:
    made = reported(world)
    supervisor = worlds.person("supervisor-x", ("supervisor", "client", world.client_id))
    made.event("restored", 60)
    made.set(state="restored", level="III", restored_at=at(60))
    slip = made.event("level", 61, "I")
    made.event("undone", 62, of=slip.id)
    with pytest.raises(Invalid):
        fault_papers.order(made.id, "major", "issue", world.manager)
    made.set(level="II")
    with pytest.raises(Forbidden):
        fault_papers.order(made.id, "major", "issue", supervisor)
    assert issued(made, "major").number.startswith("FM-")
    made.event("level", 63, "I")
    assert issued(made, "major", supervisor).number.endswith("002")


def test_nothing_of_another_client(mended: Mended, other: World) -> None:
    document = issued(mended)
    key = fault_papers.order(mended.id, "response", "draft", mended.world.engineer)
    before = snapshot()
    for actor in (other.engineer, other.viewer):
        for ask in (
            lambda a=actor: fault_papers.paper(mended.id, "response", a),
            lambda a=actor: fault_papers.page(mended.id, "response", a),
            lambda a=actor: fault_papers.at_fault(mended.id, a),
            lambda a=actor: fault_papers.order(mended.id, "response", "draft", a),
            lambda a=actor: fault_papers.order(mended.id, "response", "issue", a),
            lambda a=actor: reports.document(document.id, a),
            lambda a=actor: reports.one(key, a),
        ):
            with pytest.raises(NotFound):
                ask()
        with pytest.raises((NotFound, Forbidden)):
            write(mended, actor)
    with pytest.raises(Forbidden):  # a storekeeper of the whole provider sees, and does nothing
        fault_papers.order(mended.id, "response", "issue", other.manager)
    assert reports.listed(other.viewer, reports.Filter()) == []
    assert snapshot() == before


def test_a_report_that_was_put_aside_has_no_document(mended: Mended) -> None:
    for state in ("quarantined", "dismissed"):
        mended.set(state=state)
        with pytest.raises(NotFound):
            fault_papers.paper(mended.id, "response", mended.world.manager)


def test_the_client_reads_it_and_gets_it_by_mail(mended: Mended, data_dir: Path) -> None:
    Person.update(email="it@example.com").where(
        Person.id == mended.world.viewer.person_id).execute()  # fmt: skip
    assert fault_papers.at_fault(mended.id, mended.world.viewer).lines == []
    document = issued(mended)
    [line] = fault_papers.at_fault(mended.id, mended.world.viewer).lines
    assert line.issued is not None
    assert (line.issued.id, line.zh) == (document.id, "响应服务报告")
    shown = reports.document(document.id, mended.world.viewer)
    assert (shown.name, shown.period) == ("响应服务报告", mended.fault.number)
    for wanted in ("fault-response", ""):
        found = reports.listed(mended.world.viewer, reports.Filter(occasion=wanted))
        assert [one.number for one in found] == [document.number]
    assert reports.listed(SYSTEM, reports.Filter(occasion="fault-major")) == []
    mail = OutMail.get(OutMail.kind == "report")
    mails.post(mail.id)
    from email import message_from_bytes, policy

    letter = message_from_bytes((data_dir / "spool" / f"mail-{mail.id}.eml").read_bytes(),
                                policy=policy.default)  # fmt: skip
    words_of_it = letter.get_body().get_content()  # type: ignore[union-attr]
    assert f"响应服务（{mended.fault.number}）报告已签发" in words_of_it
    assert document.number in words_of_it
    [attached] = list(letter.iter_attachments())
    assert attached.get_content().startswith(b"%PDF")


def test_a_document_costs_the_same_with_few_and_with_many_rows(mended: Mended) -> None:
    with_photos(with_voices(with_swap(mended)), 1)
    write(mended, SYSTEM, process=("一", ""))
    reads = {
        "paper": lambda: paper_of(mended),
        "page": lambda: fault_papers.page(mended.id, "response", mended.world.manager),
        "fault": lambda: fault_papers.at_fault(mended.id, mended.world.viewer),
    }
    issued(mended)
    few = {name: queries_of(read) for name, read in reads.items()}
    for number in range(40):
        mended.event("progress", 100 + number, note=f"第 {number} 次")
    with_photos(mended, 11)
    issued(mended)
    assert {name: queries_of(read) for name, read in reads.items()} == few
    assert few["paper"] <= 18
    assert few["page"] <= 30
    assert few["fault"] <= 3
