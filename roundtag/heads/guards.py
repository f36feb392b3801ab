"""The triggers that refuse to rewrite what is only ever added to, as long as they are there.

They stop mistakes, not whoever owns the database: such a person drops them first, and that shows.
"""

from collections.abc import Iterator

from roundtag import db
from roundtag.models import APPEND_ONLY

NAMES = {
    "sqlite": ("{}_no_update", "{}_no_delete"),
    "postgresql": ("{}_append_only",),
}
THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
}


def missing() -> Iterator[str]:
    """A line for each table that could be rewritten."""
    kind = db.kind()
    there = {name for (name,) in db.database.execute_sql(THERE[kind]).fetchall()}
    for model in APPEND_ONLY:
        table = model._meta.table_name
        if not there.issuperset(name.format(table) for name in NAMES[kind]):
            yield f"table {table} can be rewritten: a trigger of it was dropped"
