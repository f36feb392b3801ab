"""A photo with a face in it: its bytes go, its hash stays and says what was there."""

from dataclasses import dataclass

from roundtag import blobs, clock, ledger
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.erased_list import Erasure
from roundtag.errors import NotFound
from roundtag.models import Attachment
from roundtag.words import N_


@dataclass(frozen=True)
class ErasePhoto:
    attachment_id: int


def erase_photo(command: ErasePhoto, deed: Deed) -> Outcome:
    """The same bytes under another record of this client go with it."""
    query = Attachment.select().where(Attachment.id == command.attachment_id)
    photo = visible(deed.actor, query, Attachment.client).first()
    if photo is None or photo.sha256 is None:
        raise NotFound
    deed.require(photo.client_id)
    if photo.erased_at:
        return Outcome(N_("This photo was erased before."), state="conflict", subject_id=photo.id)
    alike = (Attachment.sha256 == photo.sha256) & Attachment.erased_at.is_null()
    for row in list(Attachment.select().where(alike & (Attachment.client == photo.client_id))):
        deed.erasures.append(Erasure(
            clock.to_text(deed.received_at), "attachment", row.id,
            {"sha256": ledger.commitment(row.salts["sha256"], photo.sha256)},
        ))  # fmt: skip
        deed.change(row, erased_at=deed.received_at)
    if not Attachment.select().where(alike).exists():
        blobs.erase(photo.sha256)
    where = f"/faults/{photo.subject_id}" if photo.subject == "fault" else ""
    return Outcome(N_("The photo is erased for good. The history says so."), where,
                   subject_id=photo.id)  # fmt: skip
