"""A full queue that comes back into the network, beside the same bytes sent by a bare script."""

import base64
import hashlib
import http.client
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from tests.bench import bare
from tests.bench.measure import Figure
from tests.bench.unwatched import Page
from tests.e2e.client import Client, envelope
from tests.e2e.server import PASSWORD, Server
from tests.house.processes import until

ITEMS = 500
SPREAD, QUALITY = 20, 36
QUEUED = Path(__file__).with_name("queued.js").read_text()
READY = "document.documentElement?.dataset.ready === ''"
Item = tuple[dict[str, Any], bytes]


def figures(site: Server, phone: Page, folder: Path) -> list[Figure]:
    """The bare script runs before and after, so that a drifting machine shows; the mean counts."""
    with bare.server(folder / "plain.db") as plain:
        port = plain.port
        scripts = [by_bare_script(site, port)]
        browser = by_browser(site, phone)
        scripts.append(by_bare_script(site, port))
        client = by_client(site)
        scripts.append(by_bare_script(site, port))
    mean = sum(scripts) / len(scripts)
    spread = f"bare script {min(scripts):.1f}–{max(scripts):.1f} s"
    size = len(photo()) // 1000
    return [
        Figure(f"{ITEMS} queued entries with a photo of {size} kB, drained by the browser",
               f"{browser:.1f} s"),
        Figure("… against a bare script and a bare handler, one durable commit each",
               f"{browser / mean:.2f}×", spread, "≤ 1.6×"),
        Figure("… drained by a Python client of docs/sync.md, one after the other",
               f"{client / mean:.2f}×", f"{client:.1f} s"),
    ]  # fmt: skip


def photo() -> bytes:
    """About 300 kB as phones make them; byte 6 begins a comment of eight bytes for a number."""
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), SPREAD).convert("RGB").save(out, "JPEG", quality=QUALITY)
    found = out.getvalue()
    return found[:2] + b"\xff\xfe\x00\x0a00000000" + found[2:]


def items(site: Server) -> list[dict[str, str]]:
    codes = [tag["code"] for tag in site.tags()]
    return [{"code": codes[n % len(codes)], "label": f"bench {n}"} for n in range(ITEMS)]


def envelopes(site: Server, owner: int) -> Iterator[Item]:
    """The same entries as the browser's, with photos and ids of their own."""
    base = photo()
    for n, item in enumerate(items(site)):
        data = base[:6] + f"{10_000 + n:08}".encode() + base[14:]
        digest = hashlib.sha256(data).hexdigest()
        pairs = [("tag", item["code"]), ("symptom", "other"), ("description", item["label"]),
                 ("photo", f"blob:{digest}")]  # fmt: skip
        made = envelope("fault", pairs, owner, n + 1)
        made["blobs"] = [{"sha256": digest, "mime": "image/jpeg", "size": len(data)}]
        yield made, data


def by_browser(site: Server, phone: Page) -> float:
    """`phone` has the profile of the person who signed in as the engineer."""
    me = Client(site.url).sign_in("engineer", PASSWORD).whoami()
    phone.open(f"{site.url}/outbox")
    until(lambda: phone.evaluate(READY), "the outbox page is ready")
    text = base64.b64encode(photo()).decode()
    given = {"items": items(site), "owner": me, "photo": text}
    phone.evaluate(f"({QUEUED}).fill({json.dumps(given)})")
    return float(phone.evaluate(f"({QUEUED}).drain()"))


def by_client(site: Server) -> float:
    """The requests of docs/sync.md on one connection."""
    signed = Client(site.url).sign_in("engineer", PASSWORD)
    line = http.client.HTTPConnection("localhost", site.port)
    ours = {"Cookie": signed.cookie, "Origin": site.url, "X-Roundtag-Sync": "1"}

    def ask(method: str, path: str, body: bytes, kind: str) -> dict[str, Any]:
        line.request(method, path, body, {**ours, "Content-Type": kind})
        with line.getresponse() as answer:
            found = dict(json.load(answer))
        assert answer.status in {200, 201}, found
        return found

    made = list(envelopes(site, signed.whoami()))
    start = time.perf_counter()
    for each, data in made:
        body, (blob,) = json.dumps(each).encode(), each["blobs"]
        assert ask("POST", f"/sync/{each['id']}", body, "application/json")["missing"]
        reply = ask("PUT", f"/sync/photos/{blob['sha256']}", data, "image/jpeg")
        assert reply["complete"] == [{"id": each["id"], "sha256": each["sha256"]}]
    return time.perf_counter() - start


def by_bare_script(site: Server, port: int) -> float:
    bodies = [json.dumps(made).encode() + data for made, data in envelopes(site, 1)]
    line = http.client.HTTPConnection("127.0.0.1", port)
    start = time.perf_counter()
    for body in bodies:
        line.request("POST", "/item", body)
        with line.getresponse() as answer:
            assert answer.status == 201, answer.read()
            answer.read()
    return time.perf_counter() - start
