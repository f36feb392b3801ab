"""The shape of the tables: what this release knows, what a database has, the way to it.

Each migration is one transaction together with its own record, on both databases: one that was
interrupted has not happened, and the next start does it again.
"""

from collections.abc import Collection
from pathlib import Path

from peewee import Database
from playhouse.migrations import Migration, Runner

import roundtag

MIGRATIONS = Path(roundtag.__path__[0], "migrations")
MOVING = "migrate_to"
"""The table that a database has while an embedded one is moved into it (backups/moving.py)."""


class NewerSchema(RuntimeError):
    """The database was used by a newer release; the message says what to do."""


class _Chosen(Runner):
    """Migrations of some names only: how a database came to the shape that a backup has."""

    def __init__(self, database: Database, names: Collection[str]) -> None:
        super().__init__(database, str(MIGRATIONS))
        self.names = frozenset(names)

    def migrations(self) -> list[Migration]:
        return [one for one in super().migrations() if one.name in self.names]


def known() -> list[str]:
    """The migrations of this release, in order."""
    return [one.name for one in Migration.load_directory(str(MIGRATIONS))]


def applied(store: Database) -> list[str]:
    """The migrations that a database has had, in order; none for an empty one."""
    return sorted(Runner(store, str(MIGRATIONS)).applied())


def half_moved(store: Database) -> bool:
    """Whether a move into this database was begun and has not ended."""
    return bool(store.table_exists(MOVING))


def pending(store: Database) -> list[str]:
    had = set(applied(store))
    return [name for name in known() if name not in had]


def refuse_newer(names: Collection[str], what: str = "The database") -> None:
    """Raises NewerSchema when `names` hold a migration that this release does not know."""
    unknown = sorted(set(names) - set(known()))
    if unknown:
        raise NewerSchema(
            f"{what} was last used by a newer release of Roundtag (it has {', '.join(unknown)}). "
            "Nothing was changed. Start that release again, or restore a backup that was made "
            "before the upgrade: `roundtag restore` (docs/operate.md)."
        )


def migrate(store: Database, names: Collection[str] | None = None) -> list[str]:
    """Applies what is missing: all that this release knows, or only `names`."""
    runner = Runner(store, str(MIGRATIONS)) if names is None else _Chosen(store, names)
    return list(runner.up())
