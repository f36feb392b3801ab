"""What a phone holds and how soon it shows it."""

import re
import statistics
import time
from pathlib import Path
from typing import Any

import brotli

from roundtag import static_files
from tests.bench.measure import Figure, millis
from tests.e2e.client import Client
from tests.e2e.phone import Phone
from tests.e2e.server import PASSWORD, Server
from tests.e2e.test_first_scan import FETCHED, scan

LINE = 0.05
"""Seconds that a fair mobile line takes one way."""
OPENED = """() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd / 1000"""
ROUNDS = 15
DEVICES = 100
EVERYTHING = FETCHED.replace("window.readyAt ?? Infinity", "Infinity")
OURS = re.compile(r"[.](css|js)$")
THREE = ("outbox.js", "sw.js", "pack.js")


def pack(site: Server, phone: Phone, start: float) -> list[Figure]:
    """What a phone fetches from `start` on, when it signs in. Sizes as compressed on the wire and
    as kept; the demo's devices stand for any hundred."""
    phone.packed(len(site.tags()))
    took = time.perf_counter() - start
    client = Client(site.url).sign_in("engineer", PASSWORD)
    urls = [page["url"] for page in client.ask("GET", "/pack").json["pages"]]
    sent = {url: _size(client, url, "br") for url in urls}
    kept = {url: _size(client, url, "identity") for url in urls}
    count = len(site.tags())
    return [
        Figure(f"pack of {DEVICES} devices on the wire", _scaled(sent), f"from {count} of the demo",
               "≤ 1.5 MB"),
        Figure("… as kept on the phone", _scaled(kept)),
        Figure(f"… filled, {count} devices, with signing in and the app's own files",
               f"{took:.1f} s", f"{1000 * took / count:.0f} ms a device"),
    ]  # fmt: skip


def _size(client: Client, url: str, coding: str) -> int:
    return len(client.ask("GET", url, **{"X-Pack": "1", "Accept-Encoding": coding}).data)


def _scaled(sizes: dict[str, int]) -> str:
    devices = [size for url, size in sizes.items() if url.startswith("/t/")]
    fixed = sum(sizes.values()) - sum(devices)
    return f"{(fixed + DEVICES * statistics.mean(devices)) / 1e6:.2f} MB"


def opening(site: Server, phone: Phone) -> list[Figure]:
    """The same page in turn with and without network, on a phone that holds it."""
    path = f"/t/{site.tags()[0]['code']}"
    times: dict[str, list[float]] = {"online": [], "offline": []}
    for _ in range(ROUNDS):
        for name, found in times.items():
            phone.offline(name == "offline")
            phone.open(path)
            found.append(float(phone.page.evaluate(OPENED)))
    phone.offline(False)
    online, offline = (statistics.median(times[name]) for name in ("online", "offline"))
    far = online + 2 * LINE
    return [
        Figure("kept device page opened without network", millis(offline)),
        Figure("… against online, server on this machine", f"{offline / online:.2f}×",
               millis(online)),
        Figure("… against online with a line of 100 ms there and back", f"{offline / far:.2f}×",
               millis(far), "≤ 0.33×"),
    ]  # fmt: skip


def first_scan(site: Server, phone: Phone) -> list[Figure]:
    """What the browser of a person who is signed in fetches of the page until it is ready, and
    with all that comes behind it while nobody waits: what sends, what fills the pack."""
    browser = phone.kit.chromium.launch(**phone.options)
    fresh = browser.new_context(base_url=site.url, service_workers="block")
    fresh.add_cookies(phone.context.cookies())  # type: ignore[arg-type]
    page = fresh.new_page()
    _, until_ready = scan(page, site.tags()[0]["code"], "html[data-ready]")
    page.wait_for_load_state("networkidle")
    behind = [one for one in page.evaluate(EVERYTHING) if OURS.search(one[0])]
    browser.close()
    return [
        Figure("first scan: all that a page fetches until it is ready", _sum(until_ready),
               f"{len(until_ready)} files", "≤ 45 kB"),
        Figure("… with the scripts and sheets that come behind it, while nobody waits",
               _sum([*until_ready, *(one for one in behind if one not in until_ready)])),
    ]  # fmt: skip


def _sum(fetched: list[list[Any]]) -> str:
    return _kb(sum(size for _, size, _ in fetched))


def scripts() -> list[Figure]:
    """Three ways to count, as brotli compresses them."""
    folder = static_files.ROOT / "pwa"
    three = [folder / name for name in THREE]
    every = _with_imports(three)
    one_by_one = sum(map(_packed, every))
    together = len(brotli.compress(b"".join(path.read_bytes() for path in every), quality=11))
    return [
        Figure("outbox.js + sw.js + pack.js compressed", _kb(sum(map(_packed, three))), "3 files",
               "≤ 12 kB"),
        Figure("… with all that they import, one by one", _kb(one_by_one), f"{len(every)} files"),
        Figure("… with all that they import, as one file", _kb(together)),
    ]  # fmt: skip


def _with_imports(files: list[Path]) -> list[Path]:
    waiting, known = list(files), list[Path]()
    while waiting:
        path = waiting.pop()
        if path not in known:
            known.append(path)
            names = re.findall(r'(?:from|import)[\s(]*"(\.{1,2}/[^"]+)"', path.read_text())
            waiting += [_source(path, name) for name in names]
    return known


def _source(path: Path, name: str) -> Path:
    """Where a module lies in the source: pwa/ is served beside static/vendor."""
    near = (path.parent / name).resolve()
    return near if near.exists() else (static_files.ROOT / "static" / name[3:]).resolve()


def _packed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes(), quality=11))


def _kb(size: int) -> str:
    return f"{size / 1000:.1f} kB"
