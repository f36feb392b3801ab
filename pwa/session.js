import { change, readMeta } from "./db.js";

let current = null;

/** The person whose work this phone holds now, or null. */
export const owner = () => current;

async function keep(id) {
  await change(["meta"], (tx) => tx.objectStore("meta").put({ id }, "user"));
  current = id;
}

/** Forget the person and every page kept for them; what they filled in stays untouched. */
export async function forgetUser() {
  await change(["meta", "packs"], (tx) =>
    Promise.all([tx.objectStore("meta").delete("user"), tx.objectStore("packs").clear()]),
  );
  current = null;
  const names = "caches" in globalThis ? await caches.keys() : [];
  await Promise.all(names.filter((name) => !name.startsWith("shell-")).map((n) => caches.delete(n)));
}

/** Somebody is signed in at the server: pages kept for another person go first. */
export async function becomeUser(id) {
  const known = await readMeta("user");
  if (known && known.id !== id) await forgetUser();
  if (known?.id !== id) await keep(id);
  current = id;
}

/** Learn the person from the page if it is a fresh one, else from the last fresh one. */
export async function identify() {
  const fresh = document.body.dataset.user;
  if (fresh) await becomeUser(Number(fresh));
  else current = (await readMeta("user"))?.id ?? null;
  return current;
}

/** True if this page comes back from the browser's memory after somebody else has signed in. */
export async function changedHands() {
  return ((await readMeta("user"))?.id ?? null) !== current;
}
