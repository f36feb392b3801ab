"""The pages of devices and rooms with many devices and a long past, against the same with few.

Full size: `python -m tests.bench.growth 100000 5000000` (devices, lines of history); `make bench`
takes ROUNDTAG_BENCH_DEVICES and ROUNDTAG_BENCH_HISTORY, or a tenth of that.
"""

import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from playhouse.migrations import Runner

from app import create_app
from roundtag import db, demo, search
from roundtag.settings import current
from roundtag.supervisor.preparation import MIGRATIONS
from tags import codes
from tests.bench.measure import Figure, millis, show

PASSWORD = "bench-password-1"
FEW, PAST = 100, 50
"""Devices of the small database, and lines of history per device where nothing else is said."""
ROOM, BUILDING = 20, 50
"""Devices per room, rooms per building."""
NAMES = (("投影机", "projector"), ("无线话筒", "microphone"), ("音箱", "speaker"),
         ("会议终端", "terminal"), ("摄像机", "camera"), ("调音台", "mixer"), ("显示屏", "display"),
         ("功放", "amplifier"), ("中控主机", "central_control"), ("矩阵", "matrix"))  # fmt: skip
AT = "2026-%02d-%02dT08:%02d:%02d.%06dZ"
FIRST = 1000
"""Keys of what is made here begin behind those of the demo."""


@dataclass(frozen=True)
class Site:
    """A database of one size, and pages that are alike in all sizes."""

    url: str
    device: str
    room: str


def build(folder: Path, devices: int, past: int) -> Site:
    """The demo's client, grown to so many devices with `past` lines of history in all."""
    path = folder / f"{devices}.db"
    db.connect(f"sqlite:///{path}")
    with db.database.connection_context():
        Runner(db.database.obj, str(MIGRATIONS)).up()
        demo.load(PASSWORD)
    db.database.close_all()
    tag = _fill(path, devices, past)
    db.connect(f"sqlite:///{path}")
    with db.database.connection_context():
        search.rebuild()
    db.database.close_all()
    middle = FIRST + devices // 2
    return Site(f"sqlite:///{path}", f"/t/{tag}", f"/rooms/{FIRST + (middle - FIRST) // ROOM}")


def _fill(path: Path, devices: int, past: int) -> str:
    dice = random.Random(7)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.executescript(
        "PRAGMA journal_mode=off; PRAGMA synchronous=0; PRAGMA cache_size=-200000; BEGIN"
    )
    (client,) = raw.execute("SELECT id FROM client").fetchone()
    (site,) = raw.execute("SELECT id FROM site").fetchone()
    (tour,) = raw.execute("SELECT id FROM round").fetchone()
    keys = range(FIRST, FIRST + devices)
    rooms = range(FIRST, FIRST + -(-devices // ROOM))
    raw.executemany("INSERT INTO building (id, client_id, site_id, name) VALUES (?,?,?,?)",
                    ((FIRST + n, client, site, f"{n} 号楼")
                     for n in range(-(-len(rooms) // BUILDING))))  # fmt: skip
    raw.executemany(
        "INSERT INTO room (id, client_id, building_id, floor, code, name, kind, capacity, remarks)"
        " VALUES (?,?,?,?,?,?,'video',20,'')",
        ((key, client, FIRST + (key - FIRST) // BUILDING, f"{key % 9 + 1}", f"R{key:05}",
          f"第 {key} 会议室") for key in rooms))  # fmt: skip
    raw.executemany(
        "INSERT INTO device_model (id, category, maker, name, grade) VALUES (?,?,'索尼',?,1)",
        ((FIRST + n, kind, f"VPL-{n}00") for n, (_, kind) in enumerate(NAMES)))  # fmt: skip
    raw.executemany(
        "INSERT INTO device (id, client_id, room_id, code, name, category, position, asset_number,"
        " key_device, ip_address, supplier, installed_on) VALUES (?,?,?,?,?,?,?,?,?,?,'',?)",
        ((key, client, FIRST + (key - FIRST) // ROOM, f"E{key:06}", NAMES[key % 10][0],
          NAMES[key % 10][1], f"机柜 {key % 40}U", f"ZC{dice.randrange(10**8):08}", key % 9 == 0,
          f"10.{key >> 16}.{key >> 8 & 255}.{key & 255}", f"20{key % 15 + 11}-05-01")
         for key in keys))  # fmt: skip
    raw.executemany(
        "INSERT INTO unit (model_id, serial, warranty_until, place, device_id, shelf)"
        " VALUES (?,?,?,'device',?,'')",
        ((FIRST + key % 10, f"SN{dice.randrange(10**9):09}-{key}", f"20{key % 6 + 24}-03-01", key)
         for key in keys))  # fmt: skip
    raw.executemany("INSERT INTO round_device (client_id, round_id, device_id) VALUES (?,?,?)",
                    ((client, tour, key) for key in keys))  # fmt: skip
    tags = _codes(devices)
    raw.executemany("INSERT INTO tag (code, state, client_id, device_id, made_at)"
                    " VALUES (?,'bound',?,?,'2026-01-01T00:00:00.000000Z')",
                    zip(tags, [client] * devices, keys, strict=True))  # fmt: skip
    raw.executemany(
        "INSERT INTO history (client_id, room_id, device_id, kind, at, data)"
        " VALUES (?,?,?,'moved',?,'{\"before\": \"甲\", \"now\": \"乙\"}')",
        _past(client, keys, past))  # fmt: skip
    raw.execute("COMMIT")
    raw.close()
    return tags[devices // 2]


def _codes(count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[codes.new()] = None
    return list(found)


def _past(client: int, keys: range, past: int) -> Iterator[tuple[object, ...]]:
    """Device by device, the oldest first, as the rows' keys would be if each had its own book."""
    each = past // len(keys)
    for key in keys:
        room = FIRST + (key - FIRST) // ROOM
        for n in range(each):
            yield client, room, key, AT % (n // 25 % 12 + 1, n % 25 + 1, key % 60, n % 60, n)


def lengthen(site: Site, lines: int) -> None:
    """Gives the one device that is looked at a past of so many lines more."""
    raw = sqlite3.connect(site.url.removeprefix("sqlite:///"), isolation_level=None)
    code = site.device.rsplit("/", 1)[1]
    key, room, client = raw.execute(
        "SELECT d.id, d.room_id, d.client_id FROM tag t JOIN device d ON d.id = t.device_id"
        " WHERE t.code = ?", (code,)).fetchone()  # fmt: skip
    raw.execute("BEGIN")
    raw.executemany(
        "INSERT INTO history (client_id, room_id, device_id, kind, at, data)"
        " VALUES (?,?,?,'moved',?,'{\"before\": \"甲\", \"now\": \"乙\"}')",
        ((client, room, key, AT % (n // 3000 % 12 + 1, n % 25 + 1, n % 60, n // 60 % 60, n))
         for n in range(lines)))  # fmt: skip
    raw.execute("COMMIT")
    raw.close()


PATHS = {
    "device list": "/devices",
    "… sorted by serial number": "/devices?sort=serial",
    "… sorted by warranty, the latest first": "/devices?sort=warranty&down=1",
    "… a code": f"/devices?q=E00{FIRST + 7}",
    "… initials and a room": f"/devices?q=tyj+R0{FIRST + 2}",
    "… a Chinese word and a room": f"/devices?q=话筒+R0{FIRST + 3}",
    "device page": "device",
    "room page": "room",
    "room list": "/rooms?q=R01002",
}
"""Each shows as many lines in a small database as in a large one."""
COMMON = "/devices?q=投影机"
"""What a tenth of all devices answer to: a longer page than in a small database."""


def times(site: Site, rounds: int) -> dict[str, float]:
    """Median seconds of the processor for each page; the database is in this process, too."""
    db.connect(site.url)
    os.environ["DATABASE_URL"] = site.url
    current.cache_clear()
    browser = create_app().test_client()
    browser.post("/sign-in", data={"username": "manager", "password": PASSWORD})
    found = {name: _median(browser, getattr(site, path, path), rounds)
             for name, path in {**PATHS, COMMON: COMMON}.items()}  # fmt: skip
    db.database.close_all()
    return found


def _median(browser: FlaskClient, path: str, rounds: int) -> float:
    spent = []
    for number in range(rounds + 2):
        start = time.process_time()
        answer = browser.get(path)
        if number > 1:
            spent.append(time.process_time() - start)
        assert answer.status_code == 200, path
    return statistics.median(spent)


def all_of(folder: Path, devices: int, past: int) -> list[Figure]:
    start = time.perf_counter()
    few, many = build(folder, FEW, FEW * PAST), build(folder, devices, past)
    made = time.perf_counter() - start
    first, grown = _in_turn(few, many)
    lengthen(many, 100_000)
    _, long = _in_turn(few, many)
    size = f"{devices:,} devices, {past:,} lines of history"
    figures = [
        Figure(f"pages with {size}, processor time", "", f"{FEW} devices; made in {made:.0f} s")
    ]
    figures += [Figure(name, f"{grown[name] / first[name]:.2f}×",
                       f"{millis(grown[name])} / {millis(first[name])}", "≤ 1.2×")
                for name in PATHS]  # fmt: skip
    figures.append(Figure("… 投影机, a tenth of all devices", millis(grown[COMMON])))
    return [*figures, *(Figure(f"{name} of one with 100,000 lines of its own",
                               f"{long[name] / grown[name]:.2f}×", millis(long[name]), "≤ 1.2×")
                        for name in ("device page", "room page"))]  # fmt: skip


def _in_turn(few: Site, many: Site, turns: int = 3) -> tuple[dict[str, float], dict[str, float]]:
    """Both sizes by turns; of each page the best of the medians."""
    found = [(times(few, 9), times(many, 9)) for _ in range(turns)]
    return tuple({name: min(one[side][name] for one in found) for name in (*PATHS, COMMON)}
                 for side in (0, 1))  # type: ignore[return-value]  # fmt: skip


def sizes() -> tuple[int, int]:
    return (int(os.environ.get("ROUNDTAG_BENCH_DEVICES", 10_000)),
            int(os.environ.get("ROUNDTAG_BENCH_HISTORY", 500_000)))  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.environ["DATA_DIR"] = place
        given = tuple(int(word) for word in sys.argv[1:3]) or sizes()
        show(all_of(Path(place), *given))
