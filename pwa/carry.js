import { announce } from "./bus.js";
import { nextRow } from "./order.js";
import { rowOf, rowsFor } from "./queue.js";
import { hold } from "./schedule.js";
import { deliver } from "./send.js";
import { owner } from "./session.js";
import { sideBySide } from "./side_by_side.js";
import { conclude } from "./verdict.js";

const AT_ONCE = 4;
const ENDS = new Set(["stop", "sign-in", "stranger"]);
const SETTLED = new Set(["received", "replaced", "gone"]);

// An entry under way holds back the later ones of its device (order.js); some of other devices
// travel beside it, since most of a delivery is waiting for the line and for the server's disk.
/** Deliver what is due for `me`; true unless the run was cut short. */
export async function carryAll(me, { force, until }) {
  const tried = new Set();
  const flying = new Set();
  let rows = [];
  let end = null;
  const over = () => end !== null || owner() !== me || Date.now() > until;
  const tell = () => announce("sending", [...flying].at(-1) ?? null);

  // Another tab may have sent, changed or deleted it since the run began.
  async function look(row, known) {
    const now = known ?? (await rowOf(row.submission_id)) ?? { ...row, state: "gone" };
    rows[rows.indexOf(row)] = now;
    return now;
  }

  async function send(row) {
    flying.add(row.submission_id);
    tell();
    const verdict = await deliver(row);
    await look(row, await conclude(row, verdict));
    flying.delete(row.submission_id);
    tell();
    if (ENDS.has(verdict.act)) end ??= verdict;
  }

  async function carry() {
    for (;;) {
      const row = over() ? null : nextRow(rows, tried, force);
      if (!row) return;
      tried.add(row.submission_id);
      const now = await look(row);
      if (!SETTLED.has(now.state)) await send(now);
    }
  }

  // All have come to their end before the run is over: nothing travels without the lock.
  async function round() {
    rows = await rowsFor(me);
    await sideBySide(Array(AT_ONCE).fill(carry));
  }

  // Once more for what a delivery itself has made: an entry under an id of its own.
  do await round();
  while (!over() && nextRow(await rowsFor(me), tried, force));
  if (end?.act === "stop") await hold(end.retryAfter);
  else if (end) announce("paused", "sign-in");
  return !over();
}
