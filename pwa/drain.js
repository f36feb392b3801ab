import { wakeLater } from "./background.js";
import { announce, listen } from "./bus.js";
import { carryAll } from "./carry.js";
import { nextRow } from "./order.js";
import { rowsFor } from "./queue.js";
import { askedToWait, hold, later, onTime, proceed, wakeFor } from "./schedule.js";
import { owner } from "./session.js";
import { whoami } from "./wire.js";

const STUCK = 150_000;

let running = null;
let again = null;
let blocked = null;
let blockedSince = 0;

async function greet() {
  const who = await whoami();
  if (!who) {
    await hold();
    return null;
  }
  announce("clock", Date.parse(who.server_time) - Date.now());
  if (!who.user) {
    announce("paused", "sign-in");
    return null;
  }
  if (who.user.id === owner()) return owner();
  // Whose phone this is now is a matter of the pages; nothing is sent in the wrong name meanwhile.
  announce("hands", who.user.id);
  return null;
}

async function run(options) {
  const { force } = options;
  const rows = owner() ? await rowsFor(owner()) : [];
  if (!nextRow(rows, new Set(), force)) return wakeFor(rows);
  wakeLater();
  const wait = await askedToWait();
  if (wait && !force) return later(wait);
  const me = await greet();
  if (!me || !(await carryAll(me, options))) return undefined;
  await proceed();
  return wakeFor(await rowsFor(me));
}

// The lock only saves traffic: the server's receipt is what makes one record of two sends,
// so a lock that never comes free is ignored in the end.
async function alone(options) {
  if (!navigator.locks) {
    await run(options);
    return announce("idle");
  }
  const ran = await navigator.locks.request("roundtag-outbox", { ifAvailable: true }, async (lock) => {
    if (lock) await run(options);
    return Boolean(lock);
  });
  if (ran) return announce("idle");
  blockedSince ||= Date.now();
  if (Date.now() - blockedSince > STUCK) return run(options);
  blocked = options;
  return later(STUCK);
}

async function turn(options) {
  try {
    await alone(options);
  } catch (error) {
    announce("trouble", error.message);
  }
  running = null;
  if (!again) return;
  const next = again;
  again = null;
  await drain(next);
}

/** Send what waits, until the clock says so; calls while a run is on become one more run. */
export function drain({ force = false, until = Infinity } = {}) {
  if (running) again = { force: force || Boolean(again?.force), until };
  else running = turn({ force, until });
  return running;
}

onTime(drain);
listen("idle", () => {
  blockedSince = 0;
  if (!blocked) return;
  const options = blocked;
  blocked = null;
  drain(options);
});
