import { openDB } from "../vendor/idb@8.0.4/index.js";

const NAME = "roundtag";

// Steps only ever add: a page of an older build must go on working on a newer database.
const STEPS = [
  (db) => {
    db.createObjectStore("outbox", { keyPath: "submission_id" });
    db.createObjectStore("photos", { keyPath: ["submission_id", "sha256"] });
    db.createObjectStore("drafts", { keyPath: "draft_id" });
    db.createObjectStore("packs", { keyPath: "name" });
    db.createObjectStore("meta");
  },
];

let opening = null;

function forget() {
  opening = null;
}

function open(version) {
  const opened = openDB(NAME, version, {
    upgrade: (db, from) => STEPS.slice(from).forEach((step) => step(db)),
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
export function change(stores, work) {
  return use(async (db) => {
    const tx = db.transaction(stores, "readwrite", { durability: "strict" });
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

export const read = (store, key) => use((db) => db.get(store, key));
export const readAll = (store, range) => use((db) => db.getAll(store, range));
export const readMeta = (key) => read("meta", key);
export const writeMeta = (key, value) =>
  change(["meta"], (tx) => tx.objectStore("meta").put(value, key));
export const dropMeta = (key) => change(["meta"], (tx) => tx.objectStore("meta").delete(key));
