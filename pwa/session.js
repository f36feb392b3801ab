import { listen } from "./bus.js";
import { readMeta } from "./db.js";

let current = null;

/** The person whose work this phone holds now, or null. */
export const owner = () => current;

export function setOwner(id) {
  current = id;
}

/** The person of the last fresh page, for a page that cannot know who is signed in. */
export async function recall() {
  current = (await readMeta("user"))?.id ?? null;
  return current;
}

/** True if this page comes back from the browser's memory after somebody else has signed in. */
export async function changedHands() {
  return ((await readMeta("user"))?.id ?? null) !== current;
}

// Another tab says who is signed in now: until this one is reloaded it works for nobody.
listen("hands", (id) => {
  if (id !== current) current = null;
});
