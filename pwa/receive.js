import { announce } from "./bus.js";
import { jot } from "./db.js";
import { keepPhotos, photosRange } from "./kept.js";
import { patch } from "./queue.js";
import { isFull } from "./room.js";

// Receipt in and bytes out are one transaction: whoever loses the one has the other still, and sends
// again for the same receipt.
function take(id, receipt, changes, keep) {
  const now = { state: "received", receipt, last_error: null, next_at: null, ...changes };
  return jot(["outbox", "photos", "kept"], async (tx) => {
    const row = await patch(tx, id, now);
    if (row?.body && keep) await keepPhotos(tx, id, receipt.received_at);
    await tx.objectStore("photos").delete(photosRange(id));
    // The refused entry that this one corrects held the very same pictures.
    for (const { sha256 } of row?.supersedes ? row.photos : []) {
      await tx.objectStore("photos").delete([row.supersedes, sha256]);
    }
    return row;
  });
}

/** The server holds the item and all its photos: only now may the bytes leave the queue. */
export async function acknowledge(id, receipt, changes = {}) {
  let kept = null;
  try {
    kept = await take(id, receipt, changes, true);
  } catch (error) {
    if (!isFull(error)) throw error;
    kept = await take(id, receipt, changes, false);
  }
  announce("row", id);
  return kept;
}
