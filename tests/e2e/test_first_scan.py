"""The first scan of a label: what the phone fetches for it, in how many journeys to the server."""

import re
from typing import Any

from playwright.sync_api import Page, Route

from tests.e2e.conftest import Open
from tests.e2e.server import Server

STAFF, ANYBODY = 45_000, 20_000
"""Bytes as compressed on the wire: the page, its sheets, its scripts, its pictures."""
WATCH = """
new MutationObserver((_, watch) => {
  if (!("ready" in document.documentElement.dataset)) return;
  window.readyAt = performance.now();
  watch.disconnect();
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
"""
FETCHED = """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .filter(({ startTime }) => startTime <= (window.readyAt ?? Infinity))
  .map(({ name, encodedBodySize, initiatorType }) => [name, encodedBodySize, initiatorType])"""
FIRST_QUESTION = "/sync/whoami"


def scan(page: Page, code: str, ready: str) -> tuple[str, list[list[Any]]]:
    """Opens a label's address: the page's text, and [address, bytes, by what] until it is ready.

    What comes after that is no part of the page: the worker, the pack, and what sends.
    """
    page.add_init_script(WATCH)
    answer = page.goto(f"/T/{code}")
    page.wait_for_selector(ready, state="attached")
    assert answer is not None
    return answer.text(), page.evaluate(FETCHED)


def unnamed(text: str, fetched: list[list[Any]]) -> set[str]:
    """Files that the page does not name itself: they are found only when another has come."""
    files = {re.sub(r"^https?://[^/]+", "", name) for name, _, _ in fetched[1:]}
    return {name for name in files if name.split("#")[0] not in text}


def test_an_engineers_first_scan_is_small(open_page: Open, site: Server) -> None:
    sizes = []
    for tag in site.tags()[:5]:
        _, fetched = scan(open_page(), tag["code"], "html[data-ready]")
        assert any("icons.svg" in name for name, _, _ in fetched)
        sizes.append(sum(size for _, size, _ in fetched))
    print(f"first scan of a device {max(sizes) / 1000:.1f} kB, {len(fetched)} files")
    assert max(sizes) <= STAFF


def test_an_attendees_first_scan_is_smaller(open_page: Open, site: Server) -> None:
    _, fetched = scan(open_page(staff=False), site.tags("room")[0]["code"], "main form")
    assert sum(size for _, size, _ in fetched) <= ANYBODY


def test_three_journeys_make_it_ready(open_page: Open, site: Server) -> None:
    """The page; all that it names, at once; who is signed in, where the phone knows nobody yet."""
    text, fetched = scan(open_page(), site.tags()[0]["code"], "html[data-ready]")
    assert unnamed(text, fetched) <= {FIRST_QUESTION}
    assert sum(by == "fetch" for _, _, by in fetched) <= 1


def test_a_script_that_is_not_told_costs_a_journey(open_page: Open, site: Server) -> None:
    page = open_page()

    def forget(route: Route) -> None:
        answer = route.fetch()
        text = re.sub(r'<link rel="modulepreload" href="[^"]*/db\.js">', "", answer.text())
        route.fulfill(response=answer, body=text)

    page.route("**/T/*", forget)
    _, fetched = scan(page, site.tags()[0]["code"], "html[data-ready]")
    text = page.content()
    [missed] = unnamed(text, fetched) - {FIRST_QUESTION}
    assert missed.endswith("/pwa/db.js")
