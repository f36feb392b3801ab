import { photoOf, update } from "./queue.js";
import { judge, receiptFor, receiptForPhoto } from "./reply.js";
import { owner } from "./session.js";
import { sideBySide } from "./side_by_side.js";
import { ask } from "./wire.js";

/** What is sent of a row, as text; the contract is docs/sync.md. */
export function envelope(row) {
  return JSON.stringify({
    sync: 1,
    id: row.submission_id,
    form: row.kind,
    form_version: row.form_version,
    app_version: row.app_version,
    install_id: row.install_id,
    seq: row.seq,
    owner: row.owner_user_id,
    carrier: row.owner_user_id === owner() ? null : owner(),
    claimed_at: row.created_wall,
    sent_at: new Date().toISOString(),
    body: row.body,
    sha256: row.body_sha256,
    blobs: row.photos,
    supersedes: row.supersedes,
  });
}

async function sendBody(row) {
  const reply = await ask("POST", `/sync/${row.submission_id}`, {
    body: envelope(row),
    type: "application/json",
  });
  return judge(reply, receiptFor(row));
}

async function sendPhoto(row, hash) {
  const photo = await photoOf(row.submission_id, hash);
  if (!photo) return { act: "attention", error: { code: "photo_lost" } };
  const reply = await ask("PUT", `/sync/photos/${hash}`, {
    body: photo.bytes,
    type: photo.mime,
    seconds: 120,
  });
  const verdict = judge(reply, receiptForPhoto(photo));
  // Unlisted: the server has lost sight of the body; the next attempt begins with it.
  return verdict.error.status === 404 ? { ...verdict, act: "retry" } : verdict;
}

const closes = (row, { complete }) =>
  Boolean(complete?.some(({ id, sha256 }) => id === row.submission_id && sha256 === row.body_sha256));

// The last verdict: of the photo that closed the row, of one that went wrong, or of the last one.
async function sendPhotos(row, missing) {
  let verdict = null;
  for (const hash of missing) {
    verdict = await sendPhoto(row, hash);
    if (verdict.act !== "ok" || closes(row, verdict.json)) break;
  }
  return verdict;
}

/**
 * Body, then the photos the server misses, while the row is being told so. The reply to the last one may say that nothing is
 * missing now; where it does not, the body goes once more and its receipt closes the row.
 */
export async function deliver(row) {
  const first = await sendBody(row);
  if (first.act !== "ok" || !first.json.missing.length) return first;
  const [verdict] = await sideBySide([
    () => sendPhotos(row, first.json.missing),
    () => update(row.submission_id, { state: "photos", receipt: first.json }),
  ]);
  if (verdict.act !== "ok") return verdict;
  if (closes(row, verdict.json)) return { ...first, json: { ...first.json, missing: [] } };
  const last = await sendBody(row);
  if (last.act === "ok" && last.json.missing.length) return { ...last, act: "retry" };
  return last;
}
