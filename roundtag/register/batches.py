"""An import on the web: files are handed in, looked at, accepted, and found again in between.

Some hundred rows are read and written while the person waits, more by a job. The command's id is
kept before the job starts, so that a worker that dies is followed by one that writes nothing twice.
"""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from roundtag import clock, commands, jobs, people
from roundtag.access import Actor
from roundtag.db import write
from roundtag.errors import Forbidden, NotFound, RoundtagError
from roundtag.models import ImportBatch, Job, Person
from roundtag.register import files, mappings, previews, progress, verbs
from roundtag.register.choices import Choice, Choices
from roundtag.register.problems import Refused
from roundtag.words import N_

ROWS_AT_ONCE = 500
KEPT = timedelta(days=1)
KEY = re.compile(r"[0-9a-f-]{36}")
WRITING = timedelta(hours=1)
"""How long a file without a batch may still be one that is just handed in."""
GONE = N_("The files are no longer here. Send them again.")
Listed = list[dict[str, Any]]


def may_import(actor: Actor, client_id: int) -> bool:
    return actor.may("import_register", client_id) or actor.may("import_spares", client_id)


def open_batch(key: str, client_id: int, listed: Listed, actor: Actor) -> str:
    """Takes in files that `files.keep` has stored, once for a key (a UUID); returns the batch's
    key. Raises Forbidden."""
    if not may_import(actor, client_id):
        raise Forbidden
    now = clock.now()
    with write():
        known = ImportBatch.get_or_none(ImportBatch.id == key)
        if known is not None:
            return key
        ImportBatch.create(id=key, client=client_id, person=actor.person_id, files=listed,
                           state="looking", created_at=now, expires_at=now + KEPT)  # fmt: skip
        batch = ImportBatch.get_by_id(key)
        _look_soon(batch)
    _look_now(batch, actor)
    return key


def own(key: str, actor: Actor) -> ImportBatch:
    """A batch of the actor's own. Raises NotFound, or Forbidden once the right is lost."""
    mine = (ImportBatch.id == key) & (ImportBatch.person == actor.person_id)
    batch = ImportBatch.get_or_none(mine) if KEY.fullmatch(key) else None
    if batch is None or batch.expires_at < clock.now():
        raise NotFound
    if not may_import(actor, batch.client_id):
        raise Forbidden
    return batch


def waiting(actor: Actor) -> list[ImportBatch]:
    """The actor's batches, the newest first."""
    mine = (ImportBatch.person == actor.person_id) & (ImportBatch.expires_at > clock.now())
    return list(ImportBatch.select().where(mine).order_by(ImportBatch.created_at.desc()).limit(10))


def choose(key: str, chosen: Choices, actor: Actor) -> None:
    """Reads the columns as chosen from now on, here and next time, and looks again."""
    batch = own(key, actor)
    kept = {name: {"kind": c.kind, "fields": dict(c.fields)} for name, c in chosen.items()}
    with write():
        mine = (ImportBatch.id == key) & (ImportBatch.state << ("ready", "looking"))
        won = ImportBatch.update(choices={**batch.choices, **kept}, state="looking").where(mine)
        if not won.execute():
            return
        mappings.remember(batch.client_id, chosen, actor)
        batch = ImportBatch.get_by_id(key)
        _look_soon(batch)
    _look_now(batch, actor)


def accept(key: str, command_id: str, digest: str, actor: Actor) -> None:
    """Writes what was looked at, or shows what would be written by now. Twice is once."""
    batch = own(key, actor)
    if batch.state != "ready":
        return
    if _is_long(batch):
        with write():
            ready = (ImportBatch.id == key) & (ImportBatch.state == "ready")
            values = {"state": "storing", "command": command_id, "digest": digest or "-"}
            if ImportBatch.update(**values).where(ready).execute():
                job = jobs.enqueue("register.store", key=key)
                ImportBatch.update(job=job).where(ImportBatch.id == key).execute()
        return
    _store(batch, command_id, digest or "-", actor)


def _is_long(batch: ImportBatch) -> bool:
    return sum(one["rows"] for one in batch.files) > ROWS_AT_ONCE


def _look_soon(batch: ImportBatch) -> None:
    if _is_long(batch):
        job = jobs.enqueue("register.look", key=batch.id)
        ImportBatch.update(job=job).where(ImportBatch.id == batch.id).execute()


def _look_now(batch: ImportBatch, actor: Actor) -> None:
    if not _is_long(batch):
        _look(batch, actor)


def _chosen(batch: ImportBatch) -> dict[str, Choice]:
    own_ones = {name: Choice(c["kind"], c["fields"]) for name, c in batch.choices.items()}
    return {**mappings.of_client(batch.client_id), **own_ones}


def _read(batch: ImportBatch, actor: Actor) -> verbs.Preview:
    given = files.read(batch.files)
    return verbs.preview(given, batch.client_id, actor, _chosen(batch))


def _look(batch: ImportBatch, actor: Actor, told: dict[str, Any] | None = None) -> None:
    """Reads the files and keeps what a person is to see of them."""
    try:
        seen = _read(batch, actor)
    except FileNotFoundError:
        return _end(batch, "failed", {"message": GONE})
    except RoundtagError as refused:
        return _end(batch, "failed", {"message": refused.message, "values": refused.values})
    document = previews.document(seen, mappings.of_client(batch.client_id))
    files.write_note(batch.id, document)
    _end(batch, "ready", told or {}, digest=document["digest"])


def _store(batch: ImportBatch, command_id: str, digest: str, actor: Actor) -> None:
    known = commands.find(command_id)
    if known is not None and known.outcome == "done" and known.owner_id == actor.person_id:
        return _end(batch, "done", dict(known.receipt))
    try:
        seen = _read(batch, actor)
        if seen.problems or seen.plan.is_idle:
            return _look(batch, actor, {"stale": True})
        receipt = verbs.store(seen, batch.client_id, actor, command_id, digest)
    except FileNotFoundError:
        return _end(batch, "failed", {"message": GONE})
    except Refused:
        return _look(batch, actor, {"stale": True})
    if receipt.outcome == "conflict":
        return _look(batch, actor, {"stale": True})
    told = {"message": receipt.message, "values": receipt.values, "counts": seen.plan.counts()}
    return _end(batch, "done", told)


def _end(batch: ImportBatch, state: str, told: dict[str, Any], **values: Any) -> None:
    with write():
        open_still = (ImportBatch.id == batch.id) & (ImportBatch.state != "done")
        ImportBatch.update(state=state, told=told, **values).where(open_still).execute()


@jobs.register("register.look")
def look_job(key: str) -> None:
    """Looks at the files of a batch; once more does no harm."""
    _job(key, "looking", _look)


@jobs.register("register.store")
def store_job(key: str) -> None:
    """Writes an accepted batch. A run after a crash finds the receipt, or nothing written."""
    _job(key, "storing", lambda b, actor: _store(b, str(b.command), b.digest, actor))


def _job(key: str, state: str, work: Callable[[ImportBatch, Actor], None]) -> None:
    batch = ImportBatch.get_or_none((ImportBatch.id == key) & (ImportBatch.state == state))
    if batch is None:
        return
    person = Person.get_by_id(batch.person_id)
    with progress.heard_by(_noted(key)):
        work(batch, people.actor_of(person, clock.now()))


def _noted(key: str) -> progress.Listener:
    """Writes down how far it is: other processes read it while the transaction is open."""
    return lambda phase, done, total: files.write_note(
        f"{key}.progress", {"phase": phase, "done": done, "total": total}
    )


def has_failed(batch: ImportBatch) -> bool:
    """Whether the job of a batch was given up after all its attempts."""
    return batch.state == "failed" or bool(
        batch.job and batch.state in {"looking", "storing"}
        and Job.get_or_none((Job.id == batch.job) & (Job.state == "failed"))
    )  # fmt: skip


@jobs.every(3600, "register.tidy")
def tidy() -> int:
    """Drops batches that have expired, and files that no batch needs; returns how many batches."""
    with write():
        gone = ImportBatch.delete().where(ImportBatch.expires_at < clock.now()).execute()
    left = list(ImportBatch.select())
    files.drop_all_but(
        {one["sha256"] for batch in left for one in batch.files},
        {batch.id for batch in left},
        time.time() - WRITING.total_seconds(),
    )
    return int(gone)
