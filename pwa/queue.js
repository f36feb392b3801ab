import { change, read, readAll } from "./db.js";
import { announce } from "./bus.js";

const DAY = 86_400_000;
const KEEP_RECEIPTS = 30 * DAY;

export const UNSENT = new Set(["saved", "photos", "attention"]);

const photosRange = (id) => IDBKeyRange.bound([id], [id, []]);

export const rowOf = (id) => read("outbox", id);
export const photosOf = (id) => readAll("photos", photosRange(id));
export const photoOf = (id, sha256) => read("photos", [id, sha256]);

/** Every row of one person in the order of filling; nobody else's row leaves this function. */
export async function rowsOf(owner) {
  const rows = await readAll("outbox");
  return rows.filter((row) => row.owner_user_id === owner).sort((a, b) => a.seq - b.seq);
}

export async function countOthers(owner) {
  const rows = await readAll("outbox");
  return rows.filter((row) => row.owner_user_id !== owner && UNSENT.has(row.state)).length;
}

async function number(meta) {
  const seq = ((await meta.get("seq")) ?? 0) + 1;
  const install = (await meta.get("install_id")) ?? crypto.randomUUID();
  await Promise.all([meta.put(seq, "seq"), meta.put(install, "install_id")]);
  return { seq, install_id: install };
}

async function add(tx, row, photos) {
  const kept = { ...row, ...(await number(tx.objectStore("meta"))) };
  await tx.objectStore("outbox").add(kept);
  for (const photo of photos) {
    await tx.objectStore("photos").put({ ...photo, submission_id: row.submission_id });
  }
  if (row.supersedes) await patch(tx, row.supersedes, { state: "replaced" });
  return kept;
}

async function patch(tx, id, changes) {
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
  const kept = await change(["outbox", "photos", "meta"], (tx) => add(tx, row, photos));
  announce("row", row.submission_id);
  return kept;
}

export async function update(id, changes) {
  const row = await change(["outbox"], (tx) => patch(tx, id, changes));
  announce("row", id);
  return row;
}

/** The server holds the item and all its photos: only now may the bytes go. */
export async function acknowledge(id, receipt) {
  await change(["outbox", "photos"], async (tx) => {
    const row = await patch(tx, id, { state: "received", receipt, last_error: null, next_at: null });
    await tx.objectStore("photos").delete(photosRange(id));
    // The refused entry that this one corrects held the very same pictures.
    for (const { sha256 } of row.supersedes ? row.photos : []) {
      await tx.objectStore("photos").delete([row.supersedes, sha256]);
    }
  });
  announce("row", id);
}

/** The server knows this id with another content: both stay, ours under an id of its own. */
export async function fork(old) {
  const photos = await photosOf(old.submission_id);
  const id = crypto.randomUUID();
  const row = { ...old, submission_id: id, supersedes: old.submission_id, forked: true };
  await commit({ ...row, state: "saved", attempts: 0, next_at: 0, last_error: null }, photos);
  announce("row", old.submission_id);
  return id;
}

export async function prune(now = Date.now()) {
  const rows = await readAll("outbox");
  const old = rows.filter(
    (row) =>
      row.state === "received" && now - Date.parse(row.receipt.received_at) > KEEP_RECEIPTS,
  );
  if (!old.length) return;
  await change(["outbox"], (tx) =>
    Promise.all(old.map((row) => tx.objectStore("outbox").delete(row.submission_id))),
  );
}
