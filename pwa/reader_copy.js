const HOME = "vendor/zxing-wasm@3.1.4/";
const NAME = `reader-${HOME}`;
const FILES = ["index.js", "zxing_reader.wasm"];

async function keep(cache, file) {
  const key = `/${HOME}${file}`;
  if (await cache.match(key)) return;
  const reply = await fetch(new URL(`../${HOME}${file}`, import.meta.url));
  if (!reply.ok || reply.type !== "basic") throw new Error(`reader: ${file} ${reply.status}`);
  await cache.put(key, reply);
}

/** Keep what reads labels on this phone: once for all builds, since its name bears its version. */
export async function keepReader() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("reader-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  const cache = await caches.open(NAME);
  for (const file of FILES) await keep(cache, file);
}
