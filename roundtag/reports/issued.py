"""Issued documents: listed, opened, fetched; by people who may, or by the link of a mail."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from roundtag import addresses as site
from roundtag import blobs, links, mails, people
from roundtag.acceptance import names
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.mails import Letter
from roundtag.models import (
    Client,
    Contract,
    DocumentFile,
    Fault,
    IssuedDocument,
    OutMail,
    Person,
    Round,
)
from roundtag.reports import words
from roundtag.reports.filing import MAIL
from roundtag.reports.runs import MIMES

PURPOSE = "document-read"
SHOWN = 200
PAPERS = ("fault-response", "fault-analysis", "fault-major")
"""Kinds of document that are about a fault."""


@dataclass(frozen=True)
class File:
    name: str
    kind: str
    lang: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Document:
    """`replaced_by` names a later document of the same subject; `period` of a round, or the number
    of a fault."""

    id: int
    number: str
    kind: str
    client_id: int
    client: str
    round_id: int | None
    fault_id: int | None
    name: str
    name_en: str
    occasion: str
    period: str
    digest: str
    issued_at: datetime
    issued_by: str
    replaces: str
    replaced_by: str
    files: tuple[File, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Filter:
    """`year` of issue, `occasion` (of a round, or the kind of a fault's document) and `client`
    narrow the list; `words` are part of a number."""

    client: int | None = None
    occasion: str = ""
    year: str = ""
    words: str = ""
    round_id: int | None = None
    fault_id: int | None = None


def listed(actor: Actor, wanted: Filter) -> list[Document]:
    """Documents in view, the newest first; three queries."""
    query = _query()
    if wanted.client is not None:
        query = query.where(IssuedDocument.client == wanted.client)
    if wanted.occasion in PAPERS:
        query = query.where(IssuedDocument.kind == wanted.occasion)
    elif wanted.occasion:
        query = query.where(Round.occasion == wanted.occasion)
    if wanted.year.isdecimal():
        query = query.where(IssuedDocument.issued_at.between(
            f"{wanted.year}-01-01", f"{wanted.year}-12-31T99"))  # fmt: skip
    if wanted.words:
        query = query.where(IssuedDocument.number.contains(wanted.words))
    if wanted.round_id is not None:
        query = query.where(Round.id == wanted.round_id)
    if wanted.fault_id is not None:
        query = query.where(Fault.id == wanted.fault_id)
    return _documents(visible(actor, query, IssuedDocument.client))


def title_of(kind: str) -> tuple[str, str]:
    """What a kind of document is called in both languages; nothing for one without a title."""
    return words.pair(f"report.{kind}")


def document(key: int, actor: Actor) -> Document:
    """Raises NotFound out of the actor's view."""
    return _one(visible(actor, _query().where(IssuedDocument.id == key), IssuedDocument.client))


def by_link(secret: str) -> Document:
    """What the link of a mail opens. Raises NotFound alike for unknown and expired links."""
    return _one(_query().where(IssuedDocument.id == links.subject(PURPOSE, secret)))


def file_of(found: Document, name: str) -> tuple[File, Path]:
    """Raises NotFound."""
    for one in found.files:
        if one.name == name:
            return one, blobs.path_of(one.sha256)
    raise NotFound


def _query() -> Any:
    older = IssuedDocument.alias()
    return (
        IssuedDocument.select(IssuedDocument, Client, Person, Round, Contract, older, Fault)
        .join(Client).switch(IssuedDocument)
        .left_outer_join(Person).switch(IssuedDocument)
        .left_outer_join(older, on=(IssuedDocument.replaces == older.id), attr="older")
        .switch(IssuedDocument)
        .left_outer_join(Round, on=(
            (IssuedDocument.subject == "round") & (IssuedDocument.subject_id == Round.id)),
            attr="tour")
        .left_outer_join(Contract).switch(IssuedDocument)
        .left_outer_join(Fault, on=(
            (IssuedDocument.subject == "fault") & (IssuedDocument.subject_id == Fault.id)),
            attr="fault")
        .order_by(IssuedDocument.id.desc())
        .limit(SHOWN)
    )  # fmt: skip


def _one(query: Any) -> Document:
    found = _documents(query)
    if not found:
        raise NotFound
    return found[0]


def _documents(query: Any) -> list[Document]:
    rows = list(query)
    ids = [row.id for row in rows]
    files: dict[int, list[File]] = {}
    for one in DocumentFile.select().where(DocumentFile.document.in_(ids)).order_by(
            DocumentFile.id):  # fmt: skip
        files.setdefault(one.document_id, []).append(
            File(one.name, one.kind, one.lang, one.size, one.sha256))  # fmt: skip
    later = IssuedDocument.select(IssuedDocument.replaces, IssuedDocument.number).where(
        IssuedDocument.replaces.in_(ids))  # fmt: skip
    replaced = {one.replaces_id: one.number for one in later}
    return [_document(row, files.get(row.id, []), replaced.get(row.id, "")) for row in rows]


def _document(row: IssuedDocument, files: list[File], later: str) -> Document:
    tour, fault = getattr(row, "tour", None), getattr(row, "fault", None)
    older = getattr(row, "older", None)
    zh, en = names.of_round(tour) if tour else title_of(row.kind)
    period = tour.period if tour else fault.number if fault else ""
    return Document(
        row.id, row.number, row.kind, row.client_id, row.client.name, tour.id if tour else None,
        fault.id if fault else None, zh, en, tour.occasion if tour else "", period,
        row.data_digest, row.issued_at, people.name(row.issued_by) or "",
        older.number if older else "", later, tuple(files),
    )  # fmt: skip


@mails.composer(MAIL)
def letter(mail: OutMail) -> Letter | None:
    found = _one(_query().where(IssuedDocument.id == mail.subject_id))
    where = f"{site.base_url()}/d/{links.grant(PURPOSE, found.id, mail.created_at)}"
    days = links.LIFETIMES[PURPOSE].days
    main = next(one for one in found.files if one.kind == "pdf")
    what = found.name.removesuffix("报告")
    return Letter(
        f"{found.name} {found.period} {found.number} / {found.name_en}",
        f"{mail.name}，您好！\n\n{found.client} {what}（{found.period}）报告已签发，"
        f"编号 {found.number}，见附件。PDF 与 XLSX（中、英文）也可在此下载，"
        f"{days}天内有效，无需账号：\n\n{where}\n\n---\n\n"
        f"The report {found.number} ({found.name_en}, {found.period}) is issued and attached. "
        f"PDF and XLSX in Chinese and English are also here for {days} days, without an "
        f"account:\n\n{where}\n",
        ((main.name, MIMES["pdf"], blobs.path_of(main.sha256)),),
    )
