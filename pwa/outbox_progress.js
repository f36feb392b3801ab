import { listen } from "./bus.js";
import { rowsOf } from "./queue.js";
import { owner } from "./session.js";
import { say } from "./words.js";

const OPEN = new Set(["saved", "photos"]);

let run = null;

async function begin() {
  const rows = await rowsOf(owner());
  return { total: rows.filter((row) => OPEN.has(row.state)).length, seen: new Set() };
}

function show(done, total) {
  for (const part of document.querySelectorAll("[data-outbox-progress]")) {
    part.hidden = total < 2;
    part.querySelector("p").textContent = say("sending_of", { done, total });
    Object.assign(part.querySelector("progress"), { max: total || 1, value: done });
  }
}

async function step(id) {
  if (id === null) return;
  run ??= begin();
  const now = await run;
  now.seen.add(id);
  show(now.seen.size, Math.max(now.total, now.seen.size));
}

function end() {
  run = null;
  show(0, 0);
}

/** How far the run has come that sends what waits. */
export function wireProgress() {
  listen("sending", step);
  listen("idle", end);
}
