"""What tests look at: every row of every table, the text of every leaf, the number of queries."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from roundtag import blobs, bytestore
from roundtag.db import database, kind
from roundtag.models import ALL, Base, Job, Leaf, StockMovement, Unit
from roundtag.settings import current

Answer = TypeVar("Answer")


def snapshot(*without: type[Base]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows as the database stores them, by table."""
    tables = [model._meta.table_name for model in ALL if model not in without]
    return {table: sorted(map(tuple, _rows(table)), key=repr) for table in tables}


def _rows(table: str) -> Any:
    """Written by hand: peewee takes ten times as long to put so many statements together."""
    return database.execute_sql(f'SELECT * FROM "{table}"')


WRITTEN = {
    "sqlite": "SELECT total_changes()",
    "postgresql": "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables",
}
"""How many rows this transaction has touched so far; what was rolled back counts too."""


class Eye:
    """Sees the same as snapshot(), but reads the tables again only once something was written."""

    def __init__(self, *without: type[Base]) -> None:
        self.without = without
        self.written = -1
        self.rows: dict[str, list[tuple[Any, ...]]] = {}

    def look(self) -> dict[str, list[tuple[Any, ...]]]:
        written = database.execute_sql(WRITTEN[kind()]).fetchone()[0]
        if written != self.written:
            self.rows, self.written = snapshot(*self.without), written
        return self.rows


def stored() -> set[str]:
    """Names of all photos and papers, wherever they are kept, and of what is drawn or half written
    on this disk."""
    folders = (current().blob_dir, current().blob_cache)
    files = {path.name for one in folders for path in one.rglob("*") if path.is_file()}
    return files | set(bytestore.of_settings().sizes())


def wiped() -> None:
    """A bucket has removed, and forgotten, what it was asked to; from a folder it goes at once."""
    for job in Job.select().where(Job.name == blobs.WIPE):
        blobs.wipe_unless_back(**job.args)
        job.delete_instance()


def counts() -> dict[str, int]:
    """Tables that hold rows, with how many."""
    return {table: len(rows) for table, rows in snapshot().items() if rows}


def grown(before: dict[str, int]) -> dict[str, int]:
    """How many rows each table has gained since `before`."""
    after = counts()
    changes = {table: after.get(table, 0) - before.get(table, 0) for table in {*after, *before}}
    return {table: change for table, change in sorted(changes.items()) if change}


def leaf_texts() -> str:
    return "\n".join(leaf.text for leaf in Leaf.select())


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The SQL of every statement sent inside the block."""
    sent: list[str] = []
    real = database.obj.execute_sql

    def counting(sql: str, *args: Any, **more: Any) -> Any:
        sent.append(sql)
        return real(sql, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database.obj, "execute_sql", counting)
        yield sent


def queries_of(read: Callable[[], Any]) -> int:
    with count_queries() as sent:
        read()
    return len(sent)


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer | BaseException]:
    """Starts all calls at the same moment, each in a thread with a connection of its own."""
    gate = threading.Barrier(len(calls))

    def start(call: Callable[[], Answer]) -> Answer | BaseException:
        gate.wait(60)
        with database.connection_context():
            try:
                return call()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))


def assert_units_are_where_their_movements_say() -> None:
    """Every unit is in exactly one place; its movements form a chain that ends there."""
    for one in Unit.select():
        assert (one.device_id is not None) == (one.place == "device")
        assert (one.store_id is not None) == (one.place == "store")
        moves = list(
            StockMovement.select().where(StockMovement.unit == one.id).order_by(StockMovement.id)
        )
        for earlier, later in itertools.pairwise(moves):
            assert (earlier.to_place, earlier.to_key) == (later.from_place, later.from_key)
        if moves:
            last = moves[-1]
            assert last.to_place == one.place
            assert one.place in ("repair", "client") or last.to_key == (
                one.device_id or one.store_id
            )
