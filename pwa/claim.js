const PREFIX = "roundtag-draft-";
const PATIENCE = 1500;

const held = new Map();

/**
 * True once this page alone may write the draft, false while another tab has it open. The short
 * patience is for a page that is being left as this one, its reload, begins.
 */
export function claim(id) {
  if (!navigator.locks || held.has(id)) return Promise.resolve(true);
  return new Promise((answer) => {
    const hold = () =>
      new Promise((release) => {
        held.set(id, release);
        answer(true);
      });
    const options = { signal: AbortSignal.timeout(PATIENCE) };
    navigator.locks.request(PREFIX + id, options, hold).catch(() => answer(false));
  });
}

/** Ids of the drafts that some tab has open now. */
export async function openDrafts() {
  const { held: locks = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(locks.map(({ name }) => name.replace(PREFIX, "")));
}

/** A page that the browser puts aside must not keep others out; it claims anew when it is back. */
export function releaseAll() {
  held.forEach((release) => release());
  held.clear();
}
