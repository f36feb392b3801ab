"""The pages of stores with many units and movements, against the same with few.

The same models and stores in both: what grows is what lies in them and what ever moved.
"""

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient
from playhouse.migrations import Runner

from app import create_app
from roundtag import db, demo
from roundtag.settings import current
from roundtag.stock import levels
from roundtag.supervisor.preparation import MIGRATIONS
from tests.bench.growth import PASSWORD
from tests.bench.measure import Figure, millis, show
from tests.bench.pages import median

FEW, FEW_MOVES = 500, 5_000
MODELS, STORES = 120, 12
FIRST = 5_000
AT = "2026-%02d-%02dT08:%02d:00.%06dZ"
PATHS = {
    "stock, all stores": "/stock",
    "… one store's": f"/stock?store={FIRST}",
    "… below minimum, by what lacks": "/stock?low=1&sort=lacking&down=1",
    "… a serial number": f"/stock?q=BU{FIRST + 9}",
    "store": f"/stock/stores/{FIRST}",
    "list of stores": "/stock/stores",
    "unit": f"/units/{FIRST + 9}",
    "reorder list": "/stock/reorder",
}


def build(folder: Path, units: int, moves: int) -> str:
    """The demo with so many units and movements more; the address of its database."""
    path = folder / f"stock-{units}.db"
    db.connect(f"sqlite:///{path}")
    with db.database.connection_context():
        Runner(db.database.obj, str(MIGRATIONS)).up()
        demo.load(PASSWORD)
    db.database.close_all()
    _fill(path, units, moves)
    db.connect(f"sqlite:///{path}")
    with db.database.connection_context(), db.write():
        levels.recount()
        db.database.execute_sql("ANALYZE")
    db.database.close_all()
    return f"sqlite:///{path}"


def _fill(path: Path, units: int, moves: int) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.executescript("PRAGMA journal_mode=off; PRAGMA synchronous=0; BEGIN")
    raw.executemany("INSERT INTO store (id, code, name, kind, address) VALUES (?,?,?,'depot','')",
                    ((FIRST + n, f"B{n}", f"备件库 {n}") for n in range(STORES)))  # fmt: skip
    raw.executemany(
        "INSERT INTO device_model (id, category, maker, name, grade, tracking, consumable, price,"
        " currency, origin) VALUES (?,'projector','索尼',?,1,'serial','','900.00','CNY','home')",
        ((FIRST + n, f"BM-{n:03}") for n in range(MODELS)))  # fmt: skip
    raw.executemany(
        "INSERT INTO stock_rule (store_id, model_id, minimum, on_order, shelf) VALUES (?,?,?,0,'')",
        ((FIRST + n % STORES, FIRST + n, n % 3 * units) for n in range(MODELS)))  # fmt: skip
    raw.executemany(
        "INSERT INTO unit (id, model_id, serial, place, store_id, shelf)"
        " VALUES (?,?,?,'store',?,?)",
        ((FIRST + n, FIRST + n % MODELS, f"BU{FIRST + n}", _store(n), f"{n % 40}")
         for n in range(units)))  # fmt: skip
    raw.executemany(
        "INSERT INTO stock_movement (unit_id, quantity, from_place, from_key, to_place, to_key,"
        " reason, at) VALUES (?,1,?,?,?,?,'transfer',?)", _moves(units, moves))  # fmt: skip
    raw.execute("COMMIT")
    raw.close()


def _store(number: int) -> int:
    return FIRST + number // MODELS % STORES


def _moves(units: int, moves: int) -> Iterator[tuple[object, ...]]:
    """Each unit goes from store to store and ends where it is."""
    dice, each = random.Random(7), moves // units
    for n in range(units):
        here = _store(n)
        way = [FIRST + dice.randrange(STORES) for _ in range(each - 1)] + [here]
        for step, (source, target) in enumerate(zip([None, *way], way, strict=False)):
            yield (FIRST + n, "store" if source else "supplier", source, "store", target,
                   AT % (step % 12 + 1, step % 25 + 1, n % 60, step))  # fmt: skip


def times(url: str, rounds: int) -> dict[str, float]:
    db.connect(url)
    os.environ["DATABASE_URL"] = url
    current.cache_clear()
    browser: FlaskClient = create_app().test_client()
    browser.post("/sign-in", data={"username": "manager", "password": PASSWORD})
    found = {name: (_redirected if "q=" in path else median)(browser, path, rounds)
             for name, path in PATHS.items()}  # fmt: skip
    db.database.close_all()
    return found


def _redirected(browser: FlaskClient, path: str, rounds: int) -> float:
    spent = []
    for _ in range(rounds + 2):
        start = time.process_time()
        assert browser.get(path).status_code == 303
        spent.append(time.process_time() - start)
    return sorted(spent)[len(spent) // 2]


def all_of(folder: Path, units: int, moves: int) -> list[Figure]:
    few, many = build(folder, FEW, FEW_MOVES), build(folder, units, moves)
    turns = [(times(few, 9), times(many, 9)) for _ in range(3)]
    first, grown = ({name: min(turn[side][name] for turn in turns) for name in PATHS}
                    for side in (0, 1))  # fmt: skip
    head = Figure(f"stores with {units:,} units, {moves:,} movements, processor time", "",
                  f"{FEW} units, {FEW_MOVES:,} movements")  # fmt: skip
    return [head, *(Figure(name, f"{grown[name] / first[name]:.2f}×",
                           f"{millis(grown[name])} / {millis(first[name])}", "≤ 1.2×")
                    for name in PATHS)]  # fmt: skip


def sizes() -> tuple[int, int]:
    return (int(os.environ.get("ROUNDTAG_BENCH_UNITS", 50_000)),
            int(os.environ.get("ROUNDTAG_BENCH_MOVES", 1_000_000)))  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.environ["DATA_DIR"] = place
        given = tuple(int(word) for word in sys.argv[1:3]) or sizes()
        show(all_of(Path(place), *given))
