"""G5: the line is cut at every byte of a small submission and of its reply; a photo at its edges
and every 4 KiB. After each cut the client sends again; nothing is lost or doubled."""

import hashlib
import http.client
import io
import itertools
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.e2e.client import Client, Forms, Reply, envelope
from tests.e2e.offline import facts
from tests.e2e.proxy import Fault, Proxy
from tests.e2e.server import PASSWORD, Server
from tests.e2e.test_kill import empty_postgresql

AT_ONCE = 4


@pytest.fixture
def through(network: Proxy, engineer: Client) -> Client:
    client = Client(network.url)
    client.cookie = engineer.cookie
    return client


class Entries:
    """Checks of one device, as one installation makes them."""

    def __init__(self, client: Client, code: str) -> None:
        page = client.ask("GET", f"/t/{code}").data.decode()
        self.pairs, self.owner = Forms(page).filled["inspection"], client.whoami()
        self.install, self.seq = str(uuid.uuid4()), itertools.count(1)
        self.made: dict[str, str] = {}

    def make(self, photo: bytes = b"") -> dict[str, Any]:
        sha = hashlib.sha256(photo).hexdigest()
        pairs = [*self.pairs, *([("photo", f"blob:{sha}")] if photo else [])]
        blobs = [{"sha256": sha, "mime": "image/jpeg", "size": len(photo)}] if photo else []
        item = envelope("inspection", pairs, self.owner, next(self.seq))
        item |= {"install_id": self.install, "blobs": blobs}
        self.made[item["id"]] = item["sha256"]
        return item


def receipt(ask: Callable[[], Reply]) -> dict[str, Any]:
    """The reply if all of it came: half a reply may still look like HTTP, but not like ours."""
    try:
        return ask().json
    except (OSError, http.client.HTTPException, ValueError):
        return {}


def cut(through: Client, network: Proxy, item: dict[str, Any], **where: Any) -> None:
    """The line breaks at one place of the first delivery; the next one must be answered."""
    network.next(Fault(match=f"/sync/{item['id']} ", **where))
    assert receipt(lambda: through.send(item)) == {}
    assert receipt(lambda: through.send(item))["sha256"] == item["sha256"]


def cut_at_every_byte(site: Server, network: Proxy, through: Client, tag: str, step: int) -> None:
    entries = Entries(through, tag)
    through.send(entries.make())
    _, request, reply = network.seen[-1]
    assert request + reply < 3000
    places = [{"request": place} for place in range(0, request, step)]
    places += [{"reply": place, "rst": bool(place % 2)} for place in range(0, reply, step)]
    items = [entries.make() for _ in places]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda item, where: cut(through, network, item, **where), items, places))
    facts.check(site, [entries.install], entries.made)


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_a_submission_and_its_reply_cut_at_every_byte(
    site: Server, network: Proxy, through: Client, tag: str, step: int
) -> None:
    """At every seventh for its time; `make soak` at every one."""
    cut_at_every_byte(site, network, through, tag, step)


@pytest.mark.postgresql
def test_cut_at_every_23rd_byte_on_postgresql(tmp_path: Path) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(empty_postgresql())
        site = Server(tmp_path / "data", DATABASE_URL=database).start()
        stack.callback(site.kill)
        network = Proxy(site.port)
        stack.callback(network.close)
        through = Client(network.url).sign_in("engineer", PASSWORD)
        cut_at_every_byte(site, network, through, site.tags()[0]["code"], 23)


def noise(side: int = 300) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def test_a_photo_cut_at_its_edges_and_every_4_kib(
    site: Server, network: Proxy, through: Client, tag: str
) -> None:
    entries, photo = Entries(through, tag), noise()
    sha = hashlib.sha256(photo).hexdigest()
    item = entries.make(photo)
    assert through.send(item).json["missing"] == [sha]
    head = 400
    edges = {0, 1, head, len(photo) - 1, len(photo), *range(0, head + len(photo), 4096)}

    def put() -> Any:
        return through.ask("PUT", f"/sync/photos/{sha}", photo, **{"Content-Type": "image/jpeg"})

    places = [{"request": place} for place in sorted(edges)] + [{"reply": 0}]
    for where in places:
        assert through.send(item).json["missing"] == [sha]
        network.next(Fault(match=f"/sync/photos/{sha} ", **where))
        assert receipt(put) == {}
    assert through.send(item).json["missing"] == []
    assert put().status == 200
    facts.check(site, [entries.install], entries.made)
