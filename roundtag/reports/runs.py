"""Reports made in the background: drafts to look at, and the documents that are issued.

What a report is about (a round, a fault) is told by a Maker; how a run goes is the same for all.
"""

import json
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from roundtag import blobs, clock, commands, heads, jobs, people
from roundtag.access import SYSTEM, Actor, require, visible
from roundtag.db import write
from roundtag.errors import Invalid, NotFound, RoundtagError
from roundtag.models import Person, ReportRun
from roundtag.reports.filing import Filed, Made, NumberTaken
from roundtag.reports.makers import MAKERS, Note, Report, Subject
from roundtag.reports.shape import Issue
from roundtag.reports.words import LANGS
from roundtag.settings import current

KEPT = timedelta(days=7)
KEY = re.compile(r"[0-9a-f-]{32,36}")
ATTEMPTS = 5
MIMES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
FEWEST = 4
_STEP = 5


@dataclass(frozen=True)
class RunLine:
    """States: waiting, ready, failed. `done` of `total` pages, roughly; `files` of a draft."""

    key: str
    url: str
    purpose: str
    state: str
    done: int
    total: int
    files: tuple[str, ...]
    document_id: int | None
    problem: str
    values: dict[str, Any]
    created_at: datetime


def order(subject: Subject, purpose: str, actor: Actor) -> str:
    """Puts a report to work; returns its key. One that is being made already is the same one.

    Raises Forbidden, NotFound, and Invalid for what cannot be issued yet.
    """
    maker = MAKERS[subject.name]
    client_id = maker.client_of(subject, actor)
    if purpose == "issue":
        maker.require_issuable(subject, actor)
    else:
        require(actor, maker.draft_deed, client_id)
    with write():
        same = _of(subject) & (ReportRun.purpose == purpose)
        waiting = ReportRun.select().where(same & (ReportRun.state == "waiting")).first()
        if waiting:
            return str(waiting.key)
        key, now = str(uuid.uuid4()), clock.now()
        ReportRun.create(key=key, client=client_id, subject=subject.name, subject_id=subject.key,
                         kind=subject.kind, person=actor.person_id, purpose=purpose,
                         created_at=now, expires_at=now + KEPT)  # fmt: skip
        jobs.enqueue("reports.make", key=key)
    return key


def _of(subject: Subject) -> Any:
    return ((ReportRun.subject == subject.name) & (ReportRun.subject_id == subject.key)
            & (ReportRun.kind == subject.kind))  # fmt: skip


def subject_of(run: ReportRun) -> Subject:
    return Subject(run.subject, run.subject_id, run.kind)


@jobs.register("reports.make")
def make(key: str) -> None:
    """Makes a report; run again after a crash, it makes it anew. A refusal is told, not retried."""
    run = ReportRun.get_or_none(ReportRun.key == key)
    if run is None or run.state == "ready":
        return
    try:
        values = _issue(run) if run.purpose == "issue" else _draft(run)
    except RoundtagError as refused:
        _set(key, state="failed", problem=_told(refused))
    else:
        _set(key, state="ready", **values)


def _draft(run: ReportRun) -> dict[str, Any]:
    stem = "-".join(filter(None, ("draft", run.kind, str(run.subject_id))))
    report = MAKERS[run.subject].report(subject_of(run))
    with scratch() as folder:
        names = _write(run, report, Issue(), folder, stem)
        target = folder_of(run.key)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            (folder / name).replace(target / name)
    return {"files": names}


def _issue(run: ReportRun) -> dict[str, Any]:
    """Draws with the number that is next, and again when another document took it meanwhile."""
    person = Person.get_or_none(Person.id == run.person_id)
    actor = people.actor_of(person, clock.now(), via="job") if person else SYSTEM
    known = commands.find(_command(run.key))
    for _ in range(ATTEMPTS):
        if known:
            break
        try:
            receipt = _issued(run, actor)
        except NumberTaken:
            continue
        return {"document": receipt.subject_id}
    if known is None:
        raise NumberTaken
    return {"document": commands.receipt(known).subject_id}


def _command(key: str) -> str:
    return f"report-{key}"


def _issued(run: ReportRun, actor: Actor) -> commands.Receipt:
    maker, subject = MAKERS[run.subject], subject_of(run)
    maker.require_issuable(subject, actor)
    report = maker.report(subject)
    issue, replaces_id = maker.next_issue(subject, clock.now())
    issue = replace(issue, head=heads.note_of(run.client_id))
    with scratch() as folder:
        names = _write(run, report, issue, folder, issue.number)
        data = folder / f"{issue.number}.json"
        data.write_text(json.dumps(report.plain(), ensure_ascii=False, indent=1), "utf-8")
        files = tuple(_stored(folder / name) for name in [*names, data.name])
    verb, command = maker.order(subject, Filed(issue.number, report.digest, files, replaces_id))
    try:
        return commands.run(_command(run.key), verb, command, actor)
    except BaseException:
        _forget(files)
        raise


def _stored(path: Path) -> Made:
    kind = path.suffix[1:]
    lang = path.stem.rsplit("-", 1)[-1] if kind != "json" else ""
    digest, size = blobs.put_file(path, MIMES[kind])
    return Made(kind, lang, path.name, digest, size)


def _forget(files: tuple[Made, ...]) -> None:
    """Files of a document that was not issued, unless another one is made of the same bytes."""
    blobs.discard(one.sha256 for one in files)


def _write(run: ReportRun, report: Report, issue: Issue, folder: Path, stem: str) -> list[str]:
    maker = MAKERS[run.subject]
    note = _noting(run.key, len(LANGS) * (maker.pages(report) + FEWEST))
    for lang in LANGS:
        maker.write(report, lang, folder, f"{stem}-{lang}", issue, note)
    return [f"{stem}-{lang}.{kind}" for lang in LANGS for kind in ("pdf", "xlsx")]


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder beside the store, gone afterwards whatever happened: no half file is left."""
    folder = current().data_dir / "reports" / f".{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def folder_of(key: str) -> Path:
    return current().data_dir / "reports" / key


def one(key: str, actor: Actor) -> RunLine:
    """Raises NotFound for a run out of view and for one that has expired."""
    return _line(_row(key, actor))


def file_of(key: str, name: str, actor: Actor) -> Path:
    """A file of a draft. Raises NotFound."""
    row = _row(key, actor)
    path = folder_of(key) / name
    if row.state != "ready" or name not in row.files or not path.exists():
        raise NotFound
    return path


def of(subject: Subject) -> list[RunLine]:
    """The runs of a subject that are still kept, the newest first."""
    live = _of(subject) & (ReportRun.expires_at > clock.now())
    query = ReportRun.select().where(live).order_by(ReportRun.created_at.desc())
    return [_line(row) for row in query.limit(5)]


@jobs.every(3600, "reports.sweep")
def sweep() -> int:
    """Forgets drafts whose time is over."""
    with write():
        old = list(ReportRun.select().where(ReportRun.expires_at < clock.now()))
        for row in old:
            row.delete_instance()
    for row in old:
        for path in folder_of(row.key).glob("*"):
            path.unlink(missing_ok=True)
    return len(old)


def _row(key: str, actor: Actor) -> ReportRun:
    query = ReportRun.select().where(
        (ReportRun.key == key) & (ReportRun.expires_at > clock.now()))  # fmt: skip
    row = visible(actor, query, ReportRun.client).first() if KEY.fullmatch(key) else None
    if row is None:
        raise NotFound
    require(actor, MAKERS[row.subject].draft_deed, row.client_id)
    return row


def _noting(key: str, total: int) -> Note:
    """Writes down how far a report is, seldom enough not to be felt."""
    told = 0
    _set(key, total=total, done=0)

    def note(_page: int) -> None:
        nonlocal told
        told += 1
        if told % _STEP == 0:
            _set(key, done=min(told, total - 1))

    return note


def _set(key: str, **values: Any) -> None:
    with write():
        ReportRun.update(**values).where(ReportRun.key == key).execute()


def _told(refused: RoundtagError) -> dict[str, Any]:
    first = refused.errors[0] if isinstance(refused, Invalid) else refused
    return {"message": first.message, "values": first.values}


def _line(row: ReportRun) -> RunLine:
    problem = row.problem or {}
    url = MAKERS[row.subject].url(subject_of(row))
    return RunLine(row.key, url, row.purpose, row.state, row.done, row.total, tuple(row.files),
                   row.document_id, problem.get("message", ""), problem.get("values", {}),
                   row.created_at)  # fmt: skip
