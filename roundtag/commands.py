"""One verb, every door: run() is one transaction of receipt, deed and ledger entry.

A verb is a plain function `verb(command, deed) -> Outcome`. `command` is a frozen dataclass; `deed`
says who acts and when, and is the only way to write protected rows, so that no change can miss
the ledger. A known id answers with its stored receipt; a known id with another body is refused
and both bodies are kept.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from peewee import IntegrityError

from roundtag import access, bulk_rows, clock, erased_list, journal, ledger, search
from roundtag.db import after_commit, touch, write
from roundtag.erased_list import Erasure
from roundtag.errors import OtherBody as OtherBodyRefused
from roundtag.models import Base, OtherBody, Submission, SubmissionBlob

Row = TypeVar("Row", bound=Base)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Photo:
    """A photo named by a submission: hex SHA-256 of its bytes, media type, size in bytes."""

    sha256: str
    mime: str
    size: int
    field: str = "photo"


@dataclass(frozen=True)
class Envelope:
    """How a submission travelled. `body` is the exact string that `sha256` is the hash of."""

    id: str
    form: str
    body: str
    sha256: str
    form_version: str = ""
    app_version: str = ""
    install_id: str = ""
    seq: int | None = None
    owner: int | None = None
    carrier: int | None = None
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    photos: tuple[Photo, ...] = ()
    supersedes: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a verb did: done or conflict, a message id with values, and where to look."""

    message: str
    url: str = ""
    state: str = "done"
    values: dict[str, Any] = field(default_factory=dict)
    subject_id: int | str | None = None


@dataclass(frozen=True)
class Receipt:
    """What every door answers. `repeated` is True when the stored receipt of before is given."""

    id: str
    sha256: str
    outcome: str
    received_at: datetime
    message: str
    values: dict[str, Any]
    url: str
    subject_id: int | str | None
    repeated: bool = False


Verb = Callable[[Any, "Deed"], Outcome]


class Deed:
    """One thing that a person does: who, when, and every row that it writes."""

    def __init__(self, name: str, actor: access.Actor, envelope: Envelope, now: datetime) -> None:
        self.name, self.actor, self.envelope, self.received_at = name, actor, envelope, now
        self.changes: dict[tuple[str, Any], Base | ledger.Change] = {}
        self.erased: dict[str, str] = {}
        self.logs: set[int | None] = set()
        self.erasures: list[Erasure] = []

    @property
    def id(self) -> str:
        return self.envelope.id

    @property
    def person_id(self) -> int | None:
        """Whose work this is: the owner of the submission, whoever carried it in."""
        return self.envelope.owner or self.actor.person_id

    @property
    def claimed_at(self) -> datetime | None:
        return self.envelope.claimed_at

    def require(self, client_id: int | None = None) -> None:
        """Refuses an actor without the right to this deed at that client."""
        access.require(self.actor, self.name, client_id)

    def create(self, model: type[Row], /, **values: Any) -> Row:
        row = model(**values)
        ledger.seal(row, values)
        row.save(force_insert=True)
        return self._note(row)

    def create_many(self, model: type[Row], rows: Iterable[dict[str, Any]]) -> list[Any]:
        """Creates rows in as few statements as can be; returns their keys in the same order."""
        if model.SEALED:  # each value needs a salt of its own
            return [self.create(model, **values)._pk for values in rows]
        made = bulk_rows.insert(model, rows)
        key: Any = model._meta.primary_key
        name = key.name
        for values in made:
            touch(model, values[name])
        if model.LOG:
            table = model._meta.table_name
            self.changes.update(
                ((table, values[name]), ledger.of_values(model, values)) for values in made
            )
        return [values[name] for values in made]

    def change(self, row: Row, /, **values: Any) -> Row:
        """Sets columns of a row; call it only with rows read inside this transaction."""
        for name, value in values.items():
            setattr(row, name, value)
        ledger.seal(row, values)
        row.save(only=[*values, *(["salts"] if row.SEALED else [])])
        if "salts" in values:  # somebody's data are erased with the salts that vouched for them
            forget_before([(row._meta.table_name, row._pk)])
        return self._note(row)

    def change_many(self, rows: Iterable[tuple[Row, dict[str, Any]]]) -> None:
        """As `change`, for many rows: one statement for all that set the same columns."""
        alike: dict[tuple[type[Row], tuple[str, ...]], list[Row]] = {}
        for row, values in rows:
            for name, value in values.items():
                setattr(row, name, value)
            ledger.seal(row, values)
            names = (*values, *(["salts"] if row.SEALED else []))
            alike.setdefault((type(row), names), []).append(self._note(row))
        for (model, names), group in alike.items():
            bulk_rows.update(model, names, group)

    def claim(self, model: type[Row], where: Any, /, **values: Any) -> list[Row]:
        """A guarded update: changes rows only while `where` still holds; the loser gets []."""
        query = model.update(**values).where(where).returning(model)
        return [self._note(row) for row in query.execute()]

    def erase(self, sent: Submission, left: str) -> None:
        """Replaces what somebody sent by what may stay of it; a leaf in each log that knows of it
        tells the hash of that."""
        Submission.update(body=left).where(Submission.id == sent.id).execute()
        self.erased[sent.id] = ledger.body_hash(left)
        forget_before([("submission", sent.id)])
        self.logs |= ledger.knowing(sent)

    def blank(self, row: Row, /, *names: str, **values: Any) -> Row:
        """Erases sealed columns of a row for good, each with its salt, and lists that outside the
        database. `values`: other columns, or what stands where a column may not be empty."""
        was = {name: ledger.commitment(row.salts[name], str(getattr(row, name)))
               for name in names if getattr(row, name) is not None}  # fmt: skip
        self.erasures.append(
            Erasure(clock.to_text(self.received_at), row._meta.table_name, row._pk, was)
        )
        kept = {name: salt for name, salt in row.salts.items() if name not in names}
        return self.change(row, **{"salts": kept, **dict.fromkeys(names), **values})

    def erasures_also(self, tables: tuple[str, ...]) -> None:
        """Tells the list in which tables copies lay."""
        self.erasures = [replace(one, also=(*one.also, *tables)) for one in self.erasures]

    def _note(self, row: Row) -> Row:
        touch(type(row), row._pk)
        if row.LOG:
            self.changes[(row._meta.table_name, row._pk)] = row
        return row


def forget_before(rows: list[tuple[str, Any]]) -> None:
    """What the journal had of rows (by table and key) before the present deed goes out of it, once
    the deed is committed. Call it where a row's values are erased."""
    kept = journal.of_settings()
    if kept:
        after_commit(partial(_scrub, kept, set(rows)))


def _scrub(kept: journal.Journal, rows: set[tuple[str, Any]]) -> None:
    try:
        journal.scrub(kept, rows)
    except OSError:  # the deed is done; what stays in the journal goes with its day
        log.exception("the journal could not be cleared of what was erased")


def as_filed(kept: Submission, deed: Deed) -> Deed:
    """The filer's part of a settler's deed: its rows bear the kept entry's id, owner and times."""
    envelope = replace(
        deed.envelope, id=kept.id, owner=kept.owner_id, claimed_at=kept.claimed_at,
        sent_at=kept.sent_at,
    )  # fmt: skip
    part = Deed(deed.name, deed.actor, envelope, kept.received_at)
    part.changes = deed.changes
    return part


def photos_of(kept: Submission, fields: Mapping[str, str] | None = None) -> tuple[Photo, ...]:
    """The photos that a stored entry names; `fields`: hash → the field that it was taken for."""
    listed = SubmissionBlob.select().where(SubmissionBlob.submission == kept.id)
    place = fields or {}
    return tuple(
        Photo(row.sha256, row.mime, row.size, place.get(row.sha256, "photo")) for row in listed
    )


def run(command_id: str, verb: Verb, command: Any, actor: access.Actor,
        envelope: Envelope | None = None) -> Receipt:  # fmt: skip
    """Does `verb(command, deed)` exactly once for `command_id`.

    Raises what the verb refuses (errors.RoundtagError; then nothing is written and the id stays
    free) and errors.OtherBody when the id is known with other content.
    """
    envelope = envelope or local_envelope(command_id, verb, command, actor)
    known = find(command_id)
    return replay(known, envelope, actor) if known else once(verb, command, actor, envelope)


def once(verb: Verb, command: Any, actor: access.Actor, envelope: Envelope) -> Receipt:
    """run() for an id that was not known just now; who comes second all the same gets a replay."""
    try:
        return _first_time(verb, command, actor, envelope)
    except IntegrityError:
        known = find(envelope.id)
        if known is None:
            raise
    return replay(known, envelope, actor)


def find(command_id: str) -> Submission | None:
    return Submission.get_or_none(Submission.id == command_id)


def _first_time(verb: Verb, command: Any, actor: access.Actor, envelope: Envelope) -> Receipt:
    with write():
        submission = keep(envelope, clock.now())
        deed = Deed(verb.__name__, actor, envelope, submission.received_at)
        access.require_any(actor, deed.name)
        outcome = verb(command, deed)
        changes = [ledger.change(row) for row in deed.changes.values()]
        search.follow(changes)
        ledger.append(head(deed), changes, deed.received_at, deed.logs)
        erased_list.keep(deed.erasures)
        return store(submission, outcome)


def keep(envelope: Envelope, now: datetime, state: str = "review") -> Submission:
    """Inserts the submission first, so that of two equal ids one waits for the other."""
    submission = Submission.create(
        id=envelope.id,
        form=envelope.form,
        form_version=envelope.form_version,
        app_version=envelope.app_version,
        install_id=envelope.install_id,
        seq=envelope.seq,
        owner=envelope.owner,
        carrier=envelope.carrier,
        supersedes=envelope.supersedes,
        sha256=envelope.sha256,
        body=envelope.body,
        claimed_at=envelope.claimed_at,
        sent_at=envelope.sent_at,
        received_at=now,
        outcome=state,
        receipt={},
    )
    listed = {photo.sha256: photo for photo in envelope.photos}
    rows = [
        {"submission": envelope.id, "sha256": p.sha256, "mime": p.mime, "size": p.size}
        for p in listed.values()
    ]
    if rows:
        SubmissionBlob.insert_many(rows).execute()
    return submission


def store(submission: Submission, outcome: Outcome) -> Receipt:
    """What became of a submission: its outcome, and the receipt that every repetition gets."""
    submission.outcome = outcome.state
    submission.receipt = {
        "message": outcome.message,
        "values": outcome.values,
        "url": outcome.url,
        "subject_id": outcome.subject_id,
    }
    submission.save(only=["outcome", "receipt"])
    return receipt(submission)


def store_for_review(envelope: Envelope, message: str) -> Receipt:
    """Keeps a submission whose deed could not be done, for a person to look at."""
    with write():
        submission = keep(envelope, clock.now())
        return store(submission, Outcome(message, state="review"))


def receipt(submission: Submission, repeated: bool = False) -> Receipt:
    """What a stored submission is answered with."""
    return Receipt(
        id=submission.id,
        sha256=submission.sha256,
        outcome=submission.outcome,
        received_at=submission.received_at,
        repeated=repeated,
        **submission.receipt,
    )


def replay(known: Submission, envelope: Envelope, actor: access.Actor) -> Receipt:
    """The stored receipt of a known id. Raises errors.OtherBody when the content differs."""
    if known.sha256 == envelope.sha256 and known.owner_id == envelope.owner:
        return receipt(known, repeated=True)
    with write():
        OtherBody.insert(
            submission=known.id,
            sha256=envelope.sha256,
            body=envelope.body,
            person=actor.person_id,
            received_at=clock.now(),
        ).on_conflict_ignore().execute()
    raise OtherBodyRefused(known.sha256)


def head(deed: Deed) -> dict[str, Any]:
    """What a leaf says of a deed beside its changes."""
    claimed = deed.claimed_at
    return {
        "deed": deed.name,
        "id": deed.id,
        "actor": deed.actor.person_id if deed.actor.person_id is not None else deed.actor.via,
        "owner": deed.person_id,
        "carrier": deed.envelope.carrier,
        "claimed_at": clock.to_text(claimed) if claimed else None,
        "received_at": clock.to_text(deed.received_at),
        "body_sha256": deed.envelope.sha256,
        **({"erased": deed.erased} if deed.erased else {}),
    }


def local_envelope(command_id: str, verb: Verb, command: Any, actor: access.Actor) -> Envelope:
    """The envelope of a command given by the CLI, a job or an office form."""
    body = json.dumps(_plain(command), ensure_ascii=False, sort_keys=True, default=_jsonable)
    return Envelope(
        id=command_id,
        form=verb.__name__,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        owner=actor.person_id,
    )


def _plain(command: Any) -> dict[str, Any]:
    return {k: v for k, v in vars(command).items() if not k.startswith("secret_")}


def _jsonable(value: Any) -> Any:
    """Dataclasses inside a command keep their fields, so that the stored body is the data."""
    if is_dataclass(value) and not isinstance(value, type):
        return vars(value)
    return str(value)
