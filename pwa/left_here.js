// On the page of someone who is not signed in: what waits in this browser, read and nothing more.
const WAITING = new Set(["saved", "photos", "attention"]);
const WAITS = 2;

function openDatabase() {
  return new Promise((resolve) => {
    const request = indexedDB.open("roundtag");
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(null);
    request.onsuccess = () => resolve(request.result);
  });
}

function ask(db, store, method) {
  if (!db.objectStoreNames.contains(store)) return [];
  return new Promise((resolve, reject) => {
    const request = db.transaction(store).objectStore(store)[method]();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function count() {
  const db = await openDatabase();
  if (!db) return 0;
  try {
    const rows = await ask(db, "outbox", "getAll");
    const sealed = await ask(db, "sealed", "getAllKeys");
    const open = rows.filter((row) => WAITING.has(row.state));
    return open.length + sealed.filter((key) => key[WAITS]).length;
  } finally {
    db.close();
  }
}

const notice = document.querySelector("[data-left-here]");
const n = "indexedDB" in window ? await count().catch(() => 0) : 0;
if (n) {
  const line = notice.querySelector("[data-text]");
  line.textContent = line.dataset.text.replace("{n}", n);
  notice.hidden = false;
}
