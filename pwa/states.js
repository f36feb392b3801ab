import { moment, say } from "./words.js";

const REASONS = {
  failing: "reason_failing",
  photo_lost: "reason_photo_lost",
  other_body: "reason_other_body",
};

const PLACES = { inspection: "check", swap: "swap", fault: "fault", step: "step" };

export function reasonOf(row) {
  const error = row.last_error ?? {};
  return error.detail || say(REASONS[error.code] ?? "reason_refused");
}

const received = (row) => say("received", { time: moment(row.receipt.received_at) });
const isDone = (row) => row.receipt.outcome === "done";

const SENTENCES = {
  saved: () => say("saved"),
  photos: (row) => say("waiting_photos", { n: row.receipt.missing.length }),
  attention: (row) => say("needs_you", { reason: reasonOf(row) }),
  replaced: () => say("replaced"),
  received: (row) => (isDone(row) ? received(row) : say("checking")),
};

const LABELS = {
  ...SENTENCES,
  saved: () => say("state_saved"),
  received: (row) => (isDone(row) || row.settled ? received(row) : say("state_checking")),
};

/** What is true of a row now, in the reader's words. */
export function sentence(row) {
  return SENTENCES[row.state](row);
}

/** The same in a few words, for a list. */
export function label(row) {
  return LABELS[row.state](row);
}

/** The form that an entry was filled in with. */
export function placeOf({ path, kind }) {
  return PLACES[kind] ? `${path}#${PLACES[kind]}` : path;
}
