import { wireBadge } from "./badge.js";
import { wireCanary } from "./canary.js";
import { listen } from "./bus.js";
import { wireConditions } from "./conditional.js";
import { becomeUser, identify } from "./hands.js";
import { wireLimits } from "./limits.js";
import { prune } from "./leave.js";
import { drain, sender } from "./send_later.js";
import { changedHands } from "./session.js";
import { finishSignOut, wireSignOut } from "./signout.js";
import { wireWorker } from "./update.js";
import { welcome } from "./welcome.js";

const FORM = "form[data-outbox]";

const capable = isSecureContext && window.crypto?.subtle && crypto.randomUUID && window.indexedDB;

const reveal = (selector) =>
  document.querySelectorAll(selector).forEach((element) => (element.hidden = false));

const sendOnline = (form, submitter) => {
  if (submitter?.name) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
    form.append(field);
  }
  HTMLFormElement.prototype.submit.call(form);
};

async function begin() {
  if (await finishSignOut()) {
    location.reload();
    return new Promise(() => {});
  }
  const person = await identify();
  wireHands(person);
  wireBadge();
  wireCanary();
  if (person && document.querySelector(FORM)) (await import("./outbox.js")).wireForms();
  return person;
}

// Somebody else has signed in or out meanwhile, here or in another tab: this page is not theirs.
function wireHands(person) {
  listen("hands", async (id) => {
    if (id === person) return;
    if (id) await becomeUser(id);
    location.reload();
  });
}

/** Their own sealed entries go on; then whatever waits is sent. */
async function goOn() {
  await welcome(await begun).catch(() => {});
  await import("./offer.js").then(async (it) => it.askRestored(await begun)).catch(() => {});
  return drain();
}

const begun = capable ? begin().catch(() => reveal("[data-needs-storage]")) : null;

// Taken at once, answered when ready: a tap before the modules are in must not be lost.
async function take(form, submitter) {
  if (!(await begun)) return sendOnline(form, submitter);
  return (await import("./outbox.js")).submit(form, submitter);
}

function wireTriggers() {
  addEventListener("online", goOn);
  addEventListener("pageshow", async (event) => {
    return event.persisted && (await changedHands()) ? location.reload() : drain();
  });
  document.addEventListener("visibilitychange", () => document.hidden || drain());
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-outbox-send]")) drain({ force: true });
  });
  document.addEventListener("htmx:afterSettle", async (event) => {
    if (event.target.querySelector?.(FORM)) (await import("./outbox.js")).wireForms(event.target);
  });
}

async function wirePages() {
  if (document.querySelector("[data-outbox-list]")) {
    (await import("./outbox_page.js")).wireOutboxPage();
  }
  const used = document.querySelector("[data-storage-use]");
  if (used) (await import("./storage_view.js")).showStorage();
  if (location.pathname.startsWith("/T/")) (await import("./open_app.js")).tellOfApp();
  await (await import("./pack_view.js")).wirePack();
}

async function start() {
  wireConditions();
  wireLimits();
  if (!capable) return reveal("[data-needs-https]");
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(FORM)) return;
    event.preventDefault();
    take(event.target, event.submitter);
  });
  wireSignOut();
  if (!(await begun)) return wireWorker();
  wireTriggers();
  document.documentElement.dataset.ready = "";
  // A thumb is answered before what has time goes on.
  await new Promise((done) => setTimeout(done));
  goOn();
  return Promise.allSettled([wireWorker(), wirePages(), prune()]).then(sender).catch(() => null);
}

start();
