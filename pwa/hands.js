import { tellOthers } from "./bus.js";
import { change, readMeta } from "./db.js";
import { UNSENT } from "./queue.js";
import { sealAll } from "./sealed.js";
import { recall, setOwner } from "./session.js";
import { whoami } from "./wire.js";

const LOCK = "roundtag-outbox";
const PATIENCE = 2_000;

// A row on its way is better sealed with its receipt; one that takes long is sealed without, and
// the server's receipt comes again when its owner is back.
async function betweenSends(work) {
  if (!navigator.locks) return work();
  const ended = { signal: AbortSignal.timeout(PATIENCE) };
  try {
    return await navigator.locks.request(LOCK, ended, work);
  } catch (error) {
    if (!["AbortError", "TimeoutError"].includes(error.name)) throw error;
    return work();
  }
}

const isFor = (colleagues) => (row) => colleagues && UNSENT.has(row.state);

function release(person) {
  return change(["outbox"], async (tx) => {
    for (const row of await tx.objectStore("outbox").getAll()) {
      if (row.owner_user_id !== person.owner || !UNSENT.has(row.state)) continue;
      await tx.objectStore("outbox").put({ ...row, released: person.name });
    }
  });
}

async function close(person) {
  if (person.colleagues) await release(person);
  if (!(await sealAll(person, isFor(person.colleagues)))) return;
  await change(["meta"], async (tx) => {
    const [seal, user] = [await tx.store.get("seal"), await tx.store.get("user")];
    if (seal?.owner === person.owner && user?.id !== person.owner) await tx.store.delete("seal");
  });
}

/** Seal what somebody who is gone has left open: a seal that broke off is ended by the next page. */
export async function closeUp() {
  const person = await readMeta("seal");
  if (!person || person.owner === (await readMeta("user"))?.id) return;
  await betweenSends(() => close(person));
}

async function dropCaches() {
  const names = "caches" in globalThis ? await caches.keys() : [];
  await Promise.all(names.filter((name) => !name.startsWith("shell-")).map((n) => caches.delete(n)));
  sessionStorage.clear();
}

/**
 * The person goes: nothing of theirs stays readable. `colleagues` leaves what is unsent open for
 * others to send; `signOut` is the address where the server still has to be told.
 */
export async function leave({ colleagues = false, signOut = null } = {}) {
  await change(["meta", "packs", "kept"], async (tx) => {
    const meta = tx.objectStore("meta");
    const [seal, user] = [await meta.get("seal"), await meta.get("user")];
    if (seal) await meta.put({ ...seal, colleagues }, "seal");
    if (signOut) await meta.put({ action: signOut, owner: user?.id }, "signout");
    await meta.delete("user");
    await tx.objectStore("packs").clear();
    await tx.objectStore("kept").clear();
  });
  setOwner(null);
  await dropCaches();
  await closeUp();
  tellOthers("hands", null);
}

/** Somebody is signed in at the server: what another person has left here is closed up first. */
export async function becomeUser(id) {
  const known = await readMeta("user");
  if (known?.id !== id) {
    if (known) await leave();
    await change(["meta"], (tx) => tx.store.put({ id }, "user"));
    tellOthers("hands", id);
  }
  setOwner(id);
}

// Made for somebody who has signed out in another tab while it was on its way.
async function isStale(fresh) {
  if ((await readMeta("user"))?.id === fresh) return false;
  const who = await whoami();
  return Boolean(who) && who.user?.id !== fresh;
}

/** Learn the person from the page if it is a fresh one, else from the last fresh one. */
export async function identify() {
  await closeUp();
  const fresh = Number(document.body.dataset.user);
  // Who has signed out here is gone, even if the server has not heard of it yet.
  if (!fresh || fresh === (await readMeta("signout"))?.owner) return recall();
  if (await isStale(fresh)) {
    location.reload();
    return new Promise(() => {});
  }
  await becomeUser(fresh);
  return fresh;
}
