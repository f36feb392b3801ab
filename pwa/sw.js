/* global BUILD, SHELL */
const CACHE = `shell-${BUILD}`;
const PATIENCE = 3000;
const AWAY = new Set([502, 503, 504]);

// addAll stores all or nothing; a rejection leaves the worker of the last build in charge.
async function install() {
  const options = { cache: "reload", credentials: "omit", redirect: "error" };
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((url) => new Request(url, options)));
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("shell-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// Opened without a version and never upgraded here: the pages own the schema.
function openDatabase() {
  return new Promise((resolve) => {
    const request = indexedDB.open("roundtag");
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(null);
    request.onsuccess = () => resolve(request.result);
  });
}

async function packName() {
  const db = await openDatabase();
  if (!db) return null;
  try {
    return await new Promise((resolve, reject) => {
      const get = db.transaction("packs").objectStore("packs").get("current");
      get.onsuccess = () => resolve(get.result?.cache ?? null);
      get.onerror = () => reject(get.error);
    });
  } catch {
    return null;
  } finally {
    db.close();
  }
}

const tagPath = (code) => `/t/${code.replaceAll("-", "").toUpperCase()}`;
const isTag = (path) => /^\/t\/[0-9A-Z]{10}$/.test(path);

function keptPath({ pathname, search }) {
  const [, code] = pathname.match(/^\/t\/([0-9a-z-]+)\/?$/i) ?? [];
  if (code) return tagPath(code) + search;
  return (pathname === "/" ? "/today" : pathname) + search;
}

async function fromPack(url) {
  const cacheName = await packName();
  if (!cacheName || !(await caches.has(cacheName))) return null;
  const find = (path) => caches.match(path, { cacheName, ignoreVary: true });
  const typed = url.pathname === "/scan" && url.searchParams.get("code")?.trim();
  if (typed && isTag(tagPath(typed))) return Response.redirect(tagPath(typed), 302);
  const path = keptPath(url);
  // A tag of no pack: the page on which one records against the code in the address.
  const stand = isTag(path.split("?")[0]) ? "/record" : ["/record", "/fake"].find((p) => p === url.pathname);
  return (await find(path)) ?? (stand ? find(stand) : null);
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms, "late"));

async function navigate(request, url) {
  const network = fetch(request).catch(() => null);
  const first = await Promise.race([network, after(PATIENCE)]);
  if (first && first !== "late" && !AWAY.has(first.status)) return first;
  const kept = await fromPack(url);
  if (kept) return kept;
  const page = (await network) ?? (await caches.match("/offline", { cacheName: CACHE }));
  return page ?? Response.error();
}

// A page of the pack may be of an older build, whose shell is gone: the same file of this build
// is the next best, and better than a page without its scripts.
async function asset(request, url) {
  // Kept once for all builds: the path of a vendored part bears its version (reader_copy.js).
  const lasting = url.pathname.replace(/^\/static\/[^/]+\/vendor\//, "/vendor/");
  const exact = (await caches.match(request.url)) ?? (await caches.match(lasting));
  if (exact) return exact;
  const fresh = await fetch(request).catch(() => null);
  if (fresh?.ok) return fresh;
  const twin = url.pathname.replace(/^\/static\/[^/]+/, `/static/${BUILD}`);
  return (await caches.match(twin, { cacheName: CACHE })) ?? fresh ?? Response.error();
}

self.addEventListener("install", (event) => {
  // What the sync door is asked is no business of this worker: a browser that can goes past it.
  event.addRoutes?.({ condition: { urlPattern: { pathname: "/sync/*" } }, source: "network" });
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "apply-update") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.headers.has("HX-Request")) return;
  if (request.mode === "navigate") event.respondWith(navigate(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(request, url));
});
