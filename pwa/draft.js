import { claim } from "./claim.js";

const drafts = new WeakMap();

function slot(form) {
  const twins = [...document.querySelectorAll("form[data-outbox]")].filter(
    (other) =>
      other.dataset.outbox === form.dataset.outbox && other.dataset.entity === form.dataset.entity,
  );
  return [form.dataset.outbox, form.dataset.entity, twins.indexOf(form)].join(" ");
}

let fresh = null;

function write() {
  const drafts = { ...history.state?.drafts, ...fresh };
  fresh = null;
  history.replaceState({ ...history.state, drafts }, "");
}

// The history entry, not the page, remembers the id: "back" and reload find the entry that was
// sent from here, while a fresh visit to the same cached page begins a record of its own. To write
// it is dear on a slow phone: once for all forms of a page.
export function remember(form, id) {
  if (!fresh) queueMicrotask(write);
  fresh = { ...fresh, [slot(form)]: id };
}

function begin(form, id) {
  const draft = {
    id,
    photos: [],
    reading: Promise.resolve(),
    supersedes: null,
    touched: false,
    busy: false,
    committed: false,
    mine: false,
  };
  drafts.set(form, draft);
  remember(form, id);
  own(draft);
  return draft;
}

/** Make sure that no other tab writes this draft; `mine` says so once `claimed` has come true. */
export function own(draft) {
  draft.claimed = claim(draft.id).then((mine) => (draft.mine = mine));
  return draft.claimed;
}

export function draftOf(form) {
  return drafts.get(form) ?? begin(form, history.state?.drafts?.[slot(form)] ?? crypto.randomUUID());
}

/** A new id for the next entry from this form. */
export function renew(form) {
  return begin(form, crypto.randomUUID());
}

/** Another tab has this draft: what is filled in here becomes an entry of its own. */
export function part(form) {
  const { photos, touched } = draftOf(form);
  return Object.assign(renew(form), { photos, touched });
}

/** The next submission corrects the refused one: new id, the old one named, photos kept. */
export function correct(form) {
  const { id, photos } = draftOf(form);
  return Object.assign(renew(form), { supersedes: id, photos, touched: true });
}

export function dirtyForms() {
  return [...document.querySelectorAll("form[data-outbox]")].filter((form) => {
    const draft = drafts.get(form);
    return draft?.touched && !draft.committed;
  });
}
