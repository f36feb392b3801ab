import { readMeta, writeMeta } from "./db.js";
import { listen } from "./bus.js";
import { calmly } from "./calmly.js";
import { countUnsent } from "./queue.js";
import { say } from "./words.js";

const COOKIE = "roundtag_unsent";
const YEAR = 31_536_000;

function remembered() {
  const [, n] = document.cookie.match(`(?:^|; )${COOKIE}=(\\d+)`) ?? [];
  return Number(n ?? 0);
}

// A cookie outlives the database when a browser makes room or a person clears "site data" in part.
// A page that is open while that happens meets an empty database: its count of 0 would hide the loss.
async function remember() {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const n = await countUnsent();
  if (!(await readMeta("canary"))) return;
  document.cookie = `${COOKIE}=${n}; Max-Age=${YEAR}; Path=/; SameSite=Lax${secure}`;
}

function show(n) {
  for (const notice of document.querySelectorAll("[data-entries-lost]")) {
    notice.hidden = !n;
    notice.querySelector("[data-text]").textContent = say("entries_lost", { n });
  }
}

// The mark is made with the very first look: a database without it has never been looked at.
async function look() {
  if (!(await readMeta("canary"))) {
    await writeMeta("lost", remembered());
    await writeMeta("canary", new Date().toISOString());
  }
  show((await readMeta("lost")) ?? 0);
}

async function dismiss() {
  await writeMeta("lost", 0);
  show(0);
}

/** Notice that the browser has cleared this phone's storage, and say what went with it. */
export async function wireCanary() {
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-entries-lost-seen]")) dismiss();
  });
  await look();
  await remember();
  listen("row", calmly(remember));
}
