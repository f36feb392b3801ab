const OPEN = new Set(["saved", "photos"]);

const LONGEST_WAIT = { saved: 300_000, photos: 300_000, attention: 86_400_000 };

function due(row, force) {
  if (force && OPEN.has(row.state)) return true;
  if (row.next_at === null) return false;
  const wait = row.next_at - Date.now();
  // A wait longer than any we set means that the phone's clock was put back meanwhile.
  return wait <= 0 || wait > LONGEST_WAIT[row.state];
}

/**
 * The first row that may go now, or null. Entries about one device keep their order; a row that
 * waits for a person does not hold up the device's later ones.
 */
export function nextRow(rows, tried, force) {
  const held = new Set();
  for (const row of rows) {
    const open = OPEN.has(row.state);
    if (!open && row.state !== "attention") continue;
    if (!tried.has(row.submission_id) && !held.has(row.entity_key) && due(row, force)) return row;
    if (open && row.entity_key) held.add(row.entity_key);
  }
  return null;
}
