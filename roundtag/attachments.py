"""Photos of records: named when the record is filed, shown once their bytes are here."""

from collections.abc import Iterable
from dataclasses import dataclass

from roundtag.access import Actor, visible
from roundtag.commands import Deed, Photo
from roundtag.errors import NotFound
from roundtag.models import Attachment, Base, Blob, Fault, dicts
from roundtag.models.faults import ASIDE


@dataclass(frozen=True)
class Picture:
    """A photo of a record. `here` is False while its bytes are still on a phone, and once they are
    `erased`."""

    id: int
    field: str
    here: bool
    erased: bool = False


def attach(deed: Deed, row: Base, photos: Iterable[Photo]) -> None:
    for photo in photos:
        deed.create(
            Attachment,
            client=row.client_id,
            subject=row._meta.table_name,
            subject_id=row.id,
            field=photo.field,
            sha256=photo.sha256,
            submission=deed.id,
        )


def of(subject: str, ids: Iterable[int]) -> dict[int, list[Picture]]:
    """Pictures by record, in one query."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = (
        Attachment.select(
            Attachment.id,
            Attachment.field,
            Attachment.subject_id,
            Attachment.erased_at,
            Blob.sha256.alias("blob"),
        )
        .left_outer_join(Blob, on=(Blob.sha256 == Attachment.sha256))
        .where((Attachment.subject == subject) & Attachment.subject_id.in_(wanted))
        .order_by(Attachment.id)
    )
    found: dict[int, list[Picture]] = {}
    for row in dicts(rows):
        gone = row["erased_at"] is not None
        picture = Picture(row["id"], row["field"], row["blob"] is not None and not gone, gone)
        found.setdefault(row["subject_id"], []).append(picture)
    return found


def digest_of(attachment_id: int, actor: Actor) -> str:
    """The hash of a photo's bytes, for people who may read its client; of a report that was put
    aside, for those who judge it. Raises NotFound."""
    query = Attachment.select().where(Attachment.id == attachment_id)
    row = visible(actor, query, Attachment.client).first()
    if row is None or row.erased_at or not Blob.get_or_none(Blob.sha256 == row.sha256):
        raise NotFound
    if row.subject == "fault" and not actor.may("judge_report", row.client_id):
        fault = Fault.get_or_none(Fault.id == row.subject_id)
        if fault and fault.state in ASIDE:
            raise NotFound
    return row.sha256
