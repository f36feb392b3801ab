import { announce } from "./bus.js";
import { read } from "./db.js";
import { VERSION, verified } from "./pack_page.js";
import { sideBySide } from "./side_by_side.js";

const AT_ONCE = 4;

// What any pack of this person holds under the same version was verified when it came, be it the
// pack in use or an earlier, broken-off fill: it need not come again.
async function copyOf({ url, v }, me) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(`pack-${me}-`)) continue;
    const kept = await caches.match(url, { cacheName: name });
    if (kept?.headers.get(VERSION) === v) return kept;
  }
  return null;
}

/** Bring every page of the manifest into the store `{ cache, name }`, a few at a time. */
export async function fill(store, manifest, me) {
  const left = [...manifest.pages];
  let done = 0;
  async function worker() {
    for (let page = left.shift(); page; page = left.shift()) {
      await keep(store, page.url, (await copyOf(page, me)) ?? (await verified(page)));
      done += 1;
      announce("pack", { ...counted(manifest, done), filling: true });
    }
  }
  // All have come to their end before anything is said: a slow page must not talk over a failure.
  await sideBySide(Array(AT_ONCE).fill(worker));
}

// A full phone gives up what no pack in use needs, and the one in use is never touched. Who dropped
// this pack meanwhile needs its room for an entry: a store taken away would go on filling the phone.
async function keep({ cache, name }, url, page) {
  if (!(await caches.has(name))) throw new Error("pack: dropped to make room");
  try {
    await cache.put(url, page.clone());
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    const held = await read("packs", "current");
    await dropOthers(held?.cache, name);
    await cache.put(url, page);
  }
}

// "48" must not be shown before the very last page is in.
function counted({ devices, pages }, done) {
  return { done: Math.floor((devices * done) / pages.length), total: devices };
}

/** Packs other than these give way. */
export async function dropOthers(...kept) {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("pack-") && !kept.includes(name));
  await Promise.all(old.map((other) => caches.delete(other)));
}
