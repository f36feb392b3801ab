"""pytest plugin: what the pages of a failed browser test held, told beside the failure."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

# A store that never answers is a finding too: each question has its own end.
LOOK = """async () => {
  const bounded = (asked) => Promise.race([
    asked.catch(String), new Promise((end) => setTimeout(end, 2000, "no answer"))]);
  const rows = (db, store) => bounded(new Promise((done) => {
    const tx = db.transaction(store);
    const [keys, all] = [tx.objectStore(store).getAllKeys(), tx.objectStore(store).getAll()];
    tx.oncomplete = () => done(keys.result.map((key, n) => [key, all.result[n]?.state]));
  }));
  const open = () => new Promise((done, failed) => {
    const asked = indexedDB.open("roundtag");
    asked.onupgradeneeded = () => { asked.transaction.abort(); done(null); };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const db = await bounded(open());
  const stores = {};
  for (const name of db?.objectStoreNames ?? []) stores[name] = await rows(db, name);
  db?.close?.();
  const [visit] = performance.getEntriesByType("navigation");
  return {
    visit: visit?.type, age: Math.round(performance.now()), seen: document.visibilityState,
    page: { ...document.documentElement.dataset, ...document.body?.dataset },
    focus: document.activeElement?.outerHTML.slice(0, 120),
    locks: await bounded(navigator.locks?.query() ?? Promise.resolve()),
    room: await bounded(navigator.storage?.estimate() ?? Promise.resolve()),
    stores: db?.objectStoreNames ? stores : db,
  };
}"""

BARE = "matchMedia('(scripting: none)').matches"
"""Where no script runs no timer ends, and the look would never come back."""


def _seen(page: Page) -> str:
    try:
        found: Any = "no script here" if page.evaluate(BARE) else page.evaluate(LOOK)
    except Error as error:
        found = error.message
    return f"{page.url}\n{json.dumps(found, indent=1, ensure_ascii=False)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and isinstance(browser, Browser):
        pages = [page for context in browser.contexts for page in context.pages]
        report.sections.append(("pages of the browser", "\n\n".join(map(_seen, pages))))
    return report
