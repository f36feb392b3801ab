import { wireBadge } from "./badge.js";
import { wireConditions } from "./conditional.js";
import { drain } from "./drain.js";
import { wireLimits } from "./limits.js";
import { prune } from "./queue.js";
import { changedHands, identify } from "./session.js";
import { finishSignOut, wireSignOut } from "./signout.js";
import { wireWorker } from "./update.js";

const FORM = "form[data-outbox]";

const capable =
  window.isSecureContext && window.crypto?.subtle && crypto.randomUUID && "indexedDB" in window;

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
  if (await finishSignOut()) location.reload();
  const person = await identify();
  wireBadge();
  if (person && document.querySelector(FORM)) (await import("./outbox.js")).wireForms();
  return person;
}

const begun = capable ? begin().catch(() => reveal("[data-needs-storage]")) : null;

// Taken at once, answered when ready: a tap before the modules are in must not be lost.
async function take(form, submitter) {
  if (!(await begun)) return sendOnline(form, submitter);
  return (await import("./outbox.js")).submit(form, submitter);
}

function wireTriggers() {
  addEventListener("online", () => drain());
  addEventListener("pageshow", async (event) => {
    if (event.persisted && (await changedHands())) location.reload();
    else drain();
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
  drain();
  document.documentElement.dataset.ready = "";
  return Promise.allSettled([wireWorker(), wirePages(), prune()]);
}

start();
