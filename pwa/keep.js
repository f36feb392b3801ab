import { bodyOf } from "./body.js";
import { announce } from "./bus.js";
import { change, readAll } from "./db.js";
import { draftOf } from "./draft.js";
import { withRoom } from "./room.js";
import { owner } from "./session.js";

const PAUSE = 150;

const timers = new WeakMap();

function record(form, { id, photos, supersedes }) {
  return {
    draft_id: id,
    owner: owner(),
    kind: form.dataset.outbox,
    entity: form.dataset.entity ?? null,
    label: form.dataset.label ?? "",
    path: location.pathname,
    photos,
    supersedes,
    body: bodyOf(form, null, photos),
    at: new Date().toISOString(),
  };
}

function rest(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
}

function keep(form) {
  const draft = draftOf(form);
  rest(form);
  if (!owner() || !draft.touched || draft.busy || draft.committed || !form.isConnected) return;
  if (!draft.mine) return void draft.claimed.then((mine) => mine && keep(form));
  const put = () =>
    change(["drafts"], (tx) => {
      const done = tx.objectStore("drafts").put(record(form, draft));
      // A page on its way out hears of no success any more: nothing may wait for one.
      tx.commit();
      return done;
    });
  // Not kept is not lost: the form is open, and filing it tells what is wrong.
  withRoom(put).catch(() => {});
}

/** Everything that a person has filled in and not filed, the latest first. */
export async function draftsOf(person) {
  const drafts = await readAll("drafts");
  return drafts.filter((one) => one.owner === person).sort((a, b) => b.at.localeCompare(a.at));
}

/** What somebody had filled in here and not filed, the latest first. */
export async function keptFor(form) {
  const { outbox: kind, entity = null } = form.dataset;
  const drafts = await draftsOf(owner());
  return drafts.filter((one) => one.kind === kind && one.entity === entity);
}

export async function discardDraft(id) {
  await change(["drafts"], (tx) => tx.objectStore("drafts").delete(id));
  announce("row", id);
}

export function drop(form) {
  rest(form);
  return discardDraft(draftOf(form).id);
}

/** Keep what is typed: a phone may throw the page away while its camera is open. */
export function wireKeeping(form) {
  const now = () => keep(form);
  // However long somebody types without a pause: what the last moments brought is all that is open.
  form.addEventListener("input", () => {
    if (!timers.has(form)) timers.set(form, setTimeout(now, PAUSE));
  });
  for (const kind of ["change", "photos"]) form.addEventListener(kind, now);
  addEventListener("pagehide", now);
  document.addEventListener("visibilitychange", () => document.hidden && now());
}
