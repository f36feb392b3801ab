import { showOffered } from "./badge.js";
import { announce } from "./bus.js";
import { change, readMeta, writeMeta } from "./db.js";
import { bringBack } from "./kept.js";
import { rowsOf } from "./queue.js";
import { whoami } from "./wire.js";

// Far less than a restore takes: whoever opens a page after one asks.
const PAUSE = 5_000;
// A photo may have come after its entry, and clocks of servers are set: known entries are
// answered as before, so that too many do no harm.
const MARGIN = 3_600_000;

const wasLost = ({ state, body, receipt, offered }, { since, until }) => {
  if (state !== "received" || !body || (offered ?? "") >= until) return false;
  const at = Date.parse(receipt.received_at);
  return at >= Date.parse(since) - MARGIN && at < Date.parse(until);
};

const fresh = { state: "saved", attempts: 0, next_at: 0, last_error: null };

async function offer({ submission_id: id }, gap) {
  const offered = await change(["outbox", "photos", "kept"], async (tx) => {
    const row = await tx.objectStore("outbox").get(id);
    if (!row || !wasLost(row, gap)) return false;
    await tx.objectStore("outbox").put({ ...row, ...fresh, offered: gap.until });
    await bringBack(tx, id);
    return true;
  });
  if (offered) announce("row", id);
  return offered;
}

/**
 * What the server said it has taken and may have lost by a restore waits once more, under the same
 * ids and with its photos. How many entries.
 */
export async function offerAgain(person, gaps) {
  let count = 0;
  for (const gap of gaps) {
    for (const row of (await rowsOf(person)).filter((one) => wasLost(one, gap))) {
      if (await offer(row, gap)) count += 1;
    }
  }
  return count;
}

/** Ask the server, now and then, whether it was restored, and tell how many entries it gets again. */
export async function askRestored(person) {
  if (!person || Date.now() - ((await readMeta("restored_asked")) ?? 0) < PAUSE) return;
  const who = await whoami();
  if (who?.user?.id !== person) return;
  await writeMeta("restored_asked", Date.now());
  const count = await offerAgain(person, who.restored ?? []);
  if (count) showOffered(count);
}
