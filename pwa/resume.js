import { draftOf, remember } from "./draft.js";
import { refuse, showKept } from "./form_state.js";
import { keptOf } from "./keep.js";
import { showAgain } from "./photos.js";
import { photosOf, rowsOf } from "./queue.js";
import { refill } from "./refill.js";
import { owner } from "./session.js";

const same = (form) => (row) =>
  row.kind === form.dataset.outbox && row.entity_key === (form.dataset.entity ?? null);

const refused = (row) => row.state === "attention" && Boolean(row.last_error?.errors);

const isTwin = (form) =>
  [...document.querySelectorAll("form[data-outbox]")].find(
    (other) =>
      other.dataset.outbox === form.dataset.outbox && other.dataset.entity === form.dataset.entity,
  ) !== form;

async function bring(form, { body, photos, ...state }) {
  const draft = Object.assign(draftOf(form), { ...state, photos });
  remember(form, draft.id);
  refill(form, body);
  await showAgain(form, draft);
}

/** What was left here, unfiled or refused, is brought back to be ended. */
export async function resume(form) {
  if (isTwin(form)) return;
  const kept = await keptOf(form);
  const row = (await rowsOf(owner())).filter(refused).find(same(form));
  if (draftOf(form).touched || !(kept || row)) return;
  if (kept) {
    const { id, body, photos, supersedes, at } = kept;
    await bring(form, { id, body, photos, supersedes });
    showKept(form, at);
  } else {
    const photos = await photosOf(row.submission_id);
    await bring(form, { id: row.submission_id, body: row.body, photos });
    refuse(form, row, true);
  }
}
