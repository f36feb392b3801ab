export const KEYS = [
  "saved",
  "sending",
  "received",
  "waiting_photos",
  "needs_you",
  "checking",
  "replaced",
  "not_saved",
  "not_saved_full",
  "new_entry",
  "start_over",
  "kept",
  "photo_reading",
  "photo_empty",
  "photo_unreadable",
  "photo_number",
  "photo_count",
  "photo_remove",
  "kind_inspection",
  "kind_swap",
  "kind_fault",
  "unsent",
  "others_unsent",
  "reason_refused",
  "reason_failing",
  "reason_photo_lost",
  "reason_other_body",
  "pack_progress",
  "pack_filling",
  "pack_incomplete",
  "signout_unsent",
  "update_wait",
];

let book = null;

function load() {
  const block = document.getElementById("words");
  return block ? JSON.parse(block.textContent) : {};
}

/** The server's sentence for a key, with {name} places filled; the key itself if none came. */
export function say(key, values = {}) {
  book ??= load();
  const sentence = book[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** A moment as people write it: the time alone for today, with its day otherwise. */
export function moment(when) {
  const date = new Date(when);
  const time = { hour: "2-digit", minute: "2-digit", hour12: false };
  const today = date.toDateString() === new Date().toDateString();
  const parts = today ? time : { month: "short", day: "numeric", ...time };
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, parts).format(date);
}
