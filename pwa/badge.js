import { listen } from "./bus.js";
import { calmly } from "./calmly.js";
import { rowsOf, UNSENT } from "./queue.js";
import { owner } from "./session.js";
import { say, span } from "./words.js";

const CLOCK_TOLERANCE = 300_000;
const DAY = 86_400_000;

function show(rows) {
  const n = rows.length;
  for (const badge of document.querySelectorAll("[data-outbox-count]")) {
    badge.hidden = n === 0;
    badge.textContent = n || "";
    badge.setAttribute("aria-label", say("unsent", { n }));
    badge.toggleAttribute("data-needs-you", rows.some((row) => row.state === "attention"));
  }
}

// What has waited so long may sit on a phone that is never in a network again.
function showOld(rows) {
  const n = rows.filter((row) => Date.now() - Date.parse(row.created_wall) > DAY).length;
  for (const notice of document.querySelectorAll("[data-unsent-old]")) {
    notice.hidden = n === 0;
    notice.querySelector("[data-text]").textContent = say("unsent_old", { n });
  }
}

async function refresh() {
  const rows = owner() ? await rowsOf(owner()) : [];
  const unsent = rows.filter((row) => UNSENT.has(row.state));
  show(unsent);
  showOld(unsent);
}

function showPaused(why) {
  for (const notice of document.querySelectorAll("[data-paused]")) {
    notice.hidden = notice.dataset.paused !== why;
    // Back to this very page: it goes on by itself from there.
    const link = notice.querySelector('a[href^="/sign-in"]');
    if (link) link.search = new URLSearchParams({ next: location.pathname + location.search });
  }
}

function showClock(offset) {
  const wrong = Math.abs(offset) > CLOCK_TOLERANCE;
  const text = say(offset < 0 ? "clock_ahead" : "clock_behind", { amount: span(offset) });
  for (const notice of document.querySelectorAll("[data-clock-wrong]")) {
    notice.hidden = !wrong;
    notice.querySelector("[data-text]").textContent = text;
  }
}

/** Entries that lay here sealed are their owner's again. */
export function showBack(n) {
  for (const notice of document.querySelectorAll("[data-back]")) {
    notice.hidden = false;
    notice.querySelector("[data-text]").textContent = say("back", { n });
  }
  refresh();
}

/** Entries that the server has lost by a restore go to it once more. */
export function showOffered(n) {
  for (const notice of document.querySelectorAll("[data-offered]")) {
    notice.hidden = false;
    notice.querySelector("[data-text]").textContent = say("offered", { n });
  }
  refresh();
}

export function wireBadge() {
  listen("row", calmly(refresh));
  listen("paused", showPaused);
  listen("clock", showClock);
  addEventListener("pageshow", (event) => event.persisted && refresh());
  return refresh();
}
