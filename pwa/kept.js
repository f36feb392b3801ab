import { change, readKeys } from "./db.js";

/** The photos of one entry. */
export const photosRange = (id) => IDBKeyRange.bound([id], [id, []]);

const DAYS = 30 * 86_400_000;
const MOST = 200_000_000;

// All that has to be known of a kept photo is its key: nobody reads megabytes to count them.
const bytesOf = ([, , , size]) => size;

/** Within a transaction: photos that the server has stay for a while, should it lose them. */
export async function keepPhotos(tx, id, at) {
  for (const photo of await tx.objectStore("photos").getAll(photosRange(id))) {
    await tx.objectStore("kept").put({ ...photo, at });
  }
}

/** Within a transaction: the photos of an entry that is sent again wait beside it. */
export async function bringBack(tx, id) {
  const keys = await tx.objectStore("kept").getAllKeys();
  for (const key of keys.filter(([, owner]) => owner === id)) {
    const { at: _at, ...photo } = await tx.objectStore("kept").get(key);
    await tx.objectStore("photos").put(photo);
    await tx.objectStore("kept").delete(key);
  }
}

/** The oldest kept photos go: those of more than 30 days, and what is beyond `most` bytes. */
export async function pruneKept(now = Date.now(), most = MOST) {
  const keys = await readKeys("kept");
  let bytes = keys.reduce((sum, key) => sum + bytesOf(key), 0);
  const gone = keys.filter((key) => {
    const goes = bytes > most || now - Date.parse(key[0]) > DAYS;
    if (goes) bytes -= bytesOf(key);
    return goes;
  });
  if (!gone.length) return;
  await change(["kept"], (tx) => Promise.all(gone.map((key) => tx.store.delete(key))), "relaxed");
}

/** Make room: what the server has once already counts less than what it has not. */
export const dropKept = () => change(["kept"], (tx) => tx.store.clear());
