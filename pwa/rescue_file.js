import { readMeta } from "./db.js";
import { photosOf, rowsOf, UNSENT } from "./queue.js";
import { envelope } from "./send.js";

function base64(bytes) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes]));
  });
}

// Each photo becomes a part of its own that the browser may put on its disk: a queue of many
// photos never stands in memory as one text.
async function photoParts(rows) {
  const known = new Set();
  const parts = [];
  for (const row of rows) {
    for (const { sha256, bytes } of await photosOf(row.submission_id)) {
      if (known.has(sha256)) continue;
      known.add(sha256);
      const comma = parts.length ? "," : "";
      parts.push(new Blob([`${comma}"${sha256}":"`, await base64(bytes), '"']));
    }
  }
  return parts;
}

/** Everything of one person that the office has not confirmed, as one JSON document. */
export async function rescueFile(person) {
  const rows = (await rowsOf(person)).filter((row) => UNSENT.has(row.state));
  const head = {
    roundtag_rescue: 1,
    made_at: new Date().toISOString(),
    install_id: await readMeta("install_id"),
    owner: person,
  };
  const opening = `${JSON.stringify(head).slice(0, -1)},"rows":[`;
  const parts = [opening, rows.map(envelope).join(",\n"), '],"photos":{', ...(await photoParts(rows))];
  return new Blob([...parts, "}}"], { type: "application/json" });
}

export async function download(person) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await rescueFile(person));
  link.download = `roundtag-unsent-${new Date().toISOString().slice(0, 16).replace(":", "")}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
