"""Photos, signatures and papers beside the hashes by which the records of a log know them."""

from collections.abc import Iterator
from typing import Any

from roundtag import blobs
from roundtag.models import Approval, Attachment, Blob, DocumentFile, StockSlip

BORNE: dict[str, tuple[Any, ...]] = {
    "client": (Attachment.sha256, Approval.signature, DocumentFile.sha256),
    "provider": (StockSlip.signature,),
}


def spoilt(client_id: int | None) -> Iterator[str]:
    """Those whose bytes are others than came, or are gone; reads each once. What is still on its
    way has no bytes yet."""
    for digest in sorted(_borne(client_id)):
        if not blobs.is_whole(digest):
            yield f"the bytes of {digest} are not those that came"


def _borne(client_id: int | None) -> set[str]:
    found: set[str] = set()
    for column in BORNE["provider" if client_id is None else "client"]:
        rows = column.model.select(column).join(Blob, on=(Blob.sha256 == column))
        if client_id is not None:
            rows = rows.where(column.model.client == client_id)
        found.update(digest for (digest,) in rows.tuples())
    return found
