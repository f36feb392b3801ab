"""How a document enters the books, whatever it is about: number, row, files, mail."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import mails, notify, people
from roundtag.commands import Deed
from roundtag.contacts import addresses
from roundtag.errors import RoundtagError
from roundtag.models import Counter, DocumentFile, IssuedDocument
from roundtag.words import N_

MAIL = "report"


class NumberTaken(RoundtagError):
    """Somebody else's document took the number while this one was drawn: it is drawn again."""

    code = "number-taken"
    status = 409
    message = N_("This number was issued before.")


@dataclass(frozen=True)
class Made:
    """A finished file in the store."""

    kind: str
    lang: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Filed:
    """What a finished document bears: its files hold `number` already."""

    number: str
    data_digest: str
    files: tuple[Made, ...]
    replaces_id: int | None = None


@dataclass(frozen=True)
class Series:
    """Numbers without gaps: `head` and a count of at least `digits` digits under `counter`."""

    counter: str
    head: str
    digits: int

    def next(self) -> str:
        """The number that the next document will bear, if none comes first."""
        row = Counter.get_or_none(Counter.name == self.counter)
        return self._said((row.value if row else 0) + 1)

    def take(self) -> str:
        """Takes a number for good, unless the transaction around it is undone."""
        counted = Counter.insert(name=self.counter, value=1).on_conflict(
            conflict_target=[Counter.name], update={Counter.value: Counter.value + 1}
        )
        return self._said(next(iter(counted.returning(Counter.value).execute())).value)

    def _said(self, value: int) -> str:
        return f"{self.head}-{value:0{self.digits}d}"


@dataclass(frozen=True)
class About:
    """What a document is about, and whose it is."""

    client_id: int
    subject: str
    subject_id: int
    kind: str
    contract_id: int | None


def file(deed: Deed, about: About, series: Series, filed: Filed) -> IssuedDocument:
    """Files the document with its files and tells the client. Raises NumberTaken when the number
    is not the next."""
    if series.take() != filed.number:
        raise NumberTaken
    row = deed.create(
        IssuedDocument,
        client=about.client_id,
        number=filed.number,
        kind=about.kind,
        data_digest=filed.data_digest,
        file_hash=next(one for one in filed.files if one.kind == "pdf").sha256,
        issued_by=deed.person_id,
        issued_at=deed.received_at,
        subject=about.subject,
        subject_id=about.subject_id,
        replaces=filed.replaces_id,
    )
    for one in filed.files:
        deed.create(DocumentFile, client=about.client_id, document=row, kind=one.kind,
                    lang=one.lang, name=one.name, sha256=one.sha256, size=one.size)  # fmt: skip
    _tell(row, about, deed.received_at)
    return row


def _tell(row: IssuedDocument, about: About, now: datetime) -> None:
    for person in people.holding("client", about.client_id, now):
        notify.tell(person.id, "report-issued", f"report-{row.id}", now,
                    url=f"/reports/{row.id}", number=row.number)  # fmt: skip
    found = addresses(about.client_id, about.contract_id, now)
    for number, (address, name) in enumerate(found):
        mails.send(MAIL, row.id, address, name, f"report-{row.id}-{number}", now)


def latest(subject: str, subject_id: int, kind: str) -> IssuedDocument | None:
    """The newest document of its kind: the one that a new one would replace."""
    of = (IssuedDocument.subject == subject) & (IssuedDocument.subject_id == subject_id)
    query = IssuedDocument.select().where(of & (IssuedDocument.kind == kind))
    return query.order_by(IssuedDocument.id.desc()).first()
