"""A table of PostgreSQL filled without its indexes and references, which slow each row down.

What was taken away is written into a table first, in the words that make it again: whoever is cut
short finds there what is still to be done.
"""

from typing import Any

from roundtag.schema import MOVING

FOUND = """
SELECT conrelid::regclass::text, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass,
       conname), format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
       pg_get_constraintdef(oid))
  FROM pg_constraint WHERE contype = 'f' AND %s::regclass IN (conrelid, confrelid)
UNION ALL
SELECT indrelid::regclass::text, format('DROP INDEX %%s', indexrelid::regclass),
       pg_get_indexdef(indexrelid)
  FROM pg_index WHERE indrelid = %s::regclass AND NOT indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
 ORDER BY 2
"""
"""Whose it is, what takes it away, what makes it again; references first."""


def prepare(there: Any, mark: str) -> None:
    """The table, with whose move it is."""
    there.execute_sql(f"CREATE TABLE {MOVING} (place TEXT, name TEXT, meaning TEXT)")
    there.execute_sql(f"INSERT INTO {MOVING} VALUES ('', '', %s)", (mark,))  # noqa: S608


def mark_of(there: Any) -> str:
    (found,) = there.execute_sql(f"SELECT meaning FROM {MOVING} WHERE place = ''").fetchone()  # noqa: S608
    return str(found)


def loosen(there: Any, table: str) -> None:
    """Inside the transaction that fills the table."""
    name = f'"{table}"'
    for owner, away, again in there.execute_sql(FOUND, (name, name)).fetchall():
        there.execute_sql(f"INSERT INTO {MOVING} VALUES (%s, %s, %s)", (owner, away, again))  # noqa: S608
        there.execute_sql(away)


def tighten(there: Any) -> None:
    """Each in a transaction of its own; indexes first, which references need."""
    query = f"SELECT name, meaning FROM {MOVING} WHERE place <> '' ORDER BY meaning DESC"  # noqa: S608
    for away, again in there.execute_sql(query).fetchall():
        _again(there, away, again)


def _again(there: Any, away: str, again: str) -> None:
    with there.atomic():
        there.execute_sql(again)
        there.execute_sql(f"DELETE FROM {MOVING} WHERE name = %s", (away,))  # noqa: S608
