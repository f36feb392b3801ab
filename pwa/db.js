import { openDB } from "../vendor/idb@8.0.4/index.js";

const NAME = "roundtag";

// The first build kept one draft per person and form, and named it so.
async function nameDraftsByEntry(drafts) {
  for (const { draft_id: old, id, ...draft } of await drafts.getAll()) {
    const [owner, kind, entity] = old.split(" ");
    await drafts.put({ label: "", path: "", ...draft, draft_id: id, owner: Number(owner), kind, entity });
    await drafts.delete(old);
  }
}

// Steps only ever add: a page of an older build must go on working on a newer database.
const STEPS = [
  (db) => {
    db.createObjectStore("outbox", { keyPath: "submission_id" });
    db.createObjectStore("photos", { keyPath: ["submission_id", "sha256"] });
    db.createObjectStore("drafts", { keyPath: "draft_id" });
    db.createObjectStore("packs", { keyPath: "name" });
    db.createObjectStore("meta");
  },
  // All that may be read of a sealed entry is its key: whose it is, and whether it waits (0 or 1).
  (db) => db.createObjectStore("sealed", { keyPath: ["owner", "name", "waits", "id"] }),
  (_db, tx) => nameDraftsByEntry(tx.objectStore("drafts")),
  // Photos that the server has, kept should it lose them; the oldest come first.
  (db) => db.createObjectStore("kept", { keyPath: ["at", "submission_id", "sha256", "size"] }),
];

let opening = null;

function forget() {
  opening = null;
}

function open(version) {
  const opened = openDB(NAME, version, {
    upgrade: async (db, from, _to, tx) => {
      for (const step of STEPS.slice(from)) await step(db, tx);
    },
    // A tab that clings to its connection would hold up every other tab's migration.
    blocking: () => opened.then((db) => db.close()).then(forget),
    terminated: forget,
  });
  return opened;
}

async function openAny() {
  try {
    return await open(STEPS.length);
  } catch (error) {
    if (error.name !== "VersionError") throw error;
    return open();
  }
}

function connect() {
  opening ??= openAny().catch((error) => {
    forget();
    throw error;
  });
  return opening;
}

// Phones drop the connection behind the page's back; one new connection is worth a try.
async function use(work) {
  try {
    return await work(await connect());
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    forget();
    return work(await connect());
  }
}

/** Run `work(transaction)` over the stores; resolves once the changes are on disk. */
export function change(stores, work, durability = "strict") {
  return use(async (db) => {
    const tx = db.transaction(stores, "readwrite", { durability });
    try {
      const result = await work(tx);
      await tx.done;
      return result;
    } catch (error) {
      tx.done.catch(() => {});
      try {
        tx.abort();
      } catch {
        // Already aborted by the failure itself.
      }
      throw error;
    }
  });
}

/** The same for what a loss of power may undo, because it would be learnt or said once more. */
export const jot = (stores, work) => change(stores, work, "relaxed");

export const read = (store, key) => use((db) => db.get(store, key));
export const readAll = (store, range) => use((db) => db.getAll(store, range));
export const readKeys = (store, range) => use((db) => db.getAllKeys(store, range));
export const readMeta = (key) => read("meta", key);
export const writeMeta = (key, value) =>
  change(["meta"], (tx) => tx.objectStore("meta").put(value, key));
export const dropMeta = (key) => change(["meta"], (tx) => tx.objectStore("meta").delete(key));
