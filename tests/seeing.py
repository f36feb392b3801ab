"""What tests look at: every row of every table, the text of every leaf, the number of queries."""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from roundtag.db import database
from roundtag.models import ALL, Base, Leaf, StockMovement, Unit

Answer = TypeVar("Answer")


def snapshot(*without: type[Base]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows as the database stores them, by table."""
    return {
        model._meta.table_name: sorted(
            (tuple(row) for row in database.execute(model.select())), key=repr
        )
        for model in ALL
        if model not in without
    }


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
        gate.wait(20)
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
            assert (last.to_place, last.to_key) == (one.place, one.device_id or one.store_id)
