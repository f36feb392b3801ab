import { backOff } from "./backoff.js";
import { fork, update } from "./queue.js";
import { acknowledge } from "./receive.js";
import { owner } from "./session.js";

const PATIENCE = 5;
const DAY = 86_400_000;

const isCarried = (row) => row.owner_user_id !== owner();

function needsYou(row, error) {
  // What is wrong with a colleague's entry is for them to read: it goes on when they are back.
  if (isCarried(row)) return update(row.submission_id, { carrier: null, declined: true });
  return update(row.submission_id, { state: "attention", next_at: null, last_error: error });
}

// The server fails at this item: try now and then, tell the person, let the others pass.
function tryAgain(row, error) {
  const attempts = row.attempts + 1;
  if (attempts < PATIENCE) {
    const next = Date.now() + backOff(attempts);
    return update(row.submission_id, { attempts, next_at: next, last_error: error });
  }
  const told = { ...error, code: "failing", detail: "" };
  const next = Date.now() + DAY;
  return update(row.submission_id, { attempts, state: "attention", next_at: next, last_error: told });
}

function otherBody(row, error) {
  if (row.forked) return needsYou(row, { ...error, code: "other_body" });
  return fork(row);
}

const ACTS = {
  ok: (row, { json }) => acknowledge(row.submission_id, json, isCarried(row) ? { body: "" } : {}),
  retry: (row, verdict) => tryAgain(row, verdict.error),
  attention: (row, verdict) => needsYou(row, verdict.error),
  fork: (row, verdict) => otherBody(row, verdict.error),
};

/**
 * Write into the row what the reply meant for it; pauses and stops leave it as it was. Resolves to
 * the row as it is then, where this was the last word about it.
 */
export function conclude(row, verdict) {
  return ACTS[verdict.act]?.(row, verdict);
}

/** A person asks for another attempt. */
export function retry(id) {
  return update(id, { state: "saved", attempts: 0, next_at: 0, last_error: null });
}
