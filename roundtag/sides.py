"""An entry as a person reads it: who filled in what, when by their phone and when by the server."""

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from roundtag import checklists, claims, people, sync
from roundtag.checklists import Item
from roundtag.claims import Claim
from roundtag.errors import Invalid
from roundtag.models import Blob, Submission, SubmissionBlob


@dataclass(frozen=True)
class Shown:
    """One field of an entry as it was filled in. `item`: the checklist's item, where it is one."""

    name: str
    value: str
    item: Item | None = None


@dataclass(frozen=True)
class Side:
    """One side: who filed what, when by their phone and when by the server."""

    who: str | None
    form: str
    received_at: datetime
    claim: Claim | None
    fields: list[Shown]
    photos: list[tuple[str, bool]]
    """Hashes, and whether the bytes are here."""


def of(kept: Submission) -> Side:
    listed = (
        SubmissionBlob.select(SubmissionBlob.sha256, Blob.sha256.alias("here"))
        .join(Blob, JOIN.LEFT_OUTER, on=(Blob.sha256 == SubmissionBlob.sha256))
        .where(SubmissionBlob.submission == kept.id)
        .order_by(SubmissionBlob.sha256)
        .objects()
    )
    return Side(
        people.name(kept.owner),
        kept.form,
        kept.received_at,
        claims.claim(kept.claimed_at, kept.sent_at, kept.received_at),
        fields_of(kept.form, kept.body or "[]"),
        [(row.sha256, row.here is not None) for row in listed],
    )


def fields_of(form: str, body: str) -> list[Shown]:
    """Every field that bears something, in the order of filling; photos are shown apart."""
    try:
        pairs = sync.pairs_of(body)
    except Invalid:
        return [Shown("", body)]
    items = _items(dict(pairs)) if form == "inspection" else {}
    return [
        Shown(name, value, items.get(name.partition(".")[2]))
        for name, value in pairs
        if value and not value.startswith(sync.BLOB)
    ]


def _items(values: dict[str, str]) -> dict[str, Item]:
    number = values.get("template_version", "")
    version = checklists.version(int(number)) if number.isdecimal() and len(number) < 10 else None
    return {item.key: item for item in version.items} if version else {}
