"""Looks for somebody's words in everything that a browser keeps for the site."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Every store is read whole; bytes are searched for the mark in UTF-8 and in UTF-16.
FIND = """async (mark) => {
  const places = [];
  const wanted = [new TextEncoder().encode(mark), new Uint8Array(
    new Uint16Array([...mark].flatMap((c) => c.split("").map((u) => u.charCodeAt(0)))).buffer)];
  const inBytes = (bytes) => wanted.some((w) => {
    for (let i = 0; i + w.length <= bytes.length; i += 1) {
      let n = 0;
      while (n < w.length && bytes[i + n] === w[n]) n += 1;
      if (n === w.length) return true;
    }
    return false;
  });
  const has = (value) => {
    if (typeof value === "string") return value.includes(mark);
    if (typeof value === "number") return String(value) === mark;
    if (value instanceof ArrayBuffer) return inBytes(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) return inBytes(new Uint8Array(value.buffer));
    if (value && typeof value === "object") return Object.entries(value).flat().some(has);
    return false;
  };
  for (const [name, store] of Object.entries({ localStorage, sessionStorage })) {
    const kept = Object.entries(store).filter(has);
    kept.forEach(([key]) => places.push(`${name} ${key}`));
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const bytes = await (await cache.match(request)).arrayBuffer();
      if (has(request.url) || inBytes(new Uint8Array(bytes))) places.push(`cache ${request.url}`);
    }
  }
  const files = async (folder) => {
    for await (const [name, entry] of folder.entries()) {
      if (entry.kind === "directory") await files(entry);
      else if (has(name) || inBytes(new Uint8Array(await (await entry.getFile()).arrayBuffer())))
        places.push(`file ${name}`);
    }
  };
  await files(await navigator.storage.getDirectory());
  if (has(history.state)) places.push("history");
  if (has(document.cookie)) places.push("cookie");
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, failed) => {
      const open = indexedDB.open(name);
      open.onsuccess = () => done(open.result);
      open.onerror = () => failed(open.error);
    });
    for (const store of db.objectStoreNames) {
      const of = (get) => new Promise((done) => (get.onsuccess = () => done(get.result)));
      const from = db.transaction(store).objectStore(store);
      const [keys, rows] = await Promise.all([of(from.getAllKeys()), of(from.getAll())]);
      const kept = keys.filter((key, i) => has([key, rows[i]]));
      kept.forEach((key) => places.push(`${store} ${JSON.stringify(key)}`));
    }
    db.close();
  }
  return places;
}"""
SEALED = """() => new Promise((done, failed) => {
  const open = indexedDB.open("roundtag");
  open.onerror = () => failed(open.error);
  open.onsuccess = () => {
    const keys = open.result.transaction("sealed").objectStore("sealed").getAllKeys();
    keys.onsuccess = () => { open.result.close(); done(keys.result); };
  };
})"""


def found(page: Page, mark: str) -> list[str]:
    """Where the mark lies in clear: 'store key' each."""
    places: list[str] = page.evaluate(FIND, mark)
    return places


def found_sealed(page: Page) -> list[list[Any]]:
    """All that may be read of sealed entries: owner, name, and whether they wait."""
    return sorted(key[:3] for key in page.evaluate(SEALED))
