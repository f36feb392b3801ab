import { change, readAll, readMeta, writeMeta } from "./db.js";
import { dropKept } from "./kept.js";

// A browser counts a store that some page still holds open as full until that page lets go of it:
// its entries go first, one by one.
async function empty(name) {
  const cache = await caches.open(name);
  const kept = await cache.keys();
  await Promise.all(kept.map((request) => cache.delete(request)));
  await caches.delete(name);
}

async function drop(kind, spared = []) {
  const names = "caches" in globalThis ? await caches.keys() : [];
  const gone = names.filter((name) => name.startsWith(kind) && !spared.includes(name));
  await Promise.all(gone.map(empty));
}

async function dropStale() {
  await drop("pack-", (await readAll("packs")).map((pack) => pack.cache));
}

async function dropPacks() {
  await change(["packs"], (tx) => tx.objectStore("packs").clear());
  await drop("pack-");
}

// What a person types needs no scanner, and pages in a basement are worth more than one.
const STEPS = [dropStale, dropKept, () => drop("reader-"), dropPacks];

export const isFull = (error) => error.name === "QuotaExceededError";

/**
 * Do `work`; when the phone is full, what can be had again makes room for it: first pages of
 * old packs, then photos that the server has, the scanner, then the pack in use; these come again from the server. Entries and photos never do.
 */
export async function withRoom(work) {
  for (const makeRoom of STEPS) {
    try {
      return await work();
    } catch (error) {
      if (!isFull(error)) throw error;
      await makeRoom();
    }
  }
  return work();
}

let asked = false;

/** Ask the browser, once, not to clear this site when the phone runs full. */
export async function askToStay() {
  if (asked || !navigator.storage?.persist) return;
  asked = true;
  if (await readMeta("asked_to_stay")) return;
  await writeMeta("asked_to_stay", Date.now());
  // Firefox asks the person, who may never answer: nothing waits for it.
  navigator.storage.persist().catch(() => {});
}
