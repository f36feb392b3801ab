import { change, read, readMeta, writeMeta } from "./db.js";
import { announce } from "./bus.js";
import { get, verified } from "./pack_page.js";
import { owner } from "./session.js";

const AT_ONCE = 4;

// What an earlier, broken-off fill has put here was verified then: it need not come again.
async function fill(cache, manifest) {
  const left = [...manifest.pages];
  let done = 0;
  async function worker() {
    for (let path = left.shift(); path; path = left.shift()) {
      if (!(await cache.match(path))) await cache.put(path, await verified(path));
      done += 1;
      announce("pack", { ...counted(manifest, done), filling: true });
    }
  }
  // All have come to their end before anything is said: a slow page must not talk over a failure.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const broken = ends.find(({ status }) => status === "rejected");
  if (broken) throw broken.reason;
}

// "48" must not be shown before the very last page is in.
function counted({ devices, pages }, done) {
  return { done: Math.floor((devices * done) / pages.length), total: devices };
}

async function flip(manifest, name, me) {
  const row = {
    name: "current",
    cache: name,
    owner: me,
    version: manifest.version,
    as_of: manifest.as_of,
    devices: manifest.devices,
    filled_at: Date.now(),
  };
  await change(["packs", "meta"], async (tx) => {
    const user = await tx.objectStore("meta").get("user");
    if (user?.id !== me) throw new Error("pack: signed out meanwhile");
    await tx.objectStore("packs").put(row);
  });
  return row;
}

async function dropOthers(name) {
  const names = await caches.keys();
  const old = names.filter((other) => other.startsWith("pack-") && other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
}

async function bring(manifest, me) {
  const name = `pack-${me}-${manifest.version}`;
  await fill(await caches.open(name), manifest);
  const kept = await (await caches.open(name)).keys();
  if (kept.length < manifest.pages.length) throw new Error("pack: dropped by another tab");
  await flip(manifest, name, me);
  await dropOthers(name);
}

async function refresh(me) {
  const manifest = await (await get("/pack")).json();
  const held = await read("packs", "current");
  if (held?.owner !== me || held.version !== manifest.version) {
    if (!held) await navigator.storage?.persist?.();
    await bring(manifest, me);
  }
  await writeMeta("pack_checked", Date.now());
}

async function alone(me) {
  if (!navigator.locks) return refresh(me);
  return navigator.locks.request("roundtag-pack", { ifAvailable: true }, (lock) => lock && refresh(me));
}

async function told(complete) {
  const held = await read("packs", "current");
  if (!held && complete) return;
  const { devices = 0, as_of: asOf = null } = held ?? {};
  announce("pack", { done: devices, total: devices, asOf, incomplete: !complete });
}

/** Bring the pack up to date; a broken attempt leaves the one on the phone as it is. */
export async function refreshPack({ maxAge = 0 } = {}) {
  const me = owner();
  const age = Date.now() - ((await readMeta("pack_checked")) ?? 0);
  const due = me && (age >= maxAge || !(await read("packs", "current")));
  const complete = !due || (await alone(me).then(() => true, () => false));
  await told(complete);
  return complete;
}
