"""The report of a round: what it says, that paper and workbook say it too, and what is issued."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from roundtag import acceptance, blobs, documents, links, mails, reports, signatures
from roundtag.access import SYSTEM
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import (
    Answer,
    Blob,
    CapabilityLink,
    DocumentFile,
    Fault,
    Inspection,
    IssuedDocument,
    Job,
    OutMail,
    Person,
    ReportRun,
)
from roundtag.reports import issuing, pdf, records, runs, words, xlsx
from roundtag.reports.shape import InspectionReport, Issue
from tests.accepting import Team, drawing, team
from tests.seeing import leaf_texts, queries_of, snapshot
from tests.world import World, check_form, deliver, jpeg, run

LANGS = ("zh", "en")


@pytest.fixture
def crew(world: World) -> Team:
    return team(world)


def walked(crew: Team) -> Team:
    """A round with a failure, a reading out of its limits, a photo and three signatures."""
    _, photo = jpeg("teal")
    blobs.put_photo(jpeg("teal")[0])
    deliver("inspection", check_form(crew.world, 0, **{
        "item.image": "fail", "note.image": "=1+1 花屏", "item.lamp": "4100",
        "note.lamp": "灯泡到寿命", "item.remark": "备用灯在库房",
        "photo.image": f"blob:{photo.sha256}"}), crew.engineer,
        photos=(type(photo)(photo.sha256, photo.mime, photo.size, "photo.image"),))  # fmt: skip
    crew.fill(1)
    signature = signatures.keep_drawing(drawing())
    crew.hand_in(signature=signature)
    crew.check(signer="赵主管")
    crew.sign(signer="陈敏")
    return crew


def report_of(crew: Team) -> InspectionReport:
    return reports.of_round(crew.world.round_id, SYSTEM)


def plain_text(path: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)


def table(path: Path, sheet: int = 1) -> list[list[str]]:
    book = load_workbook(path)
    return [["" if cell.value is None else str(cell.value) for cell in row]
            for row in book.worksheets[sheet].rows]  # fmt: skip


def test_it_says_what_the_entries_say(crew: Team) -> None:
    walked(crew)
    report = report_of(crew)
    assert (report.figures.stops, report.figures.done, report.figures.passed,
            report.figures.failed, report.figures.rate) == (2, 2, 1, 1, 50.0)  # fmt: skip
    assert [(one.place.device_code, one.result, one.person) for one in report.entries] == [
        ("A-P01", "fail", "engineer-a 先生"), ("A-P02", "pass", "engineer-a 先生")]  # fmt: skip
    said = {(entry.place.device_code, one.key): (one.value[0], one.verdict, one.note)
            for entry in report.entries for one in entry.answers}  # fmt: skip
    for row in Answer.select():
        value = "净" if row.value == "clean" else "" if row.item == "image" else row.value or ""
        key = (f"A-P0{1 + (row.device_id == crew.world.devices[1].id)}", row.item)
        assert said.pop(key) == (value, row.verdict, row.note or "")
    assert said == {}
    [fault] = Fault.select()
    assert {one.faults for one in report.failures} == {(fault.number,)}
    [lamp] = report.abnormal
    assert (lamp.value, lamp.limits, lamp.course[-1][1]) == ("4100", "0–4000", 4100.0)
    assert [one.item[0] for one in report.photos] == ["画面"]
    assert [one.name for one in report.signed] == ["李建国", "赵主管", "陈敏"]
    assert [(one.person, one.done) for one in report.doings] == [("engineer-a 先生", 2)]


@pytest.mark.parametrize("lang", LANGS)
def test_paper_holds_every_row_and_all_characters(crew: Team, tmp_path: Path, lang: Any) -> None:
    report = report_of(walked(crew))
    path = tmp_path / "r.pdf"
    pages = pdf.write(report, lang, path, Issue("XJ-A-202611-01", "2026-11-12", "XJ-A-202611-00"))
    text = plain_text(path)
    assert len(PdfReader(path).pages) == pages
    for entry in report.entries:
        assert entry.place.device_code in text
        for one in entry.answers:
            for part in (words.pick(one.name, lang), words.pick(one.value, lang), one.limits,
                         words.verdict(one.verdict, lang), one.note):  # fmt: skip
                assert "".join(part.split()) in text
    for part in ("XJ-A-202611-01", "XJ-A-202611-00", "赵主管", "陈敏", "客户A", report.digest,
                 words.say("leftover", lang), words.say("signatures", lang),
                 words.deadline(report.due_on, lang)):  # fmt: skip
        assert "".join(part.split()) in text
    assert "〓" not in text
    images = [image for page in PdfReader(path).pages for image in page.images]
    assert len(images) == 2  # the photo and the signature
    again = tmp_path / "again.pdf"
    pdf.write(report, lang, again, Issue("XJ-A-202611-01", "2026-11-12", "XJ-A-202611-00"))
    assert again.read_bytes() == path.read_bytes()


def test_a_draft_says_so_on_every_page(crew: Team, tmp_path: Path) -> None:
    pdf.write(report_of(walked(crew)), "zh", tmp_path / "d.pdf")
    assert all("草稿" in page.extract_text() for page in PdfReader(tmp_path / "d.pdf").pages)


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_matches_row_by_row_and_holds_no_formula(
    crew: Team, tmp_path: Path, lang: Any
) -> None:
    report = report_of(walked(crew))
    xlsx.write(report, lang, tmp_path / "r.xlsx", Issue("XJ-A-202611-01"))
    head, *rows = table(tmp_path / "r.xlsx")
    assert head == [words.say(key, lang) for key in xlsx.RECORD]
    expected = [
        [str(entry.place.no), entry.place.device_code, words.pick(one.name, lang),
         words.pick(one.value, lang), one.unit, one.limits, words.verdict(one.verdict, lang),
         one.note]
        for entry in report.entries for one in entry.answers
    ]  # fmt: skip
    assert [[row[0], row[6], *row[13:]] for row in rows] == expected
    assert any(row[18] == "=1+1 花屏" for row in rows)
    book = load_workbook(tmp_path / "r.xlsx")
    assert not [cell.coordinate for sheet in book for row in sheet.rows for cell in row
                if cell.data_type == "f"]  # fmt: skip
    assert len(book.worksheets) == 12
    xlsx.write(report, lang, tmp_path / "again.xlsx", Issue("XJ-A-202611-01"))
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "r.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("occasion", "name"),
    [("monthly", "巡检记录表"), ("weekly", "周抽检记录表"), ("quarterly", "设备养护记录表"),
     ("half_yearly", "检测登记表")],
)  # fmt: skip
def test_records_have_names_of_their_own(
    crew: Team, tmp_path: Path, occasion: str, name: str
) -> None:
    from dataclasses import replace

    report = replace(report_of(walked(crew)), occasion=occasion)
    records.write_pdf(report, "zh", tmp_path / "r.pdf")
    records.write_xlsx(report, "zh", tmp_path / "r.xlsx")
    text = plain_text(tmp_path / "r.pdf")
    assert name in text
    assert "陈敏" in text
    head, *rows = table(tmp_path / "r.xlsx", 0)
    assert rows == [list(row) for row in records.rows(report, "zh")]
    assert ("处理措施" in head) == (occasion == "half_yearly")
    assert len(rows) == (3 if occasion == "half_yearly" else 8)


def test_the_same_records_have_the_same_digest(crew: Team) -> None:
    walked(crew)
    first = report_of(crew)
    assert report_of(crew).digest == first.digest
    assert documents.data_digest(first.plain()) == first.digest
    deliver("inspection", check_form(crew.world, 1), crew.engineer)  # came after the signing
    assert report_of(crew).digest == first.digest
    run(reports.remark_on_report, reports.Remark(crew.world.round_id, "整体良好", "All well"),
        crew.supervisor)  # fmt: skip
    assert report_of(crew).digest != first.digest
    assert "整体良好" not in leaf_texts()


def issued(crew: Team) -> IssuedDocument:
    key = reports.order(crew.world.round_id, "issue", crew.world.manager)
    reports.make(key)
    line = reports.one(key, crew.world.manager)
    assert line.state == "ready", line.problem
    return IssuedDocument.get_by_id(line.document_id)


def test_only_what_the_client_accepted_is_issued_by_the_manager(crew: Team) -> None:
    crew.to("checked")
    before = snapshot()
    with pytest.raises(Invalid):
        reports.order(crew.world.round_id, "issue", crew.world.manager)
    with pytest.raises(Forbidden):
        reports.order(crew.world.round_id, "issue", crew.supervisor)
    with pytest.raises(Forbidden):
        reports.order(crew.world.round_id, "draft", crew.client)
    with pytest.raises(NotFound):
        reports.of_round(999_999, SYSTEM)
    assert snapshot() == before


def test_documents_are_numbered_without_gaps_and_name_what_they_replace(crew: Team) -> None:
    walked(crew)
    first, second = issued(crew), issued(crew)
    assert [one.number[:5] for one in (first, second)] == ["XJ-A-"] * 2
    assert [one.number[-2:] for one in (first, second)] == ["01", "02"]
    assert (first.replaces_id, second.replaces_id) == (None, first.id)
    assert first.data_digest == second.data_digest == report_of(crew).digest
    found = reports.document(first.id, crew.client)
    assert [(one.kind, one.lang) for one in found.files] == [
        ("pdf", "zh"), ("xlsx", "zh"), ("pdf", "en"), ("xlsx", "en"), ("json", "")]  # fmt: skip
    assert (found.replaced_by, reports.document(second.id, crew.client).replaces) == (
        second.number, first.number)  # fmt: skip
    for one, path in (reports.file_of(found, file.name) for file in found.files):
        assert documents.hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256
        assert one.sha256 in leaf_texts()
    _, path = reports.file_of(reports.document(second.id, crew.client), found.files[0].name
                              .replace("-01-", "-02-"))  # fmt: skip
    assert first.number in plain_text(path)


def test_later_changes_leave_an_issued_document_as_it_is(crew: Team) -> None:
    document = issued(walked(crew))
    files = {one.sha256: blobs.path_of(one.sha256).read_bytes() for one in DocumentFile.select()}
    Inspection.update(note="改过").execute()
    assert report_of(crew).digest != document.data_digest
    assert all(blobs.path_of(key).read_bytes() == data for key, data in files.items())


def test_a_number_lost_meanwhile_is_drawn_anew(crew: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    walked(crew)
    real, guesses = issuing.next_number, iter(["XJ-A-209901-01"])
    monkeypatch.setattr(issuing, "next_number",
                        lambda tour, now: next(guesses, None) or real(tour, now))  # fmt: skip
    document = issued(crew)
    assert document.number.endswith("-01")
    assert document.number != "XJ-A-209901-01"
    assert DocumentFile.select().count() == 5
    assert Blob.select().where(Blob.mime == "application/pdf").count() == 2


def test_a_failure_leaves_no_half_file(
    crew: Team, monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    walked(crew)
    before = {path for path in data_dir.rglob("*") if path.is_file()}
    key = reports.order(crew.world.round_id, "issue", crew.world.manager)

    def fail(*_args: Any, **_more: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(xlsx, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        reports.make(key)
    kept = {
        path for path in data_dir.rglob("*") if path.is_file() and "report.jpg" not in path.name
    }
    assert kept - before == set()
    assert not list((data_dir / "reports").iterdir())
    assert not IssuedDocument.select().exists()
    monkeypatch.undo()
    reports.make(key)
    assert IssuedDocument.select().count() == 1
    reports.make(key)
    assert IssuedDocument.select().count() == 1


def test_drafts_are_fetched_by_those_who_may_and_forgotten(crew: Team, other: World) -> None:
    walked(crew)
    key = reports.order(crew.world.round_id, "draft", crew.engineer)
    assert reports.order(crew.world.round_id, "draft", crew.supervisor) == key
    with pytest.raises(NotFound):
        reports.draft_file(key, "x.pdf", crew.engineer)
    reports.make(key)
    line = reports.one(key, crew.engineer)
    assert (line.state, len(line.files), line.done > 0 or line.total > 0) == ("ready", 4, True)
    assert reports.draft_file(key, line.files[0], crew.engineer).read_bytes().startswith(b"%PDF")
    for name in ("../secret.key", "x.pdf", ""):
        with pytest.raises(NotFound):
            reports.draft_file(key, name, crew.engineer)
    with pytest.raises(NotFound):
        reports.one(key, other.engineer)
    ReportRun.update(expires_at="2020-01-01T00:00:00.000000Z").execute()
    path = runs.folder_of(key) / line.files[0]
    assert reports.sweep() == 1
    assert not path.exists()


def test_the_client_gets_a_mail_with_the_file_and_a_link(crew: Team, data_dir: Path) -> None:
    Person.update(email="it@example.com").where(Person.id == crew.client.person_id).execute()
    document = issued(walked(crew))
    mail = OutMail.get(OutMail.kind == "report")
    mails.post(mail.id)
    mails.post(mail.id)
    [file] = [one for one in (data_dir / "spool").iterdir() if one.name == f"mail-{mail.id}.eml"]
    from email import message_from_bytes, policy

    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    text = letter.get_body().get_content()  # type: ignore[union-attr]
    assert document.number in text
    [attached] = list(letter.iter_attachments())
    assert attached.get_content().startswith(b"%PDF")
    secret = text.split("/d/")[1].split()[0]
    assert reports.by_link(secret).number == document.number
    assert secret not in repr(snapshot())
    links.revoke("document-read", document.id, mail.created_at)
    with pytest.raises(NotFound):
        reports.by_link(secret)


def test_a_mail_that_waits_brings_no_link_after_all_were_ended(crew: Team, data_dir: Path) -> None:
    Person.update(email="it@example.com").where(Person.id == crew.client.person_id).execute()
    crew.to("checked")
    mail = OutMail.get(OutMail.kind == "round-sign")
    order = acceptance.RevokeInvitations(crew.world.round_id)
    run(acceptance.revoke_invitations, order, crew.supervisor)
    mails.post(mail.id)
    assert not (data_dir / "spool").exists()
    assert not CapabilityLink.select().where(CapabilityLink.revoked_at.is_null()).exists()


def test_a_mail_to_sign_is_written_when_it_is_sent(crew: Team, data_dir: Path) -> None:
    Person.update(email="it@example.com").where(Person.id == crew.client.person_id).execute()
    crew.to("checked")
    mail = OutMail.get(OutMail.kind == "round-sign")
    assert Job.select().where(Job.name == "mails.post").exists()
    mails.post(mail.id)
    assert len(list((data_dir / "spool").iterdir())) == 1
    crew.sign()
    OutMail.update(sent_at=None).execute()
    (data_dir / "spool" / f"mail-{mail.id}.eml").unlink()
    mails.post(mail.id)
    assert list((data_dir / "spool").iterdir()) == []


def test_the_report_costs_the_same_with_2_and_with_80_devices(crew: Team) -> None:
    from tests.roundtag.test_queries import more_devices

    crew.fill(0)
    reads = {
        "report": lambda: report_of(crew),
        "panel": lambda: acceptance.panel(crew.world.round_id, crew.supervisor),
        "entries": lambda: acceptance.entries(crew.world.round_id),
        "returned": lambda: acceptance.sent_back_to(crew.engineer.person_id),
        "waiting": lambda: acceptance.waiting_for(crew.engineer),
        "documents": lambda: reports.listed(crew.client, reports.Filter()),
    }
    few = {name: queries_of(read) for name, read in reads.items()}
    more_devices(crew.world, 78)
    assert {name: queries_of(read) for name, read in reads.items()} == few
    assert few["report"] <= 24
    assert max(cost for name, cost in few.items() if name != "report") <= 12
