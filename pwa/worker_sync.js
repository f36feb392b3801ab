import { TAG } from "./background.js";
import { drain } from "./drain.js";
import { UNSENT, rowsFor } from "./queue.js";
import { recall } from "./session.js";

// Browsers end an event that takes long; what is left then is a matter of the next one.
const BOUND = 50_000;

const waits = (row) => UNSENT.has(row.state) && row.next_at !== null;

async function deliver() {
  const me = await recall();
  if (!me) return;
  const late = new Promise((resolve) => setTimeout(resolve, BOUND + 10_000));
  await Promise.race([drain({ until: Date.now() + BOUND }), late]);
  // A rejection is how a browser learns that it shall try again.
  if ((await rowsFor(me)).some(waits)) throw new Error("entries are left");
}

self.addEventListener("sync", (event) => {
  if (event.tag === TAG) event.waitUntil(deliver());
});
