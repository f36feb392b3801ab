"""What is fixed while a process runs: versions, and how long a promise of ours holds."""

from datetime import datetime, timedelta
from importlib import metadata

from roundtag import clock, db, schema

HALF_A_YEAR = timedelta(days=182)


def versions() -> dict[str, str]:
    """Of the application, of its tables, and of the database that holds them."""
    return {
        "app": metadata.version("roundtag"),
        "schema": schema.known()[-1],
        "database": _database(),
    }


def _database() -> str:
    if db.kind() == "sqlite":
        return f"SQLite {db.sqlite_library()}"
    return f"PostgreSQL {db.database.execute_sql('SHOW server_version').fetchone()[0]}"


def half_a_year_on(now: datetime) -> str:
    return clock.to_text(now + HALF_A_YEAR)
