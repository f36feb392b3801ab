const AWAY = new Set([0, 408, 423, 425, 429, 502, 503, 504, 507]);
const OUTCOMES = new Set(["done", "conflict", "review"]);

const kind = (json) => String(json?.type ?? "").split("/").pop();

function problem({ status, json }) {
  const { detail, title, errors } = json ?? {};
  return { status, code: kind(json), detail: detail ?? title ?? "", errors };
}

function refused(reply) {
  if (reply.status === 409 && kind(reply.json) === "other-body") return "fork";
  if (reply.status === 403 && kind(reply.json) === "other-owner") return "stranger";
  return "attention";
}

/** What a reply means for the run: ok | stop | sign-in | stranger | retry | attention | fork. */
export function judge(reply, matches) {
  const { status, json, retryAfter } = reply;
  const verdict = (act) => ({ act, json, retryAfter, error: problem(reply) });
  if (AWAY.has(status)) return verdict("stop");
  if (status === 302) return verdict("sign-in");
  if (!json) return verdict("retry");
  if (status === 401) return verdict("sign-in");
  if (status < 300) return verdict(matches(json) ? "ok" : "retry");
  return verdict(status < 500 ? refused(reply) : "retry");
}

/** A receipt counts only if it names this very entry and this very content. */
export const receiptFor = (row) => (json) =>
  json.id === row.submission_id &&
  json.sha256 === row.body_sha256 &&
  OUTCOMES.has(json.outcome) &&
  Array.isArray(json.missing);

export const receiptForPhoto = (photo) => (json) =>
  json.sha256 === photo.sha256 && json.size === photo.size;
