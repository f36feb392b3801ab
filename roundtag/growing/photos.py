"""Photos of past checks, and a paper for each hundred of them: different bytes, each on file."""

import io
from random import Random

from peewee import chunked, fn
from PIL import Image

from roundtag import blobs, bulk_rows, documents
from roundtag.commands import Deed
from roundtag.db import write
from roundtag.growing.book import Book, Values
from roundtag.growing.size import Size
from roundtag.models import (
    Attachment,
    DocumentFile,
    Inspection,
    IssuedDocument,
    SubmissionBlob,
    dicts,
)

SIDES = (160, 120)
"""Pixels; some 20 kB, since they are noise."""
BATCH = 100
"""Photos of one transaction, and of one paper."""


def fill(size: Size, count: int) -> None:
    """So many photos, spread over all checks."""
    dice = size.dice("photos")
    last = Inspection.select(fn.MAX(Inspection.id)).scalar() or 0
    wanted = sorted({last * number // count for number in range(1, count + 1)} - {0})
    for keys in chunked(wanted, BATCH):
        some = _checks(keys)
        with write():
            book = Book(dice)
            named = [_photo(book, row) for row in some]
            _paper(book, some[0])
            book.close()
            bulk_rows.insert(SubmissionBlob, named)


def _checks(keys: list[int]) -> list[Values]:
    columns = (Inspection.id, Inspection.client, Inspection.person, Inspection.received_at)
    return dicts(Inspection.select(*columns).where(Inspection.id << keys).order_by(Inspection.id))


def _deed(book: Book, row: Values, name: str) -> Deed:
    return book.deed(name, row["received_at"], row["person"], check=row["id"])


def _photo(book: Book, row: Values) -> Values:
    deed, kept = _deed(book, row, "import_photo"), blobs.put_photo(_drawn(book.dice))
    book.write(Attachment, [(deed, {
        "client": row["client"], "subject": "inspection", "subject_id": row["id"],
        "field": "photo", "sha256": kept.sha256, "submission": deed.id,
    })])  # fmt: skip
    return {"submission": deed.id, "sha256": kept.sha256, "mime": kept.mime, "size": kept.size}


def _drawn(dice: Random) -> bytes:
    out, noise = io.BytesIO(), dice.randbytes(3 * SIDES[0] * SIDES[1])
    Image.frombytes("RGB", SIDES, noise).save(out, "JPEG", quality=60)
    return out.getvalue()


def _paper(book: Book, row: Values) -> None:
    deed, data = _deed(book, row, "import_paper"), b"%PDF-1.4\n" + book.dice.randbytes(50_000)
    digest = blobs.put_bytes(data, "application/pdf")
    same = {"client": row["client"]}
    (made,) = book.write(IssuedDocument, [(deed, {
        **same, "number": f"D-{deed.id[:13]}", "kind": "report", "issued_at": deed.received_at,
        "data_digest": documents.data_digest({"check": row["id"]}), "file_hash": digest,
    })])  # fmt: skip
    book.write(DocumentFile, [(deed, {
        **same, "document": made["id"], "kind": "pdf", "name": f"{made['number']}.pdf",
        "sha256": digest, "size": len(data),
    })])  # fmt: skip
