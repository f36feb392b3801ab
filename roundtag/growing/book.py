"""Many deeds written together: their rows, what was sent and their leaves, in few statements.

What `commands.run` does for one deed, for thousands of them. The deeds are made up, so no right is
asked for and no notice goes out; the search index is rebuilt when all are written.
"""

import hashlib
import json
import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from roundtag import bulk_rows, commands, ledger
from roundtag.access import SYSTEM
from roundtag.commands import Deed, Envelope
from roundtag.models import Base, Submission

Values = dict[str, Any]
Rows = Iterable[tuple[Deed, Values]]
SALT = 32
"""Bytes."""


class Book:
    """The deeds of one transaction. `dice` makes their ids and salts, so that a seed repeats."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.deeds: list[Deed] = []

    def deed(self, name: str, at: datetime, person: int | None = None, **said: Any) -> Deed:
        """A deed of `person` at that time; `said`: what the form held."""
        body = json.dumps(said, ensure_ascii=False, sort_keys=True)
        envelope = Envelope(self.id(), name, body, hashlib.sha256(body.encode()).hexdigest(),
                            owner=person)  # fmt: skip
        made = Deed(name, SYSTEM, envelope, at)
        self.deeds.append(made)
        return made

    def id(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def write(self, model: type[Base], rows: Rows) -> list[Values]:
        """Inserts the rows, each as a part of its deed; returns all their values, keys too."""
        listed = list(rows)
        made = bulk_rows.insert(model, (self._salted(model, values) for _, values in listed))
        if model.LOG:
            table, key = model._meta.table_name, _key(model)
            for (deed, _), values in zip(listed, made, strict=True):
                deed.changes[table, values[key]] = ledger.of_values(model, values)
        return made

    def _salted(self, model: type[Base], values: Values) -> Values:
        names = [name for name in model.SEALED if values.get(name) is not None]
        salts = {name: self.dice.randbytes(SALT).hex() for name in names}
        return {**values, "salts": salts} if salts else values

    def close(self) -> None:
        """Writes what was sent and the leaves. Call it last in the transaction."""
        bulk_rows.insert(Submission, map(_sent, self.deeds))
        ledger.append_all(self._leaves())
        self.deeds = []

    def _leaves(self) -> Iterator[tuple[Values, list[ledger.Change], datetime]]:
        for deed in self.deeds:
            changes = [ledger.change(row) for row in deed.changes.values()]
            yield commands.head(deed), changes, deed.received_at


def _key(model: type[Base]) -> str:
    key: Any = model._meta.primary_key
    return str(key.name)


def _sent(deed: Deed) -> Values:
    sent = deed.envelope
    receipt: Values = {"message": "", "values": {}, "url": "", "subject_id": None}
    return {"id": sent.id, "form": sent.form, "owner": sent.owner, "sha256": sent.sha256,
            "body": sent.body, "received_at": deed.received_at, "outcome": "done",
            "receipt": receipt}  # fmt: skip
