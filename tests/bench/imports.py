"""An import of 10,000 devices against executemany of the very rows that it wrote."""

import csv
import io
import sqlite3
import uuid
from pathlib import Path

from roundtag import clients, commands, db, register
from roundtag.access import SYSTEM
from roundtag.models import ALL, Device, Leaf, Submission
from roundtag.register import export
from tests.bench.measure import Figure, in_turn, millis, ratio

DEVICES = 10_000
IN_A_ROOM = 20
HEAD = [
    "会议室编号", "设备编号", "设备名称", "设备类别", "品牌", "型号", "序列号", "资产编号",
    "安装位置", "安装日期", "保修截止", "关键设备", "IP地址", "供应商",
]  # fmt: skip
ROUNDS = 3
WRITTEN = ("device", "unit", "stock_movement", "tag", "history")


def all_of(folder: Path) -> list[Figure]:
    waiting = [(number, _client(number)) for number in range(ROUNDS + 2)]
    number, client = waiting.pop()
    _import(number, client)
    plain = _Plain(folder, client)
    times = in_turn({
        "ours": lambda: _import(*waiting.pop()), "plain": plain.run,
        "csv": lambda: _export(client, "csv"), "xlsx": lambda: _export(client, "xlsx"),
    }, ROUNDS)  # fmt: skip
    leaves = [len(leaf.text) for leaf in Leaf.select().order_by(Leaf.received_at.desc()).limit(2)]
    body = len(Submission.select().order_by(Submission.received_at.desc()).first().body or "")
    return [
        Figure(f"import of {DEVICES:,} devices: read, compared twice, written, sealed",
               millis(times["ours"])),
        Figure("… against executemany of the rows it wrote", ratio(times, "ours", "plain"),
               millis(times["plain"]), "≤ 4×"),
        Figure("… its two leaves, and its body", f"{sum(leaves) / 1e6:.1f} MB",
               f"{body / 1e6:.1f} MB"),
        Figure(f"export of {DEVICES:,} devices as CSV", millis(times["csv"])),
        Figure("… as XLSX", millis(times["xlsx"])),
    ]  # fmt: skip


def _import(number: int, client: int) -> None:
    register.submit([("d.csv", _devices(number))], client, SYSTEM)


def _client(number: int) -> int:
    order = clients.AddClient(f"B{number}", f"B{number}")
    receipt = commands.run(str(uuid.uuid4()), clients.add_client, order, SYSTEM)
    client = int(receipt.subject_id or 0)
    rooms = "场所,楼宇,会议室编号,会议室名称,类型\n" + "".join(
        f"园区,主楼,R{n},会议室 {n},会议室\n" for n in range(DEVICES // IN_A_ROOM)
    )
    register.submit([("r.csv", rooms.encode())], client, SYSTEM)
    return client


def _devices(number: int) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(HEAD)
    lines.writerows(
        [f"R{n % (DEVICES // IN_A_ROOM)}", f"D{n}", "投影机", "投影机", "EPSON", f"CB-{n % 40}",
         f"S{number}-{n}", f"ZFB-{n}", "主席台上方吊顶内", "2020-06-18", "2028-06-18", "是",
         "10.30.3.11", "昆明南屏视听工程有限公司"] for n in range(DEVICES)
    )  # fmt: skip
    return out.getvalue().encode()


def _export(client: int, form: str) -> None:
    export.write(io.BytesIO(), export.Export(client, ("devices",), form), SYSTEM)


class _Plain:
    """The same tables with the same indexes in a file of their own, and the rows of one import."""

    def __init__(self, folder: Path, client: int) -> None:
        self.raw = sqlite3.connect(folder / "plain.db", isolation_level=None)
        self.raw.executescript("PRAGMA journal_mode=wal; PRAGMA synchronous=2")
        tables = {model._meta.table_name: model for model in ALL}
        shapes = db.database.execute_sql(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN "
            "('device', 'unit', 'stock_movement', 'tag', 'history') AND type IN ('table', 'index')"
        ).fetchall()
        for (sql,) in shapes:
            self.raw.execute(sql)
        own = Device.select(Device.id).where(Device.client == client)
        units = tables["unit"].select(tables["unit"].id).where(tables["unit"].device.in_(own))
        self.columns = {
            name: [f'"{field.column_name}"' for field in tables[name]._meta.sorted_fields]
            for name in WRITTEN
        }  # a table that was altered has them in another order
        wheres = {"device": lambda m: m.id.in_(own), "stock_movement": lambda m: m.unit.in_(units)}
        self.rows = {
            name: list(db.database.execute(tables[name].select().where(
                wheres.get(name, lambda m: m.device.in_(own))(tables[name]))))
            for name in WRITTEN
        }  # fmt: skip

    def run(self) -> None:
        for name in WRITTEN:
            self.raw.execute(f"DELETE FROM {name}")
        self.raw.execute("BEGIN IMMEDIATE")
        for name, rows in self.rows.items():
            places = ", ".join("?" * len(rows[0]))
            into = f"{name} ({', '.join(self.columns[name])})"
            self.raw.executemany(f"INSERT INTO {into} VALUES ({places})", rows)
        self.raw.execute("COMMIT")
