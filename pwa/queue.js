import { change, jot, read, readAll, readKeys } from "./db.js";
import { announce } from "./bus.js";
import { photosRange } from "./kept.js";
import { askToStay, withRoom } from "./room.js";

export const UNSENT = new Set(["saved", "photos", "attention"]);

export const rowOf = (id) => read("outbox", id);
export const photosOf = (id) => readAll("photos", photosRange(id));
export const photoOf = (id, sha256) => read("photos", [id, sha256]);

/** Every row of one person in the order of filling; nobody else's row leaves this function. */
export async function rowsOf(owner) {
  const rows = await readAll("outbox");
  return rows.filter((row) => row.owner_user_id === owner).sort((a, b) => a.seq - b.seq);
}

/** What this person's session sends: their own rows, and those that they have taken on. */
export async function rowsFor(me) {
  const rows = await readAll("outbox");
  const mine = (row) => row.owner_user_id === me || row.carrier === me;
  return rows.filter(mine).sort((a, b) => a.seq - b.seq);
}

/** What waits on this phone, whoever filled it in. */
export async function countUnsent() {
  const open = (await readAll("outbox")).filter((row) => UNSENT.has(row.state));
  const sealed = (await readKeys("sealed")).filter(([, , waits]) => waits);
  return open.length + sealed.length;
}

async function number(meta) {
  const seq = ((await meta.get("seq")) ?? 0) + 1;
  const install = (await meta.get("install_id")) ?? crypto.randomUUID();
  await Promise.all([meta.put(seq, "seq"), meta.put(install, "install_id")]);
  return { seq, install_id: install };
}

// A tab that has not noticed yet that its person is gone must leave nothing in the open.
async function checkHands(meta, { owner_user_id: owner, carrier }) {
  const user = await meta.get("user");
  if (user?.id !== owner && user?.id !== carrier) throw new Error("signed out");
}

async function add(tx, row, photos) {
  await checkHands(tx.objectStore("meta"), row);
  const kept = { ...row, ...(await number(tx.objectStore("meta"))) };
  await tx.objectStore("outbox").add(kept);
  await tx.objectStore("drafts").delete(row.submission_id);
  for (const photo of photos) {
    await tx.objectStore("photos").put({ ...photo, submission_id: row.submission_id });
  }
  if (row.supersedes) await patch(tx, row.supersedes, { state: "replaced" });
  return kept;
}

/** Within a transaction: change a row that the server has not taken yet. */
export async function patch(tx, id, changes) {
  const store = tx.objectStore("outbox");
  const row = await store.get(id);
  // Another tab may have seen the receipt first; what the server has taken stays taken.
  if (!row || row.state === "received") return row;
  const next = { ...row, ...changes };
  await store.put(next);
  return next;
}

/** Item and photos in one transaction: either the phone has all of it or nothing. */
export async function commit(row, photos) {
  const stores = ["outbox", "photos", "drafts", "meta"];
  const kept = await withRoom(() => change(stores, (tx) => add(tx, row, photos)));
  askToStay();
  announce("row", row.submission_id);
  return kept;
}

export async function update(id, changes) {
  const row = await jot(["outbox"], (tx) => patch(tx, id, changes));
  announce("row", id);
  return row;
}

/** The server knows this id with another content: both stay, ours under an id of its own. */
export async function fork(old) {
  const photos = await photosOf(old.submission_id);
  const id = crypto.randomUUID();
  const row = { ...old, submission_id: id, supersedes: old.submission_id, forked: true };
  await commit({ ...row, state: "saved", attempts: 0, next_at: 0, last_error: null }, photos);
  announce("row", old.submission_id);
}
