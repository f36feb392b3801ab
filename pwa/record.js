import { bodyOf, photosIn, sha256 } from "./body.js";
import { commit, rowOf } from "./queue.js";
import { owner } from "./session.js";

const reference = ({ sha256: hash, mime, size }) => ({ sha256: hash, mime, size });

async function rowFor(form, draft, body, photos) {
  return {
    submission_id: draft.id,
    supersedes: draft.supersedes,
    kind: form.dataset.outbox,
    entity_key: form.dataset.entity ?? null,
    label: form.dataset.label ?? "",
    path: location.pathname,
    owner_user_id: owner(),
    form_version: form.dataset.formVersion ?? "1",
    app_version: document.body.dataset.build ?? "",
    body,
    body_sha256: await sha256(body),
    photos: photos.map(reference),
    state: "saved",
    attempts: 0,
    next_at: 0,
    last_error: null,
    created_wall: new Date().toISOString(),
    receipt: null,
  };
}

// A copied tab brings a copy of the draft's id along: the same words are the same entry,
// other words are another entry and get an id of their own.
async function commitOnce(row, photos) {
  try {
    return await commit(row, photos);
  } catch (error) {
    if (error.name !== "ConstraintError") throw error;
    const held = await rowOf(row.submission_id);
    if (held?.body_sha256 === row.body_sha256) return held;
    return commit({ ...row, submission_id: crypto.randomUUID() }, photos);
  }
}

/** Put what the form holds on this phone's disk, as one record. */
export async function file(form, submitter, draft) {
  await draft.reading;
  const body = bodyOf(form, submitter, draft.photos);
  const photos = photosIn(body, draft.photos);
  const row = await commitOnce(await rowFor(form, draft, body, photos), photos);
  Object.assign(draft, { id: row.submission_id, committed: true });
  return row;
}
