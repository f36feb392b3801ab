import { listen } from "./bus.js";
import { rowsOf, UNSENT } from "./queue.js";
import { owner } from "./session.js";
import { say } from "./words.js";

const CLOCK_TOLERANCE = 300_000;

function show(rows) {
  const n = rows.length;
  for (const badge of document.querySelectorAll("[data-outbox-count]")) {
    badge.hidden = n === 0;
    badge.textContent = n || "";
    badge.setAttribute("aria-label", say("unsent", { n }));
    badge.toggleAttribute("data-needs-you", rows.some((row) => row.state === "attention"));
  }
}

async function refresh() {
  const rows = owner() ? await rowsOf(owner()) : [];
  show(rows.filter((row) => UNSENT.has(row.state)));
}

function showPaused(why) {
  for (const notice of document.querySelectorAll("[data-paused]")) {
    notice.hidden = notice.dataset.paused !== why;
  }
}

function showClock(offset) {
  const wrong = Math.abs(offset) > CLOCK_TOLERANCE;
  document.querySelectorAll("[data-clock-wrong]").forEach((notice) => (notice.hidden = !wrong));
}

export function wireBadge() {
  listen("row", refresh);
  listen("paused", showPaused);
  listen("clock", showClock);
  addEventListener("pageshow", (event) => event.persisted && refresh());
  return refresh();
}
