"""A round over 100,000 devices, opened by its plan, against executemany of the rows it wrote."""

import sqlite3
import uuid
from datetime import timedelta
from pathlib import Path

from roundtag import clients, clock, commands, db, rounds
from roundtag.access import SYSTEM
from roundtag.models import Building, Device, Leaf, Room, RoundDevice, Site
from tests.bench.measure import Figure, in_turn, millis, ratio

DEVICES = 100_000
IN_A_ROOM = 20
TIMES = 3


def all_of(folder: Path) -> list[Figure]:
    months = [f"20{30 + n}-01" for n in range(TIMES + 2)]
    contract = _contract()
    plan = int(commands.run(str(uuid.uuid4()), rounds.plan_monthly,
                            rounds.MonthlyPlan(contract), SYSTEM).subject_id or 0)  # fmt: skip

    def ours() -> None:
        order = rounds.OpenPlanned(plan, months.pop())
        commands.run(str(uuid.uuid4()), rounds.open_planned, order, SYSTEM)

    ours()
    plain = _Plain(folder)
    times = in_turn({"ours": ours, "plain": plain.run}, TIMES)
    leaf = len(Leaf.select().order_by(Leaf.received_at.desc()).first().text)
    return [
        Figure(f"opening of a planned round of {DEVICES:,} devices", millis(times["ours"])),
        Figure("… against executemany of the rows it wrote", ratio(times, "ours", "plain"),
               millis(times["plain"]), "≤ 4×"),
        Figure("… its leaf", f"{leaf / 1e6:.1f} MB"),
    ]  # fmt: skip


def _contract() -> int:
    """A client with many devices, put there without a deed: only the round is measured."""
    order = clients.AddClient("MANY", "MANY")
    client = int(commands.run(str(uuid.uuid4()), clients.add_client, order, SYSTEM).subject_id or 0)
    today = clock.local_day(clock.now())
    term = clients.AddContract(client, "MANY-1", "MANY", today, today + timedelta(days=40 * 365))
    receipt = commands.run(str(uuid.uuid4()), clients.add_contract, term, SYSTEM)
    with db.write():
        site = Site.create(client=client, name="S")
        building = Building.create(client=client, site=site, name="B")
        rooms = [
            {"client": client, "building": building, "code": f"R{n}", "name": "R", "kind": "video"}
            for n in range(DEVICES // IN_A_ROOM)
        ]
        _insert(Room, rooms)
        keys = [room.id for room in Room.select(Room.id).where(Room.client == client)]
        _insert(Device, [
            {"client": client, "room": keys[n % len(keys)], "code": f"D{n}", "name": "D",
             "category": "projector"} for n in range(DEVICES)
        ])  # fmt: skip
    return int(receipt.subject_id or 0)


def _insert(model: type, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), 1000):
        model.insert_many(rows[start : start + 1000]).execute()


class _Plain:
    """The same table with the same indexes in a file of its own; each run adds one round."""

    def __init__(self, folder: Path) -> None:
        self.raw = sqlite3.connect(folder / "plain-rounds.db", isolation_level=None)
        self.raw.executescript("PRAGMA journal_mode=wal; PRAGMA synchronous=2")
        shapes = db.database.execute_sql(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name = 'round_device' "
            "AND type IN ('table', 'index')"
        ).fetchall()
        for (sql,) in shapes:
            self.raw.execute(sql)
        last = RoundDevice.select(RoundDevice.round).order_by(RoundDevice.id.desc()).limit(1)
        query = RoundDevice.select().where(RoundDevice.round == last)
        self.columns = [f'"{field.column_name}"' for field in RoundDevice._meta.sorted_fields][1:]
        place = self.columns.index('"round_id"')
        rows = [list(row)[1:] for row in query.tuples()]
        self.turns = [
            [(*row[:place], number, *row[place + 1 :]) for row in rows]
            for number in range(TIMES + 1)
        ]

    def run(self) -> None:
        into = f"round_device ({', '.join(self.columns)})"
        places = ", ".join("?" * len(self.columns))
        self.raw.execute("BEGIN IMMEDIATE")
        self.raw.executemany(f"INSERT INTO {into} VALUES ({places})", self.turns.pop())
        self.raw.execute("COMMIT")
