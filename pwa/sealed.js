import { change, read, readAll, readKeys } from "./db.js";
import { photosOf, UNSENT } from "./queue.js";
import { withRoom } from "./room.js";
import { seal, unseal } from "./seal.js";

const STORES = ["outbox", "photos", "drafts", "sealed", "meta"];
const ROUNDS = 3;

const under = (...key) => IDBKeyRange.bound(key, [...key, []]);
const bound = (owner, id) => `${owner} ${id}`;
// A draft of the first build names its owner in its key.
const ownerOf = (draft) => draft.owner ?? Number(draft.draft_id.split(" ")[0]);

async function entriesOf(owner) {
  const [rows, drafts] = [await readAll("outbox"), await readAll("drafts")];
  return [
    ...rows.filter((row) => row.owner_user_id === owner).map((row) => ({ row })),
    ...drafts.filter((draft) => ownerOf(draft) === owner).map((draft) => ({ draft })),
  ];
}

const gone = async (tx, owner) => (await tx.objectStore("meta").get("user"))?.id !== owner;

// What changed since it was read (a receipt came in) is left for the next round.
async function unchanged(tx, { row, draft }) {
  const now = row
    ? await tx.objectStore("outbox").get(row.submission_id)
    : await tx.objectStore("drafts").get(draft.draft_id);
  return (now?.state ?? now?.at) === (row?.state ?? draft?.at);
}

function dropPlain(tx, { row, draft }) {
  if (draft) return tx.objectStore("drafts").delete(draft.draft_id);
  tx.objectStore("photos").delete(under(row.submission_id));
  return tx.objectStore("outbox").delete(row.submission_id);
}

// Ciphertext in and plain text out are one transaction: no moment has neither, and none has both.
async function sealOne({ owner, name, key }, entry) {
  const id = crypto.randomUUID();
  const { row } = entry;
  const photos = row ? await photosOf(row.submission_id) : [];
  const waits = row && UNSENT.has(row.state) ? 1 : 0;
  const box = await seal(key, bound(owner, id), { ...entry, photos });
  await change(STORES, async (tx) => {
    if (!(await gone(tx, owner)) || !(await unchanged(tx, entry))) return;
    await tx.objectStore("sealed").put({ owner, name, waits, id, ...box });
    await dropPlain(tx, entry);
  });
}

/** Seal all of one person's rows, photos and drafts but those that `spare(row)` leaves open. */
export async function sealAll(person, spare = () => false) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const left = (await entriesOf(person.owner)).filter(({ row }) => !(row && spare(row)));
    if (!left.length) return true;
    for (const entry of left) await sealOne(person, entry).catch(() => {});
  }
  return false;
}

async function put(tx, { row, draft, photos }) {
  const [store, id] = row ? ["outbox", row.submission_id] : ["drafts", draft.draft_id];
  if (await tx.objectStore(store).get(id)) return;
  await tx.objectStore(store).put(row ?? draft);
  for (const photo of photos) await tx.objectStore("photos").put(photo);
}

async function unsealOne({ owner, key }, at) {
  const box = await read("sealed", at);
  const entry = await unseal(key, bound(owner, box.id), box);
  return withRoom(() =>
    change(STORES, async (tx) => {
      // Another tab may have been quicker, and its row may be sent and deleted by now.
      if ((await gone(tx, owner)) || !(await tx.objectStore("sealed").get(at))) return 0;
      await put(tx, entry);
      await tx.objectStore("sealed").delete(at);
      return box.waits;
    }),
  );
}

/** Open what this person left sealed here. How many of these entries wait to be sent. */
export async function unsealAll(person) {
  let waiting = 0;
  for (const at of await readKeys("sealed", under(person.owner))) {
    waiting += await unsealOne(person, at).catch(() => 0);
  }
  return waiting;
}

/** Whose sealed entries wait here: name → how many. */
export async function sealedOf(others) {
  const counts = new Map();
  for (const [owner, name, waits] of await readKeys("sealed")) {
    if (waits && others(owner)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
