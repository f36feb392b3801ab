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
  "next_step",
  "start_over",
  "kept",
  "discard_sure",
  "elsewhere",
  "elsewhere_short",
  "state_draft",
  "state_saved",
  "state_checking",
  "photos_only",
  "at_office",
  "delete_sure",
  "sending_of",
  "outbox_told",
  "storage_use",
  "clock_ahead",
  "clock_behind",
  "entries_lost",
  "unsent_old",
  "photo_reading",
  "photo_empty",
  "photo_unreadable",
  "photo_number",
  "photo_count",
  "photo_remove",
  "kind_inspection",
  "kind_swap",
  "kind_fault",
  "kind_note",
  "kind_fake",
  "kind_count",
  "kind_step",
  "kind_storecount",
  "kind_use",
  "unsent",
  "somebody",
  "others_sealed",
  "others_open",
  "others_declined",
  "carry",
  "back",
  "offered",
  "reason_refused",
  "reason_failing",
  "reason_photo_lost",
  "reason_other_body",
  "pack_progress",
  "pack_filling",
  "pack_incomplete",
  "pack_bounded",
  "pack_full",
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

const DAY = { month: "short", day: "numeric" };
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

const DATED = { ...DAY, ...TIME };
const formats = new Map();

// In the zone that the server writes its pages in: the same entry bears one time everywhere.
function formatFor(parts) {
  const { lang } = document.documentElement;
  const timeZone = document.body.dataset.zone || undefined;
  return new Intl.DateTimeFormat(lang || undefined, { ...parts, timeZone });
}

// A format is dear to make and cheap to use, and a full outbox writes hundreds of times.
function written(when, parts) {
  if (!formats.has(parts)) formats.set(parts, formatFor(parts));
  return formats.get(parts).format(new Date(when));
}

/** A moment as people write it: the time alone for today, with its day otherwise. */
export function moment(when) {
  const today = written(when, DAY) === written(Date.now(), DAY);
  return written(when, today ? TIME : DATED);
}

export const fullMoment = (when) => written(when, DATED);

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

/** A span of time in its two largest units, e.g. "2 days 3 hours". */
export function span(ms) {
  const { lang } = document.documentElement;
  let left = Math.round(Math.abs(ms) / 60_000) * 60_000;
  const parts = [];
  for (const [unit, size] of UNITS) {
    const n = Math.floor(left / size);
    left -= n * size;
    const style = { style: "unit", unit, unitDisplay: "long" };
    if (n) parts.push(new Intl.NumberFormat(lang || undefined, style).format(n));
  }
  return parts.slice(0, 2).join(" ");
}
