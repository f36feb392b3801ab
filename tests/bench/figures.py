"""What is measured, each beside its plain counterpart."""

import json
import re
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

import brotli
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from roundtag import commands, db, printing, sync
from roundtag.access import Actor
from tags import draw, qr, stock
from tags.sheet import sheet
from tests.bench import bed, board, checks
from tests.bench.labelled import device_labels
from tests.bench.measure import Figure, in_turn, millis, queries, ratio

SUBMISSIONS = 200
LABELS = 1000


def device_and_scan(_: Path) -> list[Figure]:
    code = bed.device()
    return [*device_page(code), *first_scan(code)]


def checklist(_: Path) -> list[Figure]:
    return checks.page(_browser(create_app()), _bare, bed.engineer())


def full_board(_: Path) -> list[Figure]:
    return board.page(_browser(create_app(), "manager"), _bare)


def sent_later(folder: Path) -> list[Figure]:
    return queued(folder, bed.device(), bed.engineer())


def _browser(app: Flask, username: str = "engineer") -> FlaskClient:
    browser = app.test_client()
    browser.post("/sign-in", data={"username": username, "password": bed.PASSWORD})
    return browser


def device_page(code: str) -> list[Figure]:
    browser, path = _browser(create_app()), f"/t/{code}"
    html = browser.get(path).text
    with queries() as seen:
        browser.get(path)
    bare = _bare(seen, html)
    times = in_turn(
        {
            "ours": lambda: browser.get(path),
            "bare": lambda: bare.get("/page"),
            "static": lambda: bare.get("/static"),
        },
        60,
    )
    return [
        Figure("device page", millis(times["ours"])),
        Figure("… against bare Flask + peewee + Jinja, same queries and bytes",
               ratio(times, "ours", "bare"), millis(times["bare"]), "≤ 1.5×"),
        Figure("… against a route that returns the same bytes",
               ratio(times, "ours", "static"), millis(times["static"])),
        Figure("SQL statements of the device page", str(len(seen)), "", "fixed"),
    ]  # fmt: skip


def _bare(seen: list[Any], html: str) -> FlaskClient:
    """The same peewee queries, and the same page with each of its texts as a Jinja variable."""
    app = Flask("bare")
    texts = re.findall(r">([^<]*[^<\s][^<]*)<", html)
    numbers = iter(range(len(texts)))
    source = re.sub(r">([^<]*[^<\s][^<]*)<", lambda _: f">{{{{ texts[{next(numbers)}] }}}}<", html)
    template = app.jinja_env.from_string(source)

    @app.get("/page")
    def page() -> str:
        with db.database.connection_context():
            for query in seen:
                list(query.clone().execute())
        return template.render(texts=texts)

    @app.get("/static")
    def static_page() -> str:
        return html

    return app.test_client()


def first_scan(code: str) -> list[Figure]:
    """Bytes of HTML, CSS and JavaScript of a first visit, as compressed on the wire."""
    browser, path = _browser(create_app()), f"/t/{code}"
    html = browser.get(path).text
    scripts = _modules(browser, re.findall(r'<script[^>]+src="([^"]+)"', html))
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    files = {url: browser.get(url).get_data() for url in [*sheets, *scripts]}
    page = browser.get(path, headers={"Accept-Encoding": "br"}).get_data()
    total = len(page) + sum(len(brotli.compress(data, quality=11)) for data in files.values())
    return [
        Figure("first scan: HTML + CSS + JS, with all that may be imported later",
               f"{total / 1000:.1f} kB", f"{len(files)} files"),
    ]  # fmt: skip


def _modules(browser: FlaskClient, found: list[str]) -> list[str]:
    """The scripts of a page and all that they may import, at once or when needed."""
    waiting, known = list(found), []
    while waiting:
        url = waiting.pop()
        if url in known:
            continue
        known.append(url)
        text = browser.get(url).text
        for name in re.findall(r'(?:from|import)[\s(]*"(\.{1,2}/[^"]+)"', text):
            base = url.rsplit("/", 1)[0]
            while name.startswith("../"):
                name, base = name[3:], base.rsplit("/", 1)[0]
            waiting.append(f"{base}/{name.removeprefix('./')}")
    return known


def queued(folder: Path, code: str, actor: Actor) -> list[Figure]:
    """200 submissions through the sync door against 200 durable commits of the same bytes."""
    raw = sqlite3.connect(folder / "raw.db", isolation_level=None)
    raw.executescript("PRAGMA journal_mode=wal; PRAGMA synchronous=2; CREATE TABLE t (body TEXT)")
    times = in_turn(
        {"ours": lambda: _submit_all(actor, code), "raw": lambda: _commit_all(raw, code)}, 3
    )
    return [
        Figure(f"{SUBMISSIONS} queued fault reports, one deed each", millis(times["ours"])),
        Figure("… against as many raw durable SQLite commits",
               ratio(times, "ours", "raw"), millis(times["raw"])),
    ]  # fmt: skip


def _body(code: str, number: int) -> str:
    pairs = [["tag", code], ["symptom", "other"], ["description", f"bench {number}"]]
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def _submit_all(actor: Actor, code: str) -> None:
    for number in range(SUBMISSIONS):
        body = _body(code, number)
        sync.submit(commands.Envelope(str(uuid.uuid4()), "fault", body, sync.digest_of(body),
                                      owner=actor.person_id), actor)  # fmt: skip


def _commit_all(raw: sqlite3.Connection, code: str) -> None:
    for number in range(SUBMISSIONS):
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO t VALUES (?)", (_body(code, number),))
        raw.execute("COMMIT")


def labels(_: Path) -> list[Figure]:
    """1,000 device labels on A4: our symbols against the fastest writer found, same PDF library."""
    made, on = device_labels(LABELS), stock.get("L7160")
    order, kept = printing.PrintSheet(), printing.file_of

    def ours() -> None:
        _forget_symbols()
        sheet(made, on)

    def fastest() -> None:
        _forget_symbols()
        with patch.object(qr, "matrix", _zxing_matrix):
            sheet(made, on)

    times = in_turn(
        {"ours": ours, "zxing": fastest, "again": lambda: sheet(made, on),
         "kept": lambda: kept(order, made)}, 3,
    )  # fmt: skip
    return [
        Figure(f"{LABELS:,} device labels on A4, symbols drawn anew", millis(times["ours"])),
        Figure("… against symbols from zxing-cpp's writer, same PDF library",
               ratio(times, "ours", "zxing"), millis(times["zxing"]), "≤ 1.5×"),
        Figure("… drawn again, symbols remembered", ratio(times, "again", "ours"),
               millis(times["again"])),
        Figure("… printed again, the file is found by its content", ratio(times, "kept", "ours"),
               millis(times["kept"]), "≤ 0.4×"),
        Figure("… peak memory of a process that prints them", f"{_peak():.0f} MB", "", "≤ 200 MB"),
    ]  # fmt: skip


def _forget_symbols() -> None:
    for cached in (qr.matrix, draw._path, qr._size):
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def _zxing_matrix(url: str) -> qr.Matrix:
    symbol = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    rows = memoryview(symbol.to_image(scale=1, add_quiet_zones=False)).tolist()
    return tuple(tuple(grey == 0 for grey in row) for row in rows)


PEAK = """
import resource
from pathlib import Path
from tests.bench.labelled import device_labels
from tags import sheet, stock
sheet.sheet(device_labels({count}), stock.get("L7160"))
told = Path("/proc/self/status")
lines = told.read_text().splitlines() if told.exists() else []
own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
print(*own or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])
"""
"""Linux counts what the parent held into ru_maxrss, but not into VmHWM."""


def _peak() -> float:
    """MB, of a fresh interpreter that makes the labels and their sheet."""
    code = PEAK.format(count=LABELS)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout) / (1024 if sys.platform == "linux" else 1024**2)
