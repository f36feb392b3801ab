import { label, placeOf } from "./states.js";
import { fullMoment, say } from "./words.js";

const MOST_THUMBS = 4;
const TONES = { received: "ok", attention: "now", checking: "wait", photos: "wait" };

// Refused at a field: the form itself is the place to put it right.
const correctable = (row) => row.state === "attention" && Boolean(row.last_error?.errors);

// What the office has taken is the office's; what only this phone holds is its owner's to delete.
const deletable = (row) => ["saved", "attention"].includes(row.state) && !row.receipt;

const isSettled = (row) => row.receipt?.outcome === "done" || Boolean(row.settled);

const GROUPS = { attention: "needs", saved: "waiting", photos: "waiting", replaced: "received" };

const groupOf = (row) => GROUPS[row.state] ?? (isSettled(row) ? "received" : "checking");

function messageOf(row) {
  if (row.settled) return row.settled.message;
  if (row.state === "photos") return say("photos_only");
  if (row.state === "attention" && row.receipt) return say("at_office");
  return row.receipt?.message ?? "";
}

function actsOf(row, busy) {
  if (busy || !["saved", "photos", "attention"].includes(row.state)) return [];
  return ["retry", correctable(row) && "correct", deletable(row) && "delete"].filter(Boolean);
}

/** What the list shows of a filed entry: plain words, so that equal ones need not be drawn anew. */
export function viewOfRow(row, sending) {
  const busy = row.submission_id === sending;
  const group = groupOf(row);
  return {
    id: row.submission_id,
    group,
    state: busy ? "sending" : row.state,
    tone: group === "checking" ? "wait" : (TONES[row.state] ?? "saved"),
    kind: row.kind,
    label: row.label,
    time: fullMoment(row.created_wall),
    photos: row.photos.length,
    told: busy ? say("sending") : label(row),
    message: messageOf(row),
    href: row.receipt?.url ?? placeOf(row),
    acts: actsOf(row, busy),
  };
}

/** The same of a form that is not filed yet. */
export function viewOfDraft(draft, elsewhere) {
  const open = elsewhere.has(draft.draft_id);
  return {
    id: draft.draft_id,
    group: "drafts",
    state: "draft",
    tone: "saved",
    kind: draft.kind,
    label: draft.label,
    time: fullMoment(draft.at),
    photos: draft.photos.length,
    told: say("state_draft"),
    message: open ? say("elsewhere_short") : "",
    href: placeOf(draft),
    acts: open ? [] : ["open", "discard"],
  };
}

function fill(item, name, text) {
  const place = item.querySelector(`[data-field="${name}"]`);
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

/** One item of the list, from the template that the server rendered. */
export function draw(template, view) {
  const item = template.content.firstElementChild.cloneNode(true);
  Object.assign(item.dataset, { id: view.id, state: view.state, tone: view.tone });
  const kind = say(`kind_${view.kind}`);
  fill(item, "label", view.label || kind);
  fill(item, "kind", kind);
  fill(item, "time", view.time);
  fill(item, "photos", view.photos ? say("photo_count", { n: view.photos }) : "");
  fill(item, "state", view.told);
  fill(item, "message", view.message);
  item.querySelectorAll("a").forEach((link) => (link.href = view.href));
  for (const control of item.querySelectorAll("[data-act]")) {
    if (view.acts.includes(control.dataset.act)) control.hidden = false;
    else control.remove();
  }
  return item;
}

/** Small pictures of what is still on this phone. */
export function showThumbs(item, photos) {
  const place = item.querySelector("[data-thumbs]");
  if (!place || !photos.length) return;
  place.hidden = false;
  photos.slice(0, MOST_THUMBS).forEach(({ bytes, mime }, index) => {
    const image = new Image(72, 72);
    image.src = URL.createObjectURL(new Blob([bytes], { type: mime }));
    image.alt = say("photo_number", { n: index + 1 });
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    place.append(image);
  });
}

