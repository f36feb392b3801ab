"""Documents that left the house: numbered, with the digest of their data, frozen for good."""

import hashlib
from dataclasses import dataclass
from typing import Any

import rfc8785

from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import IssuedDocument
from roundtag.words import N_


@dataclass(frozen=True)
class IssueDocument:
    client_id: int
    number: str
    kind: str
    data_digest: str
    file_hash: str


def issue_document(command: IssueDocument, deed: Deed) -> Outcome:
    deed.require(command.client_id)
    if IssuedDocument.get_or_none(IssuedDocument.number == command.number):
        raise invalid("number", "taken", N_("This number was issued before."))
    row = deed.create(
        IssuedDocument,
        client=command.client_id,
        number=command.number,
        kind=command.kind,
        data_digest=command.data_digest,
        file_hash=command.file_hash,
        issued_by=deed.person_id,
        issued_at=deed.received_at,
    )
    return Outcome(N_("The document is issued."), subject_id=row.id)


def data_digest(data: Any) -> str:
    """SHA-256 of the RFC 8785 form of a document's data: the same records, the same digest."""
    return hashlib.sha256(rfc8785.dumps(data)).hexdigest()
