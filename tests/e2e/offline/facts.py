"""The oracle of every family: what the server holds, read from its tables and its photo store."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from roundtag.models import (
    Attachment,
    Blob,
    Conflict,
    Fault,
    Inspection,
    Leaf,
    Submission,
    SubmissionBlob,
    Swap,
)
from tests.e2e.server import Server

RECORDS = {"inspection": (Inspection,), "fault": (Fault,), "swap": (Swap, Conflict)}


def agree(site: Server, rows: list[dict[str, Any]]) -> None:
    """The server holds just the rows of some phones, which have sent everything."""
    made = {row["submission_id"]: row["body_sha256"] for row in rows}
    check(site, {row["install_id"] for row in rows}, made)


def check(site: Server, installs: Iterable[str], made: dict[str, str]) -> None:
    """The server holds of these installations just what was made (id → SHA-256 of the body),
    each as one record, with all its photos, byte for byte."""
    with site.records():
        rows = list(Submission.select().where(Submission.install_id.in_(list(installs))))
        assert {row.id: row.sha256 for row in rows} == made
        for row in rows:
            assert hashlib.sha256(row.body.encode()).hexdigest() == row.sha256
        _one_record_each(rows)
        _all_photos(site, {row.id: row.outcome for row in rows})


def owned(site: Server, ids: Iterable[str], owner: int) -> None:
    """Each of these entries is the work of the person who made it, and came by that person's hand
    unless the log names who carried it."""
    with site.records():
        wanted = set(ids)
        rows = Submission.select().where(Submission.id.in_(list(wanted)))
        assert {row.owner_id for row in rows} <= {owner}
        heads = [head for leaf in Leaf.select() if (head := json.loads(leaf.text))["id"] in wanted]
        assert {head["carrier"] or head["owner"] for head in heads} >= {
            head["actor"] for head in heads
        }


def arrived(site: Server, key: str) -> bool:
    """The entry and all its photos are there."""
    with site.records():
        blobs = [
            row.sha256 for row in SubmissionBlob.select().where(SubmissionBlob.submission == key)
        ]
        known = Blob.select().where(Blob.sha256.in_(blobs)).count()
        return Submission.get_or_none(id=key) is not None and known == len(set(blobs))


def _one_record_each(rows: list[Any]) -> None:
    for form, models in RECORDS.items():
        wanted = {row.id for row in rows if row.form == form and row.outcome != "review"}
        found: Counter[str] = Counter()
        for model in models:
            found.update(row.submission for row in model.select(model.submission))
        wrong = {key: found[key] for key in wanted if found[key] != 1}
        assert not wrong, f"{form}: records per submission {wrong}"


def _all_photos(site: Server, outcomes: dict[str, str]) -> None:
    """Each is in the store; it hangs on the record, once there is one, or on the submission."""
    listed = [blob for blob in SubmissionBlob.select() if blob.submission_id in outcomes]
    stored = {blob.sha256 for blob in Blob.select(Blob.sha256)}
    attached = {(row.submission, row.sha256) for row in Attachment.select()}
    for blob in listed:
        assert blob.sha256 in stored, f"{blob.submission_id} lacks a photo"
        if outcomes[blob.submission_id] == "done":
            assert (blob.submission_id, blob.sha256) in attached
        data = (site.data_dir / "blobs" / blob.sha256[:2] / blob.sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == blob.sha256
        assert len(data) == blob.size
