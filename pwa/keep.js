import { bodyOf } from "./body.js";
import { change, read } from "./db.js";
import { draftOf } from "./draft.js";
import { owner } from "./session.js";

const PAUSE = 500;

const timers = new WeakMap();
const keyOf = (form) => [owner(), form.dataset.outbox, form.dataset.entity].join(" ");

function record(form, { id, photos, supersedes }) {
  const body = bodyOf(form, null, photos);
  return { draft_id: keyOf(form), id, photos, supersedes, body, at: new Date().toISOString() };
}

function keep(form) {
  const draft = draftOf(form);
  clearTimeout(timers.get(form));
  if (!draft.touched || draft.busy || draft.committed) return null;
  return change(["drafts"], (tx) => tx.objectStore("drafts").put(record(form, draft)));
}

/** What somebody had filled in here and not filed, or undefined. */
export const keptOf = (form) => read("drafts", keyOf(form));

export function drop(form) {
  clearTimeout(timers.get(form));
  return change(["drafts"], (tx) => tx.objectStore("drafts").delete(keyOf(form)));
}

/** Keep what is typed: a phone may throw the page away while its camera is open. */
export function wireKeeping(form) {
  const soon = () => {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), PAUSE));
  };
  form.addEventListener("input", soon);
  form.addEventListener("photos", soon);
  document.addEventListener("visibilitychange", () => document.hidden && keep(form));
}
