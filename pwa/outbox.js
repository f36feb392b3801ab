import { listen } from "./bus.js";
import { releaseAll } from "./claim.js";
import { draftOf, own, part, renew } from "./draft.js";
import { refuse, release, settle, showElsewhere, showNotSaved } from "./form_state.js";
import { wireKeeping } from "./keep.js";
import { wirePhotos } from "./photos.js";
import { rowOf } from "./queue.js";
import { file } from "./record.js";
import { resume } from "./resume.js";
import { drain } from "./send_later.js";
import { owner } from "./session.js";

const wired = new WeakSet();

/** Submit means: on this phone's disk. Sending is the drain's business. */
export async function submit(form, submitter) {
  prepare(form);
  const draft = draftOf(form);
  if (draft.busy || draft.committed) return;
  draft.busy = true;
  try {
    settle(form, await file(form, submitter, draft));
    drain();
  } catch (error) {
    showNotSaved(form, error);
  } finally {
    draft.busy = false;
  }
}

async function begin(form, draft) {
  await draft.claimed;
  if (draft.mine) return resume(form);
  part(form);
  return showElsewhere(form);
}

async function refresh(form) {
  const draft = draftOf(form);
  if (draft.busy) return;
  const row = await rowOf(draft.id);
  if (draftOf(form) !== draft) return undefined; // the next entry has been begun meanwhile
  if (!row) return begin(form, draft);
  if (row.owner_user_id !== owner()) {
    renew(form);
    release(form);
  } else if (draft.committed && row.state === "attention" && row.last_error?.errors) {
    refuse(form, row);
  } else {
    draft.committed = true;
    settle(form, row);
  }
}

function prepare(form) {
  if (wired.has(form)) return;
  wired.add(form);
  // The browser would otherwise refill a sent form with its old values on "back".
  form.autocomplete = "off";
  form.addEventListener("input", () => (draftOf(form).touched = true));
  wirePhotos(form);
  wireKeeping(form);
}

/** Give every outbox form under `root` its draft, and show what became of one sent before. */
export function wireForms(root = document) {
  root.querySelectorAll("form[data-outbox]").forEach((form) => {
    prepare(form);
    refresh(form);
  });
}

const forms = () => document.querySelectorAll("form[data-outbox]");

addEventListener("pagehide", releaseAll);
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) forms().forEach((form) => own(draftOf(form)).then(() => refresh(form)));
});
listen("row", (id) => {
  for (const form of forms()) {
    if (draftOf(form).id === id) refresh(form);
  }
});
