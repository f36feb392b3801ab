const OPEN = new Set(["saved", "photos"]);

const due = (row, force) => row.next_at !== null && row.next_at <= Date.now() || (force && OPEN.has(row.state));

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
