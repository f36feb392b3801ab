"""How a client's columns were read last time, by the set of their headings."""

from roundtag import clock
from roundtag.access import Actor
from roundtag.db import write
from roundtag.models import ImportMapping
from roundtag.register.choices import Choice, Choices


def of_client(client_id: int) -> dict[str, Choice]:
    rows = ImportMapping.select().where(ImportMapping.client == client_id)
    return {row.signature: Choice(row.kind, row.fields) for row in rows}


def remember(client_id: int, chosen: Choices, actor: Actor) -> None:
    """Keeps what was chosen for the next time; the last choice counts."""
    with write():
        for signature, choice in chosen.items():
            values = {"kind": choice.kind, "fields": dict(choice.fields),
                      "person": actor.person_id, "at": clock.now()}  # fmt: skip
            ImportMapping.insert(client=client_id, signature=signature, **values).on_conflict(
                conflict_target=[ImportMapping.client, ImportMapping.signature], update=values
            ).execute()
