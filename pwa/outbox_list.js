import { openDrafts } from "./claim.js";
import { draftsOf } from "./keep.js";
import { draw, showThumbs, viewOfDraft, viewOfRow } from "./outbox_item.js";
import { photosOf, rowsOf } from "./queue.js";
import { owner } from "./session.js";

let drawn = new Map();
let lastAct = null;

/** Everything that one person has on this phone, the latest first. */
export async function views(me, sending) {
  if (!me) return [];
  const [rows, drafts, open] = [await rowsOf(me), await draftsOf(me), await openDrafts()];
  const filed = rows.reverse().map((row) => viewOfRow(row, sending));
  return [...drafts.map((draft) => viewOfDraft(draft, open)), ...filed];
}

async function photosIn(view) {
  if (view.group === "drafts") {
    const drafts = await draftsOf(owner());
    return drafts.find((draft) => draft.draft_id === view.id)?.photos ?? [];
  }
  return view.group === "needs" ? photosOf(view.id) : [];
}

// What has not changed stays as it is: its focus, its pictures and a reader's place in the list.
function itemFor(template, view, before) {
  const text = JSON.stringify(view);
  const known = before.get(view.id);
  if (known?.text === text) return known;
  const item = draw(template, view);
  if (view.photos) photosIn(view).then((photos) => showThumbs(item, photos));
  return { text, item };
}

// A browser lays out anew what was taken out and put back: only what came, went or moved is touched.
function arrange(list, items) {
  const wanted = new Set(items);
  for (const old of [...list.children]) if (!wanted.has(old)) old.remove();
  let next = list.firstElementChild;
  for (const item of items) {
    if (item === next) next = next.nextElementSibling;
    else list.insertBefore(item, next);
  }
}

function place(group, items) {
  arrange(group.querySelector("ul"), items);
  group.hidden = items.length === 0;
  group.querySelectorAll("[data-count]").forEach((count) => (count.textContent = items.length));
}

/** Which item, and which of its buttons, the keyboard is on. */
function focused() {
  const on = document.activeElement;
  const item = on?.closest("[data-outbox-list] [data-id]");
  if (!item) return null;
  const act = on === item && lastAct?.id === item.dataset.id ? lastAct.act : on.dataset.act;
  return { id: item.dataset.id, act };
}

// The same button if it is there still, else the item itself: never a link, which the next press
// of Enter would follow.
function focusAgain(place) {
  if (!place || document.activeElement?.matches("[data-outbox-list] [data-act]")) return;
  lastAct = place;
  const item = document.querySelector(`[data-outbox-list] [data-id="${CSS.escape(place.id)}"]`);
  if (!item) return;
  item.tabIndex = -1;
  (item.querySelector(`[data-act="${place.act}"]:not([hidden])`) ?? item).focus();
}

/** Draw all groups; who stood on an item with the keyboard still does afterwards. */
export function drawGroups(template, all) {
  const before = drawn;
  const held = focused();
  drawn = new Map(all.map((view) => [view.id, itemFor(template, view, before)]));
  for (const group of document.querySelectorAll("[data-outbox-group]")) {
    const mine = all.filter((view) => view.group === group.dataset.outboxGroup);
    place(group, mine.map((view) => drawn.get(view.id).item));
  }
  focusAgain(held);
}
