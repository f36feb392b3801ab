import { listen } from "./bus.js";
import { calmly } from "./calmly.js";
import { rowsOf } from "./queue.js";
import { owner } from "./session.js";
import { say } from "./words.js";

const OPEN = new Set(["saved", "photos"]);

let run = null;

async function begin() {
  const rows = await rowsOf(owner());
  return { total: rows.filter((row) => OPEN.has(row.state)).length, seen: new Set() };
}

function draw(done, total) {
  for (const part of document.querySelectorAll("[data-outbox-progress]")) {
    part.hidden = total < 2;
    part.querySelector("p").textContent = say("sending_of", { done, total });
    Object.assign(part.querySelector("progress"), { max: total || 1, value: done });
  }
}

const show = calmly(async () => {
  const { total, seen } = (await run) ?? { total: 0, seen: new Set() };
  draw(seen.size, Math.max(total, seen.size));
});

async function step(id) {
  if (id === null) return;
  run ??= begin();
  (await run).seen.add(id);
  show();
}

function end() {
  run = null;
  show();
}

/** How far the run has come that sends what waits. */
export function wireProgress() {
  listen("sending", step);
  listen("idle", end);
}
