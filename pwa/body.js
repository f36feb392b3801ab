function entries(form, submitter) {
  try {
    return [...new FormData(form, submitter)];
  } catch {
    return [...new FormData(form)];
  }
}

/** The exact string that is stored, hashed and sent: [name, value] pairs in document order. */
export function bodyOf(form, submitter, photos) {
  const pairs = [];
  const shown = new Set();
  for (const [name, value] of entries(form, submitter)) {
    if (name === "submission_id") continue;
    if (typeof value === "string") {
      pairs.push([name, value]);
    } else if (!shown.has(name)) {
      shown.add(name);
      const mine = photos.filter((photo) => photo.field === name);
      pairs.push(...mine.map((photo) => [name, `blob:${photo.sha256}`]));
    }
  }
  return JSON.stringify(pairs);
}

/** The photos that the body names, each once. */
export function photosIn(body, photos) {
  const named = new Map();
  for (const photo of photos) {
    if (body.includes(`"blob:${photo.sha256}"`)) named.set(photo.sha256, photo);
  }
  return [...named.values()];
}

/** Lower-case hex SHA-256 of a string's UTF-8 bytes or of raw bytes. */
export async function sha256(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
