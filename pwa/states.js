import { moment, say } from "./words.js";

const REASONS = {
  failing: "reason_failing",
  photo_lost: "reason_photo_lost",
  other_body: "reason_other_body",
};

export function reasonOf(row) {
  const error = row.last_error ?? {};
  return error.detail || say(REASONS[error.code] ?? "reason_refused");
}

const SENTENCES = {
  saved: () => say("saved"),
  photos: (row) => say("waiting_photos", { n: row.receipt.missing.length }),
  attention: (row) => say("needs_you", { reason: reasonOf(row) }),
  replaced: () => say("replaced"),
  received: (row) =>
    row.receipt.outcome === "done"
      ? say("received", { time: moment(row.receipt.received_at) })
      : say("checking"),
};

/** What is true of a row now, in the reader's words. */
export function sentence(row) {
  return SENTENCES[row.state](row);
}
