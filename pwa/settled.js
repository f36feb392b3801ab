import { announce } from "./bus.js";
import { change } from "./db.js";
import { rowsOf } from "./queue.js";
import { ask } from "./wire.js";

const MOST = 20;

const isOpen = (row) =>
  row.state === "received" && row.receipt.outcome !== "done" && !row.settled;

async function write(id, decision) {
  await change(["outbox"], async (tx) => {
    const row = await tx.objectStore("outbox").get(id);
    if (row) await tx.objectStore("outbox").put({ ...row, settled: decision });
  });
  announce("row", id);
}

/** What the office has decided meanwhile about entries that it was checking. */
export async function askAboutUnsettled(person) {
  const rows = person ? await rowsOf(person) : [];
  for (const row of rows.filter(isOpen).slice(-MOST)) {
    const { status, json } = await ask("GET", `/sync/${row.submission_id}`, { seconds: 10 });
    if (!status || status === 401 || status === 302) return;
    const known = status === 200 && json?.sha256 === row.body_sha256;
    if (known && json.settled) await write(row.submission_id, json.settled);
  }
}
