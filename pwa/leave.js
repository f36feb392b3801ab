import { announce } from "./bus.js";
import { change, readAll } from "./db.js";
import { photosRange, pruneKept } from "./kept.js";

const KEEP_RECEIPTS = 30 * 86_400_000;
const OURS = new Set(["saved", "attention"]);

// A corrected entry stands for the refused ones before it: they go with it.
async function remove(tx, id) {
  const row = await tx.objectStore("outbox").get(id);
  await tx.objectStore("outbox").delete(id);
  await tx.objectStore("photos").delete(photosRange(id));
  const before = row.supersedes && (await tx.objectStore("outbox").get(row.supersedes));
  if (before?.state === "replaced") await remove(tx, row.supersedes);
}

/** Its owner deletes an entry that the server has never answered for; any other stays. */
export async function discard(id, owner) {
  await change(["outbox", "photos"], async (tx) => {
    const row = await tx.objectStore("outbox").get(id);
    const free = row?.owner_user_id === owner && !row.receipt && OURS.has(row.state);
    if (free) await remove(tx, id);
  });
  announce("row", id);
}

export async function prune(now = Date.now()) {
  await pruneKept(now);
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
