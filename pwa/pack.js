import { change, read, readMeta, writeMeta } from "./db.js";
import { announce } from "./bus.js";
import { dropOthers, fill } from "./pack_fill.js";
import { get } from "./pack_page.js";
import { keepReader } from "./reader_copy.js";
import { askToStay } from "./room.js";
import { asked } from "./keep_place.js";
import { owner } from "./session.js";

async function flip(manifest, name, me) {
  const row = {
    name: "current",
    cache: name,
    owner: me,
    version: manifest.version,
    as_of: manifest.as_of,
    devices: manifest.devices,
    due: manifest.due,
    language: manifest.language,
    build: manifest.build,
    filled_at: Date.now(),
  };
  await change(["packs", "meta"], async (tx) => {
    const user = await tx.objectStore("meta").get("user");
    if (user?.id !== me) throw new Error("pack: signed out meanwhile");
    await tx.objectStore("packs").put(row);
  });
  return row;
}

async function bring(manifest, me) {
  const name = `pack-${me}-${manifest.version}`;
  const cache = await caches.open(name);
  await fill({ cache, name }, manifest, me);
  const kept = await cache.keys();
  if (kept.length < manifest.pages.length) throw new Error("pack: dropped by another tab");
  await flip(manifest, name, me);
  await dropOthers(name);
}

async function refresh(me) {
  const places = await asked(me);
  const manifest = await (await get(`/pack${places}`)).json();
  const held = await read("packs", "current");
  if (held?.owner !== me || held.version !== manifest.version) {
    if (!held) await askToStay();
    await bring(manifest, me);
  }
  await keepReader();
  await writeMeta("pack_checked", { at: Date.now(), places });
}

// Who asks for it waits for a refresh under way: that one may know nothing of what is asked now.
async function alone(me, ifAvailable) {
  if (!navigator.locks) return refresh(me);
  return navigator.locks.request("roundtag-pack", { ifAvailable }, (lock) => lock && refresh(me));
}

async function told(complete, full) {
  const held = await read("packs", "current");
  if (!held && complete) return;
  const { devices = 0, due = devices, as_of: asOf = null } = held ?? {};
  announce("pack", { done: devices, total: due, asOf, incomplete: !complete, full });
}

// The language was switched, or this is the first page of a new build.
const isOfAnother = ({ language, build }) =>
  !document.querySelector("[data-as-of]") &&
  (build !== document.body.dataset.build || !document.documentElement.lang.startsWith(language));

// A choice of places whose refresh was broken off, say by leaving the page, is made good at the next.
async function isDue(me, maxAge) {
  const { at = 0, places } = (await readMeta("pack_checked")) ?? {};
  if (Date.now() - at >= maxAge || places !== (await asked(me))) return true;
  const held = await read("packs", "current");
  return !held || isOfAnother(held);
}

/** Bring the pack up to date; a broken attempt leaves the one on the phone as it is. */
export async function refreshPack({ maxAge = 0 } = {}) {
  const me = owner();
  const due = me && (await isDue(me, maxAge));
  const failure = due ? await alone(me, maxAge > 0).then(() => null, (error) => error) : null;
  const complete = !failure;
  await told(complete, failure?.name === "QuotaExceededError");
  return complete;
}
