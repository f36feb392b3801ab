import { announce } from "./bus.js";
import { backOff } from "./backoff.js";
import { dropMeta, readMeta, writeMeta } from "./db.js";

const HOUR = 3_600_000;

let failures = 0;
let timer = 0;
let action = () => {};

/** What the timer starts. */
export function onTime(start) {
  action = start;
}

export function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => globalThis.document?.visibilityState === "visible" && action(), ms);
}

/** The server is away: wait longer each time, and at least as long as it asked for. */
export async function hold(retryAfter = 0) {
  failures += 1;
  const ms = Math.max(backOff(failures), Math.min(retryAfter * 1000, HOUR));
  if (retryAfter) await writeMeta("not_before", Date.now() + ms);
  announce("paused", "unreachable");
  later(ms);
}

/** Milliseconds that the server asked all tabs to wait. */
export async function askedToWait() {
  const wait = ((await readMeta("not_before")) ?? 0) - Date.now();
  return wait > 0 && wait <= HOUR ? wait : 0;
}

export async function proceed() {
  failures = 0;
  await dropMeta("not_before");
  announce("paused", "");
}

/** Wake when the next row that waits for its own moment is due. */
export function wakeFor(rows) {
  const due = rows.filter((row) => row.state !== "received" && row.next_at > Date.now());
  if (due.length) later(Math.min(...due.map((row) => row.next_at)) - Date.now());
}
