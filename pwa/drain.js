import { announce, listen } from "./bus.js";
import { nextRow } from "./order.js";
import { rowsOf } from "./queue.js";
import { askedToWait, hold, later, onTime, proceed, wakeFor } from "./schedule.js";
import { deliver } from "./send.js";
import { becomeUser, owner } from "./session.js";
import { conclude } from "./verdict.js";
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
  await becomeUser(who.user.id);
  return who.user.id;
}

async function work(me, force) {
  const tried = new Set();
  for (;;) {
    const row = nextRow(await rowsOf(me), tried, force);
    if (!row) return true;
    tried.add(row.submission_id);
    announce("sending", row.submission_id);
    const verdict = await deliver(row);
    await conclude(row, verdict);
    announce("sending", null);
    if (verdict.act === "stop") await hold(verdict.retryAfter);
    if (["sign-in", "stranger"].includes(verdict.act)) announce("paused", "sign-in");
    if (["stop", "sign-in", "stranger"].includes(verdict.act)) return false;
  }
}

async function run(force) {
  const rows = owner() ? await rowsOf(owner()) : [];
  if (!nextRow(rows, new Set(), force)) return wakeFor(rows);
  const wait = await askedToWait();
  if (wait && !force) return later(wait);
  const me = await greet();
  if (!me || !(await work(me, force))) return undefined;
  await proceed();
  return wakeFor(await rowsOf(me));
}

// The lock only saves traffic: the server's receipt is what makes one record of two sends,
// so a lock that never comes free is ignored in the end.
async function alone(force) {
  if (!navigator.locks) return run(force);
  const ran = await navigator.locks.request("roundtag-outbox", { ifAvailable: true }, async (lock) => {
    if (lock) await run(force);
    return Boolean(lock);
  });
  if (ran) return announce("idle");
  blockedSince ||= Date.now();
  if (Date.now() - blockedSince > STUCK) return run(force);
  blocked = { force };
  return later(STUCK);
}

async function turn(force) {
  try {
    await alone(force);
  } catch (error) {
    announce("trouble", error.message);
  }
  running = null;
  if (!again) return;
  const next = again;
  again = null;
  await drain(next);
}

/** Send what waits; calls while a run is on are folded into one more run. */
export function drain({ force = false } = {}) {
  if (running) again = { force: force || Boolean(again?.force) };
  else running = turn(force);
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
