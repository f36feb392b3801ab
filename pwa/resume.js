import { claim } from "./claim.js";
import { draftOf, remember } from "./draft.js";
import { refuse, showElsewhere, showKept } from "./form_state.js";
import { keptFor } from "./keep.js";
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

/** The next page shall open this entry, if it has several to choose from. */
export const want = (id) => sessionStorage.setItem("wanted", id);

function chosen(entries, keyOf, ...ids) {
  const rank = (entry) => ids.indexOf(keyOf(entry)) + 1 || ids.length + 1;
  return [...entries].sort((a, b) => rank(a) - rank(b));
}

async function bring(form, { body, photos, ...state }) {
  const draft = Object.assign(draftOf(form), { ...state, photos, mine: true });
  remember(form, draft.id);
  refill(form, body);
  await showAgain(form, draft);
}

async function firstFree(drafts) {
  for (const one of drafts) if (await claim(one.draft_id)) return one;
  return null;
}

async function bringKept(form, { draft_id: id, body, photos, supersedes, at }) {
  await bring(form, { id, body, photos, supersedes });
  showKept(form, at);
}

async function bringRefused(form, row) {
  const photos = await photosOf(row.submission_id);
  await bring(form, { id: row.submission_id, body: row.body, photos });
  refuse(form, row, true);
}

/** What was left here, unfiled or refused, is brought back to be ended. */
export async function resume(form) {
  if (isTwin(form)) return;
  const wanted = sessionStorage.getItem("wanted");
  const kept = chosen(await keptFor(form), (one) => one.draft_id, wanted, draftOf(form).id);
  const rows = (await rowsOf(owner())).filter(refused).filter(same(form));
  const [row] = chosen(rows, (one) => one.submission_id, wanted);
  if (draftOf(form).touched || !(kept.length || row)) return;
  const free = row?.submission_id === wanted ? null : await firstFree(kept);
  // Typed meanwhile: that is the entry now; what was left stays a draft of the list.
  if (draftOf(form).touched) return;
  if (free) await bringKept(form, free);
  else if (row) await bringRefused(form, row);
  else showElsewhere(form);
}
